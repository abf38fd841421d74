"""Cuts of a fabric: new cells in the place of others, which stay for the plans and for the past that have them.

A household lives in one of the fabric's first cells and, of every cut through a cell that it lives in, in one of the
new ones. So it lives in exactly one cell of every plan, at every step of its history.
"""

from __future__ import annotations

from collections import defaultdict

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely import STRtree
from sqlalchemy import Connection, func, insert, select

from gridgis.redraw.change import Change
from gridgis.redraw.composing import renumber_cells
from gridgis.store.geopackage import note_change
from gridgis.store.rows import CRS, fetch, raw, write_rows
from gridgis.store.schema import cells, cuts, household_cells, households

Places = NDArray[np.int64]


def keep_cut(connection: Connection, fabric_id: int, change: Change) -> Change:
    """Keep the new cells of an edit, and who lives in them.

    Parameters
    ----------
    change
        What the edit changes; without new cells, nothing is done.

    Returns
    -------
        The change; its new cells have other numbers where theirs were taken meanwhile.
    """
    if not change.added:
        return change
    of_fabric = select(func.max(cells.c.cell_id)).where(cells.c.fabric_id == fabric_id)
    first = int(connection.execute(of_fabric).scalar_one()) + 1
    if min(change.added) < first:
        change = renumber_cells(change, {number: first + n for n, number in enumerate(sorted(change.added))})
    before = select(func.coalesce(func.max(cuts.c.cut), 0)).where(cuts.c.fabric_id == fabric_id)
    cut = int(connection.execute(before).scalar_one()) + 1
    rows = [{"fabric_id": fabric_id, "cut": cut, "cell_id": cell} for cell in change.removed]
    connection.execute(insert(cuts), rows)
    new = gpd.GeoDataFrame(
        {"cell_id": list(change.added), "households": [cell.households for cell in change.added.values()]},
        geometry=[cell.geometry for cell in change.added.values()],
        crs=CRS,
    )
    new = new.assign(fabric_id=fabric_id, village_code=change.village_code, cut=cut)
    write_rows(connection, cells, new)
    note_change(connection, "cells", new)
    _rehouse(connection, fabric_id, change, new)
    return change


def _rehouse(connection: Connection, fabric_id: int, change: Change, new: gpd.GeoDataFrame) -> None:
    columns = [household_cells.c.household_id, household_cells.c.cell_id, households.c.geometry]
    lived_in = (household_cells.c.fabric_id == fabric_id) & household_cells.c.cell_id.in_(list(change.removed))
    at_home = households.c.household_id == household_cells.c.household_id
    query = select(*raw(columns)).join_from(household_cells, households, at_home).where(lived_in)
    homes = fetch(connection, query.order_by(household_cells.c.fid), columns)
    told = [change.rehoused.get(home, (-1, -1)) for home in homes["household_id"]]
    # whoever came to live there after the edit was drawn is not told of
    known = np.array([before for before, _ in told], dtype=np.int64) == homes["cell_id"].to_numpy()
    places = np.array([after for _, after in told], dtype=np.int64)
    if not known.all():
        places[~known] = nearest_cells(homes.loc[~known], new)
    insert_places(connection, fabric_id, homes["household_id"], places)


def follow_cuts(connection: Connection, fabric_id: int, layer: pd.DataFrame, places: Places) -> None:
    """Place households in the new cells of all cuts through the cells that they live in.

    Parameters
    ----------
    layer
        ``household_id`` and ``geometry``, in the store's CRS.
    places
        Their cells among the first ones of the fabric.
    """
    living: dict[int, set[int]] = defaultdict(set)
    for row, cell in enumerate(places.tolist()):
        living[cell].add(row)
    replaced: dict[int, list[int]] = defaultdict(list)
    of_fabric = select(cuts.c.cut, cuts.c.cell_id).where(cuts.c.fabric_id == fabric_id)
    for cut, cell in connection.execute(of_fabric.order_by(cuts.c.cut)):
        replaced[cut].append(cell)
    for cut, old in replaced.items():
        rows = sorted(set[int]().union(*(living.get(cell, set()) for cell in old)))
        if not rows:
            continue
        new = nearest_cells(layer.iloc[rows], cells_of_cut(connection, fabric_id, cut))
        insert_places(connection, fabric_id, layer["household_id"].iloc[rows], new)
        for row, cell in zip(rows, new.tolist(), strict=True):
            living[cell].add(row)


def cells_of_cut(connection: Connection, fabric_id: int, cut: int | None) -> pd.DataFrame:
    """Read the cells that a cut made; None for the first cells of the fabric.

    Returns
    -------
        ``cell_id``, ascending, and ``geometry``.
    """
    columns = [cells.c.cell_id, cells.c.geometry]
    of_cut = cells.c.cut.is_(None) if cut is None else cells.c.cut == cut
    query = select(*raw(columns)).where(cells.c.fabric_id == fabric_id, of_cut).order_by(cells.c.cell_id)
    return fetch(connection, query, columns)


def insert_places(connection: Connection, fabric_id: int, ids: pd.Series[str], places: Places) -> None:
    """Keep in which cells households live."""
    placed = pd.DataFrame({"fabric_id": fabric_id, "household_id": ids.to_numpy(), "cell_id": places})
    write_rows(connection, household_cells, placed)


def nearest_cells(layer: pd.DataFrame, among: pd.DataFrame) -> Places:
    """Find the ``cell_id`` nearest to each household, the first of several."""
    pairs = STRtree(among["geometry"].array).query_nearest(layer["geometry"].array)
    nearest = pd.DataFrame(pairs.T, columns=["household", "cell"]).groupby("household")["cell"].min()
    places: Places = among["cell_id"].to_numpy()[nearest.to_numpy()]
    return places
