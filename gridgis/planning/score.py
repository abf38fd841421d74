"""The figures of any plan, ours or not: sizes, laws, walks, shapes and natural villages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial.distance import cdist

from gridgis.geo.places import land_and_people, locate_natural_villages, locate_villages
from gridgis.geo.topology import SPECK_M2, connected, gaps_and_overlaps, to_metres
from gridgis.geo.zones import metric_crs
from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.model.tiers import GRID, MICRO_GRID, SizeRange
from gridgis.model.words import Lang
from gridgis.planning.borders import border_on_ground_m
from gridgis.planning.plan import Plan

Floats = npt.NDArray[np.float64]

NOWHERE = -1
_CODES_SHOWN = 8


@dataclass(frozen=True)
class TierScore:
    """The figures of one tier; shares in per cent, lengths in metres.

    ``border_m`` counts the borders inside the villages; where there are none, no share of them lies on the ground.
    """

    units: int
    size_min: int
    size_max: int
    in_range_pct: float
    connected_pct: float
    walk_m_mean: float
    polsby_popper_mean: float
    gap_m2: float
    overlap_m2: float
    natural_villages_split: int
    natural_villages_split_avoidable: int
    border_m: float = 0.0
    border_on_ground_pct: float | None = None


@dataclass(frozen=True)
class Scorecard:
    """The figures of a plan, and what they say of the laws and rules it breaks."""

    households: int
    grid: TierScore
    micro_grid: TierScore
    nested: bool
    messages: tuple[Message, ...]

    def to_json(self, lang: Lang) -> dict[str, object]:
        """Make it plain data, with its messages in ``lang``."""
        return asdict(self) | {"messages": [message.words(lang) for message in self.messages]}


@dataclass(frozen=True)
class People:
    """Households as a score needs them: place in metres, how many at the place, village, natural village (of one)."""

    points: npt.NDArray[np.object_]
    places_m: Floats
    weight: npt.NDArray[np.int64]
    village: pd.Series
    natural_village: pd.Series


def score_plan(
    plan: Plan, layers: Layers, grid_size: SizeRange = GRID, micro_size: SizeRange = MICRO_GRID
) -> Scorecard:
    """Measure a plan.

    Parameters
    ----------
    plan
        The plan; only the shapes and codes of its units are trusted: who lives in them is measured anew.
    layers
        Villages, households and, where there are any, natural villages; in any CRS.
    grid_size, micro_size
        The rules to measure against.

    Returns
    -------
        The scorecard. Distances are measured in the metric CRS of the villages.
    """
    people = gather_people(plan, layers)
    villages = land_and_people(layers)[0].to_crs(plan.grids.crs)
    grid, grid_messages = _score_tier(plan.grids, people, villages, ("grid", grid_size))
    micro, micro_messages = _score_tier(plan.micro_grids, people, villages, ("micro_grid", micro_size))
    grid, micro = _score_borders(grid, plan.grids, layers), _score_borders(micro, plan.micro_grids, layers)
    astray = _astray(plan)
    nested_messages = [Message("plan.score.not_nested", {"n": len(astray), "codes": _some(astray)})] if astray else []
    return Scorecard(
        int(people.weight.sum()), grid, micro, not astray, (*grid_messages, *micro_messages, *nested_messages)
    )


def walk_m_mean(places_m: Floats, weight: npt.NDArray[np.int64], unit: npt.NDArray[np.int64]) -> float:
    """Average the distance from each household to its unit's medoid, the household at which the sum is least.

    Parameters
    ----------
    places_m
        Shape (n, 2), metres.
    weight
        Households at each place.
    unit
        Unit of each place; -1 for none, which is left out.

    Examples
    --------
    >>> walk_m_mean(np.array([[0.0, 0], [3, 4], [6, 8]]), np.array([1, 1, 2]), np.zeros(3, dtype=int))
    3.75
    """
    total = 0.0
    placed = unit != NOWHERE
    for _, rows in pd.Series(np.flatnonzero(placed)).groupby(unit[placed]):
        here, many = places_m[rows.to_numpy()], weight[rows.to_numpy()]
        total += min(float((cdist(part, here) @ many).min()) for part in np.array_split(here, len(here) // 1000 + 1))
    count = int(weight[placed].sum())
    return total / count if count else 0.0


def gather_people(plan: Plan, layers: Layers) -> People:
    """Gather the households of a plan; points in the plan's CRS, places in the villages' metric CRS."""
    villages, households = land_and_people(layers)
    households = households.to_crs(villages.crs)
    places_m = to_metres(shapely.get_coordinates(households.geometry.to_numpy()), villages)
    known = layers.natural_villages.to_crs(villages.crs) if layers.natural_villages is not None else None
    natural_village = locate_natural_villages(households, known)
    village = locate_villages(households, villages)
    label = (village.astype(str) + "\n" + natural_village.astype(str)).where(natural_village.notna(), None)
    points = households.to_crs(plan.grids.crs).geometry.to_numpy()
    return People(points, places_m, households["households"].to_numpy(dtype=np.int64), village, label)


def _score_tier(
    units: gpd.GeoDataFrame, people: People, villages: gpd.GeoDataFrame, tier: tuple[str, SizeRange]
) -> tuple[TierScore, list[Message]]:
    name, rule = tier
    unit = locate_units(people.points, units)
    sizes = np.bincount(unit[unit != NOWHERE], people.weight[unit != NOWHERE], len(units)).astype(np.int64)
    in_range = (sizes >= rule.low) & (sizes <= rule.high)
    whole = connected(units.geometry).to_numpy()
    metric = units.to_crs(metric_crs(units)).geometry
    compact = 4 * np.pi * metric.area / metric.length**2
    gap_m2, overlap_m2 = gaps_and_overlaps(units.geometry, villages.geometry)
    split = _split_natural_villages(people, unit)
    score = TierScore(
        units=len(units),
        size_min=int(sizes.min()),
        size_max=int(sizes.max()),
        in_range_pct=round(100 * float(in_range.mean()), 2),
        connected_pct=round(100 * float(whole.mean()), 2),
        walk_m_mean=round(walk_m_mean(people.places_m, people.weight, unit), 2),
        polsby_popper_mean=round(float(compact.mean()), 4),
        gap_m2=gap_m2,
        overlap_m2=overlap_m2,
        natural_villages_split=len(split),
        natural_villages_split_avoidable=int((split <= rule.high).sum()),
    )
    codes = units["code"].to_numpy(dtype=object)
    stray = int(people.weight[unit == NOWHERE].sum())
    return score, list(_broken(score, (name, rule), (list(codes[~in_range]), list(codes[~whole])), stray))


def _score_borders(score: TierScore, units: gpd.GeoDataFrame, layers: Layers) -> TierScore:
    border_m, on_ground_m = border_on_ground_m(units, layers)
    share_pct = round(100 * on_ground_m / border_m, 2) if border_m > 0 else None
    return replace(score, border_m=round(border_m, 1), border_on_ground_pct=share_pct)


def _broken(
    score: TierScore, tier: tuple[str, SizeRange], codes: tuple[list[str], list[str]], stray: int
) -> Iterator[Message]:
    name, rule = tier
    said: dict[str, object] = {"tier": Message(f"plan.tier.{name}"), "low": rule.low, "high": rule.high}
    for key, some in zip(("out_of_range", "not_connected"), codes, strict=True):
        if some:
            yield Message(f"plan.score.{key}", said | {"n": len(some), "codes": _some(some)})
    for key, area_m2 in (("gap", score.gap_m2), ("overlap", score.overlap_m2)):
        if area_m2 > 0:
            yield Message(f"plan.score.{key}", said | {"area_m2": area_m2})
    if stray:
        yield Message("plan.score.stray", said | {"n": stray})


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:_CODES_SHOWN]) + (" …" if len(codes) > _CODES_SHOWN else "")


def locate_units(points: npt.NDArray[np.object_], units: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    """Find the unit of each point, the first of several; -1 for none."""
    unit, point = shapely.STRtree(points).query(units.geometry.to_numpy(), predicate="intersects")
    order = np.lexsort((unit, point))
    found = np.full(len(points), NOWHERE, dtype=np.int64)
    first = np.unique(point[order], return_index=True)[1]
    found[point[order][first]] = unit[order][first]
    return found


def _split_natural_villages(people: People, unit: npt.NDArray[np.int64]) -> pd.Series:
    """List the natural villages that lie in several units, with their households."""
    table = pd.DataFrame(
        {"name": people.natural_village.to_numpy(dtype=object), "unit": unit, "households": people.weight}
    ).dropna(subset="name")
    by_name = table.groupby("name")
    return by_name["households"].sum()[by_name["unit"].min() < by_name["unit"].max()]


def _astray(plan: Plan) -> list[str]:
    """List the micro-grids that reach out of their grid."""
    grids = plan.grids.set_index("code").geometry
    shapes = grids.reindex(plan.micro_grids["grid_code"]).to_numpy()
    out = shapely.area(shapely.difference(plan.micro_grids.geometry.to_numpy(), shapes))
    raw_area = (
        float(plan.grids.area.sum())
        if plan.grids.crs.is_projected
        else float(shapely.area(plan.grids.geometry.to_numpy()).sum())
    )
    square_m = float(plan.grids.to_crs(metric_crs(plan.grids)).area.sum()) / raw_area
    broken = ~(out * square_m <= SPECK_M2)
    return list(plan.micro_grids["code"].to_numpy(dtype=object)[broken])
