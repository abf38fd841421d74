from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.ops import voronoi_diagram

from gridgis.show.colouring import colour_areas


def tiles(seed, n):
    points = np.random.default_rng(seed).uniform(0, 1, (n, 2))
    frame = shapely.box(0, 0, 1, 1)
    cells = voronoi_diagram(shapely.MultiPoint(points), envelope=frame)
    return gpd.GeoSeries([cell & frame for cell in shapely.get_parts(cells)])


@given(st.integers(0, 10_000), st.integers(2, 60))
def test_neighbours_differ_and_five_colours_are_enough(seed, n):
    areas = tiles(seed, n)
    colours = colour_areas(areas)
    assert colours.max() <= 4
    shapes = areas.to_numpy()
    for at, shape in enumerate(shapes):
        shared = shapely.length(shapely.intersection(shape, shapes)) > 1e-9
        shared[at] = False
        assert colours[at] not in colours[shared]


def test_no_area_has_no_colour():
    assert colour_areas(gpd.GeoSeries([], crs=4326)).tolist() == []
