"""The figures of any labels, ours or a peer's, by one definition: that of ``gridgis.planning.score``.

Sizes, walks and natural villages are measured on the label that each household was given; pieces and shapes on the
cells of the fabric, each of which takes the commonest label of the households of its node. Outlines are not simplified.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.planning.places import Place
from benchmarks.planning.problem import Ints
from gridgis.geo.outlines import dissolve_cells
from gridgis.geo.topology import connected
from gridgis.geo.zones import metric_crs
from gridgis.model.tiers import SizeRange
from gridgis.planning.score import walk_m_mean


@dataclass(frozen=True)
class TierFigures:
    """The figures of one tier; shares in per cent of the units asked for, lengths in metres."""

    in_range_pct: float
    connected_pct: float
    walk_m: float
    cut_avoidable: int
    polsby_popper: float


@dataclass(frozen=True)
class Figures:
    """The figures of both tiers."""

    grid: TierFigures
    micro: TierFigures
    nested: bool

    @property
    def legal(self) -> bool:
        """Whether every unit is in its range and in one piece, and micro-grids lie in one grid each."""
        shares = (tier.in_range_pct + tier.connected_pct for tier in (self.grid, self.micro))
        return self.nested and all(share == 200 for share in shares)  # noqa: PLR2004 — two times 100 %


def measure_labels(place: Place, grid: Ints, micro: Ints) -> Figures:
    """Measure a plan that is given by labels.

    Parameters
    ----------
    place
        The place.
    grid, micro
        Units of each household, in the order of the place's households.
    """
    pairs = pd.DataFrame({"grid": grid, "micro": micro}).drop_duplicates()
    request = place.request
    return Figures(
        _measure_tier(place, grid, request.grids or 0, request.grid_size),
        _measure_tier(place, micro, request.micro_grids or 0, request.micro_size),
        nested=bool(pairs["micro"].is_unique),
    )


def _measure_tier(place: Place, unit: Ints, asked: int, rule: SizeRange) -> TierFigures:
    units, row = np.unique(unit, return_inverse=True)
    sizes = np.bincount(row, place.households)
    in_range = int(((sizes >= rule.low) & (sizes <= rule.high)).sum())
    cells = place.fabric.cells.assign(unit=label_nodes(place, row)[place.node])
    outlines = dissolve_cells(cells, "unit")
    metric = outlines.to_crs(metric_crs(outlines))
    whole = int(connected(outlines).sum())
    of = max(asked, len(units))
    return TierFigures(
        in_range_pct=100 * in_range / of,
        connected_pct=100 * whole / of,
        walk_m=walk_m_mean(place.problem.places_m, place.households, row),
        cut_avoidable=_cut_avoidable(place, row, rule),
        polsby_popper=float((4 * np.pi * metric.area / metric.length**2).mean()),
    )


def label_nodes(place: Place, unit: Ints) -> Ints:
    """Give each node of the graph the commonest label of its households, the first of several."""
    table = pd.DataFrame({"node": place.problem.node, "unit": unit, "households": place.households})
    votes = table.groupby(["node", "unit"], as_index=False)["households"].sum()
    most = votes.sort_values("households", ascending=False, kind="stable").drop_duplicates("node")
    return most.sort_values("node")["unit"].to_numpy(dtype=np.int64)


def _cut_avoidable(place: Place, unit: Ints, rule: SizeRange) -> int:
    """Count the natural villages that fit a unit and lie in several."""
    table = pd.DataFrame(
        {"name": place.natural_village.to_numpy(dtype=object), "unit": unit, "households": place.households}
    ).dropna(subset="name")
    by_name = table.groupby("name")
    cut = by_name["unit"].min() < by_name["unit"].max()
    return int((cut & (by_name["households"].sum() <= rule.high)).sum())
