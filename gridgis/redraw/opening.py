"""Drafts from a plan, and a plan from drafts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.geo.fabric import find_commonest
from gridgis.geo.ground import ground_lines
from gridgis.geo.places import locate_natural_villages
from gridgis.model.layers import Layers, empty_layer
from gridgis.redraw.draft import CELL_COLUMNS, GRID_COLUMNS, HOUSEHOLD_COLUMNS, MICRO_GRID_COLUMNS, Draft, Village
from gridgis.redraw.mesh import weave_mesh


def open_village(code: str, name: str, land: shapely.Geometry, layers: Layers) -> Village:
    """Gather what does not change while a village is redrawn.

    Parameters
    ----------
    code, name
        Of the village.
    land
        Its polygon, or one around it, in the CRS of the layers.
    layers
        ``natural_villages`` and ``barriers`` count, where they are given.
    """
    given = Layers(
        **{
            name: layer[shapely.intersects(layer.geometry.to_numpy(), land)]
            for name, layer in (("natural_villages", layers.natural_villages), ("barriers", layers.barriers))
            if layer is not None
        }
    )
    crs = next((layer.crs for _, layer in layers.given() if isinstance(layer, gpd.GeoDataFrame)), None)
    known = given.natural_villages
    known = gpd.GeoDataFrame(empty_layer("natural_villages", crs)) if known is None else known
    lines = gpd.GeoSeries(ground_lines(given), crs=crs)
    return Village(code, name, known[["code", "name", "geometry"]].reset_index(drop=True), lines)


def open_draft(
    village: Village,
    cells: gpd.GeoDataFrame,
    units: tuple[pd.DataFrame, pd.DataFrame],
    households: gpd.GeoDataFrame,
    *,
    next_cell: int | None = None,
    used: Iterable[str] = (),
) -> Draft:
    """Open one village of a plan for edits.

    Parameters
    ----------
    village
        The village.
    cells
        ``cell_id``, ``micro_grid_code`` (missing where nothing is assigned), ``households``, ``geometry``.
    units
        Grids (``code``, ``name``, ``locked``) and micro-grids (``code``, ``grid_code``, ``name``, ``locked``); where
        there is no ``locked``, none is.
    households
        ``household_id``, ``cell_id``, and, where they are known, ``households`` (else 1), ``natural_village``,
        ``villager_group`` and ``priority``; points in the CRS of the cells.
    next_cell
        The first number that no cell of the fabric has; None for the one after the last of these cells.
    used
        Further codes that were in use.
    """
    homes = _tidy(households.set_index("household_id"), HOUSEHOLD_COLUMNS, {"households": 1})
    known = village.natural_villages if len(village.natural_villages) > 0 else None
    homes["natural_village"] = locate_natural_villages(homes, known).astype(object)
    land = _tidy(cells.set_index("cell_id"), CELL_COLUMNS, {})
    land.index = land.index.astype(np.int64)
    land = describe_cells(land, homes, village)
    grids, micro_grids = (
        tabulate_units(table.set_index("code").to_dict("index"), columns)
        for table, columns in zip(units, (GRID_COLUMNS, MICRO_GRID_COLUMNS), strict=True)
    )
    mesh = weave_mesh(land.geometry, village.lines)
    first = int(land.index.max()) + 1 if len(land) > 0 else 0
    codes = frozenset({*used, *grids.index, *micro_grids.index})
    return Draft(village, land, micro_grids, grids, homes, mesh, max(first, next_cell or 0), codes)


def tabulate_units(rows: Mapping[Any, Mapping[Any, Any]], columns: list[str]) -> pd.DataFrame:
    """Make the table of a tier: index code, ascending; texts are objects, what is not known is None."""
    codes = sorted(str(code) for code in rows)
    table = pd.DataFrame(index=pd.Index(codes, dtype=object, name="code"))
    for column in columns:
        values = [rows[code].get(column) for code in codes]
        if column == "locked":
            table[column] = np.array([value is not None and bool(value) for value in values], dtype=bool)
        else:
            known = [value if isinstance(value, str) else None for value in values]
            table[column] = pd.Series(known, index=table.index, dtype=object)
    return table


def describe_cells(cells: gpd.GeoDataFrame, households: gpd.GeoDataFrame, village: Village) -> gpd.GeoDataFrame:
    """Say of cells in which natural village and villagers' group they are, as the fabric does.

    Parameters
    ----------
    cells
        Index ``cell_id``; other columns stay.
    households
        Index ``household_id``; ``cell_id``, ``natural_village``, ``villager_group``; of other cells as well.
    village
        Land that nobody lives in lies in one of its natural villages, or in none.

    Returns
    -------
        The columns of a draft's cells.
    """
    homes = households[households["cell_id"].isin(cells.index)]
    middles = gpd.GeoDataFrame(geometry=cells.geometry.representative_point(), index=cells.index)
    known = village.natural_villages if len(village.natural_villages) > 0 else None
    told = {"natural_village": locate_natural_villages(middles, known), "villager_group": None}
    for name, value in told.items():
        column = pd.Series(value, index=cells.index, dtype=object)
        commonest = find_commonest(homes, name)
        column.loc[commonest.index] = commonest
        cells = cells.assign(**{name: column.where(column.notna(), None)})
    return cells[CELL_COLUMNS]


def _tidy(table: gpd.GeoDataFrame, columns: list[str], defaults: Mapping[str, object]) -> gpd.GeoDataFrame:
    """Take the columns of a table, in order and of one type whatever file or database they came from."""
    tidy = gpd.GeoDataFrame(geometry=table.geometry, index=table.index)
    for name in columns[:-1]:
        values = table[name] if name in table else pd.Series(defaults.get(name), table.index, dtype=object)
        if name in {"households", "cell_id"}:
            tidy[name] = values.astype(np.int64)
        else:
            tidy[name] = values.astype(object).where(values.notna(), None)
    return tidy[columns].sort_index()
