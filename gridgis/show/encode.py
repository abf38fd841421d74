"""Geometries as whole millionths of a degree, each place the step from the one before: a third of their GeoJSON."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

WGS84 = 4326
_SCALE = 1e6
_FINE = 1e7
_TOLERANCE_DEG = 1e-5
"""About one metre: less than a pixel at every zoom that a map of a township has."""


def encode_areas(areas: gpd.GeoSeries) -> list[list[list[list[int]]]]:
    """Encode polygons: per area its parts, per part its rings, per ring the steps.

    Parameters
    ----------
    areas
        Polygons and multipolygons in any CRS. Borders that two areas share are simplified alike, by a metre at most.
    """
    shapes = areas.to_crs(WGS84).to_numpy()
    if len(shapes):
        shapes = shapely.coverage_simplify(shapes, _TOLERANCE_DEG)
    return [
        [[_steps(ring) for ring in (part.exterior, *part.interiors)] for part in shapely.get_parts(shape)]
        for shape in shapes
    ]


def encode_rings(areas: gpd.GeoSeries) -> list[list[list[list[int]]]]:
    """Encode polygons as :func:`encode_areas` does, but every corner of them, in ten-millionths of a degree.

    Parameters
    ----------
    areas
        Polygons and multipolygons in any CRS.
    """
    return [
        [[_steps(ring, _FINE) for ring in (part.exterior, *part.interiors)] for part in shapely.get_parts(shape)]
        for shape in areas.to_crs(WGS84).to_numpy()
    ]


def encode_lines(lines: gpd.GeoSeries) -> list[list[int]]:
    """Encode lines, and the borders of areas, in one list of parts.

    Parameters
    ----------
    lines
        Geometries in any CRS; points are passed over.
    """
    shapes = lines.to_crs(WGS84).simplify(_TOLERANCE_DEG).to_numpy()
    polygonal = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 - the dimension of an area
    shapes = np.where(polygonal, shapely.boundary(shapes), shapes)
    parts = shapely.get_parts(shapes)
    return [_steps(part) for part in parts[shapely.get_dimensions(parts) == 1]]


def encode_places(points: gpd.GeoSeries) -> list[int]:
    """Encode points in one list of steps.

    Parameters
    ----------
    points
        Points in any CRS.
    """
    return _steps(shapely.get_coordinates(points.to_crs(WGS84).to_numpy()))


def _steps(places: shapely.Geometry | NDArray[np.float64], scale: float = _SCALE) -> list[int]:
    coordinates = places if isinstance(places, np.ndarray) else shapely.get_coordinates(places)
    whole = np.rint(coordinates * scale).astype(np.int64)
    steps: list[int] = np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel().tolist()
    return steps
