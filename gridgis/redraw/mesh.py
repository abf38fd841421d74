"""The mesh of a draft: measured once when the draft is opened, and mended where cells are replaced."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from gridgis.geo.topology import LEAST_BORDER_M, segments, shared_segments
from gridgis.geo.zones import metric_crs, projection
from gridgis.redraw.draft import Floats, Mesh

_ALONG_M = 1.0
"""How far a border may be from the line that it was cut along: lines are straightened by half a metre before."""

_COLUMNS = ("a", "b", "length_m", "on_ground_m")
_ALONG_COSINE = float(np.cos(np.radians(30)))


def weave_mesh(shapes: gpd.GeoSeries, lines: gpd.GeoSeries) -> Mesh:
    """Measure all borders between cells.

    Parameters
    ----------
    shapes
        A valid coverage, index ``cell_id`` ascending.
    lines
        What a person finds on the ground, in the same CRS.
    """
    metric = metric_crs(shapes)
    vertices, line = shapely.get_coordinates(lines.to_numpy(), return_index=True)
    vertices = projection(CRS(shapes.crs), metric)(vertices)
    inside = line[1:] == line[:-1]
    steps = np.hstack([vertices[:-1][inside], vertices[1:][inside]])
    steps = steps[(steps[:, :2] != steps[:, 2:]).any(axis=1)]
    nobody = np.zeros(0, dtype=np.int64)
    return _measure(Mesh(nobody, nobody, np.zeros(0), np.zeros(0), metric, steps), shapes)


def mend_mesh(mesh: Mesh, shapes: gpd.GeoSeries, removed: Collection[int], added: Collection[int]) -> Mesh:
    """Measure the borders of new cells, and forget those of cells that are no more.

    Parameters
    ----------
    mesh
        Borders before.
    shapes
        All cells after, index ``cell_id`` ascending.
    removed, added
        Numbers of the cells that are no more, and of the new ones in their place.
    """
    gone, new = (np.fromiter(some, dtype=np.int64) for some in (removed, added))
    stale = np.isin(mesh.a, gone) | np.isin(mesh.b, gone)
    around = np.setdiff1d(np.concatenate([mesh.a[stale], mesh.b[stale]]), gone)
    fresh = _measure(mesh, shapes.loc[np.union1d(around, new)])
    known = ~(np.isin(fresh.a, new) | np.isin(fresh.b, new))
    a, b, length_m, on_ground_m = (
        np.concatenate([getattr(mesh, name)[~stale], getattr(fresh, name)[~known]]) for name in _COLUMNS
    )
    order = np.lexsort((b, a))
    return replace(mesh, a=a[order], b=b[order], length_m=length_m[order], on_ground_m=on_ground_m[order])


def _measure(mesh: Mesh, shapes: gpd.GeoSeries) -> Mesh:
    """Measure the borders between some cells."""
    owner, ends = segments(shapes.to_numpy())
    first, second = shared_segments(ends)
    project = projection(CRS(shapes.crs), mesh.metric)
    ends = project(ends[first].reshape(-1, 2)).reshape(-1, 4)
    ids = shapes.index.to_numpy(dtype=np.int64)
    length_m = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    on_ground_m = length_m * _on_ground(ends, mesh.ground_m)
    pairs = np.sort(np.column_stack([ids[owner[first]], ids[owner[second]]]), axis=1)
    apart = pairs[:, 0] != pairs[:, 1]
    known, pair = np.unique(pairs[apart], axis=0, return_inverse=True)
    # sums in another order differ in their last digits, and must not decide anything
    sums = [np.bincount(pair, some[apart], len(known)).astype(np.float64) for some in (length_m, on_ground_m)]
    whole_m, ground_m = (np.round(some, 3) for some in sums)
    real = whole_m > LEAST_BORDER_M
    return replace(mesh, a=known[real, 0], b=known[real, 1], length_m=whole_m[real], on_ground_m=ground_m[real])


def _on_ground(ends: Floats, ground_m: Floats) -> npt.NDArray[np.bool_]:
    """Say of segments, shape (n, 4) in metres, whether they run along one of the steps found on the ground."""
    found = np.zeros(len(ends), dtype=bool)
    if len(ends) == 0:
        return found
    low, high = ends.reshape(-1, 2).min(axis=0) - _ALONG_M, ends.reshape(-1, 2).max(axis=0) + _ALONG_M
    starts, stops = ground_m[:, :2], ground_m[:, 2:]
    near = (np.maximum(starts, stops) >= low).all(axis=1) & (np.minimum(starts, stops) <= high).all(axis=1)
    steps = ground_m[near]
    middles = shapely.points((ends[:, :2] + ends[:, 2:]) / 2)
    tree = shapely.STRtree(shapely.linestrings(steps.reshape(-1, 2, 2)))
    segment, step = tree.query(middles, predicate="dwithin", distance=_ALONG_M)
    ours, theirs = _directions(ends[segment]), _directions(steps[step])
    found[segment[np.abs((ours * theirs).sum(axis=1)) >= _ALONG_COSINE]] = True
    return found


def _directions(steps: Floats) -> Floats:
    way = steps[:, 2:] - steps[:, :2]
    unit: Floats = way / np.hypot(way[:, 0], way[:, 1])[:, None]
    return unit
