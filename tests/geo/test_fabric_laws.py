from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate, translate

from gridgis.geo.fabric import cut_fabric
from gridgis.geo.topology import gaps_and_overlaps
from gridgis.model.layers import Layers

CRS = 4546
NOISE_M2 = 0.001


def layer(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=CRS))


@st.composite
def counties(draw):
    """Draw villages with crooked common borders, roads across them, households and buildings anywhere.

    +----+-----+---+
    | A /| B   |C  |
    +--/-+--\\--+---+   each with houses [] and people *
    | D  | E \\ | F |
    +----+-----+---+
    """
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    seeds = shapely.multipoints(rng.uniform(0, 900, (draw(st.integers(1, 6)), 2)))
    frame = shapely.box(0, 0, 900, 900)
    land = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=frame)) if len(seeds.geoms) > 1 else [frame]
    land = shapely.get_parts(shapely.intersection(land, frame))
    land = np.array([translate(shape, 500_000.25, 4_150_000.5) for shape in land])
    corner = np.array([500_000.25, 4_150_000.5])
    roads = shapely.linestrings(corner + rng.uniform(-50, 950, (draw(st.integers(0, 4)), 3, 2)))
    homes = corner + rng.uniform(0, 900, (draw(st.integers(0, 25)), 2))
    plots = corner + rng.uniform(0, 900, (draw(st.integers(0, 12)), 2))
    lived_in = min(len(homes), len(plots)) // 2
    plots[:lived_in] = homes[:lived_in]
    sizes = rng.uniform(3, 60, (len(plots), 2))
    houses = [
        rotate(shapely.box(*(at - size), *(at + size)), rng.uniform(0, 90))
        for at, size in zip(plots, sizes, strict=True)
    ]
    n = len(homes)
    codes = [f"V{number}" for number in range(len(land))]
    return Layers(
        villages=layer(list(land), code=codes, name=codes),
        households=layer(
            list(shapely.points(homes)),
            household_id=[f"H{number}" for number in range(n)],
            village_code=[None] * n,
            natural_village=[None] * n,
            villager_group=[None] * n,
            households=[1] * n,
        ),
        barriers=layer(list(roads), kind=["road"] * len(roads), name=[None] * len(roads)),
        buildings=layer(houses, kind=[None] * len(houses), name=[None] * len(houses)),
    )


@given(layers=counties(), crs=st.sampled_from([4546, 4490]))
@settings(max_examples=40)
def test_cells_tile_all_villages_and_share_every_vertex(layers, crs):
    layers = replace(layers, **{name: table.to_crs(crs) for name, table in layers.given()})
    fabric = cut_fabric(layers)
    shapes = fabric.cells.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert gaps_and_overlaps(fabric.cells.geometry, layers.villages.geometry) == (0.0, 0.0)
    home = shapes[fabric.households["cell_id"]]
    assert (shapely.distance(home, layers.households.geometry.to_numpy()) < 1e-6).all()
    assert len(fabric.places_m) == len(fabric.cells)


@given(layers=counties())
@settings(max_examples=40)
def test_no_cell_border_cuts_a_building_but_a_village_border(layers):
    fabric = cut_fabric(layers)
    cells, villages = fabric.cells.geometry.to_numpy(), layers.villages.geometry.to_numpy()
    for village, code in zip(villages, layers.villages["code"], strict=True):
        here = cells[(fabric.cells["village_code"] == code).to_numpy()]
        for roof in shapely.get_parts(shapely.intersection(fabric.footprints, village)):
            if roof.area > NOISE_M2:
                shared = shapely.area(shapely.intersection(here, roof))
                assert (shared > NOISE_M2).sum() == 1
    homes = layers.households.geometry.to_numpy()
    for roof in fabric.footprints:
        under = fabric.households[shapely.contains(roof, homes)]
        assert (under.groupby("village_code")["cell_id"].nunique() <= 1).all()


@given(layers=counties(), seed=st.integers(0, 9))
@settings(max_examples=20)
def test_the_order_of_rows_changes_nothing(layers, seed):
    rng = np.random.default_rng(seed)
    turned = replace(layers, **{name: table.iloc[rng.permutation(len(table))] for name, table in layers.given()})
    ours, theirs = cut_fabric(layers), cut_fabric(turned)
    assert ours.cells.equals(theirs.cells)
    assert ours.borders.equals(theirs.borders)
    assert np.array_equal(ours.places_m, theirs.places_m)


@given(layers=counties())
@settings(max_examples=20)
def test_borders_between_villages_are_whole(layers):
    fabric = cut_fabric(layers)
    village = fabric.cells["village_code"].to_numpy()
    between = fabric.borders[village[fabric.borders["a"]] != village[fabric.borders["b"]]]
    land = layers.villages.geometry.to_numpy()
    common = (shapely.length(land).sum() - shapely.length(shapely.coverage_union_all(land))) / 2
    assert between["length_m"].sum() == pytest.approx(common, abs=0.1)
    assert (between["on_ground_m"] == between["length_m"]).all()


@pytest.fixture
def row_of_houses():
    """Draw a village with one long house over the road, and two small ones.

    +---------------+ 60
    |    +----+     |
    |====|*  *|=====| 30  road
    |    +----+   * |
    +---------------+ 0
    """
    homes = [shapely.Point(45, 40), shapely.Point(55, 20), shapely.Point(90, 10)]
    nobody = [None] * 3
    return Layers(
        villages=layer([shapely.box(0, 0, 100, 60)], code=["V"], name=["V"]),
        households=layer(
            homes,
            household_id=["a", "b", "c"],
            village_code=nobody,
            natural_village=nobody,
            villager_group=nobody,
            households=[1, 1, 1],
        ),
        barriers=layer([shapely.LineString([(-5, 30), (105, 30)])], kind=["road"], name=[None]),
        buildings=layer([shapely.box(40, 15, 60, 45)], kind=[None], name=[None]),
    )


def test_households_under_one_roof_share_a_cell_though_a_road_runs_through(row_of_houses):
    fabric = cut_fabric(row_of_houses)
    first, second, third = fabric.households["cell_id"]
    assert first == second != third
    assert fabric.cells.loc[first, "households"] == 2
    without = cut_fabric(replace(row_of_houses, buildings=None))
    assert without.households["cell_id"].nunique() == 3
