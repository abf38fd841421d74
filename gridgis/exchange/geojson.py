"""GeoJSON as RFC 7946 has it: WGS 84, seven decimals at most, exterior rings counterclockwise, no member ``crs``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

DECIMALS = 7


def write_geojson(layer: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer as a FeatureCollection, a feature a line.

    Every vertex is rounded by itself, so that a border that two units share stays the same border.

    Parameters
    ----------
    layer
        Any CRS.
    path
        Where to write.

    Source: RFC 7946, The GeoJSON Format, 2016, sections 3.1.6, 4 and 11.2.
    """
    geometries = rounded_shapes(layer)
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    features = [
        json.dumps(
            {"type": "Feature", "properties": dict(zip(table.columns, row, strict=True)), "geometry": geometry},
            ensure_ascii=False,
            allow_nan=False,
        )
        for row, geometry in zip(_plain_rows(table), geometries, strict=True)
    ]
    body = ",\n".join(features)
    path.write_text(f'{{"type": "FeatureCollection", "features": [\n{body}\n]}}\n', encoding="utf-8")


def rounded_shapes(layer: gpd.GeoDataFrame) -> list[Mapping[str, Any] | None]:
    """Make GeoJSON geometries of a layer: reprojected, rounded and wound as the standard asks."""
    exact = shapely.force_2d(np.asarray(layer.geometry.to_crs(4326).to_numpy(), dtype=object))
    shapes = _without_faults(shapely.remove_repeated_points(_rounded(exact)), exact)
    shapes = shapely.orient_polygons(shapes, exterior_cw=False)
    return [None if text is None else json.loads(text) for text in shapely.to_geojson(shapes)]


def _rounded(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    rounded: npt.NDArray[np.object_] = shapely.transform(shapes, lambda points: np.round(points, DECIMALS))
    return rounded


def _without_faults(shapes: npt.NDArray[np.object_], exact: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Snap to the decimals as a whole what rounding vertex by vertex broke: a sliver that closed or crossed itself."""
    broken = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    shapes[broken] = _rounded(shapely.set_precision(exact[broken], 10.0**-DECIMALS))
    return shapes


def _plain_rows(table: pd.DataFrame) -> list[tuple[object, ...]]:
    columns = [[_plain(value) for value in table.iloc[:, place]] for place in range(table.shape[1])]
    return list(zip(*columns, strict=True)) if columns else [()] * len(table)


def _plain(value: Any) -> object:  # noqa: ANN401 — whatever a table's cell holds
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
