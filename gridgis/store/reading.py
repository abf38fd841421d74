"""Reading: tables in the contract's columns, kept to what the reader may see, masked before they leave."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Table, and_, func, select, union_all

from gridgis.geo.zones import metric_crs
from gridgis.ledger.entries import Entries, standing
from gridgis.model.errors import CallError
from gridgis.model.layers import CONTRACTS
from gridgis.planning.plan import Plan
from gridgis.store import audit
from gridgis.store.database import Store
from gridgis.store.rows import CRS, fetch, raw
from gridgis.store.ruling import in_force, ruling, today
from gridgis.store.schema import (
    LAYERS,
    assignment,
    cells,
    grids,
    household_cells,
    households,
    meta,
    micro_grids,
    plans,
    township,
    villages,
    visits,
)
from gridgis.store.scope import Reader, has_masks, in_scope, masked
from gridgis.store.sentences import from_data

_ENTRIES = {"visits": ("visit_id", "outcome"), "services": ("service_id", "status")}


@dataclass(frozen=True)
class Township:
    """The township that a store holds.

    Parameters
    ----------
    code, name
        As imported, or drawn from the villages' codes; the name may be empty.
    synthetic
        Whether any of the store's data was ever synthetic, so that every page says so.
    ledger_until
        Day of the last visit; None without visits.
    metric_epsg
        CRS to measure in.
    geometry
        Its area, EPSG:4490.
    """

    code: str
    name: str
    synthetic: bool
    ledger_until: date | None
    metric_epsg: int
    geometry: shapely.Geometry


@dataclass(frozen=True)
class StoredPlan:
    """A plan with its row in the list of plans, and the codes of its locked units; geometries in EPSG:4490."""

    plan_id: int
    name: str
    status: str
    effective_on: date | None
    version: int
    plan: Plan
    locked: frozenset[str] = frozenset()


def data_version(store: Store) -> int:
    """Read the number that goes up with every write: what a page caches is keyed by it."""
    with store.read() as connection:
        return int(connection.execute(select(meta.c.data_version)).scalar_one())


def read_township(store: Store) -> Township | None:
    """Read what the township is; None in an empty store."""
    with store.read() as connection:
        row = connection.execute(select(township)).first()
        last = connection.execute(select(func.max(visits.c.visited_on))).scalar()
    if row is None:
        return None
    epsg = metric_crs(gpd.GeoDataFrame(geometry=[row.geometry], crs=CRS)).to_epsg()
    return Township(row.code, row.name, bool(row.synthetic), last, int(epsg or 0), row.geometry)


def read_layer(store: Store, name: str, reader: Reader) -> pd.DataFrame:
    """Read a layer as its contract has it.

    Parameters
    ----------
    name
        Name of the layer in the contracts.
    reader
        Who reads; rows outside the reader's villages stay in the store.

    Returns
    -------
        The contract's columns, EPSG:4490; names and phones masked unless the reader is unmasked, which is audited.
    """
    table = LAYERS[name]
    columns = [table.c[column] for column in CONTRACTS[name].columns]
    query = select(*raw(columns)).where(in_scope(name, reader)).order_by(table.c.fid)
    with store.read() as connection:
        rows = fetch(connection, query, columns)
        if name == "services" and reader.units is not None:
            rows = _inside(connection, rows, reader.units)
    return _shown(store, name, rows, reader)


def read_visits(store: Store, reader: Reader, since: date | None = None, until: date | None = None) -> pd.DataFrame:
    """Read the visits that count, of the days ``since`` to ``until``, both included; not what was corrected since."""
    return _in_days(standing(read_layer(store, "visits", reader), *_ENTRIES["visits"]), "visited_on", since, until)


def read_services(
    store: Store, reader: Reader, since: date | None = None, until: date | None = None
) -> gpd.GeoDataFrame:
    """Read the services that count, reported on the days ``since`` to ``until``, both included."""
    known = gpd.GeoDataFrame(read_layer(store, "services", reader))
    return _in_days(standing(known, *_ENTRIES["services"]), "reported_on", since, until)


def read_households(
    store: Store, reader: Reader, plan_id: int | None = None, on: date | None = None
) -> gpd.GeoDataFrame:
    """Read the households with their units in a plan.

    Parameters
    ----------
    plan_id
        The plan; None for the one in force.
    on
        Day on which it is in force; None for today.

    Returns
    -------
        The contract's columns, then ``grid_code`` and ``micro_grid_code``, missing where the plan has no unit for the
        household or there is no plan; EPSG:4490, masked as in :func:`read_layer`.

    Raises
    ------
    CallError
        If there is no plan ``plan_id``.
    """
    with store.read() as connection:
        plan = _plan_row(connection, plan_id, on)
        if plan is None and plan_id is not None:
            raise CallError("store.no_plan", plan_id=plan_id)
        columns = [households.c[name] for name in CONTRACTS["households"].columns]
        units = [micro_grids.c.grid_code, micro_grids.c.code.label("micro_grid_code")]
        query = (
            select(*raw(columns), *raw(units))
            .select_from(_with_units(int(plan["plan_id"]) if plan else -1, int(plan["fabric_id"]) if plan else -1))
            .where(in_scope("households", reader))
            .order_by(households.c.fid)
        )
        table = fetch(connection, query, [*columns, *(_text_like(unit) for unit in units)])
    return gpd.GeoDataFrame(_shown(store, "households", table, reader))


def list_plans(store: Store) -> pd.DataFrame:
    """List the plans, newest first.

    Returns
    -------
        Columns ``plan_id``, ``name``, ``status``, ``effective_on``, ``retired_on``, ``version``, ``created_on``,
        ``created_by``.
    """
    names = ("plan_id", "name", "status", "effective_on", "retired_on", "version", "created_on", "created_by")
    columns = [plans.c[name] for name in names]
    with store.read() as connection:
        return fetch(connection, select(*raw(columns)).order_by(plans.c.plan_id.desc()), columns)


def read_plan(store: Store, plan_id: int | None = None, on: date | None = None) -> StoredPlan | None:
    """Read a plan.

    Parameters
    ----------
    plan_id
        The plan; None for the one in force.
    on
        Day on which it is in force; None for today.

    Returns
    -------
        The plan, or None if there is no such plan.
    """
    with store.read() as connection:
        row = _plan_row(connection, plan_id, on)
        if row is None:
            return None
        plan = _plan(connection, row["plan_id"], row["fabric_id"], row["messages"])
        locked = _locked_units(connection, row["plan_id"])
    return StoredPlan(row["plan_id"], row["name"], row["status"], row["effective_on"], row["version"], plan, locked)


def _in_days(entries: Entries, column: str, since: date | None, until: date | None) -> Entries:
    # a correction may move an entry to another day, so that days are chosen after it
    days = entries[column]
    kept: Entries = entries[days.between(pd.Timestamp(since or date.min), pd.Timestamp(until or date.max))]
    return kept.reset_index(drop=True)


def _inside(connection: Connection, table: pd.DataFrame, codes: frozenset[str]) -> pd.DataFrame:
    # a service without a household belongs to the unit that it was reported in
    queries = [select(*raw([villages.c.geometry])).where(villages.c.code.in_(codes))] + [
        select(*raw([unit.c.geometry])).where(unit.c.plan_id == ruling(today()), unit.c.code.in_(codes))
        for unit in (grids, micro_grids)
    ]
    area = [shape for query in queries for shape in fetch(connection, query, [villages.c.geometry])["geometry"]]
    placed = shapely.intersects(shapely.union_all(area), table["geometry"].array)
    kept: pd.DataFrame = table.loc[table["household_id"].notna() | placed].reset_index(drop=True)
    return kept


def _shown(store: Store, name: str, table: pd.DataFrame, reader: Reader) -> pd.DataFrame:
    if not reader.unmasked:
        return masked(name, table)
    if has_masks(name):
        audit.record(store, reader.who, "read_unmasked", name, len(table))
    return table


def _with_units(plan_id: int, fabric_id: int) -> Any:  # noqa: ANN401 - a join of four tables
    placed = and_(household_cells.c.household_id == households.c.household_id, household_cells.c.fabric_id == fabric_id)
    assigned = and_(assignment.c.cell_id == household_cells.c.cell_id, assignment.c.plan_id == plan_id)
    named = and_(micro_grids.c.code == assignment.c.micro_grid_code, micro_grids.c.plan_id == plan_id)
    # a household lives in a cell of each version of its land, of which a plan has one
    return households.outerjoin(household_cells.join(assignment, assigned), placed).outerjoin(micro_grids, named)


def _text_like(column: ColumnElement[Any]) -> Column[Any]:
    return Column(column.key, micro_grids.c.code.type)


def _plan_row(connection: Connection, plan_id: int | None, on: date | None) -> RowMapping | None:
    query = select(plans)
    query = in_force(query, on or today()) if plan_id is None else query.where(plans.c.plan_id == plan_id)
    return connection.execute(query).mappings().first()


def _plan(connection: Connection, plan_id: int, fabric_id: int, messages: str) -> Plan:
    names = ["code", "grid_code", "village_code", "name", "households", "geometry"]
    micro = _units(connection, micro_grids, plan_id, names)
    return Plan(
        cells=_plan_cells(connection, plan_id, fabric_id),
        grids=_units(connection, grids, plan_id, ["code", "village_code", "name", "households", "geometry"]),
        micro_grids=micro,
        households=_plan_households(connection, plan_id, fabric_id, micro.set_index("code")["grid_code"]),
        messages=tuple(from_data(message) for message in json.loads(messages)),
    )


def _plan_cells(connection: Connection, plan_id: int, fabric_id: int) -> gpd.GeoDataFrame:
    code = assignment.c.micro_grid_code
    columns = [cells.c.cell_id, cells.c.village_code, code, cells.c.households, cells.c.geometry]
    assigned = and_(assignment.c.cell_id == cells.c.cell_id, assignment.c.plan_id == plan_id)
    query = select(*raw(columns)).select_from(cells.join(assignment, assigned)).where(cells.c.fabric_id == fabric_id)
    return gpd.GeoDataFrame(fetch(connection, query.order_by(cells.c.fid), columns))


def _units(connection: Connection, table: Table, plan_id: int, names: list[str]) -> gpd.GeoDataFrame:
    columns = [table.c[name] for name in names]
    units = fetch(connection, select(*raw(columns)).where(table.c.plan_id == plan_id), columns)
    return gpd.GeoDataFrame(units.sort_values("code", ignore_index=True))


def _locked_units(connection: Connection, plan_id: int) -> frozenset[str]:
    locked = [select(table.c.code).where(table.c.plan_id == plan_id, table.c.locked) for table in (grids, micro_grids)]
    return frozenset(connection.execute(union_all(*locked)).scalars())


def _plan_households(connection: Connection, plan_id: int, fabric_id: int, grid_of: pd.Series) -> gpd.GeoDataFrame:
    columns = [households.c.household_id, assignment.c.micro_grid_code, households.c.geometry]
    placed = and_(household_cells.c.household_id == households.c.household_id, household_cells.c.fabric_id == fabric_id)
    assigned = and_(assignment.c.cell_id == household_cells.c.cell_id, assignment.c.plan_id == plan_id)
    # joined with its units, SQLite would go through all of them for each household
    homes = households.join(household_cells, placed).join(assignment, assigned)
    query = select(*raw(columns)).select_from(homes).where(assignment.c.micro_grid_code.is_not(None))
    found = fetch(connection, query.order_by(households.c.fid), columns)
    found.insert(1, "grid_code", found["micro_grid_code"].map(grid_of))
    return gpd.GeoDataFrame(found)
