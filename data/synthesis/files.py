"""Files of the demo, written so that the same content has the same bytes everywhere."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from gridgis.exchange.geojson import rounded_shapes
from synthesis.frame import DECIMALS

NOTICE = "合成演示数据，几何与人员均为虚构。Synthetic demonstration data: geometry and persons are invented."


def write_geojson(layer: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer as GeoJSON after RFC 7946: WGS 84, right-hand winding, one feature a line, marked synthetic."""
    known = layer.drop(columns="geometry").astype(object)
    rows = known.where(known.notna(), None).to_dict("records")
    shapes = rounded_shapes(layer)
    features = [_feature(row, shape) for row, shape in zip(rows, shapes, strict=True)]
    head = {"type": "FeatureCollection", "name": path.stem, "synthetic": True, "notice": NOTICE}
    content = _json(head)[:-1] + ',"features":[\n' + ",\n".join(features) + "\n]}\n"
    _write(path, content.encode())


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV in UTF-8, points as ``lon`` and ``lat``; packed where the name ends in ``.gz``.

    A column ``synthetic`` marks every row, as a CSV has no other place to say so.
    """
    if isinstance(table, gpd.GeoDataFrame):
        lon, lat = shapely.get_coordinates(table.geometry.to_numpy()).T
        table = pd.DataFrame(table.drop(columns="geometry")).assign(lon=_decimals(lon), lat=_decimals(lat))
    text = io.StringIO()
    table.assign(synthetic="true").to_csv(text, index=False, date_format="%Y-%m-%d", lineterminator="\n")
    content = text.getvalue().encode()
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as file:
            file.write(content)
        content = packed.getvalue()
    _write(path, content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _decimals(degrees: Iterable[float]) -> list[str]:
    return [f"{value:.{DECIMALS}f}" for value in degrees]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _feature(row: Mapping[Hashable, object], shape: object) -> str:
    return _json({"type": "Feature", "properties": row, "geometry": shape})
