from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgis.show.encode import encode_areas, encode_lines, encode_places

degrees = st.tuples(st.floats(-179, 179), st.floats(-85, 85))


def decoded(steps):
    return np.cumsum(np.array(steps).reshape(-1, 2), axis=0) / 1e6


@given(st.lists(degrees, min_size=1, max_size=20))
def test_places_come_back_to_a_tenth_of_a_metre(places):
    points = gpd.GeoSeries(gpd.points_from_xy(*zip(*places, strict=True)), crs=4326)
    assert np.abs(decoded(encode_places(points)) - np.array(places)).max() <= 5.1e-7


def test_nothing_is_encoded_as_nothing():
    nothing = gpd.GeoSeries([], crs=4326)
    assert (encode_places(nothing), encode_lines(nothing), encode_areas(nothing)) == ([], [], [])


def test_areas_keep_their_holes_and_their_parts():
    holed = shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)
    two = shapely.MultiPolygon([shapely.box(5, 0, 6, 1), shapely.box(8, 0, 9, 1)])
    encoded = encode_areas(gpd.GeoSeries([holed, two], crs=4326))
    assert [[len(part) for part in area] for area in encoded] == [[2], [1, 1]]


def test_a_shared_border_stays_shared():
    line = [(1, y / 100 + (0.000004 if y % 2 else 0)) for y in range(101)]
    left = shapely.Polygon([(0, 0), *line, (0, 1)])
    right = shapely.Polygon([(2, 0), *line, (2, 1)])
    parts = [shapely.Polygon(decoded(area[0][0])) for area in encode_areas(gpd.GeoSeries([left, right], crs=4326))]
    assert shapely.intersection(*parts).area == 0
    assert shapely.union_all(parts).area == 2


def test_borders_of_areas_are_lines_and_points_are_passed_over():
    mixed = gpd.GeoSeries(
        [shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)]), shapely.Point(0, 0)], crs=4326
    )
    assert len(encode_lines(mixed)) == 2
