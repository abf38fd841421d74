"""Drafts from a plan, and a plan from drafts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.geo.ground import ground_lines
from gridgis.geo.places import locate_natural_villages
from gridgis.geo.sites import join_footprints
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
        ``natural_villages``, ``barriers`` and ``buildings`` count, where they are given.
    """
    given = Layers(
        **{
            name: layer[shapely.intersects(layer.geometry.to_numpy(), land)]
            for name, layer in layers.given()
            if name in {"natural_villages", "barriers", "buildings"} and isinstance(layer, gpd.GeoDataFrame)
        }
    )
    crs = next((layer.crs for _, layer in layers.given() if isinstance(layer, gpd.GeoDataFrame)), None)
    known = given.natural_villages
    known = gpd.GeoDataFrame(empty_layer("natural_villages", crs)) if known is None else known
    lines = gpd.GeoSeries(ground_lines(given), crs=crs)
    known = known[["code", "name", "geometry"]].reset_index(drop=True)
    return Village(code, name, known, lines, join_footprints(given.buildings))


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
    land = land.set_geometry(_single(land.geometry))
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
    index = pd.Index(codes, dtype=object, name="code")
    values: dict[str, pd.Series] = {}
    for column in columns:
        told = [rows[code].get(column) for code in codes]
        if column == "locked":
            values[column] = pd.Series([value is not None and bool(value) for value in told], index, dtype=bool)
        else:
            known = [value if isinstance(value, str) else None for value in told]
            values[column] = pd.Series(known, index, dtype=object)
    return pd.DataFrame(values, index=index)


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
    homes = households[np.isin(households["cell_id"].to_numpy(), cells.index.to_numpy())]
    middles = gpd.GeoDataFrame(geometry=cells.geometry.representative_point(), index=cells.index)
    known = village.natural_villages if len(village.natural_villages) > 0 else None
    told = {
        "natural_village": locate_natural_villages(middles, known).to_dict(),
        "villager_group": dict.fromkeys(cells.index),
    }
    for name, places in told.items():
        column = places | _commonest(homes["cell_id"].tolist(), homes[name].tolist())
        cells = cells.assign(**{name: pd.Series(list(column.values()), cells.index, dtype=object)})
    return cells[CELL_COLUMNS]


def _commonest(cells: list[int], values: list[str | None]) -> dict[int, str]:
    """Find the commonest value in each cell, the first in order among equals."""
    counts = Counter((cell, value) for cell, value in zip(cells, values, strict=True) if value is not None)
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]), reverse=True)
    return {cell: value for (cell, value), _ in ranked}


def _single(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Take polygons out of collections of one, as which some files and databases keep them."""
    values = shapes.to_numpy().copy()
    single = shapely.get_num_geometries(values) == 1
    values[single] = shapely.get_geometry(values[single], 0)
    return gpd.GeoSeries(values, index=shapes.index, crs=shapes.crs)


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
