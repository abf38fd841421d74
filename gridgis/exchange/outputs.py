"""Files out: one layer in the format that others need; plans stand in :mod:`gridgis.exchange.plans`."""

from __future__ import annotations

import csv
import warnings
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError

from gridgis.exchange.files import replaced
from gridgis.exchange.geojson import write_geojson
from gridgis.exchange.sheets import write_csv, write_workbook
from gridgis.model.errors import CallError

Format = Literal["geojson", "gpkg", "shp", "xlsx", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)
SUFFIXES: dict[Format, str] = {f: ".zip" if f == "shp" else f".{f}" for f in FORMATS}

# a dBASE field name holds ten bytes; these short ones are understood when the file is read again
_SHORT = {
    "household_id": "hh_id",
    "village_code": "vill_code",
    "natural_village": "nat_vill",
    "villager_group": "vill_group",
    "micro_grid_code": "micro_code",
    "reported_on": "report_on",
}
_FIELD_BYTES = 10
_WGS84 = 4326
# a zip that says when it was made is another file every time
_PACKED_AT = (2000, 1, 1, 0, 0, 0)


def write_layer(
    table: pd.DataFrame,
    path: Path,
    *,
    layer: str,
    format: Format,  # noqa: A002 — the word people use
    crs: int | None = None,
) -> None:
    """Write a table, whole or not at all.

    Parameters
    ----------
    table
        A layer or a plain table.
    path
        Where to write; a file that is there is replaced. A Shapefile is packed into one zip, unless the path ends in
        ``.shp``.
    layer
        Name of the layer inside the file.
    format
        Format of the file. GeoJSON follows RFC 7946; Excel and CSV hold coordinates as columns: those of a point, or
        of a point inside a polygon.
    crs
        EPSG code to write in; None for WGS 84.

    Raises
    ------
    CallError
        If the file cannot be written, there is no such CRS, or GeoJSON is asked for in another one than WGS 84.
    """
    if format == "geojson" and crs not in {None, _WGS84}:
        raise CallError("error.export.geojson_crs", epsg=crs)
    target = _crs_of(crs)
    if format == "shp" and path.suffix.lower() == ".shp":
        _write_loose_shapefile(_located(table).to_crs(target), path)
        return
    with replaced(path) as unfinished:
        if format in {"xlsx", "csv"}:
            _write_sheet(with_coordinates(table, target), unfinished, layer, format)
        elif format == "geojson":
            write_geojson(_located(table), unfinished)
        elif format == "gpkg":
            _write_vector(_located(table).to_crs(target), unfinished, layer, "GPKG")
        else:
            _write_shapefile(_located(table).to_crs(target), unfinished, layer)


def layer_bytes(table: pd.DataFrame, *, layer: str, format: Format, crs: int | None = None) -> bytes:  # noqa: A002 — as above
    """Make a file's content, as for :func:`write_layer`."""
    with TemporaryDirectory(prefix="gridgis-") as folder:
        path = Path(folder) / f"{layer}{SUFFIXES[format]}"
        write_layer(table, path, layer=layer, format=format, crs=crs)
        return path.read_bytes()


def with_coordinates(table: pd.DataFrame, crs: CRS) -> pd.DataFrame:
    """Put coordinates in the place of geometries: ``lon`` and ``lat`` in degrees, or ``x`` and ``y`` in metres."""
    if not isinstance(table, gpd.GeoDataFrame):
        return table
    points = table.geometry.to_crs(crs)
    areas = ~points.geom_type.isin(["Point"]) & points.notna()
    points[areas] = points[areas].representative_point()
    names, digits = (("lon", "lat"), 7) if crs.is_geographic else (("x", "y"), 3)
    plain = pd.DataFrame(table.drop(columns=table.geometry.name))
    return plain.assign(**{names[0]: points.x.round(digits), names[1]: points.y.round(digits)})


def _crs_of(epsg: int | None) -> CRS:
    try:
        return CRS.from_epsg(_WGS84 if epsg is None else epsg)
    except CRSError as fault:
        raise CallError("error.export.unknown_crs", epsg=epsg) from fault


def _located(table: pd.DataFrame) -> gpd.GeoDataFrame:
    if isinstance(table, gpd.GeoDataFrame):
        return table
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([None] * len(table), index=table.index, crs=_WGS84))


def _write_sheet(table: pd.DataFrame, path: Path, layer: str, form: Format) -> None:
    if form == "csv":
        write_csv(table, path)
    else:
        write_workbook({layer: table}, path)


def _write_vector(layer: gpd.GeoDataFrame, path: Path, name: str, driver: str) -> None:
    """Write with GDAL; days as texts, since not every format has them."""
    days = {c: layer[c].dt.strftime("%Y-%m-%d") for c in layer if pd.api.types.is_datetime64_any_dtype(layer[c])}
    options = {"encoding": "UTF-8"} if driver == "ESRI Shapefile" else {}
    several = layer.geom_type.isin(["MultiPolygon"]).any()
    try:
        with warnings.catch_warnings():
            # texts longer than 254 bytes are cut in a Shapefile; its sidecar says so
            warnings.filterwarnings("ignore", category=RuntimeWarning, module="pyogrio")
            pyogrio.write_dataframe(
                layer.assign(**days), path, layer=name, driver=driver, promote_to_multi=several, **options
            )
    except DataSourceError as fault:
        raise CallError("error.file.unwritable", path=path) from fault


def _write_shapefile(layer: gpd.GeoDataFrame, path: Path, name: str) -> None:
    """Write a Shapefile and a table of its field names, packed into one zip."""
    short = short_names(list(layer.columns.drop(layer.geometry.name)))
    with TemporaryDirectory(prefix="gridgis-") as folder:
        _write_vector(layer.rename(columns=short), Path(folder) / f"{name}.shp", name, "ESRI Shapefile")
        with (Path(folder) / f"{name}_fields.txt").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter="\t").writerows([("field", "column"), *((s, c) for c, s in short.items())])
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for part in sorted(Path(folder).iterdir()):
                packed.writestr(zipfile.ZipInfo(part.name, _PACKED_AT), part.read_bytes(), zipfile.ZIP_DEFLATED)


def _write_loose_shapefile(layer: gpd.GeoDataFrame, path: Path) -> None:
    """Write the parts of a Shapefile side by side; the ``.shp`` comes last, and only with it there is a Shapefile."""
    with TemporaryDirectory(prefix="gridgis-") as folder:
        packed = Path(folder) / "packed.zip"
        _write_shapefile(layer, packed, path.stem)
        with zipfile.ZipFile(packed) as parts:
            for name in sorted(parts.namelist(), key=lambda name: name.endswith(".shp")):
                with replaced(path.with_name(name)) as unfinished:
                    unfinished.write_bytes(parts.read(name))


def short_names(columns: list[str]) -> dict[str, str]:
    """Give every column a field name of ten bytes at most, each its own.

    Examples
    --------
    >>> short_names(["household_id", "permit_issued_on", "permit_issued_by"])
    {'household_id': 'hh_id', 'permit_issued_on': 'permit_iss', 'permit_issued_by': 'permit_i_1'}
    """
    names: dict[str, str] = {}
    for column in columns:
        wish = _SHORT.get(column, column.encode()[:_FIELD_BYTES].decode("utf-8", "ignore"))
        name, number = wish, 0
        while name in names.values():
            number += 1
            name = f"{wish[: _FIELD_BYTES - 1 - len(str(number))]}_{number}"
        names[column] = name
    return names
