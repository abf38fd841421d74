from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.geo.fabric import cut_fabric
from gridgis.geo.places import locate_natural_villages, locate_villages
from gridgis.model.errors import CallError
from gridgis.model.layers import Layers

CRS = 4546


def points(*places, **columns):
    n = len(places)
    table = {"household_id": [f"H{i}" for i in range(n)], "village_code": None, "natural_village": None}
    geometry = gpd.GeoSeries([shapely.Point(place) for place in places], crs=CRS)
    return gpd.GeoDataFrame(table | {"villager_group": None, "households": 1} | columns, geometry=geometry)


@pytest.fixture
def crossroads():
    """Draw two villages, a road through both, and five households at four places.

    A          B
    +-----+-----+ 60
    |  0  |     |
    |-----+-----| 30  road
    | 1,2 | 3  4|
    +-----+-----+ 0
    """
    villages = gpd.GeoDataFrame(
        {"code": ["A", "B"], "name": ["A", "B"]},
        geometry=[shapely.box(0, 0, 100, 60), shapely.box(100, 0, 200, 60)],
        crs=CRS,
    )
    road = gpd.GeoDataFrame(
        {"kind": ["road"], "name": None}, geometry=[shapely.LineString([(-9, 30), (209, 30)])], crs=CRS
    )
    households = points((50, 55), (50, 10), (50, 10), (120, 10), (180, 10))
    return Layers(villages=villages, households=households, barriers=road)


def test_every_building_has_a_cell_and_neighbours_share_one(crossroads):
    fabric = cut_fabric(crossroads)
    cell = fabric.households["cell_id"]
    assert cell[1] == cell[2]
    assert cell.nunique() == 4
    inside = shapely.contains(fabric.cells.geometry.loc[cell].to_numpy(), crossroads.households.geometry.to_numpy())
    assert inside.all()
    assert fabric.cells["households"].sum() == 5
    assert fabric.cells.loc[cell[1], "households"] == 2


def test_cells_are_a_coverage_of_the_villages(crossroads):
    fabric = cut_fabric(crossroads)
    assert shapely.coverage_is_valid(fabric.cells.geometry.to_numpy())
    for code, land in zip("AB", crossroads.villages.geometry, strict=True):
        mine = fabric.cells[fabric.cells["village_code"] == code]
        assert shapely.coverage_union_all(mine.geometry.to_numpy()).equals(land)


def test_no_cell_lies_on_both_sides_of_a_barrier(crossroads):
    fabric = cut_fabric(crossroads)
    assert ((fabric.cells.bounds["maxy"] <= 30) | (fabric.cells.bounds["miny"] >= 30)).all()


def test_borders_along_a_barrier_or_a_village_are_found_on_the_ground(crossroads):
    fabric = cut_fabric(crossroads)
    cell = fabric.households["cell_id"]
    borders = fabric.borders.set_index(["a", "b"])
    over_the_road = borders.loc[tuple(sorted((cell[0], cell[1])))]
    assert over_the_road["on_ground_m"] == over_the_road["length_m"] > 0
    between_houses = borders.loc[tuple(sorted((cell[3], cell[4])))]
    assert between_houses["on_ground_m"] == 0
    assert between_houses["length_m"] == pytest.approx(30)


def test_cells_do_not_depend_on_the_order_of_rows(crossroads):
    turned = replace(crossroads, villages=crossroads.villages.iloc[::-1], households=crossroads.households.iloc[::-1])
    ours, theirs = cut_fabric(crossroads), cut_fabric(turned)
    assert ours.cells.equals(theirs.cells)
    assert ours.borders.equals(theirs.borders)
    assert theirs.households["cell_id"].sort_index().equals(ours.households["cell_id"])


def test_a_household_on_a_line_has_one_cell(crossroads):
    layers = replace(crossroads, households=points((50, 30), (100, 20), (0, 0), (60, 30), (100, 60)))
    fabric = cut_fabric(layers)
    shapes = fabric.cells.geometry.loc[fabric.households["cell_id"]].to_numpy()
    assert (shapely.distance(shapes, layers.households.geometry.to_numpy()) < 1e-6).all()
    assert fabric.cells["households"].sum() == 5


@pytest.mark.parametrize("places", [[], [(5, 5)], [(5, 5), (5, 5)], [(x, 20) for x in range(5, 95, 10)]])
def test_few_and_collinear_households_are_cut_too(crossroads, places):
    fabric = cut_fabric(replace(crossroads, households=points(*places)))
    assert fabric.cells["households"].sum() == len(places)
    assert shapely.coverage_is_valid(fabric.cells.geometry.to_numpy())


def test_land_and_people_are_needed(crossroads):
    with pytest.raises(CallError):
        cut_fabric(replace(crossroads, households=None))
    with pytest.raises(CallError):
        cut_fabric(replace(crossroads, villages=None))


def test_a_household_between_two_villages_goes_where_it_says(crossroads):
    at_the_border = points((100, 10), (100, 10), (-5, 10), village_code=["B", "A", None])
    assert locate_villages(at_the_border, crossroads.villages).tolist() == ["B", "A", "A"]


def test_a_natural_village_is_what_the_row_says_then_where_it_lies():
    hamlets = gpd.GeoDataFrame(
        {"code": ["n1", "n2"], "name": ["East", "West"]},
        geometry=[shapely.box(50, 0, 100, 50), shapely.box(0, 0, 40, 50)],
        crs=CRS,
    )
    homes = points((60, 10), (60, 10), (45, 10), natural_village=[None, "West", None])
    found = locate_natural_villages(homes, hamlets)
    assert found[:2].tolist() == ["n1", "n2"]
    assert found.isna().tolist() == [False, False, True]
    middles = hamlets.set_geometry(hamlets.centroid)
    assert locate_natural_villages(homes, middles).tolist() == ["n1", "n2", "n2"]
    assert np.all(locate_natural_villages(homes, None).isna() == [True, False, True])


def test_one_house_in_the_fields_does_not_take_all_of_them():
    """Draw two hamlets with fields between them, and one house just outside the first.

    +-------+-------------------------+-------+ 100
    | 0   1 | 4                       | 5   6 |
    | 2   3 |         fields          | 7   8 |
    +-------+-------------------------+-------+ 0
    0      100                       800     900
    """
    villages = gpd.GeoDataFrame({"code": ["A"], "name": ["A"]}, geometry=[shapely.box(0, 0, 900, 100)], crs=CRS)
    hamlets = gpd.GeoDataFrame(
        {"code": ["N", "M"], "name": ["N", "M"], "village_code": ["A", "A"]},
        geometry=[shapely.box(0, 0, 100, 100), shapely.box(800, 0, 900, 100)],
        crs=CRS,
    )
    hamlet = [(20, 90), (95, 90), (20, 10), (95, 10)]
    homes = points(*hamlet, (115, 90), *((900 - x, y) for x, y in hamlet))
    fabric = cut_fabric(Layers(villages=villages, natural_villages=hamlets, households=homes))
    lone = fabric.households["cell_id"][4]
    assert fabric.cells.geometry[lone].bounds[2] < 500
    assert (fabric.cells["households"] == 0).any()
