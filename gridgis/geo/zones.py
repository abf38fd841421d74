"""Metric coordinate systems: the 3° Gauss–Krüger zone of the data in China, the UTM zone elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer

Floats = npt.NDArray[np.float64]
Projection = Callable[[Floats], Floats]

_CHINA_LON = (73.5, 136.5)
_FIRST_MERIDIAN = 75
_FIRST_EPSG = 4534


def gauss_kruger_zone(lon_deg: float) -> int:
    """Choose the 3° zone of CGCS2000 for a longitude.

    Parameters
    ----------
    lon_deg
        Longitude in degrees, 73.5 to 136.5.

    Returns
    -------
        EPSG code of the zone named by its central meridian, without the zone number in the easting (4534 to 4554).

    Raises
    ------
    ValueError
        If the longitude is outside the zones.

    Source: EPSG registry, "CGCS2000 / 3-degree Gauss-Kruger CM 75E" (4534) to "CM 135E" (4554).

    Examples
    --------
    >>> gauss_kruger_zone(112.43), gauss_kruger_zone(112.57)
    (4546, 4547)
    """
    west, east = _CHINA_LON
    if not west <= lon_deg <= east:
        message = f"no 3-degree zone of CGCS2000 at longitude {lon_deg}"
        raise ValueError(message)
    zones_east = int((lon_deg - west) // 3)
    return min(_FIRST_EPSG + zones_east, _FIRST_EPSG + (135 - _FIRST_MERIDIAN) // 3)


def metric_crs(layer: gpd.GeoDataFrame) -> CRS:
    """Choose the coordinate system to measure a layer in.

    Parameters
    ----------
    layer
        Geographic layer with a CRS and at least one geometry that is not empty.

    Returns
    -------
        The layer's own CRS if it is projected in metres (Web Mercator aside, which distorts); else the 3° zone of
        the middle of its extent in China, or the UTM zone elsewhere.

    Raises
    ------
    ValueError
        If the layer has no CRS.
    """
    if layer.crs is None:
        message = "a layer without a CRS cannot be measured"
        raise ValueError(message)
    crs = CRS(layer.crs)
    if crs.is_projected and crs.axis_info[0].unit_name == "metre" and not _is_web_mercator(crs):
        return crs
    # the extent is projected, not every vertex: a county has millions
    bounds = layer.geometry.total_bounds
    west, south, east, north = _transformer(crs, CRS.from_epsg(4326)).transform_bounds(*bounds)
    lon, lat = (west + east) / 2, (south + north) / 2
    # the zones reach over the neighbours of China too; there they are metric all the same
    if _CHINA_LON[0] <= lon <= _CHINA_LON[1] and lat > 0:
        return CRS.from_epsg(gauss_kruger_zone(lon))
    zone = min(int((lon + 180) // 6) + 1, 60)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def _is_web_mercator(crs: CRS) -> bool:
    operation = crs.coordinate_operation
    return operation is not None and "Pseudo Mercator" in operation.method_name


def projection(source: CRS, target: CRS) -> Projection:
    """Make the function that brings coordinates, shape (n, 2), from one CRS to another; x is east in both."""
    if source == target:
        return lambda vertices: vertices
    transformer = _transformer(source, target)

    def project(vertices: Floats) -> Floats:
        return np.column_stack(transformer.transform(vertices[:, 0], vertices[:, 1]))

    return project


@lru_cache(maxsize=32)
def _transformer(source: CRS, target: CRS) -> Transformer:
    # making one takes longer than projecting a village with it
    return Transformer.from_crs(source, target, always_xy=True)
