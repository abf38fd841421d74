from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.geo.fabric import cut_fabric
from gridgis.model.layers import Layers
from gridgis.model.tiers import SizeRange
from gridgis.planning.ground import explain_ground
from gridgis.planning.plan import PlanRequest, make_plan

CRS = 4546


def layer(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS)


def hamlets(*shapes):
    names = [f"N{number}" for number in range(len(shapes))]
    return layer(shapes, code=[name.lower() for name in names], name=names, village_code=[None] * len(shapes))


@pytest.fixture
def two_villages():
    """Draw two villages with two households each.

    A     B
    +-----+-----+ 100
    | *   |   * |
    |   * | *   |
    +-----+-----+ 0
    0    100   200
    """
    homes = shapely.points([(20, 70), (80, 30), (120, 30), (180, 70)])
    nobody = [None] * 4
    return Layers(
        villages=layer(shapely.box([0, 100], 0, [100, 200], 100), code=["A", "B"], name=["A", "B"]),
        households=layer(
            homes,
            household_id=list("abcd"),
            village_code=nobody,
            natural_village=nobody,
            villager_group=nobody,
            households=[1] * 4,
        ),
    )


WEST, EAST, MIDDLE, REST = (
    shapely.box(0, 0, 60, 100), shapely.box(140, 0, 200, 100), shapely.box(60, 0, 140, 100), shapely.box(10, 5, 90, 95),
)  # fmt: skip


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (None, {"ground.none": {}}),
        (hamlets(WEST, MIDDLE, EAST), {"ground.straddling": {"n": 1, "names": "N1"}}),
        (hamlets(WEST, EAST), {"ground.uncovered": {"n": 2}}),
        (hamlets(shapely.Point(20, 60), shapely.Point(180, 60)), {"ground.points": {"n": 2}}),
        (
            hamlets(WEST, REST, EAST),
            {"ground.overlapping": {"n": 1, "names": "N0–N1"}, "ground.uncovered": {"n": 1}},
        ),
        (
            hamlets(shapely.box(0, 0, 100, 100), shapely.Point(150, 50), EAST),
            {"ground.mixed": {"n": 1, "names": "N1"}, "ground.uncovered": {"n": 1}},
        ),
        (hamlets(shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)), {}),
    ],
)
def test_what_is_odd_about_natural_villages_is_said(two_villages, known, said):
    layers = replace(two_villages, natural_villages=known)
    messages = explain_ground(layers, cut_fabric(layers))
    assert {message.key: dict(message.params) for message in messages} == said
    assert all(message.words(lang) for message in messages for lang in ("zh", "en"))
    plan = make_plan(layers, PlanRequest(SizeRange(2, 2), SizeRange(1, 2)))
    assert len(plan.grids) == 2
    assert all(message in plan.messages for message in messages)


def test_a_natural_village_in_two_villages_is_planned_in_each_apart(two_villages):
    layers = replace(two_villages, natural_villages=hamlets(MIDDLE))
    cells = cut_fabric(layers).cells
    inside = cells[cells["natural_village"] == "n0"]
    assert set(inside["village_code"]) == {"A", "B"}


def test_a_building_on_a_village_border_is_said(two_villages):
    houses = layer([shapely.box(90, 20, 130, 40), shapely.box(10, 60, 30, 80)], kind=[None, None], name=[None, None])
    layers = replace(two_villages, buildings=houses)
    messages = explain_ground(layers, cut_fabric(layers))
    assert [dict(message.params) for message in messages if message.key == "ground.buildings"] == [{"n": 1}]


@given(seed=st.integers(0, 99), shape=st.sampled_from(["box", "concave"]))
@settings(max_examples=12)
def test_no_unit_cuts_a_building_as_drawn_or_not(township, seed, shape):
    layers = township([130], shapes=[shape], hamlets="polygons", seed=seed)
    rng = np.random.default_rng(seed)
    middles = shapely.get_coordinates(layers.households.geometry.to_numpy())
    middles = np.vstack([middles[:60], middles[:20] + rng.uniform(-60, 60, (20, 2))])
    half = rng.uniform(3, 40, (len(middles), 2))
    houses = shapely.box(*(middles - half).T, *(middles + half).T)
    layers = replace(layers, buildings=layer(houses, kind=[None] * len(houses), name=[None] * len(houses)))
    plan = make_plan(layers, PlanRequest(SizeRange(30, 50), SizeRange(5, 10)))
    roofs = cut_fabric(layers).footprints
    land = layers.villages.geometry.to_numpy()[0]
    within = shapely.buffer(shapely.intersection(roofs, land), -0.02)
    for roof in within[~shapely.is_empty(within)]:
        for units in (plan.cells, plan.micro_grids, plan.grids):
            assert shapely.intersects(units.geometry.to_numpy(), roof).sum() == 1
    homes = layers.households.geometry.to_numpy()
    drawn = plan.micro_grids.set_index("code").geometry.loc[plan.households["micro_grid_code"]].to_numpy()
    assert (shapely.distance(drawn, homes) < 1e-6).all()
