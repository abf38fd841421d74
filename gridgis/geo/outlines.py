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
    units: gpd.GeoDataFrame, households: gpd.GeoDataFrame, by: str, tolerance_m: float = 10.0
) -> gpd.GeoSeries:
    """Draw units with fewer vertices, shared borders together, so that no household changes side.

    Parameters
    ----------
    units
        A valid coverage with ``code`` and ``village_code``.
    households
        Points with the code of their unit in column ``by``, in the same CRS.
    by
        Name of that column.
    tolerance_m
        About how far a border may move; halved, village by village, until every household is on its side.

    Returns
    -------
        Shapes, index as ``units``. Borders between villages do not move.

    Source: M. Visvalingam and J. Whyatt, Line generalisation by repeated elimination of points, 1993; as in GEOS.
    """
    square_m = units.to_crs(metric_crs(units)).area.sum()
    per_metre = float(np.sqrt(shapely.area(units.geometry.to_numpy()).sum() / square_m))
    drawn = units.geometry.copy()
    for _, village in units.groupby("village_code"):
        row = pd.Series(np.arange(len(village)), index=village["code"])
        points = households[households[by].isin(village["code"])]
        homes = row.loc[points[by]].to_numpy(), points.geometry.to_numpy()
        drawn.loc[village.index] = _simplify_village(village.geometry.to_numpy(), homes, tolerance_m * per_metre)
    return drawn


def _simplify_village(shapes: Geometries, homes: tuple[Ints, Geometries], tolerance: float) -> Geometries:
    row, points = homes
    for _ in range(_HALVINGS):
        simple: Geometries = shapely.coverage_simplify(shapes, tolerance, simplify_boundary=False)
        if shapely.intersects(simple[row], points).all() and shapely.is_valid(simple).all():
            return simple
        tolerance /= 2
    return shapes
