"""Coverage of ground: every household in a grid and a micro-grid, and no land of a village outside them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from gridgis.geo.zones import metric_crs
from gridgis.ledger.shares import Share

SEAM_M = 0.02
"""Width along a village's border that rounding may open or close: files carry degrees to seven decimals, 11 mm."""
KINDS = ("gap_m2", "overlap_m2")


@dataclass(frozen=True)
class GroundCoverage:
    """How many households and how much land lie in grids and micro-grids.

    Parameters
    ----------
    households
        Households in a grid and a micro-grid, out of all registered.
    land
        Square metres of the villages that lie in a micro-grid, out of all.
    outside
        Ids of the households in no grid or no micro-grid.
    gaps
        One row a village with land in no micro-grid, or in two, beyond rounding (:data:`SEAM_M`): index its ``code``;
        ``name``, ``gap_m2``, ``overlap_m2``.
    """

    households: Share
    land: Share
    outside: tuple[str, ...]
    gaps: pd.DataFrame


def coverage_of_ground(
    households: pd.DataFrame, micro_grids: gpd.GeoDataFrame, villages: gpd.GeoDataFrame
) -> GroundCoverage:
    """Measure how much of the townspeople and of the land the micro-grids hold.

    Parameters
    ----------
    households
        Layer ``households`` with ``grid_code`` and ``micro_grid_code``, missing where it lies in none.
    micro_grids
        ``code``, ``village_code``, ``geometry``.
    villages
        Layer ``villages``, in any CRS.
    """
    inside = households["grid_code"].notna() & households["micro_grid_code"].notna()
    weights = households["households"]
    crs = metric_crs(villages)
    land = villages.to_crs(crs).set_index("code")
    units = micro_grids.to_crs(crs)
    united = units.dissolve("village_code").geometry.reindex(land.index)
    covered = land.geometry.intersection(united, align=False).area.fillna(0.0)
    overlap = units.area.groupby(units["village_code"]).sum().reindex(land.index, fill_value=0.0) - united.area.fillna(
        0
    )
    gaps = pd.DataFrame({"name": land["name"], "gap_m2": land.area - covered, "overlap_m2": overlap})
    gaps = gaps.assign(**{kind: gaps[kind].where(gaps[kind] > SEAM_M * land.length, 0.0) for kind in KINDS})
    whole, gap = land.area.sum(), gaps["gap_m2"].sum()
    return GroundCoverage(
        Share(int(weights[inside].sum()), int(weights.sum())),
        Share(round(whole - gap), round(whole)),
        tuple(households["household_id"][~inside]),
        gaps[(gaps[list(KINDS)] > 0).any(axis=1)].sort_index(),
    )
