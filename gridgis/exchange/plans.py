"""Plan files: a GeoPackage of four layers, the same bytes for the same plan."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from gridgis.exchange.files import replaced
from gridgis.model.errors import CallError, DataError
from gridgis.model.findings import Finding
from gridgis.planning.plan import Plan

PLAN_LAYERS = {
    "grids": ("code", "village_code", "name", "households"),
    "micro_grids": ("code", "grid_code", "village_code", "name", "households"),
    "cells": ("cell_id", "micro_grid_code", "households"),
    "households": ("household_id", "grid_code", "micro_grid_code"),
}
# a file that says when it was written is another file every time
_WRITTEN_AT = "2000-01-01T00:00:00.000Z"


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan as a GeoPackage, in the plan's CRS; a half-written file is never seen.

    Parameters
    ----------
    plan
        The plan; its messages are not part of the file.
    path
        Where to write; a file that is there is replaced.

    Raises
    ------
    CallError
        If the file cannot be written.
    """
    with replaced(path) as unfinished:
        for name, columns in PLAN_LAYERS.items():
            layer: gpd.GeoDataFrame = getattr(plan, name)
            _write_layer(layer[[*columns, "geometry"]], unfinished, name)
        _forget_time(unfinished)


def read_plan(path: Path) -> Plan:
    """Read a plan file, ours or not.

    Parameters
    ----------
    path
        A GeoPackage with the layers of :data:`PLAN_LAYERS`. Where there are no cells, every micro-grid is one.

    Raises
    ------
    CallError
        If the file cannot be read.
    DataError
        If a layer or a column is missing, or the layers differ in CRS.
    """
    there = _layers_in(path)
    layers = {name: _read_layer(path, name) for name in PLAN_LAYERS if name in there}
    findings = [Finding("error", name, "layer_missing") for name in PLAN_LAYERS if name not in {*there, "cells"}]
    for name, layer in layers.items():
        missing = [column for column in PLAN_LAYERS[name] if column not in layer]
        if missing:
            found = {"column": ", ".join(missing), "headers": ", ".join(layer.columns)}
            findings.append(Finding("error", name, "column_missing", params=found))
    if findings:
        raise DataError(findings)
    micro_grids = layers["micro_grids"].sort_values("code", ignore_index=True)
    cells = layers.get("cells")
    if cells is None:
        cells = micro_grids.rename(columns={"code": "micro_grid_code"}).assign(cell_id=range(len(micro_grids)))
    villages = micro_grids.set_index("code")["village_code"]
    cells = cells.assign(village_code=cells["micro_grid_code"].map(villages))
    return Plan(
        cells=cells[["cell_id", "village_code", "micro_grid_code", "households", "geometry"]],
        grids=_ordered(layers["grids"].sort_values("code", ignore_index=True), PLAN_LAYERS["grids"]),
        micro_grids=_ordered(micro_grids, PLAN_LAYERS["micro_grids"]),
        households=_ordered(layers["households"], PLAN_LAYERS["households"]),
    )


def _ordered(layer: gpd.GeoDataFrame, columns: Sequence[str]) -> gpd.GeoDataFrame:
    return layer[[*columns, "geometry"]]


def _write_layer(layer: gpd.GeoDataFrame, path: Path, name: str) -> None:
    several = (layer.geom_type == "MultiPolygon").any()
    kind = "Point" if name == "households" else "MultiPolygon" if several else "Polygon"
    options = {"GEOMETRY_NAME": "geom", "SPATIAL_INDEX": "YES"}
    pyogrio.write_dataframe(
        layer, path, layer=name, driver="GPKG", geometry_type=kind, promote_to_multi=several, layer_options=options
    )


def _forget_time(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE gpkg_contents SET last_change = ?", (_WRITTEN_AT,))
        database.commit()
        database.execute("VACUUM")


def _layers_in(path: Path) -> set[str]:
    if not path.is_file():
        raise CallError("error.file.missing", path=path)
    try:
        return {str(name) for name in pyogrio.list_layers(path)[:, 0]}
    except (DataSourceError, DataLayerError) as fault:
        raise CallError("error.file.unreadable", path=path) from fault


def _read_layer(path: Path, name: str) -> gpd.GeoDataFrame:
    layer = pyogrio.read_dataframe(path, layer=name)
    shapes = layer.geometry.to_numpy().copy()
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return layer.set_geometry(gpd.GeoSeries(shapes, index=layer.index, crs=layer.crs))
