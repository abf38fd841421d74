"""Geographic files: whatever GDAL reads, and GeoParquet; attributes as texts, digits kept."""

from __future__ import annotations

import re
import warnings
from glob import escape
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj import CRS
from pyproj.exceptions import CRSError

from gridgis.exchange.dbase import read_dbase
from gridgis.exchange.raw import EXACT, RawTable, cell_text, number_text
from gridgis.exchange.sources import MB, PARQUET, Source
from gridgis.model.errors import CallError
from gridgis.model.settings import Settings

MAX_FEATURES = 5_000_000
MAX_VERTICES = 50_000_000
_CRS_MEMBER = re.compile(rb'"crs"\s*:\s*(\{[^{}]*(?:\{[^{}]*\}[^{}]*)?\}|null)')
_CRS_NAME = re.compile(rb'"name"\s*:\s*"([^"]+)"')
_EDGE = 1 << 16


def list_layers(source: Source) -> list[str]:
    """Name the layers of a geographic file.

    Raises
    ------
    CallError
        If GDAL cannot read the file.
    """
    if source.path.suffix.lower() in PARQUET:
        return [source.path.stem]
    try:
        return [str(name) for name in pyogrio.list_layers(source.path)[:, 0]]
    except (DataSourceError, DataLayerError) as fault:
        raise CallError("error.file.unreadable", path=source.shown) from fault


def read_vector(source: Source, layer: str | None, settings: Settings) -> RawTable:
    """Read one layer of a geographic file.

    Parameters
    ----------
    source
        The file.
    layer
        Name of the layer; None for the only one.
    settings
        Size limits.

    Raises
    ------
    CallError
        If the file cannot be read or holds more than the limits allow.
    """
    if source.path.suffix.lower() in PARQUET:
        return _read_parquet(source, settings)
    if source.path.suffix.lower() == ".shp":
        return _read_shapefile(source)
    meta, table = _read_arrow(source.path, layer, source)
    column = meta["geometry_name"] or "wkb_geometry"
    unknown = _unknown_crs(source.path)
    crs = None if unknown or not meta["crs"] else CRS.from_user_input(meta["crs"])
    return _raw(table, column, crs, source, crs_unknown=unknown)


def _read_arrow(path: Path, layer: str | None, source: Source) -> tuple[dict[str, Any], pa.Table]:
    try:
        _limit(pyogrio.read_info(path, layer=layer)["features"], MAX_FEATURES, source)
        with warnings.catch_warnings():
            # an open ring is closed and said where the rings are checked
            warnings.filterwarnings("ignore", message="Non closed ring", category=RuntimeWarning)
            meta, table = pyogrio.read_arrow(path, layer=layer)
    except (DataSourceError, DataLayerError, FieldError, UnicodeDecodeError, pa.ArrowException) as fault:
        raise CallError("error.file.unreadable", path=source.shown) from fault
    return meta, table


def _read_shapefile(source: Source) -> RawTable:
    """Read the geometries with GDAL and the attributes apart, since GDAL refuses names that were cut in two."""
    parts = {file.suffix.lower(): file for file in source.path.parent.glob(f"{escape(source.path.stem)}.*")}
    if ".dbf" not in parts:
        raise CallError("error.file.unreadable", path=source.shown)
    try:
        attributes = read_dbase(parts[".dbf"], parts.get(".cpg"))
    except ValueError as fault:
        raise CallError("error.file.unreadable", path=source.shown) from fault
    with TemporaryDirectory(prefix="gridgis-") as folder:
        for suffix in {".shp", ".shx", ".prj"} & parts.keys():
            copyfile(parts[suffix], Path(folder) / f"shapes{suffix}")
        meta, table = _read_arrow(Path(folder) / "shapes.shp", None, source)
    if table.num_rows != len(attributes.texts):
        raise CallError("error.file.unreadable", path=source.shown)
    crs = CRS.from_user_input(meta["crs"]) if meta["crs"] else None
    raw = _raw(table, meta["geometry_name"] or "wkb_geometry", crs, source)
    kept = np.flatnonzero(~attributes.deleted)
    return RawTable(
        attributes.texts.iloc[kept].reset_index(drop=True),
        None if raw.geometry is None else raw.geometry.iloc[kept].reset_index(drop=True),
        None if raw.repaired is None else raw.repaired[kept],
        attributes.numeric,
        encoding=None if attributes.is_stated else attributes.encoding,
    )


def _read_parquet(source: Source, settings: Settings) -> RawTable:
    try:
        file = pq.ParquetFile(source.path)
        _limit(file.metadata.num_rows, MAX_FEATURES, source)
        size = sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups))
        if size > settings.max_unpacked_mb * MB:
            raise CallError("error.file.unpacks_too_large", path=source.shown, limit_mb=settings.max_unpacked_mb)
        layer = gpd.read_parquet(source.path)
    except (pa.ArrowException, ValueError, OSError) as fault:
        if isinstance(fault, CallError):
            raise
        raise CallError("error.file.unreadable", path=source.shown) from fault
    attributes = pa.Table.from_pandas(layer.drop(columns=layer.geometry.name), preserve_index=False)
    table = attributes.append_column("geometry", pa.array(shapely.to_wkb(layer.geometry.to_numpy()), pa.binary()))
    return _raw(table, "geometry", layer.crs, source)


def _raw(table: pa.Table, column: str, crs: CRS | None, source: Source, **found: Any) -> RawTable:  # noqa: ANN401 — the dataclass has the types
    geometry, repaired = None, None
    if column in table.column_names:
        shapes, repaired = _shapes(table.column(column).to_pylist())
        _limit(int(shapely.get_num_coordinates(shapes).sum()), MAX_VERTICES, source)
        geometry = gpd.GeoSeries(shapes, crs=crs)
        table = table.drop_columns([column])
    texts, numeric, lost = {}, [], []
    for name in table.column_names:
        texts[name], is_number, cut = _as_texts(table.column(name))
        if is_number:
            numeric.append(name)
        if cut.any():
            lost.append((name, cut))
    frame = pd.DataFrame(texts, index=pd.RangeIndex(table.num_rows), dtype=object)
    return RawTable(frame, geometry, repaired, frozenset(numeric), tuple(lost), **found)


def _shapes(wkb: list[bytes | None]) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    shapes = shapely.from_wkb(np.array(wkb, dtype=object), on_invalid="ignore")
    broken = np.array([raw is not None for raw in wkb], dtype=bool) & shapely.is_missing(shapes)
    if broken.any():
        shapes[broken] = shapely.from_wkb(np.array(wkb, dtype=object)[broken], on_invalid="fix")
    return shapes, broken & ~shapely.is_missing(shapes)


def _as_texts(values: pa.ChunkedArray) -> tuple[list[str | None], bool, npt.NDArray[np.bool_]]:
    """Turn a column into texts, and mark the numbers whose last digits a double could not hold."""
    kind = values.type
    if pa.types.is_floating(kind):
        numbers = np.asarray(values.to_pandas(), dtype=np.float64)
        lost = np.isfinite(numbers) & (np.abs(numbers) >= EXACT)
        return [number_text(number) for number in numbers.tolist()], True, lost
    intact = np.zeros(len(values), dtype=bool)
    if pa.types.is_integer(kind):
        return pc.cast(values, pa.string()).to_pylist(), True, intact
    return [cell_text(value) for value in values.to_pylist()], False, intact


def _unknown_crs(path: Path) -> str | None:
    """Name the coordinate system of a GeoJSON file that GDAL passes over in silence."""
    if path.suffix.lower() not in {".geojson", ".json"}:
        return None
    with path.open("rb") as file:
        edges = file.read(_EDGE)
        if path.stat().st_size > 2 * _EDGE:
            file.seek(-_EDGE, 2)
        edges += file.read()
    member = _CRS_MEMBER.search(edges)
    name = None if member is None else _CRS_NAME.search(member.group(1))
    if name is None:
        return None
    text = name.group(1).decode("utf-8", "replace")
    try:
        CRS.from_user_input(text)
    except CRSError:
        return text
    return None


def _limit(count: int, most: int, source: Source) -> None:
    if count > most:
        raise CallError("error.file.too_many", path=source.shown, count=count, most=most)
