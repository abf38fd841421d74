"""The land on which two plans differ, of one fabric or of two, and whether it is locked."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely

from gridgis.geo.zones import metric_crs
from gridgis.planning.comparison import compare_plans
from gridgis.planning.plan import Plan
from gridgis.redraw.draft import Draft

_LEAST_M2 = 1.0
_CODES = ["old_grid_code", "grid_code", "old_micro_grid_code", "micro_grid_code"]


def changed_land(old: Plan, new: Plan, locked: frozenset[str] = frozenset()) -> gpd.GeoDataFrame:
    """Find the land that is in another micro-grid in the new plan than in the old one.

    Parameters
    ----------
    old, new
        The plans, in any CRS and of any fabric; who moved, and which units came and went, is told by
        :func:`gridgis.planning.comparison.compare_plans`.
    locked
        Codes of grids and micro-grids whose territory should have stayed.

    Returns
    -------
        A row a pair of micro-grids between which land goes: ``old_grid_code``, ``grid_code``,
        ``old_micro_grid_code``, ``micro_grid_code``, ``households`` (rows of the layer that go with it), ``locked``
        (land leaves or enters a locked unit) and ``geometry``, polygons as drawn; by codes, in the CRS of the new plan.
        Less than a square metre is how borders are drawn, and does not count.
    """
    after = new.micro_grids
    before = old.micro_grids.to_crs(after.crs)
    theirs, ours = (layer.geometry.to_numpy() for layer in (before, after))
    row, column = shapely.STRtree(ours).query(theirs, predicate="intersects")
    differs = np.array(
        before["code"].to_numpy(dtype=object)[row] != after["code"].to_numpy(dtype=object)[column], dtype=bool
    )
    row, column = row[differs], column[differs]
    land = gpd.GeoDataFrame(geometry=shapely.intersection(theirs[row], ours[column]), crs=after.crs)
    for name, layer, rows in (("old_", before, row), ("", after, column)):
        for column_name, source in (("grid_code", "grid_code"), ("micro_grid_code", "code")):
            land[name + column_name] = layer[source].to_numpy(dtype=object)[rows]
    if len(land) > 0:
        land = land[land.to_crs(metric_crs(after)).area.to_numpy() > _LEAST_M2]
    moved = compare_plans(old, new).moved.value_counts(_CODES)
    pairs = list(land[_CODES].itertuples(index=False, name=None))
    land = land.assign(
        households=np.array([int(moved.get(pair, 0)) for pair in pairs], dtype=np.int64),
        locked=np.array([_breaks_lock(pair, locked) for pair in pairs], dtype=bool),
    )
    return land.sort_values(_CODES, ignore_index=True)[[*_CODES, "households", "locked", "geometry"]]


def locked_units(drafts: Mapping[str, Draft]) -> frozenset[str]:
    """List the codes of all locked units, for replanning with the least change from here."""
    tables = [table for draft in drafts.values() for table in (draft.grids, draft.micro_grids)]
    return frozenset(code for table in tables for code in table.index[table["locked"].to_numpy()])


def _breaks_lock(pair: tuple[str, str, str, str], locked: frozenset[str]) -> bool:
    old_grid, grid, old_unit, unit = pair
    return bool(locked & {old_unit, unit}) or (old_grid != grid and bool(locked & {old_grid, grid}))
