"""Writing: each call one transaction, all of it or nothing, with a new data version and a row in the audit."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Literal

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, Table, delete, func, insert, select

from gridgis.model.errors import DataError
from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.planning.plan import Plan
from gridgis.store import audit
from gridgis.store.database import Store
from gridgis.store.fabrics import keep_fabric, keep_places, moved_households, place_households
from gridgis.store.geopackage import note_change
from gridgis.store.rows import CRS, write_rows
from gridgis.store.schema import LAYERS, SRID, assignment, grids, micro_grids, plans, township
from gridgis.store.sentences import to_data
from gridgis.store.states import read_state
from gridgis.store.steps import Step, write_step

_APPENDED = {"visits": "visit_id", "services": "service_id"}
_DIVISION_CODE = 12
_TOWNSHIP_CODE = 9
_NEUTRAL_CODE = "township"


def import_layers(
    store: Store, layers: Layers, *, who: str, synthetic: bool = False, township_name: str = ""
) -> dict[str, int]:
    """Bring checked layers into the store, all or nothing.

    Households are brought up to date by their id; visits and services are added, and one whose id is there already is
    skipped; of every other layer, the given one replaces the old one as a whole.

    Parameters
    ----------
    layers
        Layers as their contracts have them, in any CRS.
    who
        Name for the audit.
    synthetic
        Whether they are synthetic; a store that ever held synthetic data says so for good.
    township_name
        Name for the township where no layer ``township`` gives one.

    Returns
    -------
        Layer to the number of rows written.

    Raises
    ------
    DataError
        If a layer has no CRS, or rows name villages or households that are not there.
    """
    given = {name: _in_store_crs(name, table) for name, table in layers.given()}
    written = {}
    with store.write() as connection:
        _import_township(connection, given, synthetic=synthetic, name=township_name)
        for name in (name for name in LAYERS if name in given):
            written[name] = _import_layer(connection, name, given[name])
            audit.record(connection, who, "import", name, written[name])
    return written


def write_plan(
    store: Store,
    plan: Plan,
    *,
    name: str,
    who: str,
    status: Literal["draft", "published"] = "draft",
    effective_on: date | None = None,
) -> int:
    """Keep a plan; its cells are kept once for all plans that share them.

    Parameters
    ----------
    plan
        A complete plan of households that the store holds, in any CRS.
    name
        What people call it.
    who
        Who keeps it, for the list of plans and the audit.
    effective_on
        Day from which a published plan is in force; None for today.

    Returns
    -------
        Its ``plan_id``.

    Raises
    ------
    DataError
        If a layer has no CRS, or the plan has households that the store does not hold.
    """
    names = ("cells", "grids", "micro_grids", "households")
    layers = {layer: _in_store_crs(layer, getattr(plan, layer)) for layer in names}
    today = datetime.now(UTC).astimezone().date()
    with store.write() as connection:
        fabric_id = keep_fabric(connection, layers["cells"], today)
        keep_places(connection, fabric_id, layers["households"], layers["cells"])
        row = {
            "fabric_id": fabric_id,
            "name": name,
            "status": status,
            "effective_on": effective_on or (today if status == "published" else None),
            "version": 0,
            "created_on": today,
            "created_by": who,
            "messages": json.dumps([to_data(message) for message in plan.messages], ensure_ascii=False),
        }
        plan_id = int(connection.execute(insert(plans).values(row).returning(plans.c.plan_id)).scalar_one())
        for table, layer in ((assignment, "cells"), (grids, "grids"), (micro_grids, "micro_grids")):
            write_rows(connection, table, layers[layer].assign(plan_id=plan_id))
            if table is not assignment:
                note_change(connection, table.name, layers[layer])
        first = Step("plan", Message("history.step.plan", {"name": name}), read_state(connection, plan_id))
        write_step(connection, plan_id, 0, first, who=who)
        audit.record(connection, who, f"write_plan.{status}", str(plan_id), len(plan.micro_grids))
    return plan_id


def _in_store_crs(name: str, table: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(table, gpd.GeoDataFrame):
        return table
    if table.crs is None:
        raise DataError((), "store.no_crs", layer=name)
    moved: pd.DataFrame = table if table.crs.to_epsg() == SRID else table.to_crs(CRS)
    return moved


def _import_layer(connection: Connection, name: str, table: pd.DataFrame) -> int:
    target = LAYERS[name]
    if name in _APPENDED:
        written = _append(connection, target, table, _APPENDED[name])
    elif name == "households":
        moved = moved_households(connection, table)
        written = write_rows(connection, target, table, key="household_id", update=True)
        place_households(connection, moved)
    elif name == "township":
        written = len(table)
    else:
        connection.execute(delete(target))
        written = write_rows(connection, target, table)
    note_change(connection, name, table)
    return written


def _append(connection: Connection, target: Table, table: pd.DataFrame, key: str) -> int:
    count = select(func.count()).select_from(target)
    before = connection.execute(count).scalar_one()
    write_rows(connection, target, table, key=key)
    return int(connection.execute(count).scalar_one() - before)


def _import_township(connection: Connection, given: dict[str, pd.DataFrame], *, synthetic: bool, name: str) -> None:
    old = connection.execute(select(township)).mappings().first()
    if "township" in given:
        new = given["township"].iloc[0][["code", "name", "geometry"]].to_dict()
    elif "villages" in given:
        new = _township_of(given["villages"]) | {"name": name or (old["name"] if old else "")}
    elif old:
        new = {column: old[column] for column in ("code", "name", "geometry")}
    else:
        return
    connection.execute(delete(township))
    connection.execute(insert(township).values(new | {"synthetic": synthetic or bool(old and old["synthetic"])}))


def _township_of(villages: pd.DataFrame) -> dict[str, object]:
    # a division code of 12 digits begins with those of its county (6) and township (3)
    codes = {code[:_TOWNSHIP_CODE] if len(code) == _DIVISION_CODE else "" for code in villages["code"]}
    code = codes.pop() if len(codes) == 1 else ""
    area = shapely.union_all(villages["geometry"].array)
    return {"code": code if code.isdigit() else _NEUTRAL_CODE, "geometry": area}
