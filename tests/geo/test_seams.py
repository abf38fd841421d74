from __future__ import annotations

import numpy as np
import shapely

from gridgis.geo.seams import sew_seams


def test_both_sides_of_a_seam_get_the_vertices_of_the_other():
    """Two villages side by side, one in two cells and the other in three.

    +---+---+
    | a |   |
    |   +---+ 6
    +---+ 4 |
    |   +---+ 2
    +---+---+
    """
    left = [shapely.box(0, 0, 5, 4), shapely.box(0, 4, 5, 9)]
    right = [shapely.box(5, 0, 9, 2), shapely.box(5, 2, 9, 6), shapely.box(5, 6, 9, 9)]
    shapes = np.array([*left, *right])
    rim = np.array([(0, 0), (5, 0), (5, 4), (5, 9), (0, 9), (0, 4), (5, 2), (5, 6), (9, 0), (9, 2), (9, 6), (9, 9)])
    assert not shapely.coverage_is_valid(shapes)
    sewn = sew_seams(shapes, np.array([0, 0, 1, 1, 1]), rim.astype(float), 1e-7)
    assert shapely.coverage_is_valid(sewn)
    assert shapely.equals(sewn, shapes).all()
    assert shapely.get_num_coordinates(sewn).tolist() == [6, 6, 5, 6, 5]


def test_vertices_that_differ_by_last_digits_become_one():
    shapes = np.array([shapely.box(0, 0, 5, 4), shapely.box(5.0 + 1e-10, 0, 9, 4)])
    rim = shapely.get_coordinates(shapes)
    sewn = sew_seams(shapes, np.array([0, 1]), rim, 1e-7)
    assert shapely.coverage_is_valid(sewn)
    assert shapely.area(shapely.coverage_union_all(sewn)) == 36


def test_a_hole_and_several_parts_stay():
    ring = shapely.box(0, 0, 9, 9) - shapely.box(3, 3, 6, 6)
    island = shapely.MultiPolygon([shapely.box(3, 3, 6, 6), shapely.box(20, 0, 21, 1)])
    shapes = np.array([ring, island])
    sewn = sew_seams(shapes, np.array([0, 1]), shapely.get_coordinates(shapes), 1e-7)
    assert shapely.equals(sewn, shapes).all()
