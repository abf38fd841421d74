"""Outlines of units: the union of their cells, and the same drawn with fewer vertices for maps."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgis.geo.zones import metric_crs

Ints = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]

_HALVINGS = 6
_WALL_M = 0.01


def dissolve_cells(cells: gpd.GeoDataFrame, by: str) -> gpd.GeoSeries:
    """Unite cells to units, exactly.

    Parameters
    ----------
    cells
        A valid coverage with the unit of each cell in column ``by``.
    by
        Name of that column.

    Returns
    -------
        Shapes, index the units in ascending order, CRS as ``cells``.

    Examples
    --------
    >>> squares = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    >>> cells = gpd.GeoDataFrame({"unit": ["a", "a"]}, geometry=squares, crs=4546)
    >>> dissolve_cells(cells, "unit").area.tolist()
    [2.0]
    """
    labels = cells[by].to_numpy()
    order = np.argsort(labels, kind="stable")
    units, first = np.unique(labels[order], return_index=True)
    shapes = np.split(cells.geometry.to_numpy()[order], first[1:])
    united = shapely.normalize([shapely.coverage_union_all(some) for some in shapes])
    return gpd.GeoSeries(united, index=units, crs=cells.crs)


def simplify_outlines(
    units: gpd.GeoDataFrame,
    households: gpd.GeoDataFrame,
    by: str,
    footprints: Geometries | None = None,
    tolerance_m: float = 10.0,
) -> gpd.GeoSeries:
    """Draw units with fewer vertices, shared borders together, so that no household changes side and no roof is cut.

    Parameters
    ----------
    units
        A valid coverage with ``code`` and ``village_code``.
    households
        Points with the code of their unit in column ``by``, in the same CRS.
    by
        Name of that column.
    footprints
        Buildings that no border may come to cut, in the same CRS.
    tolerance_m
        About how far a border may move; halved again and again for the units that would lose a household by it.

    Returns
    -------
        Shapes, index as ``units``. Borders between villages do not move.

    Source: M. Visvalingam and J. Whyatt, Line generalisation by repeated elimination of points, 1993; as in GEOS.
    """
    square_m = units.to_crs(metric_crs(units)).area.sum()
    per_metre = float(np.sqrt(shapely.area(units.geometry.to_numpy()).sum() / square_m))
    roofs = np.empty(0, dtype=object) if footprints is None else footprints
    # a wall may be a border: what counts is what stands within
    roofs = shapely.buffer(roofs, -_WALL_M * per_metre, join_style="mitre")
    roofs = roofs[~shapely.is_empty(roofs)]
    shapes = units.geometry.to_numpy().copy()
    row = pd.Series(np.arange(len(units)), index=units["code"]).reindex(households[by]).to_numpy()
    village = pd.factorize(units["village_code"])[0]
    homes = np.argsort(village[row], kind="stable")
    bounds = np.searchsorted(village[row[homes]], np.arange(village.max(initial=0) + 2))
    place = np.zeros(len(units), dtype=np.int64)
    for number in range(village.max(initial=-1) + 1):
        mine, lived_in = np.flatnonzero(village == number), homes[bounds[number] : bounds[number + 1]]
        place[mine] = np.arange(len(mine))
        points = households.geometry.to_numpy()[lived_in]
        shapes[mine] = _simplify_village(shapes[mine], (place[row[lived_in]], points), roofs, tolerance_m * per_metre)
    return gpd.GeoSeries(shapes, index=units.index, crs=units.crs)


def _simplify_village(
    shapes: Geometries, homes: tuple[Ints, Geometries], roofs: Geometries, tolerance: float
) -> Geometries:
    """Simplify all units that can be; those that cannot keep all their borders, and are tried again by themselves."""
    roofs = roofs[np.unique(shapely.STRtree(roofs).query(shapes, predicate="intersects")[1])]
    under = _pairs(shapes, roofs)
    left, drawn = np.arange(len(shapes)), shapes.copy()
    for _ in range(_HALVINGS):
        tried, left = left, left[:0]
        while len(tried) > 1:
            simple = shapes.copy()
            simple[tried] = shapely.coverage_simplify(shapes[tried], tolerance, simplify_boundary=False)
            bad = np.isin(tried, _spoilt(simple, homes, roofs, under))
            if not bad.any():
                drawn[tried] = simple[tried]
                break
            left, tried = np.append(left, tried[bad]), tried[~bad]
        left = np.sort(left)
        tolerance /= 2
    return drawn


def _spoilt(simple: Geometries, homes: tuple[Ints, Geometries], roofs: Geometries, under: Ints) -> Ints:
    """List the units that lost a household, came under a new roof, or are no polygon any more."""
    row, points = homes
    strange = np.setdiff1d(_pairs(simple, roofs), under)
    lost = row[~shapely.intersects(simple[row], points)]
    return np.concatenate([lost, strange // max(len(roofs), 1), np.flatnonzero(~shapely.is_valid(simple))])


def _pairs(shapes: Geometries, roofs: Geometries) -> Ints:
    """List the pairs of a unit and a roof that share land, each as one number."""
    unit, roof = shapely.STRtree(roofs).query(shapes, predicate="intersects")
    pairs: Ints = unit * max(len(roofs), 1) + roof
    return pairs
