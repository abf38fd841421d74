"""Colouring neighbouring areas differently, with few colours."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray


def colour_areas(areas: gpd.GeoSeries) -> NDArray[np.int64]:
    """Give each area a colour that no neighbour along a border has.

    Parameters
    ----------
    areas
        Polygons that tile the land.

    Returns
    -------
        A colour an area, 0 upwards; four are enough for most maps, and five for all that were met.

    Source: D. Brélaz (1979), New methods to color the vertices of a graph, Communications of the ACM 22(4): 251-256
    (DSATUR): the area whose neighbours have the most colours comes next.

    Examples
    --------
    >>> squares = gpd.GeoSeries([shapely.box(x, y, x + 1, y + 1) for x in range(2) for y in range(2)])
    >>> colour_areas(squares)
    array([0, 1, 1, 0])
    """
    neighbours = _neighbours(areas)
    colours = np.full(len(areas), -1, dtype=np.int64)
    for _ in range(len(areas)):
        near = [{int(colours[other]) for other in others} - {-1} for others in neighbours]
        free = np.flatnonzero(colours < 0)
        chosen = max(free.tolist(), key=lambda at: (len(near[at]), len(neighbours[at]), -at))
        colours[chosen] = min(set(range(len(near[chosen]) + 1)) - near[chosen])
    return colours


def _neighbours(areas: gpd.GeoSeries) -> list[set[int]]:
    shapes = areas.to_numpy()
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = a < b
    a, b = a[once], b[once]
    # a common corner is no border
    bordering = shapely.length(shapely.intersection(shapes[a], shapes[b])) > 0
    neighbours: list[set[int]] = [set() for _ in shapes]
    for one, other in zip(a[bordering].tolist(), b[bordering].tolist(), strict=True):
        neighbours[one].add(other)
        neighbours[other].add(one)
    return neighbours
