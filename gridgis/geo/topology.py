"""Topology of a coverage: who borders whom, and the laws a plan must keep, as predicates that name who breaks them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgis.geo.zones import metric_crs, projection

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

LEAST_BORDER_M = 0.01
"""Borders shorter than this are corners: nobody walks through a centimetre."""

SPECK_M2 = 0.001
"""Pieces smaller than this are noise of the coordinates' last digits."""


def shared_borders(polygons: gpd.GeoSeries) -> pd.DataFrame:
    """Measure the border that each pair of polygons of a coverage shares.

    Parameters
    ----------
    polygons
        Polygons whose shared borders have the same vertices, as a noded coverage has; any CRS, any index.

    Returns
    -------
        Columns ``a``, ``b`` (positions in ``polygons``, ``a`` < ``b``) and ``length_m``, one row per pair that shares
        more than a corner.

    Examples
    --------
    >>> squares = gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(2, 1, 3, 2)], crs=4546)
    >>> shared_borders(squares)
       a  b  length_m
    0  0  1       1.0
    """
    owner, ends = segments(polygons.to_numpy())
    first, second = shared_segments(ends)
    pairs = np.sort(np.column_stack([owner[first], owner[second]]), axis=1)
    table = pd.DataFrame({"a": pairs[:, 0], "b": pairs[:, 1], "length_m": _lengths_m(ends[first], polygons)})
    table = table[table["a"] != table["b"]]
    return table.groupby(["a", "b"], as_index=False)[["length_m"]].sum()


def segments(polygons: Geometries) -> tuple[Ints, Floats]:
    """List every segment of every ring.

    Parameters
    ----------
    polygons
        Polygons of one or more parts.

    Returns
    -------
        Whose each segment is, as a position in ``polygons``, and its two ends in a fixed order, shape (n, 4).
    """
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    start, end = vertices[:-1][inside], vertices[1:][inside]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    ends = np.where(swap[:, None], np.hstack([end, start]), np.hstack([start, end]))
    return owner[part[ring[:-1][inside]]], ends


def shared_segments(ends: Floats) -> tuple[Ints, Ints]:
    """Pair the segments that have the same ends, as positions in ``ends``; each lies between two polygons."""
    order = np.lexsort(ends.T)
    same = np.flatnonzero((ends[order[1:]] == ends[order[:-1]]).all(axis=1))
    return order[same], order[same + 1]


def _lengths_m(ends: Floats, polygons: gpd.GeoSeries) -> Floats:
    if len(ends) == 0:
        return np.zeros(0)
    vertices = to_metres(ends.reshape(-1, 2), polygons)
    steps: Floats = vertices[1::2] - vertices[::2]
    return np.hypot(steps[:, 0], steps[:, 1])


def to_metres(vertices: Floats, layer: gpd.GeoSeries | gpd.GeoDataFrame) -> Floats:
    """Project coordinates of ``layer``'s CRS to its metric CRS.

    Parameters
    ----------
    vertices
        Shape (n, 2).
    layer
        Where the coordinates are from.
    """
    return projection(CRS(layer.crs), metric_crs(layer))(vertices)


def pieces(n: int, a: Ints, b: Ints) -> Ints:
    """Label each of ``n`` nodes by the connected piece it is in, edges being ``a``-``b``."""
    links = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n, n))
    labels: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    return labels


def connected(units: gpd.GeoSeries) -> pd.Series:
    """Say of each unit whether it is one piece of land; pieces that touch at a corner are two.

    Parameters
    ----------
    units
        Polygons in any CRS.

    Returns
    -------
        bool, index as ``units``.

    Examples
    --------
    >>> corner = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)])
    >>> connected(gpd.GeoSeries([shapely.box(0, 0, 1, 1), corner], crs=4546)).tolist()
    [True, False]
    """
    metric = units.to_crs(metric_crs(units))
    parts, owner = shapely.get_parts(metric.to_numpy(), return_index=True)
    real = owner[shapely.area(parts) > SPECK_M2]
    return pd.Series(np.bincount(real, minlength=len(units)) == 1, index=units.index)


def gaps_and_overlaps(units: gpd.GeoSeries, land: gpd.GeoSeries) -> tuple[float, float]:
    """Measure how far units are from tiling the land.

    Parameters
    ----------
    units
        Polygons of one tier, in the CRS of ``land``.
    land
        Villages.

    Returns
    -------
        Land without a unit, and land of more than one unit or outside all land, both in m², rounded to 0.001 m².
    """
    whole, ours = shapely.union_all(land.to_numpy()), shapely.union_all(units.to_numpy())
    # straight lines are straight in one CRS only: compare shapes in theirs, and only then count square metres
    square_m = float(land.to_crs(metric_crs(land)).area.sum()) / float(shapely.area(land.to_numpy()).sum())
    gap = float(shapely.area(shapely.difference(whole, ours)))
    twice = float(shapely.area(units.to_numpy()).sum() - shapely.area(ours))
    outside = float(shapely.area(shapely.difference(ours, whole)))
    return round(gap * square_m, 3), round((max(twice, 0.0) + outside) * square_m, 3)
