"""The fabric: the land cut once into cells, by villages, natural villages, barriers and the households themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from gridgis.geo.faces import Cut, Village, cut_village
from gridgis.geo.ground import ground_lines
from gridgis.geo.places import land_and_people, locate_natural_villages, locate_villages
from gridgis.geo.seams import SEAM_M, sew_seams
from gridgis.geo.sites import Sites, gather_sites, join_footprints
from gridgis.geo.topology import LEAST_BORDER_M, shared_borders
from gridgis.geo.zones import metric_crs, projection
from gridgis.model.layers import Layers

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

_BARRIER_STEP_M = 0.5


@dataclass(frozen=True)
class Fabric:
    """A planar partition of the villages.

    Parameters
    ----------
    cells
        Index ``cell_id`` from 0, in a canonical order, by village first; ``village_code``, ``natural_village``,
        ``villager_group``, ``households`` (0 for empty land) and ``geometry``, in the villages' CRS.
    borders
        ``a``, ``b`` (cell ids, ``a`` < ``b``, in ascending order), ``length_m`` and ``on_ground_m``, the part of it
        that a person finds on the ground: along a barrier, a natural village or a village.
    households
        The households as given, in their order: ``household_id``, ``households``, ``cell_id``, ``village_code``,
        ``natural_village``, ``villager_group``, ``geometry``.
    places_m
        Place of each cell in the metric CRS of the villages, shape (n, 2): the mean of its households, or a point in
        empty land.
    footprints
        The buildings that no cell border cuts, but for the borders of villages.
    spans
        Village code to its first cell id and the one after its last.
    """

    cells: gpd.GeoDataFrame
    borders: pd.DataFrame
    households: gpd.GeoDataFrame
    places_m: Floats
    footprints: Geometries
    spans: Mapping[str, tuple[int, int]]


def cut_fabric(layers: Layers) -> Fabric:
    """Cut the land of the villages into cells.

    Villages, natural villages and barriers cut the land into blocks; a block is cut on by the Voronoi diagram of its
    buildings, so that every building has a cell of its own. What lies in one footprint is never cut. Every village is
    cut by itself, in the villages' own CRS, and then sewn to its neighbours: they share every vertex, and the villages'
    outlines do not move.

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
    metric = metric_crs(villages)
    to_metres, from_metres = projection(CRS(villages.crs), metric), projection(metric, CRS(villages.crs))
    codes = villages["code"].to_numpy(dtype=object)
    footprints = join_footprints(layers.buildings)
    sites, site_of = gather_sites(households, codes, footprints, to_metres)
    per_metre = _units_per_metre(villages, metric)
    lines = ground_lines(layers, _BARRIER_STEP_M * per_metre)
    parts = _list_villages(_settle_land(villages.geometry.to_numpy()), lines, footprints, sites)
    cuts = [cut_village(part, to_metres, from_metres) for part in parts]
    start = np.cumsum([0, *(len(cut.shapes) for cut in cuts)])
    households["cell_id"] = np.concatenate(
        [first + cut.site_cell for first, cut in zip(start, cuts, strict=False)], dtype=np.int64
    )[site_of]
    village = np.repeat(np.arange(len(cuts)), np.diff(start))
    inner = np.concatenate([cut.inner for cut in cuts])
    shapes, seams = _sew(cuts, village, SEAM_M * per_metre, villages.crs)
    cells = gpd.GeoDataFrame({"village_code": codes[village]}, geometry=shapes, crs=villages.crs)
    cells = _describe_cells(cells.rename_axis("cell_id"), inner, households, layers.natural_villages)
    spans = {str(code): (int(first), int(last)) for code, (first, last) in zip(codes, pairwise(start), strict=True)}
    places_m = _place_cells(to_metres(inner), to_metres(shapely.get_coordinates(households.geometry)), households)
    return Fabric(cells, _list_borders(cuts, start, seams), households, places_m, footprints, spans)


def _units_per_metre(villages: gpd.GeoDataFrame, metric: CRS) -> float:
    return float(np.sqrt(shapely.area(villages.geometry.to_numpy()).sum() / villages.to_crs(metric).area.sum()))


def _settle_land(land: Geometries) -> Geometries:
    """Give each village the land that is its own, with the vertices of its neighbours; the first of several has it."""
    if shapely.coverage_is_valid(land):
        return land
    lines = shapely.normalize(shapely.boundary(land))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
    village, face = shapely.STRtree(shapely.point_on_surface(faces)).query(land, predicate="intersects")
    face, first = np.unique(face, return_index=True)
    owner = village[first]
    settled: Geometries = np.array(
        [shapely.coverage_union_all(faces[face[owner == one]]) for one in range(len(land))], dtype=object
    )
    return settled


def _list_villages(land: Geometries, lines: Geometries, footprints: Geometries, sites: Sites) -> list[Village]:
    """Sort out what each village is cut by."""
    roads, roofs = _sort_out(lines, land), _sort_out(footprints, land)
    homes = [slice(*ends) for ends in pairwise(sites.start)]
    return [
        Village(land[i], roads[i], roofs[i], sites.points[mine], sites.places_m[mine]) for i, mine in enumerate(homes)
    ]


def _sort_out(shapes: Geometries, land: Geometries) -> list[Geometries]:
    """List the shapes that reach into each village, in their order."""
    village, row = shapely.STRtree(shapes).query(land, predicate="intersects")
    order = np.lexsort((row, village))
    bounds = np.searchsorted(village[order], np.arange(1, len(land)))
    return [shapes[some] for some in np.split(row[order], bounds)]


def _sew(cuts: Sequence[Cut], village: Ints, reach: float, crs: CRS) -> tuple[Geometries, pd.DataFrame]:
    """Put the cells of all villages together; also list the borders between villages."""
    shapes = np.concatenate([cut.shapes for cut in cuts])
    outer = np.flatnonzero(np.concatenate([cut.outer for cut in cuts]))
    if len(cuts) == 1:
        outer = outer[:0]
    rim = np.concatenate([cut.rim for cut in cuts])
    shapes[outer] = sew_seams(shapes[outer], village[outer], rim, reach)
    seams = shared_borders(gpd.GeoSeries(shapes[outer], crs=crs))
    seams["a"], seams["b"] = outer[seams["a"]], outer[seams["b"]]
    seams = seams[(village[seams["a"]] != village[seams["b"]]) & (seams["length_m"] > LEAST_BORDER_M)]
    return shapes, seams.assign(on_ground_m=seams["length_m"])


def _list_borders(cuts: Sequence[Cut], start: Ints, seams: pd.DataFrame) -> pd.DataFrame:
    inner = {
        "a": np.concatenate([cut.a + first for cut, first in zip(cuts, start, strict=False)]),
        "b": np.concatenate([cut.b + first for cut, first in zip(cuts, start, strict=False)]),
        "length_m": np.concatenate([cut.length_m for cut in cuts]),
        "on_ground_m": np.concatenate([cut.on_ground_m for cut in cuts]),
    }
    table = pd.concat([pd.DataFrame(inner), seams], ignore_index=True)
    return table.sort_values(["a", "b"]).reset_index(drop=True)


def _place_cells(inner_m: Floats, homes_m: Floats, households: gpd.GeoDataFrame) -> Floats:
    cell = households["cell_id"].to_numpy()
    weight = households["households"].to_numpy(dtype=np.float64)
    total = np.bincount(cell, weight, len(inner_m))
    lived_in = total > 0
    # small numbers first: a mean of eastings would lose its last digits
    away = homes_m - inner_m[cell]
    for axis in (0, 1):
        inner_m[lived_in, axis] += (np.bincount(cell, weight * away[:, axis], len(inner_m))[lived_in]) / total[lived_in]
    return inner_m


def _describe_cells(
    cells: gpd.GeoDataFrame,
    inner: Floats,
    households: gpd.GeoDataFrame,
    natural_villages: gpd.GeoDataFrame | None,
) -> gpd.GeoDataFrame:
    """Add to the cells what their households say of them, and to empty land the natural village it lies in."""
    middles = gpd.GeoDataFrame(geometry=shapely.points(inner), crs=cells.crs)
    labels = pd.DataFrame({"natural_village": locate_natural_villages(middles, natural_villages)}, index=cells.index)
    labels["villager_group"] = None
    for name in ("natural_village", "villager_group"):
        commonest = _commonest(households, name)
        labels.loc[commonest.index, name] = commonest
    people = np.bincount(households["cell_id"], households["households"], len(cells))
    labels["households"] = people.astype(np.int64)
    described = cells.join(labels)
    return described[["village_code", "natural_village", "villager_group", "households", "geometry"]]


def _commonest(households: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Find the commonest value of a column in each cell, the first in order among equals."""
    counts = households.groupby(["cell_id", name], sort=True).size().rename("times").reset_index()
    ranked = counts.sort_values(["cell_id", "times"], ascending=[True, False], kind="stable")
    commonest: pd.Series = ranked.drop_duplicates("cell_id").set_index("cell_id")[name]
    return commonest
