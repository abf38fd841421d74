"""The certificate of whole plans: proved of any plan, ours or not, and the same for the same land."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.model.layers import Layers
from gridgis.model.tiers import SizeRange
from gridgis.planning.certificate import certify_plan
from gridgis.planning.plan import Plan, PlanRequest, make_plan
from gridgis.planning.score import score_plan

CRS = 4546
RULES = SizeRange(30, 50), SizeRange(5, 10)


@pytest.fixture(scope="module")
def planned(township):
    layers = township([130, 75], shapes=("box", "concave"), hamlets="polygons")
    return make_plan(layers, PlanRequest(*RULES)), layers


def squares(villages, micro_grids, homes):
    """Draw a plan by hand: one grid a village, micro-grids as boxes, households as points."""
    places = gpd.points_from_xy(*np.transpose(homes), crs=CRS)
    empty = np.full(len(homes), None, dtype=object)
    ids = [f"H{i}" for i in range(len(homes))]
    households = gpd.GeoDataFrame(
        {"household_id": ids, "village_code": None, "natural_village": empty, "villager_group": empty}
        | {"households": 1},
        geometry=places,
    )
    codes = [f"V{i}" for i in range(len(villages))]
    land = gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=villages, crs=CRS)
    grids = land.assign(village_code=codes, households=0)[["code", "village_code", "name", "households", "geometry"]]
    units = gpd.GeoDataFrame({"code": [f"M{i}" for i in range(len(micro_grids))]}, geometry=micro_grids, crs=CRS)
    units = units.assign(grid_code="V0", village_code="V0", name="", households=0)
    cells = units.assign(cell_id=units.index, micro_grid_code=units["code"])
    people = households[["household_id", "geometry"]].assign(grid_code="V0", micro_grid_code="M0")
    return Plan(cells, grids, units, people), Layers(villages=land, households=households)


def test_the_bound_is_below_the_walk_of_our_own_plans_and_not_far(planned):
    proved, card = certify_plan(*planned, *RULES), score_plan(*planned, *RULES)
    for mine, measured in ((proved.grid, card.grid), (proved.micro_grid, card.micro_grid)):
        assert mine.walk_m == measured.walk_m_mean
        assert 0.7 * mine.walk_m <= mine.bound_m <= mine.walk_m
        assert mine.gap_pct == pytest.approx(100 * (1 - mine.bound_m / mine.walk_m), abs=0.01)


def test_to_keep_natural_villages_whole_never_lowers_the_bound_by_more_than_it_is_loose(planned):
    free, whole = certify_plan(*planned, *RULES), certify_plan(*planned, *RULES, whole_villages=True)
    assert whole.grid.bound_m >= 0.98 * free.grid.bound_m
    assert whole.micro_grid.bound_m >= 0.98 * free.micro_grid.bound_m


def test_the_order_of_rows_changes_nothing(planned):
    plan, layers = planned
    shuffled = replace(
        layers,
        households=layers.households.sample(frac=1, random_state=1),
        villages=layers.villages.iloc[::-1],
        natural_villages=layers.natural_villages.iloc[::-1],
    )
    mixed = replace(plan, micro_grids=plan.micro_grids.iloc[::-1].reset_index(drop=True))
    assert certify_plan(mixed, shuffled, *RULES) == certify_plan(plan, layers, *RULES)


def test_a_translation_changes_nothing(planned):
    plan, layers = planned

    def move(layer):
        return layer.set_geometry(layer.translate(4096, -8192))

    there = replace(plan, grids=move(plan.grids), micro_grids=move(plan.micro_grids))
    land = Layers(**{name: move(layer) for name, layer in layers.given()})
    here, away = certify_plan(plan, layers, *RULES), certify_plan(there, land, *RULES)
    assert away.grid.bound_m == pytest.approx(here.grid.bound_m, rel=1e-3)
    assert away.micro_grid.bound_m == pytest.approx(here.micro_grid.bound_m, rel=1e-3)


def test_units_of_one_building_each_are_the_best_there_can_be():
    """Each household has its own micro-grid.

    +---+---+
    | o | o |
    +---+---+
    """
    halves = [shapely.box(0, 0, 50, 50), shapely.box(50, 0, 100, 50)]
    plan, layers = squares([shapely.box(0, 0, 100, 50)], halves, [(25, 25), (75, 25)])
    proved = certify_plan(plan, layers, SizeRange(1, 2), SizeRange(1, 1))
    assert (proved.micro_grid.bound_m, proved.micro_grid.walk_m, proved.micro_grid.gap_pct) == (0, 0, 0)
    assert (proved.grid.bound_m, proved.grid.walk_m, proved.grid.gap_pct) == (25, 25, 0)


def test_a_plan_may_break_sizes_and_village_borders_and_is_certified_all_the_same():
    """Two villages of one household each share the micro-grid M0, in which the rule wants three.

    +-------+-------+
    | o   M0    o   |
    +-------+-------+
    """
    villages = [shapely.box(0, 0, 50, 50), shapely.box(50, 0, 100, 50)]
    plan, layers = squares(villages, [shapely.box(0, 0, 100, 50)], [(25, 25), (75, 25)])
    proved = certify_plan(plan, layers, SizeRange(1, 2), SizeRange(3, 3))
    assert (proved.micro_grid.bound_m, proved.micro_grid.walk_m) == (25, 25)


def test_a_household_in_no_unit_is_left_out():
    plan, layers = squares([shapely.box(0, 0, 100, 50)], [shapely.box(0, 0, 50, 50)], [(20, 25), (40, 25), (75, 25)])
    assert certify_plan(plan, layers, SizeRange(1, 3), SizeRange(1, 2)).micro_grid.bound_m == 10
    nobody = replace(plan, micro_grids=plan.micro_grids.set_geometry([shapely.box(90, 0, 95, 5)]))
    assert certify_plan(nobody, layers, SizeRange(1, 3), SizeRange(1, 2)).micro_grid.walk_m == 0


def test_a_certificate_is_plain_data_and_a_sentence_a_tier(planned):
    proved = certify_plan(*planned, *RULES)
    figures = json.loads(json.dumps(proved.to_json()))
    assert set(figures) == {"grid", "micro_grid"}
    assert set(figures["grid"]) == set(figures["micro_grid"]) == {"bound_m", "walk_m", "gap_pct"}
    for lang in ("zh", "en"):
        said = [message.words(lang) for message in proved.messages()]
        for text, tier in zip(said, (proved.grid, proved.micro_grid), strict=True):
            assert str(tier.bound_m) in text
