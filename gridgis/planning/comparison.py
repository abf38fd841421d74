"""What differs between two plans: units added, retired and changed, and the households that are in another unit."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgis.geo.topology import to_metres
from gridgis.planning.plan import Plan

HOUSE_MOVED_M = 1.0
"""A home nearer than this to where it was is where it was."""

_TIERS = ("grid", "grids"), ("micro_grid", "micro_grids")
_UNIT_COLUMNS = ["tier", "code", "change", "village_code", "name", "households_before", "households_after"]


@dataclass(frozen=True)
class Comparison:
    """What differs between two plans.

    Parameters
    ----------
    units
        A row a unit of either plan: ``tier``, ``code``, ``change`` (``added``, ``retired``, ``changed``, ``kept``),
        ``village_code``, ``name``, ``households_before``, ``households_after`` (0 where there is no such unit).
    moved
        A row a household that is in another micro-grid: ``household_id``, ``old_grid_code``, ``grid_code``,
        ``old_micro_grid_code``, ``micro_grid_code`` and ``why``: ``moved_house`` (its home is elsewhere now, in land
        that was that unit's before), ``unit_retired``, ``unit_new`` or ``border_moved``.
    joined, left
        Ids of households that only the new plan, and only the old plan, has.
    """

    units: pd.DataFrame
    moved: pd.DataFrame
    joined: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def redrawn(self) -> pd.DataFrame:
        """Those of the moved households that a change of the units moved, not their own removal."""
        return self.moved[self.moved["why"] != "moved_house"]


def compare_plans(old: Plan, new: Plan) -> Comparison:
    """Compare two plans.

    Parameters
    ----------
    old, new
        The plans, in any CRS; what differs is told in the order of codes and of household ids.
    """
    old_ids, new_ids = set(old.households["household_id"]), set(new.households["household_id"])
    units = [_compare_units(old, new, *tier) for tier in _TIERS]
    return Comparison(
        pd.concat(units, ignore_index=True),
        _find_moved(old, new),
        tuple(sorted(new_ids - old_ids)),
        tuple(sorted(old_ids - new_ids)),
    )


def find_territories(old: Plan, points: gpd.GeoSeries) -> npt.NDArray[np.object_]:
    """Find the micro-grid of a plan in whose land each point lies, the nearest where it lies in none.

    Parameters
    ----------
    old
        The plan.
    points
        Points in any CRS.

    Returns
    -------
        Codes; of several that a point lies on the border of, the first.
    """
    cells = old.cells.sort_values("micro_grid_code", kind="stable")
    codes = cells["micro_grid_code"].to_numpy(dtype=object)
    if len(cells) == 0 or len(points) == 0:
        return np.full(len(points), None, dtype=object)
    land = cells.geometry.to_crs(points.crs).to_numpy()
    places = points.to_numpy()
    cell, point = shapely.STRtree(places).query(land, predicate="intersects")
    stray = np.setdiff1d(np.arange(len(places)), point)
    if len(stray) > 0:
        far, near = shapely.STRtree(land).query_nearest(places[stray], all_matches=False)
        point, cell = np.concatenate([point, stray[far]]), np.concatenate([cell, near])
    order = np.lexsort((cell, point))
    first = np.unique(point[order], return_index=True)[1]
    found: npt.NDArray[np.object_] = codes[cell[order][first]]
    return found


def homes_elsewhere(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Say of households, in the same order in both layers, whether their home is elsewhere now."""
    before = shapely.get_coordinates(old.geometry.to_crs(new.crs).to_numpy())
    step_m = to_metres(before, new) - to_metres(shapely.get_coordinates(new.geometry.to_numpy()), new)
    elsewhere: npt.NDArray[np.bool_] = np.hypot(step_m[:, 0], step_m[:, 1]) > HOUSE_MOVED_M
    return elsewhere


def _find_moved(old: Plan, new: Plan) -> pd.DataFrame:
    before = old.households.set_index("household_id")
    after = new.households.set_index("household_id")
    both = after.index.intersection(before.index).sort_values()
    before, after = before.loc[both], after.loc[both]
    rows = (before["micro_grid_code"] != after["micro_grid_code"]).to_numpy()
    before, after = before[rows], after[rows]
    moved = pd.DataFrame(
        {
            "household_id": after.index.to_numpy(),
            "old_grid_code": before["grid_code"].to_numpy(),
            "grid_code": after["grid_code"].to_numpy(),
            "old_micro_grid_code": before["micro_grid_code"].to_numpy(),
            "micro_grid_code": after["micro_grid_code"].to_numpy(),
        }
    )
    kept = set(new.micro_grids["code"]) & set(old.micro_grids["code"])
    why = np.full(len(moved), "border_moved", dtype=object)
    why[~moved["micro_grid_code"].isin(kept).to_numpy()] = "unit_new"
    why[~moved["old_micro_grid_code"].isin(kept).to_numpy()] = "unit_retired"
    if len(moved) > 0:
        there = find_territories(old, after.geometry)
        why[homes_elsewhere(before, after) & (there == moved["micro_grid_code"].to_numpy())] = "moved_house"
    return moved.assign(why=why)


def _compare_units(old: Plan, new: Plan, tier: str, layer: str) -> pd.DataFrame:
    before, after = getattr(old, layer).set_index("code"), getattr(new, layer).set_index("code")
    before = before.to_crs(after.crs)
    codes = before.index.union(after.index).sort_values()
    was, is_now = codes.isin(before.index), codes.isin(after.index)
    table = pd.DataFrame({"tier": tier, "code": codes})
    table["change"] = np.where(was & is_now, "kept", np.where(is_now, "added", "retired"))
    for column in ("village_code", "name"):
        table[column] = after[column].reindex(codes).combine_first(before[column].reindex(codes)).to_numpy()
    for column, units in (("households_before", before), ("households_after", after)):
        table[column] = units["households"].reindex(codes, fill_value=0).to_numpy(dtype=np.int64)
    both = codes[was & is_now]
    told = ["village_code", "name", "households"]
    differs = (before.loc[both, told] != after.loc[both, told]).any(axis=1).to_numpy()
    redrawn = ~before.loc[both].geometry.geom_equals(after.loc[both].geometry).to_numpy()
    table.loc[table["code"].isin(both[differs | redrawn]), "change"] = "changed"
    return table[_UNIT_COLUMNS]
