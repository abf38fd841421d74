"""Seams: where villages that were cut apart meet, their cells are given the same vertices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from gridgis.geo.topology import pieces, shared_segments

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Complexes = npt.NDArray[np.complex128]
Geometries = npt.NDArray[np.object_]

SEAM_M = 1e-7
"""Vertices closer than this are one: crossings of the same lines, computed twice, differ in their last digits."""


def sew_seams(shapes: Geometries, side: Ints, rim: Floats, reach: float) -> Geometries:
    """Give polygons on two sides of a common border the same vertices along it.

    Parameters
    ----------
    shapes
        Polygons; those of one side are part of a coverage, and all of it that has a vertex of its outline. Outlines of
        two sides that meet run along the same lines, up to ``reach``.
    side
        Which side each is on.
    rim
        Vertices of the outlines of all sides, shape (n, 2).
    reach
        :data:`SEAM_M` in units of the polygons' CRS.

    Returns
    -------
        The polygons with the vertices of their neighbours, normalised.
    """
    known = np.unique(_as_complex(rim))
    shapes = _join_twins(shapes, known, reach)
    rings, owner = _rings(shapes)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    on_rim = np.isin(_as_complex(vertices), known)
    step = np.flatnonzero((ring[1:] == ring[:-1]) & on_rim[1:] & on_rim[:-1])
    step = step[_lone(np.hstack([vertices[step], vertices[step + 1]]))]
    at, new = _missing_vertices(vertices, step, side[owner[ring]], reach)
    vertices, ring = np.insert(vertices, at, new, axis=0), np.insert(ring, at, ring[at - 1])
    sewn: Geometries = shapely.normalize(_polygons(shapes, shapely.linearrings(vertices, indices=ring)))
    return sewn


def _as_complex(vertices: Floats) -> Complexes:
    # complex numbers sort by x, then y, and are looked up as one
    return np.ascontiguousarray(vertices).view(np.complex128).ravel()


def _lone(ends: Floats) -> npt.NDArray[np.bool_]:
    """Say which segments, shape (n, 4), have no twin."""
    swap = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    lone = np.ones(len(ends), dtype=bool)
    lone[np.concatenate(shared_segments(np.where(swap[:, None], ends[:, [2, 3, 0, 1]], ends)))] = False
    return lone


def _join_twins(shapes: Geometries, known: Complexes, reach: float) -> Geometries:
    """Move vertices of the outlines that differ by last digits only onto the first of them."""
    outer = known.view(np.float64).reshape(-1, 2)
    pairs = cKDTree(outer).query_pairs(reach, output_type="ndarray")
    if len(pairs) == 0:
        return shapes
    label = pieces(len(outer), pairs[:, 0], pairs[:, 1])
    first = np.unique(label, return_index=True)[1][label]
    moved = np.flatnonzero(first != np.arange(len(outer)))

    def settle(vertices: Floats) -> Floats:
        here = _as_complex(vertices)
        row = np.minimum(np.searchsorted(known[moved], here), len(moved) - 1)
        return np.where((known[moved[row]] == here)[:, None], outer[first[moved[row]]], vertices)

    touched = shapely.intersects(shapes, shapely.multipoints(outer[moved]))
    settled = shapes.copy()
    settled[touched] = shapely.remove_repeated_points(shapely.transform(shapes[touched], settle))
    return settled


def _missing_vertices(vertices: Floats, step: Ints, side: Ints, reach: float) -> tuple[Ints, Floats]:
    """Find the vertices of other sides that lie on segments from ``step`` to ``step + 1``, and where to put them in."""
    ends = np.concatenate([step, step + 1])
    outer, vertex = np.unique(_as_complex(vertices[ends]), return_inverse=True)
    places = outer.view(np.float64).reshape(-1, 2)
    sides = int(side.max(initial=0)) + 1
    own = np.unique(vertex * sides + side[ends])
    lines = shapely.linestrings(np.stack([vertices[step], vertices[step + 1]], axis=1))
    line, point = shapely.STRtree(shapely.points(places)).query(lines, predicate="dwithin", distance=reach)
    strange = ~np.isin(point * sides + side[step[line]], own)
    line, point = line[strange], point[strange]
    far = np.hypot(*(places[point] - vertices[step[line]]).T)
    order = np.lexsort((far, step[line]))
    return step[line[order]] + 1, places[point[order]]


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
