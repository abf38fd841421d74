"""The fabric: the land cut once into cells, by villages, natural villages, barriers and the households themselves."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from gridgis.geo.places import land_and_people, locate_natural_villages, locate_villages
from gridgis.geo.topology import LEAST_BORDER_M, shared_borders, to_metres
from gridgis.geo.zones import metric_crs
from gridgis.model.layers import Layers

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

SITE_M = 0.01
"""Households closer than this share a building."""

_BARRIER_STEP_M = 0.5
_NOWHERE = -1


@dataclass(frozen=True)
class Fabric:
    """A planar partition of the villages.

    Parameters
    ----------
    cells
        Index ``cell_id`` from 0, in a canonical order; ``village_code``, ``natural_village``, ``villager_group``,
        ``households`` (0 for empty land) and ``geometry``, in the villages' CRS.
    borders
        ``a``, ``b`` (cell ids, ``a`` < ``b``), ``length_m`` and ``on_ground_m``, the part of it that a person finds
        on the ground: along a barrier, a natural village or a village.
    households
        The households as given, in their order: ``household_id``, ``households``, ``cell_id``, ``village_code``,
        ``natural_village``, ``villager_group``, ``geometry``.
    """

    cells: gpd.GeoDataFrame
    borders: pd.DataFrame
    households: gpd.GeoDataFrame


def cut_fabric(layers: Layers) -> Fabric:
    """Cut the land of the villages into cells.

    Villages, natural villages and barriers cut the land into blocks; a block is cut on by the Voronoi diagram of its
    buildings, so that every building has a cell of its own. All lines are noded together, once, in the villages' own
    CRS: neighbours share every vertex and the villages' outlines do not move.

    Parameters
    ----------
    layers
        Checked layers in one CRS; ``villages`` and ``households`` are needed.

    Returns
    -------
        The fabric, in the layers' CRS and independent of the order of their rows.

    Raises
    ------
    CallError
        If villages or households are not given.
    """
    villages, given = land_and_people(layers)
    villages = villages.sort_values("code")
    households = given[["household_id", "households", "villager_group", "geometry"]].copy()
    households["village_code"] = locate_villages(given, villages)
    households["natural_village"] = locate_natural_villages(given, layers.natural_villages)
    sites, site_of = _gather_sites(households)
    faces = _cut_faces(layers, villages, sites)
    site_faces, cell_of_face = _group_faces(faces, sites)
    cells, order = _make_cells(faces, cell_of_face)
    rank = np.argsort(order)
    cell_of_face = rank[cell_of_face]
    households["cell_id"] = cell_of_face[site_faces[site_of]]
    return Fabric(
        _describe_cells(cells, households, layers.natural_villages), _cell_borders(faces, cell_of_face), households
    )


@dataclass(frozen=True)
class _Faces:
    """The finest pieces: between any two noded lines. ``nearest`` is the site whose Voronoi cell a face lies in."""

    shapes: gpd.GeoSeries
    village: Ints
    village_codes: npt.NDArray[np.object_]
    nearest: Ints
    borders: pd.DataFrame


@dataclass(frozen=True)
class _Sites:
    """Buildings: the distinct places of households, in canonical order, with the village each is in."""

    points: Geometries
    places_m: Floats
    village_codes: npt.NDArray[np.object_]


def _gather_sites(households: gpd.GeoDataFrame) -> tuple[_Sites, Ints]:
    places = shapely.get_coordinates(households.geometry.to_numpy())
    places_m = to_metres(places, households)
    steps = np.round(places_m / SITE_M).astype(np.int64)
    codes, code_of = np.unique(households["village_code"].to_numpy(dtype=object), return_inverse=True)
    key = np.column_stack([code_of, steps])
    order = np.lexsort((places[:, 1], places[:, 0], key[:, 2], key[:, 1], key[:, 0]))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (key[order][1:] != key[order][:-1]).any(axis=1)
    site_of = np.empty(len(order), dtype=np.int64)
    site_of[order] = np.cumsum(fresh) - 1
    first = order[fresh]
    return _Sites(shapely.points(places[first]), places_m[first], codes[code_of[first]]), site_of


def _cut_faces(layers: Layers, villages: gpd.GeoDataFrame, sites: _Sites) -> _Faces:
    land = villages.geometry.to_numpy()
    lines = [
        shapely.normalize(shapely.boundary(land)),
        *_ground_lines(layers, villages),
        _voronoi_edges(sites, villages),
    ]
    # the last digits of a crossing depend on the order of the lines: put them into one that the rows do not know
    ordered = np.concatenate(lines)
    ordered = ordered[np.argsort(shapely.to_wkb(ordered), kind="stable")]
    noded = shapely.get_parts(shapely.union_all(ordered))
    faces = shapely.get_parts(shapely.polygonize(noded))
    inner = shapely.point_on_surface(faces)
    # asked this way round, each village is prepared once for all its points
    village, face = shapely.STRtree(inner).query(land, predicate="intersects")
    face, first = np.unique(face, return_index=True)
    village = village[first]
    shapes = gpd.GeoSeries(faces[face], crs=villages.crs)
    nearest = np.zeros(len(face), dtype=np.int64)
    if len(sites.points) > 0:
        nearest = cKDTree(sites.places_m).query(to_metres(shapely.get_coordinates(inner[face]), villages))[1]
    borders = shared_borders(shapes)
    a, b = borders["a"].to_numpy(), borders["b"].to_numpy()
    # a Voronoi edge lies between two sites; any other line has the same nearest site on both sides
    borders["on_ground"] = (nearest[a] == nearest[b]) | (village[a] != village[b])
    return _Faces(shapes, village, villages["code"].to_numpy(dtype=object), nearest, borders)


def _ground_lines(layers: Layers, villages: gpd.GeoDataFrame) -> list[Geometries]:
    """Collect the lines a person finds on the ground, drawn no finer than a person sees them."""
    land = shapely.union_all(villages.geometry.to_numpy())
    shapely.prepare(land)
    lines = []
    for layer in (layers.natural_villages, layers.barriers):
        if layer is None:
            continue
        shapes = layer.geometry.to_numpy()
        areas = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 — the dimension of a polygon
        shapes = np.where(areas, shapely.boundary(shapes), shapes)
        shapes = shapes[(shapely.get_dimensions(shapes) == 1) & shapely.intersects(land, shapes)]
        step = _BARRIER_STEP_M * _units_per_metre(villages)
        lines.append(shapely.simplify(shapely.normalize(shapes), step, preserve_topology=False))
    return lines


def _units_per_metre(villages: gpd.GeoDataFrame) -> float:
    metric = villages.to_crs(metric_crs(villages))
    return float(np.sqrt(shapely.area(villages.geometry.to_numpy()).sum() / metric.area.sum()))


def _voronoi_edges(sites: _Sites, villages: gpd.GeoDataFrame) -> Geometries:
    if len(sites.points) < 2:  # noqa: PLR2004 — one site has nobody to be parted from
        return np.empty(0, dtype=object)
    metric = metric_crs(villages)
    frame = shapely.box(*villages.to_crs(metric).total_bounds)
    edges = shapely.voronoi_polygons(shapely.multipoints(sites.places_m), extend_to=frame, only_edges=True)
    drawn: Geometries = gpd.GeoSeries(shapely.get_parts(edges), crs=metric).to_crs(villages.crs).to_numpy()
    return drawn


def _group_faces(faces: _Faces, sites: _Sites) -> tuple[Ints, Ints]:
    """Join faces to cells: every site's own face with what lies nearest in its block; faces of empty land stay apart.

    Returns
    -------
        The face of each site, and the cell of each face.
    """
    n = len(faces.village)
    inner = faces.borders[~faces.borders["on_ground"] & (faces.borders["length_m"] > 0)]
    site_faces = _find_site_faces(faces, sites)
    cell = np.full(n, _NOWHERE, dtype=np.int64)
    homes = np.unique(site_faces)
    cell[homes] = np.arange(len(homes))
    _absorb(cell, inner)
    lone = cell == _NOWHERE
    cell[lone] = len(homes) + np.arange(lone.sum())
    return site_faces, cell


def _find_site_faces(faces: _Faces, sites: _Sites) -> Ints:
    if len(sites.points) == 0:
        return np.empty(0, dtype=np.int64)
    shapes = faces.shapes.to_numpy()
    face, site = shapely.STRtree(sites.points).query(shapes, predicate="intersects")
    stray = np.setdiff1d(np.arange(len(sites.points)), site)
    if len(stray) > 0:
        far, near = shapely.STRtree(shapes).query_nearest(sites.points[stray], all_matches=False)
        site, face = np.concatenate([site, stray[far]]), np.concatenate([face, near])
    foreign = faces.village_codes[faces.village[face]] != sites.village_codes[site]
    order = np.lexsort((face, faces.nearest[face] != site, foreign, site))
    first = np.unique(site[order], return_index=True)[1]
    found: Ints = face[order][first]
    return found


def _absorb(cell: Ints, inner: pd.DataFrame) -> None:
    """Give every face without a site to the cell of its block with which it shares the longest border."""
    both = inner[inner["length_m"] > LEAST_BORDER_M]
    a = np.concatenate([both["a"].to_numpy(), both["b"].to_numpy()])
    b = np.concatenate([both["b"].to_numpy(), both["a"].to_numpy()])
    length_m = np.concatenate([both["length_m"].to_numpy()] * 2)
    while True:
        edge = np.flatnonzero((cell[a] == _NOWHERE) & (cell[b] != _NOWHERE))
        if len(edge) == 0:
            return
        order = edge[np.lexsort((cell[b[edge]], -length_m[edge], a[edge]))]
        taken, first = np.unique(a[order], return_index=True)
        cell[taken] = cell[b[order[first]]]


def _make_cells(faces: _Faces, cell_of_face: Ints) -> tuple[gpd.GeoDataFrame, Ints]:
    """Unite the faces of each cell and put the cells into canonical order: by village, then west to east."""
    order = np.argsort(cell_of_face, kind="stable")
    starts = np.searchsorted(cell_of_face[order], np.arange(cell_of_face.max() + 1))
    shapes = faces.shapes.to_numpy()[order]
    counts = np.diff(np.append(starts, len(order)))
    joined = shapes[starts].copy()
    for cell in np.flatnonzero(counts > 1):
        joined[cell] = shapely.coverage_union_all(shapes[starts[cell] : starts[cell] + counts[cell]])
    joined = shapely.normalize(joined)
    village = faces.village[order][starts]
    bounds = shapely.bounds(joined)
    rank = np.lexsort((*bounds.T[::-1], village))
    codes = faces.village_codes[village[rank]]
    cells = gpd.GeoDataFrame({"village_code": codes}, geometry=joined[rank], crs=faces.shapes.crs)
    return cells.rename_axis("cell_id"), rank


def _cell_borders(faces: _Faces, cell_of_face: Ints) -> pd.DataFrame:
    ends = np.sort(np.column_stack([cell_of_face[faces.borders[end].to_numpy()] for end in "ab"]), axis=1)
    length_m = faces.borders["length_m"].to_numpy()
    on_ground_m = np.where(faces.borders["on_ground"], length_m, 0.0)
    table = pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "length_m": length_m, "on_ground_m": on_ground_m})
    table = table[table["a"] != table["b"]].groupby(["a", "b"], as_index=False).sum()
    return table[table["length_m"] > LEAST_BORDER_M].reset_index(drop=True)


def _describe_cells(
    cells: gpd.GeoDataFrame, households: gpd.GeoDataFrame, natural_villages: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame:
    """Add to the cells what their households say of them, and to empty land the natural village it lies in."""
    inner = gpd.GeoDataFrame(geometry=cells.geometry.representative_point())
    labels = pd.DataFrame({"natural_village": locate_natural_villages(inner, natural_villages)}, index=cells.index)
    labels["villager_group"] = None
    for name in ("natural_village", "villager_group"):
        commonest = _commonest(households, name)
        labels.loc[commonest.index, name] = commonest
    lived_in = households.groupby("cell_id")
    labels["households"] = lived_in["households"].sum().reindex(cells.index, fill_value=0).astype(np.int64)
    described = cells.join(labels)
    return described[["village_code", "natural_village", "villager_group", "households", "geometry"]]


def _commonest(households: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Find the commonest value of a column in each cell, the first in order among equals."""
    counts = households.groupby(["cell_id", name], sort=True).size().rename("times").reset_index()
    ranked = counts.sort_values(["cell_id", "times"], ascending=[True, False], kind="stable")
    commonest: pd.Series = ranked.drop_duplicates("cell_id").set_index("cell_id")[name]
    return commonest
