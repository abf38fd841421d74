from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.geo.topology import connected, gaps_and_overlaps, pieces, shared_borders

CRS = 4546


@pytest.fixture
def quarters():
    """Draw four squares of a field of 20 m.

    +---+---+
    | 2 | 3 |
    +---+---+
    | 0 | 1 |
    +---+---+
    """
    squares = [shapely.box(x, y, x + 10, y + 10) for y in (0, 10) for x in (0, 10)]
    return gpd.GeoSeries(squares, crs=CRS)


def test_neighbours_share_a_border_and_corners_do_not_count(quarters):
    borders = shared_borders(quarters)
    assert list(zip(borders["a"], borders["b"], strict=True)) == [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert (borders["length_m"] == 10).all()


def test_borders_are_measured_in_metres_whatever_the_crs(quarters):
    there = gpd.GeoSeries(quarters.translate(500_000, 4_150_000), crs=CRS)
    degrees = shared_borders(there.to_crs(4490))
    np.testing.assert_allclose(degrees["length_m"], 10, rtol=1e-6)


def test_no_polygons_share_no_border():
    assert shared_borders(gpd.GeoSeries([shapely.box(0, 0, 1, 1)], crs=CRS)).empty


def test_pieces_are_numbered_by_what_hangs_together():
    labels = pieces(4, np.array([0, 2]), np.array([1, 3]))
    assert labels.tolist() == [0, 0, 1, 1]


def test_a_unit_that_touches_itself_at_a_corner_is_not_connected(quarters):
    unit = shapely.union_all([quarters[0], quarters[3]])
    assert connected(gpd.GeoSeries([unit, quarters[1]], crs=CRS)).tolist() == [False, True]


def test_squares_tile_their_field(quarters):
    field = gpd.GeoSeries([shapely.box(0, 0, 20, 20)], crs=CRS)
    assert gaps_and_overlaps(quarters, field) == (0.0, 0.0)
    assert gaps_and_overlaps(quarters.iloc[:3], field) == (100.0, 0.0)


def test_what_is_covered_twice_or_outside_overlaps(quarters):
    field = gpd.GeoSeries([shapely.box(0, 0, 20, 20)], crs=CRS)
    wide = quarters.copy()
    wide[1] = shapely.box(8, 0, 21, 10)
    assert gaps_and_overlaps(wide, field) == (0.0, 30.0)


def test_straight_lines_between_far_vertices_leave_no_gap_in_degrees():
    # a vertex in the middle of a long border lies on the straight line in degrees, not in metres
    village = gpd.GeoSeries([shapely.box(112.0, 37.0, 112.2, 37.1)], crs=4490)
    halves = gpd.GeoSeries([shapely.box(112.0, 37.0, 112.1, 37.1), shapely.box(112.1, 37.0, 112.2, 37.1)], crs=4490)
    assert gaps_and_overlaps(halves, village) == (0.0, 0.0)
