from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.model.layers import Layers
from gridgis.planning.borders import border_on_ground_m, measure_borders

CRS = 4546


def layer(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS)


@pytest.fixture
def quarters():
    """Draw four units of one village; the border from west to east follows a road, the other one crosses it.

    +-----+-----+ 400
    |  0  |  1  |
    |=====+=====| 200  road
    |  2  |  3  |
    +-----+-----+ 0
    0    500   1000
    """
    units = layer(shapely.box([0, 500, 0, 500], [200, 200, 0, 0], [500, 1000, 500, 1000], [400, 400, 200, 200]))
    road = layer([shapely.LineString([(-50, 205), (1050, 205)])], kind=["road"], name=[None])
    villages = layer([shapely.box(0, 0, 1000, 400)], code=["V"], name=["V"])
    nobody = gpd.GeoDataFrame({"household_id": []}, geometry=[], crs=CRS)
    return units, Layers(villages=villages, households=nobody, barriers=road)


def test_a_border_along_a_road_counts_and_one_across_it_does_not(quarters):
    length_m, found_m = border_on_ground_m(*quarters)
    assert length_m == pytest.approx(1400)
    assert found_m == pytest.approx(1000)


def test_every_unit_has_its_own_border_and_all_add_up(quarters):
    units, layers = quarters
    borders = measure_borders(units.set_axis(list("abcd")), layers)
    assert borders.index.tolist() == list("abcd")
    assert borders["border_m"].tolist() == pytest.approx([700] * 4)
    assert borders["on_ground_m"].tolist() == pytest.approx([500] * 4)


def test_edges_of_natural_villages_are_found_too(quarters):
    units, layers = quarters
    hamlet = layer([shapely.box(300, 0, 500, 100)], code=["n"], name=["N"], village_code=[None])
    known = replace(layers, natural_villages=hamlet)
    assert border_on_ground_m(units, known)[1] == pytest.approx(1100, abs=15)
    assert border_on_ground_m(units, replace(known, barriers=None))[1] == pytest.approx(100, abs=15)
    points = hamlet.set_geometry(hamlet.centroid)
    assert border_on_ground_m(units, replace(layers, natural_villages=points, barriers=None)) == (1400, 0)


def test_shapes_that_do_not_share_their_vertices_are_measured_as_well(quarters):
    units, layers = quarters
    shapes = units.geometry.to_numpy().copy()
    shapes[0] = shapely.segmentize(shapes[0], 33)
    assert border_on_ground_m(units.set_geometry(shapes), layers) == pytest.approx((1400, 1000))


@pytest.mark.parametrize("crs", [4490, 3857])
def test_the_crs_of_the_files_does_not_matter(quarters, crs):
    units, layers = quarters
    far = {name: table.set_geometry(table.translate(500_000, 4_150_000)) for name, table in layers.given()}
    units = units.set_geometry(units.translate(500_000, 4_150_000))
    found = border_on_ground_m(units, Layers(**{name: table.to_crs(crs) for name, table in far.items()}))
    assert np.allclose(found, (1400, 1000), rtol=1e-3)


def test_one_unit_has_no_inner_border(quarters):
    _, layers = quarters
    assert border_on_ground_m(layers.villages, layers) == (0, 0)
