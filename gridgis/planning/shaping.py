"""Shapes, codes and names put on an assignment of cells to units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from gridgis.geo.codes import GRID_DIGITS, MICRO_GRID_DIGITS, name_unit, number_units
from gridgis.geo.fabric import Fabric
from gridgis.geo.outlines import dissolve_cells, simplify_outlines
from gridgis.planning.plan import Plan


@dataclass(frozen=True)
class Known:
    """Codes of units by their number, and names by code, where they are known before shapes are."""

    grids: Mapping[int, str] = field(default_factory=dict)
    micro_grids: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def shape_plan(fabric: Fabric, cells: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, known: Known | None = None) -> Plan:
    """Put shapes, codes and names on an assignment of cells.

    Parameters
    ----------
    fabric
        The fabric.
    cells
        Its cells, with the numbers of their units in columns ``grid`` and ``micro``.
    villages
        The villages.
    known
        Codes of all units, and names of those that have one; None to number and to name them all.
    """
    micro_grids = _unite(cells, "micro", ["grid", "village_code"])
    grids = _unite(cells, "grid", ["village_code"])
    names = villages.set_index("code")["name"]
    known = known or Known()
    grids["code"] = _codes(grids, grids["village_code"], known.grids, GRID_DIGITS)
    micro_grids["grid_code"] = grids["code"].loc[micro_grids["grid"]].to_numpy()
    micro_grids["code"] = _codes(micro_grids, micro_grids["grid_code"], known.micro_grids, MICRO_GRID_DIGITS)
    for units in (grids, micro_grids):
        above = zip(units["village_code"], units["code"], strict=True)
        units["name"] = [
            known.names.get(code) or name_unit(names[village], code.removeprefix(village)) for village, code in above
        ]
    codes = micro_grids.loc[cells["micro"], ["code", "grid_code"]].set_index(cells.index)
    cells = cells.assign(cell_id=cells.index, micro_grid_code=codes["code"])
    mine = codes.loc[fabric.households["cell_id"]]
    households = fabric.households[["household_id", "geometry"]].copy()
    households.insert(1, "grid_code", mine["grid_code"].to_numpy())
    households.insert(2, "micro_grid_code", mine["code"].to_numpy())
    # grids are drawn from the micro-grids as drawn, so that they nest to the last vertex
    micro_grids = micro_grids.set_geometry(
        simplify_outlines(micro_grids, households, "micro_grid_code", fabric.footprints)
    )
    grids = grids.set_axis(grids["code"].to_numpy()).set_geometry(dissolve_cells(micro_grids, "grid_code"))
    return Plan(
        cells[["cell_id", "village_code", "micro_grid_code", "households", "geometry"]].reset_index(drop=True),
        _order(grids[["code", "village_code", "name", "households", "geometry"]]),
        _order(micro_grids[["code", "grid_code", "village_code", "name", "households", "geometry"]]),
        households,
    )


def _codes(units: gpd.GeoDataFrame, above: pd.Series, known: Mapping[int, str], digits: int) -> pd.Series:
    if known:
        return pd.Series([known[number] for number in units.index], index=units.index)
    return number_units(units.geometry.representative_point(), above, digits)


def _unite(cells: gpd.GeoDataFrame, by: str, keep: list[str]) -> gpd.GeoDataFrame:
    table = cells.groupby(by)[keep].first()
    table["households"] = cells.groupby(by)["households"].sum()
    return gpd.GeoDataFrame(table, geometry=dissolve_cells(cells, by), crs=cells.crs)


def _order(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return units.sort_values("code").reset_index(drop=True)
