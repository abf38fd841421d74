"""One village's slice of a plan, as the planner's edits read it."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, Join, RowMapping, Table, and_, func, select

from gridgis.model.errors import CallError
from gridgis.model.layers import CONTRACTS, Layers
from gridgis.redraw.draft import Draft
from gridgis.redraw.opening import open_draft, open_village
from gridgis.store.database import Store
from gridgis.store.rows import fetch, raw
from gridgis.store.schema import (
    LAYERS,
    assignment,
    cells,
    grids,
    household_cells,
    households,
    micro_grids,
    plans,
    villages,
)

_TOLD = ("household_id", "households", "natural_village", "villager_group", "priority", "geometry")


@dataclass(frozen=True)
class StoredDraft:
    """A village of a plan, and the state of the plan that it was read at.

    Parameters
    ----------
    plan_id, version, status
        Of the plan; an edit of the draft names the version that it was made on.
    draft
        The village, in EPSG:4490.
    """

    plan_id: int
    version: int
    status: str
    draft: Draft


@dataclass(frozen=True)
class Slice:
    """The tables of one village of a plan, in EPSG:4490.

    Parameters
    ----------
    cells
        ``cell_id``, ``micro_grid_code`` (missing where the land has no unit), ``households`` as of today, ``geometry``.
    grids, micro_grids
        ``code``, ``grid_code`` (micro-grids only), ``name``, ``locked``.
    households
        ``household_id``, ``cell_id``, ``households``, ``natural_village``, ``villager_group``, ``priority``,
        ``geometry``.
    """

    cells: gpd.GeoDataFrame
    grids: pd.DataFrame
    micro_grids: pd.DataFrame
    households: gpd.GeoDataFrame


def read_draft(store: Store, plan_id: int, village_code: str) -> StoredDraft:
    """Read one village of a plan for edits.

    Parameters
    ----------
    plan_id
        The plan.
    village_code
        The village.

    Returns
    -------
        The draft, and the version of the plan that it is of.

    Raises
    ------
    CallError
        If there is no such plan, or the plan has no land in that village.
    """
    with store.read() as connection:
        plan = plan_row(connection, plan_id)
        slice_ = read_slice(connection, plan, village_code)
        if slice_.cells.empty:
            raise CallError("history.no_village", village=village_code, plan=plan["name"])
        layers = _ground(connection)
        name = connection.execute(select(villages.c.name).where(villages.c.code == village_code)).scalar()
        used = [code for table in (grids, micro_grids) for code in _used_codes(connection, table, village_code)]
        last = connection.execute(select(func.max(cells.c.cell_id)).where(cells.c.fabric_id == plan["fabric_id"]))
        next_cell = int(last.scalar_one()) + 1
    land = shapely.box(*slice_.cells.total_bounds)
    village = open_village(village_code, name or village_code, land, layers)
    units = slice_.grids, slice_.micro_grids
    draft = open_draft(village, slice_.cells, units, slice_.households, next_cell=next_cell, used=used)
    return StoredDraft(plan_id, plan["version"], plan["status"], draft)


def plan_row(connection: Connection, plan_id: int) -> RowMapping:
    """Look up a plan.

    Raises
    ------
    CallError
        If there is none.
    """
    row = connection.execute(select(plans).where(plans.c.plan_id == plan_id)).mappings().first()
    if row is None:
        raise CallError("store.no_plan", plan_id=plan_id)
    return row


def read_slice(connection: Connection, plan: RowMapping, village_code: str) -> Slice:
    """Read the tables of one village of a plan."""
    homes = _households(connection, plan, village_code)
    land = _cells(connection, plan, village_code)
    people = homes.groupby("cell_id")["households"].sum()
    land["households"] = people.reindex(land["cell_id"], fill_value=0).to_numpy()
    return Slice(
        land,
        _units(connection, grids, plan["plan_id"], village_code, ["code", "name", "locked"]),
        _units(connection, micro_grids, plan["plan_id"], village_code, ["code", "grid_code", "name", "locked"]),
        homes,
    )


def _cells(connection: Connection, plan: RowMapping, village_code: str) -> gpd.GeoDataFrame:
    columns = [cells.c.cell_id, assignment.c.micro_grid_code, cells.c.geometry]
    assigned = and_(assignment.c.cell_id == cells.c.cell_id, assignment.c.plan_id == plan["plan_id"])
    of_village = and_(cells.c.fabric_id == plan["fabric_id"], cells.c.village_code == village_code)
    query = select(*raw(columns)).select_from(cells.join(assignment, assigned)).where(of_village)
    return gpd.GeoDataFrame(fetch(connection, query.order_by(cells.c.cell_id), columns))


def _households(connection: Connection, plan: RowMapping, village_code: str) -> gpd.GeoDataFrame:
    columns = [household_cells.c.cell_id, *(households.c[name] for name in _TOLD)]
    query = select(*raw(columns)).select_from(dwellings(plan, village_code)).order_by(households.c.household_id)
    return gpd.GeoDataFrame(fetch(connection, query, columns))


def dwellings(plan: RowMapping, village_code: str) -> Join:
    """Join who lives where in one village of a plan: household_cells, assignment, households."""
    of_village = (cells.c.fabric_id == plan["fabric_id"]) & (cells.c.village_code == village_code)
    # asked for by cell, SQLite looks up this village's homes and does not walk through all of the county's
    inside = household_cells.c.cell_id.in_(select(cells.c.cell_id).where(of_village))
    placed = (household_cells.c.fabric_id == plan["fabric_id"]) & inside
    assigned = and_(assignment.c.cell_id == household_cells.c.cell_id, assignment.c.plan_id == plan["plan_id"], placed)
    homes = households.c.household_id == household_cells.c.household_id
    return household_cells.join(assignment, assigned).join(households, homes)


def _units(connection: Connection, table: Table, plan_id: int, village_code: str, names: list[str]) -> pd.DataFrame:
    columns = [table.c[name] for name in names]
    mine = and_(table.c.plan_id == plan_id, table.c.village_code == village_code)
    return fetch(connection, select(*raw(columns)).where(mine), columns)


def _ground(connection: Connection) -> Layers:
    layers = {}
    for name in ("natural_villages", "barriers"):
        columns = [LAYERS[name].c[column] for column in CONTRACTS[name].columns]
        layers[name] = gpd.GeoDataFrame(fetch(connection, select(*raw(columns)).order_by(LAYERS[name].c.fid), columns))
    return Layers(**layers)


def _used_codes(connection: Connection, table: Table, village_code: str) -> list[str]:
    # a code that was in force is never given again; drafts that came to nothing use up none
    ruling = and_(plans.c.plan_id == table.c.plan_id, plans.c.effective_on.is_not(None))
    query = select(table.c.code).join(plans, ruling).where(table.c.village_code == village_code).distinct()
    return list(connection.execute(query).scalars())
