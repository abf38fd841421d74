"""Faces: one village cut by every line in it, and its faces joined to cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from gridgis.geo.sites import NOWHERE, locate_buildings
from gridgis.geo.topology import LEAST_BORDER_M, pieces, segments, shared_segments
from gridgis.geo.zones import Projection

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]

_ASTRAY = 2.0
"""Times as far as the nearest site, from which on a site of the same block has no claim to empty land."""


@dataclass(frozen=True)
class Village:
    """What one village is cut by.

    Parameters
    ----------
    land
        Its polygon.
    lines
        What a person finds on the ground in it.
    footprints
        Buildings in it, which do not overlap.
    sites, sites_m
        Its sites, and their places in metres.
    """

    land: shapely.Geometry
    lines: Geometries
    footprints: Geometries
    sites: Geometries
    sites_m: Floats


@dataclass(frozen=True)
class Cut:
    """One village in cells, in canonical order: west to east.

    Parameters
    ----------
    shapes
        The cells.
    inner
        A point in each, shape (n, 2), in the CRS of the land.
    rim
        Vertices of the outline of the village, shape (m, 2).
    outer
        Whether a cell has one of them.
    site_cell
        Cell of each site.
    a, b, length_m, on_ground_m
        Borders between cells, ``a`` < ``b``, by ``a`` and ``b``.
    """

    shapes: Geometries
    inner: Floats
    rim: Floats
    outer: Bools
    site_cell: Ints
    a: Ints
    b: Ints
    length_m: Floats
    on_ground_m: Floats


@dataclass(frozen=True)
class _Faces:
    """The finest pieces, between any two noded lines.

    ``inner_m`` is the place of ``inner`` in metres, ``nearest`` the site whose Voronoi cell a face lies in, with its
    distance, ``part`` what it is joined to under one roof; ``a``, ``b``, ``length_m`` and ``open`` are of each segment
    between two faces: an open one is found nowhere on the ground.
    """

    shapes: Geometries
    inner: Geometries
    inner_m: Floats
    rim: Floats
    outer: Bools
    nearest: Ints
    nearest_m: Floats
    part: Ints
    a: Ints
    b: Ints
    length_m: Floats
    open: Bools


def cut_village(village: Village, to_metres: Projection, from_metres: Projection) -> Cut:
    """Cut one village into cells.

    Parameters
    ----------
    village
        The village.
    to_metres, from_metres
        Between the CRS of the land and metres.

    Returns
    -------
        Its cells.
    """
    faces = _cut_faces(village, to_metres, from_metres)
    site_face = _find_site_faces(faces, village.sites)
    cell = _group_parts(faces, site_face, village.sites_m)[faces.part]
    shapes = _unite_faces(faces.shapes, cell)
    order = np.lexsort(shapely.bounds(shapes).T[::-1])
    cell = np.argsort(order)[cell]
    first = np.full(len(order), len(cell))
    np.minimum.at(first, cell, np.arange(len(cell)))
    # a cell that is lived in is stood for by the face lived in
    first[cell[site_face]] = site_face
    outer = np.zeros(len(order), dtype=bool)
    outer[cell[faces.outer]] = True
    a, b, (length_m, on_ground_m) = _sum_pairs(
        cell[faces.a], cell[faces.b], faces.length_m, np.where(faces.open, 0.0, faces.length_m)
    )
    real = length_m > LEAST_BORDER_M
    borders = a[real], b[real], length_m[real], on_ground_m[real]
    inner = shapely.get_coordinates(faces.inner[first])
    return Cut(shapes[order], inner, faces.rim, outer, cell[site_face], *borders)


def _cut_faces(village: Village, to_metres: Projection, from_metres: Projection) -> _Faces:
    lines = [
        np.array([shapely.normalize(shapely.boundary(village.land))]),
        village.lines,
        shapely.boundary(village.footprints),
        _voronoi_edges(village, to_metres, from_metres),
    ]
    noded = shapely.get_parts(shapely.union_all(np.concatenate(lines)))
    shapes = shapely.get_parts(shapely.polygonize(noded))
    inner = shapely.point_on_surface(shapes)
    shapely.prepare(village.land)
    ours = shapely.intersects(village.land, inner)
    shapes, inner = shapes[ours], inner[ours]
    owner, ends = segments(shapes)
    first, second = shared_segments(ends)
    loose = np.ones(len(owner), dtype=bool)
    loose[first] = loose[second] = False
    a, b = owner[first], owner[second]
    steps = to_metres(ends[first, :2]) - to_metres(ends[first, 2:])
    inner_m = to_metres(shapely.get_coordinates(inner))
    nearest_m, nearest = np.zeros(len(shapes)), np.zeros(len(shapes), dtype=np.int64)
    if len(village.sites) > 0:
        nearest_m, nearest = cKDTree(village.sites_m).query(inner_m)
    roof = locate_buildings(inner, village.footprints)
    one_roof = (roof[a] == roof[b]) & (roof[a] != NOWHERE)
    part = pieces(len(shapes), a[one_roof], b[one_roof])
    # a Voronoi edge lies between two sites and a wall between two roofs; any other line has the same on both sides
    hidden = (nearest[a] != nearest[b]) | (roof[a] != roof[b])
    rim, outer = _find_outline(owner, ends, loose)
    return _Faces(shapes, inner, inner_m, rim, outer, nearest, nearest_m, part, a, b, np.hypot(*steps.T), hidden)


def _find_outline(owner: Ints, ends: Floats, loose: Bools) -> tuple[Floats, Bools]:
    """List the vertices of the outline, and say of each face whether it has one of them, be it a corner only."""
    vertices = np.ascontiguousarray(ends).view(np.complex128)
    rim = np.unique(vertices[loose])
    outer: Bools = np.bincount(owner, np.isin(vertices, rim).any(axis=1)) > 0
    return rim.view(np.float64).reshape(-1, 2), outer


def _voronoi_edges(village: Village, to_metres: Projection, from_metres: Projection) -> Geometries:
    if len(village.sites) < 2:  # noqa: PLR2004 — one site has nobody to be parted from
        return np.empty(0, dtype=object)
    west, south, east, north = shapely.bounds(village.land)
    corners = to_metres(np.array([(west, south), (west, north), (east, south), (east, north)]))
    frame = shapely.box(*corners.min(axis=0), *corners.max(axis=0))
    edges = shapely.voronoi_polygons(shapely.multipoints(village.sites_m), extend_to=frame, only_edges=True)
    vertices, edge = shapely.get_coordinates(shapely.get_parts(edges), return_index=True)
    drawn: Geometries = shapely.linestrings(from_metres(vertices), indices=edge)
    return drawn


def _find_site_faces(faces: _Faces, sites: Geometries) -> Ints:
    if len(sites) == 0:
        return np.empty(0, dtype=np.int64)
    face, site = shapely.STRtree(sites).query(faces.shapes, predicate="intersects")
    stray = np.setdiff1d(np.arange(len(sites)), site)
    if len(stray) > 0:
        far, near = shapely.STRtree(faces.shapes).query_nearest(sites[stray], all_matches=False)
        site, face = np.concatenate([site, stray[far]]), np.concatenate([face, near])
    order = np.lexsort((face, faces.nearest[face] != site, site))
    first = np.unique(site[order], return_index=True)[1]
    found: Ints = face[order][first]
    return found


def _group_parts(faces: _Faces, site_face: Ints, sites_m: Floats) -> Ints:
    """Join parts to cells: every site's own with what lies nearest in its block; parts of empty land stay apart.

    Land that is far nearer to sites of other blocks stays apart as well, or one house in the fields would have all of
    them.

    Returns
    -------
        The cell of each part.
    """
    homes = np.unique(faces.part[site_face])
    cell = np.full(int(faces.part.max(initial=NOWHERE)) + 1, NOWHERE, dtype=np.int64)
    cell[homes] = np.arange(len(homes))
    at_home = np.full(len(cell), NOWHERE, dtype=np.int64)
    wanted = cell[faces.part[site_face]]
    at_home[faces.part] = wanted[faces.nearest] if len(wanted) else NOWHERE
    site_of = np.zeros(len(homes), dtype=np.int64)
    site_of[wanted] = np.arange(len(wanted))
    _absorb(cell, at_home, faces, sites_m[site_of])
    lone = cell == NOWHERE
    cell[lone] = len(homes) + np.arange(lone.sum())
    return cell


def _absorb(cell: Ints, wanted: Ints, faces: _Faces, homes_m: Floats) -> None:
    """Give every part without a site to a cell of its block: the one of its nearest site, or of the longest border."""
    a, b, (length_m,) = _sum_pairs(
        faces.part[faces.a[faces.open]], faces.part[faces.b[faces.open]], faces.length_m[faces.open]
    )
    both = length_m > LEAST_BORDER_M
    a, b, length_m = np.append(a[both], b[both]), np.append(b[both], a[both]), np.tile(length_m[both], 2)
    place_m, reach_m = np.zeros((len(cell), 2)), np.zeros(len(cell))
    place_m[faces.part], reach_m[faces.part] = faces.inner_m, _ASTRAY * faces.nearest_m
    while True:
        edge = np.flatnonzero((cell[a] == NOWHERE) & (cell[b] != NOWHERE))
        step_m = np.hypot(*(place_m[a[edge]] - homes_m[cell[b[edge]]]).T)
        edge = edge[(step_m <= reach_m[a[edge]]) | (cell[b[edge]] == wanted[a[edge]])]
        if len(edge) == 0:
            return
        strange = cell[b[edge]] != wanted[a[edge]]
        order = edge[np.lexsort((cell[b[edge]], -length_m[edge], strange, a[edge]))]
        taken, first = np.unique(a[order], return_index=True)
        cell[taken] = cell[b[order[first]]]


def _sum_pairs(a: Ints, b: Ints, *values: Floats) -> tuple[Ints, Ints, list[Floats]]:
    """Add up values by unordered pair, pairs of one thing with itself left out; by the lesser, then by the greater."""
    apart = a != b
    least, most = np.minimum(a[apart], b[apart]), np.maximum(a[apart], b[apart])
    n = int(most.max(initial=0)) + 1
    pairs, pair = np.unique(least * n + most, return_inverse=True)
    return pairs // n, pairs % n, [np.bincount(pair, some[apart], len(pairs)).astype(np.float64) for some in values]


def _unite_faces(shapes: Geometries, cell: Ints) -> Geometries:
    """Unite the faces of each cell, cells of equally many faces at once."""
    order = np.argsort(cell, kind="stable")
    counts = np.bincount(cell)
    starts = np.cumsum(counts) - counts
    united = shapes[order[starts]].copy()
    for many in np.unique(counts[counts > 1]):
        some = np.flatnonzero(counts == many)
        united[some] = shapely.coverage_union_all(shapes[order[starts[some][:, None] + np.arange(many)]], axis=1)
    whole: Geometries = shapely.normalize(united)
    return whole
