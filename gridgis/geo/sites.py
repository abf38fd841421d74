"""Sites: the buildings that households live in, each of which has one cell."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gridgis.geo.topology import pieces
from gridgis.geo.zones import Projection

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

SITE_M = 0.01
"""Households closer than this share a building."""

NOWHERE = -1


@dataclass(frozen=True)
class Sites:
    """The distinct places of households, in canonical order: by village, then by place.

    Parameters
    ----------
    points
        Where each is, in the villages' CRS.
    places_m
        The same in metres, shape (n, 2).
    start
        Sites of village v, as it is in order of codes, are ``start[v]`` to ``start[v + 1]``.
    """

    points: Geometries
    places_m: Floats
    start: Ints


def gather_sites(
    households: gpd.GeoDataFrame, codes: npt.NDArray[np.object_], footprints: Geometries, to_metres: Projection
) -> tuple[Sites, Ints]:
    """Gather the buildings that households live in.

    Parameters
    ----------
    households
        Points with the ``village_code`` they belong to.
    codes
        Village codes in ascending order.
    footprints
        Outlines of buildings that do not overlap: households of one village in one footprint share a site.
    to_metres
        From the households' CRS to metres.

    Returns
    -------
        The sites, and the site of each household.
    """
    places = shapely.get_coordinates(households.geometry.to_numpy())
    places_m = to_metres(places)
    steps = np.round(places_m / SITE_M).astype(np.int64)
    village = np.searchsorted(codes.astype(str), households["village_code"].to_numpy(dtype=str))
    building = locate_buildings(households.geometry.to_numpy(), footprints)
    roofed = building != NOWHERE
    # under one roof it does not matter where
    steps[roofed] = 0
    key = np.column_stack([village, steps, building])
    order = np.lexsort((places[:, 1], places[:, 0], building, key[:, 2], key[:, 1], village))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (key[order][1:] != key[order][:-1]).any(axis=1)
    site_of = np.empty(len(order), dtype=np.int64)
    site_of[order] = np.cumsum(fresh) - 1
    first = order[fresh]
    start = np.searchsorted(village[first], np.arange(len(codes) + 1)).astype(np.int64)
    return Sites(shapely.points(places[first]), places_m[first], start), site_of


def locate_buildings(points: Geometries, footprints: Geometries) -> Ints:
    """Find the footprint that each point lies in, the first of several; -1 for none."""
    found = np.full(len(points), NOWHERE, dtype=np.int64)
    footprint, point = shapely.STRtree(points).query(footprints, predicate="intersects")
    order = np.lexsort((footprint, point))
    inside, first = np.unique(point[order], return_index=True)
    found[inside] = footprint[order][first]
    return found


def join_footprints(buildings: gpd.GeoDataFrame | None) -> Geometries:
    """Unite the footprints that overlap, so that each is a building of its own; those that only touch stay apart.

    Parameters
    ----------
    buildings
        Polygons in any CRS; None for none.

    Returns
    -------
        Polygons in an order that the rows do not change.
    """
    if buildings is None or len(buildings) == 0:
        return np.empty(0, dtype=object)
    shapes = shapely.normalize(shapely.get_parts(buildings.geometry.to_numpy()))
    shapes = shapes[np.argsort(shapely.to_wkb(shapes), kind="stable")]
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    over = (a < b) & (shapely.area(shapely.intersection(shapes[a], shapes[b])) > 0)
    together = pieces(len(shapes), a[over], b[over])
    order = np.argsort(together, kind="stable")
    starts = np.unique(together[order], return_index=True)[1]
    united = [shapely.union_all(some) if len(some) > 1 else some[0] for some in np.split(shapes[order], starts[1:])]
    joined: Geometries = shapely.normalize(shapely.get_parts(np.array(united, dtype=object)))
    return joined
