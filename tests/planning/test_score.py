from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.model.layers import Layers
from gridgis.model.tiers import SizeRange
from gridgis.planning.plan import Plan, PlanRequest, make_plan
from gridgis.planning.score import score_plan, walk_m_mean

CRS = 4546
RULES = SizeRange(2, 3), SizeRange(1, 2)


def units(shapes, **columns):
    return gpd.GeoDataFrame({name: list(values) for name, values in columns.items()}, geometry=shapes, crs=CRS)


@pytest.fixture
def drawn():
    """Draw one grid of two micro-grids by hand; the natural village N lies in both.

    +----N----+
    | 0  |  2 |
    | 1  |    |
    +---------+
    """
    west, east, village = shapely.box(0, 0, 50, 60), shapely.box(50, 0, 100, 60), shapely.box(0, 0, 100, 60)
    homes = gpd.points_from_xy([10, 10, 90], [50, 20, 50])
    households = units(
        homes,
        household_id=["H0", "H1", "H2"],
        village_code=["V"] * 3,
        natural_village=["N", None, "N"],
        villager_group=[None] * 3,
        households=[1, 1, 1],
    )
    layers = Layers(villages=units([village], code="V", name="V"), households=households)
    micro_grids = units(
        [west, east],
        code=["V00101", "V00102"],
        grid_code=["V001", "V001"],
        village_code=["V", "V"],
        name=["w", "e"],
        households=[0, 0],
    )
    grids = units([village], code=["V001"], village_code="V", name=["g"], households=[0])
    places = units(homes, household_id=["H0", "H1", "H2"], grid_code=["?"] * 3, micro_grid_code=["?"] * 3)
    cells = micro_grids.assign(cell_id=[0, 1], micro_grid_code=micro_grids["code"])
    return Plan(cells, grids, micro_grids, places), layers


def test_a_plan_drawn_by_hand_has_the_figures_counted_by_hand(drawn):
    card = score_plan(*drawn, *RULES)
    assert (card.households, card.grid.units, card.micro_grid.units, card.nested) == (3, 1, 2, True)
    assert (card.micro_grid.size_min, card.micro_grid.size_max, card.micro_grid.in_range_pct) == (1, 2, 100)
    assert card.micro_grid.walk_m_mean == 10
    assert card.grid.walk_m_mean == pytest.approx((30 + 80) / 3, abs=0.01)
    assert card.grid.polsby_popper_mean == pytest.approx(4 * np.pi * 6000 / 320**2, abs=1e-4)
    assert (card.grid.natural_villages_split, card.micro_grid.natural_villages_split) == (0, 1)
    assert card.micro_grid.natural_villages_split_avoidable == 1
    assert card.messages == ()


def test_every_broken_law_is_measured_and_said(drawn):
    plan, layers = drawn
    shapes = [shapely.box(0, 0, 40, 60), shapely.box(50, 0, 100, 60) | shapely.box(100, 60, 110, 70)]
    card = score_plan(replace(plan, micro_grids=plan.micro_grids.set_geometry(shapes)), layers, *RULES)
    assert (card.micro_grid.gap_m2, card.micro_grid.overlap_m2) == (600, 100)
    assert card.micro_grid.connected_pct == 50
    assert not card.nested
    assert {message.key.rpartition(".")[2] for message in card.messages} == {
        "gap",
        "overlap",
        "not_connected",
        "not_nested",
    }


def test_households_in_no_unit_are_said(drawn):
    plan, layers = drawn
    micro_grids = plan.micro_grids.set_geometry([shapely.box(0, 0, 50, 30), shapely.box(50, 0, 100, 60)])
    card = score_plan(replace(plan, micro_grids=micro_grids), layers, *RULES)
    assert [message.params["n"] for message in card.messages if message.key == "plan.score.stray"] == [1]


def test_the_scorecard_is_the_contracts_json(drawn):
    figures = json.loads(json.dumps(score_plan(*drawn, *RULES).to_json("en")))
    assert set(figures) == {"households", "grid", "micro_grid", "nested", "messages"}
    tier = (
        "units size_min size_max in_range_pct connected_pct walk_m_mean polsby_popper_mean gap_m2 overlap_m2 "
        "natural_villages_split natural_villages_split_avoidable border_m border_on_ground_pct"
    )
    assert set(figures["grid"]) == set(figures["micro_grid"]) == set(tier.split())


@pytest.mark.parametrize("crs", [4490, 32649])
def test_the_figures_do_not_depend_on_the_crs(drawn, crs):
    plan, layers = drawn
    there = [layer.translate(500_000, 4_150_000) for layer in (plan.grids, plan.micro_grids, plan.households)]
    moved = replace(
        plan,
        grids=plan.grids.set_geometry(there[0]),
        micro_grids=plan.micro_grids.set_geometry(there[1]),
        households=plan.households.set_geometry(there[2]),
    )
    land = Layers(
        **{name: layer.set_geometry(layer.translate(500_000, 4_150_000)).to_crs(crs) for name, layer in layers.given()}
    )
    here, elsewhere = score_plan(plan, layers, *RULES), score_plan(moved, land, *RULES)
    assert elsewhere.micro_grid.walk_m_mean == pytest.approx(here.micro_grid.walk_m_mean, rel=2e-3)
    assert elsewhere.grid.size_max == here.grid.size_max


def test_our_own_plans_score_as_they_say(township):
    layers = township([130, 75], hamlets="polygons")
    plan = make_plan(layers, PlanRequest(SizeRange(30, 50), SizeRange(5, 10)))
    card = score_plan(plan, layers, SizeRange(30, 50), SizeRange(5, 10))
    assert card.nested
    assert card.messages == ()
    assert card.grid.size_max == plan.grids["households"].max()
    assert card.micro_grid.size_min == plan.micro_grids["households"].min()


def test_a_medoid_is_a_household_and_counts_every_household_of_a_building():
    places = np.array([[0.0, 0.0], [10.0, 0.0], [12.0, 0.0]])
    unit = np.zeros(3, dtype=np.int64)
    assert walk_m_mean(places, np.array([5, 1, 1]), unit) == pytest.approx(22 / 7)
    assert walk_m_mean(places, np.array([5, 1, 1]), np.array([-1, -1, -1])) == 0.0
