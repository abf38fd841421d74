"""The fabric that plans share: its cells, and which household lives in which of them."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, insert, select

from gridgis.store.cutting import Places, cells_of_cut, follow_cuts, insert_places, nearest_cells
from gridgis.store.geopackage import note_change
from gridgis.store.rows import fetch, raw, write_rows
from gridgis.store.schema import cells, fabrics, household_cells, households


def keep_fabric(connection: Connection, layer: pd.DataFrame, created_on: date) -> int:
    """Keep the cells of a plan, unless an earlier plan brought the very same ones.

    Parameters
    ----------
    layer
        ``cell_id``, ``village_code``, ``households`` and ``geometry``, in the store's CRS.

    Returns
    -------
        The fabric's ``fabric_id``.
    """
    digest = _digest(layer)
    known = connection.execute(select(fabrics.c.fabric_id).where(fabrics.c.digest == digest)).scalar()
    if known is not None:
        return int(known)
    row = insert(fabrics).values(digest=digest, created_on=created_on).returning(fabrics.c.fabric_id)
    fabric_id = int(connection.execute(row).scalar_one())
    write_rows(connection, cells, layer.assign(fabric_id=fabric_id))
    note_change(connection, "cells", layer)
    return fabric_id


def _digest(layer: pd.DataFrame) -> str:
    digest = hashlib.sha256()
    ordered = layer.sort_values("cell_id")
    for wkb in shapely.to_wkb(ordered["geometry"].array):
        digest.update(wkb)
    digest.update(ordered[["cell_id", "village_code", "households"]].to_csv(index=False).encode())
    return digest.hexdigest()


def keep_places(connection: Connection, fabric_id: int, layer: pd.DataFrame, plan_cells: pd.DataFrame) -> None:
    """Keep in which cell each household of a plan lives, where the fabric does not know it yet.

    Parameters
    ----------
    layer
        ``household_id``, ``micro_grid_code`` and ``geometry``, in the store's CRS; a household on a border stays on
        the side that the plan gave it.
    plan_cells
        ``cell_id``, ``micro_grid_code`` and ``geometry``.
    """
    query = select(household_cells.c.household_id).where(household_cells.c.fabric_id == fabric_id)
    known = set(connection.execute(query).scalars())
    fresh = layer[~layer["household_id"].isin(known)]
    _place(connection, fabric_id, fresh, _places_in_units(fresh, plan_cells))


def moved_households(connection: Connection, layer: pd.DataFrame) -> pd.DataFrame:
    """Find the households of an import that are new or live elsewhere than the store says; none without a fabric."""
    if connection.execute(select(fabrics.c.fabric_id).limit(1)).scalar() is None:
        return layer.iloc[:0]
    columns = [households.c.household_id, households.c.geometry]
    old = fetch(connection, select(*raw(columns)), columns).set_index("household_id")["geometry"]
    before = old.reindex(layer["household_id"]).to_numpy()
    same: NDArray[np.bool_] = shapely.equals_identical(before, layer["geometry"].array)
    return layer.loc[~same]


def place_households(connection: Connection, layer: pd.DataFrame) -> None:
    """Place new or moved households in the cells of every fabric, so that they have a unit in every plan.

    Parameters
    ----------
    layer
        ``household_id`` and ``geometry``, in the store's CRS.
    """
    if layer.empty:
        return
    leave = delete(household_cells).where(household_cells.c.household_id == bindparam("moved"))
    connection.execute(leave, [{"moved": household_id} for household_id in layer["household_id"]])
    for fabric_id in connection.execute(select(fabrics.c.fabric_id)).scalars().all():
        _place(connection, fabric_id, layer, nearest_cells(layer, cells_of_cut(connection, fabric_id, None)))


def _place(connection: Connection, fabric_id: int, layer: pd.DataFrame, places: Places) -> None:
    insert_places(connection, fabric_id, layer["household_id"], places)
    follow_cuts(connection, fabric_id, layer, places)


def _places_in_units(layer: pd.DataFrame, plan_cells: pd.DataFrame) -> Places:
    places = nearest_cells(layer, plan_cells)
    unit_of = plan_cells.set_index("cell_id")["micro_grid_code"]
    astray = unit_of.reindex(places).to_numpy() != layer["micro_grid_code"].to_numpy()
    for code in layer.loc[astray, "micro_grid_code"].unique():
        rows = astray & (layer["micro_grid_code"] == code).to_numpy()
        places[rows] = nearest_cells(layer[rows], plan_cells[plan_cells["micro_grid_code"] == code])
    return places
