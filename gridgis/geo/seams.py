"""Seams: where villages that were cut apart meet, their cells are given the same vertices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from gridgis.geo.topology import pieces, segments, shared_segments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

SEAM_M = 1e-7
"""Vertices closer than this are one: crossings of the same lines, computed twice, differ in their last digits."""


def sew_seams(shapes: Geometries, side: Ints, reach: float) -> Geometries:
    """Give polygons on two sides of a common border the same vertices along it.

    Parameters
    ----------
    shapes
        Polygons; those of one side are a coverage, and the outlines of two sides run along the same lines, up to
        ``reach``.
    side
        Which side each is on.
    reach
        :data:`SEAM_M` in units of the polygons' CRS.

    Returns
    -------
        The polygons with the vertices of their neighbours, normalised.
    """
    shapes = _join_twins(shapes, reach)
    rings, owner = _rings(shapes)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    step = np.flatnonzero(ring[1:] == ring[:-1])
    step = step[_loose(np.hstack([vertices[step], vertices[step + 1]]))]
    at, new = _missing_vertices(vertices, step, side[owner[ring]], reach)
    vertices, ring = np.insert(vertices, at, new, axis=0), np.insert(ring, at, ring[at - 1])
    sewn: Geometries = shapely.normalize(_polygons(shapes, shapely.linearrings(vertices, indices=ring)))
    return sewn


def _loose(ends: Floats) -> npt.NDArray[np.bool_]:
    """Say which segments, shape (n, 4), have no twin."""
    swap = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    loose = np.ones(len(ends), dtype=bool)
    loose[np.concatenate(shared_segments(np.where(swap[:, None], ends[:, [2, 3, 0, 1]], ends)))] = False
    return loose


def _join_twins(shapes: Geometries, reach: float) -> Geometries:
    """Move vertices of the outlines that differ by last digits only onto the first of them."""
    ends = segments(shapes)[1]
    outer = np.unique(ends[_loose(ends)].reshape(-1, 2), axis=0)
    pairs = cKDTree(outer).query_pairs(reach, output_type="ndarray") if len(outer) else np.empty((0, 2), dtype=int)
    if len(pairs) == 0:
        return shapes
    label = pieces(len(outer), pairs[:, 0], pairs[:, 1])
    first = np.unique(label, return_index=True)[1][label]
    moved = np.flatnonzero(first != np.arange(len(outer)))
    # complex numbers sort by x, then y, as the vertices do
    known = outer[moved].view(np.complex128).ravel()

    def settle(vertices: Floats) -> Floats:
        here = np.ascontiguousarray(vertices).view(np.complex128).ravel()
        row = np.minimum(np.searchsorted(known, here), len(known) - 1)
        return np.where((known[row] == here)[:, None], outer[first[moved[row]]], vertices)

    touched = shapely.intersects(shapes, shapely.multipoints(outer[moved]))
    settled = shapes.copy()
    settled[touched] = shapely.remove_repeated_points(shapely.transform(shapes[touched], settle))
    return settled


def _missing_vertices(vertices: Floats, step: Ints, side: Ints, reach: float) -> tuple[Ints, Floats]:
    """Find the vertices of other sides that lie on segments from ``step`` to ``step + 1``, and where to put them in."""
    ends = np.concatenate([step, step + 1])
    outer, vertex = np.unique(vertices[ends], axis=0, return_inverse=True)
    sides = int(side.max(initial=0)) + 1
    own = np.unique(vertex.ravel() * sides + side[ends])
    lines = shapely.linestrings(np.stack([vertices[step], vertices[step + 1]], axis=1))
    line, point = shapely.STRtree(shapely.points(outer)).query(lines, predicate="dwithin", distance=reach)
    strange = ~np.isin(point * sides + side[step[line]], own)
    line, point = line[strange], point[strange]
    far = np.hypot(*(outer[point] - vertices[step[line]]).T)
    order = np.lexsort((far, step[line]))
    return step[line[order]] + 1, outer[point[order]]


def _rings(shapes: Geometries) -> tuple[Geometries, Ints]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    return rings, owner[part]


def _polygons(shapes: Geometries, rings: Geometries) -> Geometries:
    """Build polygons anew from all their rings, in the order of :func:`_rings`."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    part = shapely.get_rings(parts, return_index=True)[1]
    built = shapely.polygons(rings, indices=part)
    single = np.bincount(owner, minlength=len(shapes)) == 1
    whole = np.empty(len(shapes), dtype=object)
    whole[single] = built[single[owner]]
    if not single.all():
        several = np.flatnonzero(~single)
        many = ~single[owner]
        whole[several] = shapely.multipolygons(built[many], indices=np.searchsorted(several, owner[many]))
    return whole
