"""The mesh of a draft: measured once when the draft is opened, and mended where cells are replaced."""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgis.geo.topology import LEAST_BORDER_M, segments, shared_segments, to_metres
from gridgis.redraw.draft import Floats, Ints, Mesh

_ALONG_M = 1.0
"""How far a border may be from the line that it was cut along: lines are straightened by half a metre before."""

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
    if len(shapes) == 0:
        return Mesh(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    owner, ends = segments(shapes.to_numpy())
    first, second = shared_segments(ends)
    ends = to_metres(ends[first].reshape(-1, 2), shapes).reshape(-1, 4)
    ids = shapes.index.to_numpy(dtype=np.int64)
    length_m = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    pairs = np.sort(np.column_stack([ids[owner[first]], ids[owner[second]]]), axis=1)
    table = pd.DataFrame({"a": pairs[:, 0], "b": pairs[:, 1], "length_m": length_m})
    table["on_ground_m"] = length_m * _on_ground(ends, shapes, lines)
    table = table[table["a"] != table["b"]].groupby(["a", "b"], as_index=False).sum()
    # sums in another order differ in their last digits, and must not decide anything
    table = table[table["length_m"] > LEAST_BORDER_M].round({"length_m": 3, "on_ground_m": 3})
    return Mesh(*(table[name].to_numpy() for name in ("a", "b", "length_m", "on_ground_m")))


def mend_mesh(
    mesh: Mesh, shapes: gpd.GeoSeries, removed: Collection[int], added: Collection[int], lines: gpd.GeoSeries
) -> Mesh:
    """Measure the borders of new cells, and forget those of cells that are no more.

    Parameters
    ----------
    mesh
        Borders before.
    shapes
        All cells after, index ``cell_id`` ascending.
    removed, added
        Numbers of the cells that are no more, and of the new ones in their place.
    lines
        As for :func:`weave_mesh`.
    """
    gone, new = (np.fromiter(some, dtype=np.int64) for some in (removed, added))
    stale = np.isin(mesh.a, gone) | np.isin(mesh.b, gone)
    around = np.setdiff1d(np.concatenate([mesh.a[stale], mesh.b[stale]]), gone)
    fresh = weave_mesh(shapes.loc[np.union1d(around, new)], lines)
    known = ~(np.isin(fresh.a, new) | np.isin(fresh.b, new))
    columns = [
        np.concatenate([getattr(mesh, name)[~stale], getattr(fresh, name)[~known]])
        for name in ("a", "b", "length_m", "on_ground_m")
    ]
    order = np.lexsort((columns[1], columns[0]))
    return Mesh(*(column[order] for column in columns))


def _on_ground(ends: Floats, shapes: gpd.GeoSeries, lines: gpd.GeoSeries) -> npt.NDArray[np.bool_]:
    """Say of segments, shape (n, 4) in metres, whether they run along one of the lines."""
    found = np.zeros(len(ends), dtype=bool)
    if len(lines) == 0 or len(ends) == 0:
        return found
    vertices, line = shapely.get_coordinates(lines.to_numpy(), return_index=True)
    vertices = to_metres(vertices, shapes)
    inside = line[1:] == line[:-1]
    steps = np.hstack([vertices[:-1][inside], vertices[1:][inside]])
    steps = steps[(steps[:, :2] != steps[:, 2:]).any(axis=1)]
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


def neighbours(mesh: Mesh, cells: Ints) -> Ints:
    """List the cells that border on some cells, ascending, without those cells themselves."""
    inner, outer = np.isin(mesh.a, cells), np.isin(mesh.b, cells)
    return np.unique(np.concatenate([mesh.b[inner & ~outer], mesh.a[outer & ~inner]]))
