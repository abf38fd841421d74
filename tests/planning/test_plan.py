from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.geo.topology import connected, gaps_and_overlaps
from gridgis.model.errors import CallError
from gridgis.model.tiers import SizeRange
from gridgis.planning.plan import Plan, PlanRequest, make_plan

SMALL = PlanRequest(SizeRange(30, 50), SizeRange(5, 10))
SIZES = st.lists(st.sampled_from([0, 1, 2, 4, 5, 29, 30, 49, 50, 51, 55, 59, 60, 75, 130]), min_size=1, max_size=3)


def assert_legal(plan: Plan, layers) -> None:
    for units in (plan.grids, plan.micro_grids):
        assert shapely.coverage_is_valid(units.geometry.to_numpy())
        assert gaps_and_overlaps(units.geometry, layers.villages.geometry) == (0.0, 0.0)
        assert units["code"].is_unique
        assert set(units["village_code"]) == set(layers.villages["code"])
    assert shapely.coverage_is_valid(plan.cells.geometry.to_numpy())
    shape = plan.micro_grids.set_index("code").geometry
    homes = plan.households
    assert len(homes) == len(layers.households)
    assert list(homes["household_id"]) == list(layers.households["household_id"])
    touched = shapely.distance(shape.loc[homes["micro_grid_code"]].to_numpy(), homes.geometry.to_numpy())
    assert (touched < 1e-6).all()
    assert all(micro.startswith(grid) for grid, micro in zip(homes["grid_code"], homes["micro_grid_code"], strict=True))
    assert (plan.micro_grids["grid_code"].isin(plan.grids["code"])).all()
    counted = plan.micro_grids.groupby("grid_code")["households"].sum()
    assert counted.to_dict() == plan.grids.set_index("code")["households"].to_dict()
    assert plan.grids["households"].sum() == layers.households["households"].sum()
    nested = gpd.GeoSeries(shape).groupby(plan.micro_grids["grid_code"].to_numpy()).agg(shapely.union_all)
    drawn = plan.grids.set_index("code").geometry
    assert (
        shapely.area(shapely.symmetric_difference(nested.to_numpy(), drawn.loc[nested.index].to_numpy())).max() < 1e-6
    )
    for message in plan.messages:
        assert message.words("zh")
        assert message.words("en")


@given(
    sizes=SIZES,
    shape=st.sampled_from(["box", "concave", "ring"]),
    layout=st.sampled_from(["spread", "collinear", "coincident", "border"]),
    hamlets=st.sampled_from(["none", "polygons", "points"]),
    seed=st.integers(0, 99),
)
@settings(max_examples=40)
def test_every_plan_keeps_the_laws(township, sizes, shape, layout, hamlets, seed):
    layers = township(sizes, shapes=[shape], layout=layout, hamlets=hamlets, seed=seed)
    plan = make_plan(layers, SMALL)
    assert_legal(plan, layers)
    assert connected(plan.grids.geometry).all()
    assert connected(plan.micro_grids.geometry).all()


@given(sizes=SIZES, seed=st.integers(0, 99))
@settings(max_examples=40)
def test_sizes_are_as_good_as_the_numbers_allow(township, sizes, seed):
    plan = make_plan(township(sizes, seed=seed), SMALL)
    for units, rule in ((plan.grids, SMALL.grid_size), (plan.micro_grids, SMALL.micro_size)):
        for _, mine in units.groupby("village_code"):
            excess = sum(rule.excess(int(size)) for size in mine["households"])
            n = int(mine["households"].sum())
            fewest = min(rule.least_excess(n, k) for k in range(1, n // rule.low + 3))
            assert excess == fewest
    said = {message.params.get("code") for message in plan.messages}
    for units, rule in ((plan.grids, SMALL.grid_size), (plan.micro_grids, SMALL.micro_size)):
        for unit in units.itertuples():
            assert (rule.excess(unit.households) == 0) or unit.code in said or unit.households == 0


@given(seed=st.integers(0, 99), sizes=SIZES)
@settings(max_examples=10)
def test_an_exclave_goes_with_the_nearest_land_and_that_is_said(township, seed, sizes):
    layers = township(sizes, shapes=["exclave"], seed=seed)
    plan = make_plan(layers, SMALL)
    assert_legal(plan, layers)
    apart = ~connected(plan.grids.geometry)
    assert apart.sum() <= len(sizes)
    assert (
        sum(message.key == "plan.exclave" for message in plan.messages)
        == apart.sum() + (~connected(plan.micro_grids.geometry)).sum()
    )


@given(seed=st.integers(0, 99))
@settings(max_examples=10)
def test_the_order_of_rows_does_not_matter(township, seed):
    layers = township([130, 55], hamlets="polygons", layout="coincident", seed=seed)
    rng = np.random.default_rng(seed)

    def shuffled(layer):
        return layer.iloc[rng.permutation(len(layer))]

    other = make_plan(
        replace(
            layers,
            villages=shuffled(layers.villages),
            households=shuffled(layers.households),
            natural_villages=shuffled(layers.natural_villages),
            barriers=shuffled(layers.barriers),
        ),
        SMALL,
    )
    assert_same(make_plan(layers, SMALL), other)


def assert_same(plan: Plan, other: Plan) -> None:
    pd.testing.assert_frame_equal(plan.micro_grids, other.micro_grids)
    pd.testing.assert_frame_equal(plan.grids, other.grids)
    pd.testing.assert_frame_equal(plan.cells, other.cells)
    ours, theirs = (some.households.set_index("household_id").sort_index() for some in (plan, other))
    pd.testing.assert_frame_equal(ours, theirs)


def test_same_seed_same_plan_and_another_seed_may_differ(township):
    layers = township([260, 130], hamlets="polygons")
    assert_same(make_plan(layers, SMALL), make_plan(layers, SMALL))
    assert_legal(make_plan(layers, replace(SMALL, seed=7)), layers)


def test_a_plan_moves_with_its_land(township):
    layers = township([130], hamlets="polygons")
    moved = replace(
        layers,
        **{name: layer.set_geometry(layer.translate(1024.0, -2048.0)) for name, layer in layers.given()},
    )
    plan, other = make_plan(layers, SMALL), make_plan(moved, SMALL)
    assert list(plan.households["micro_grid_code"]) == list(other.households["micro_grid_code"])


@pytest.mark.parametrize("crs", [4490, 4326])
def test_a_plan_in_degrees_leaves_no_gap_in_degrees(township, crs):
    layers = township([130, 75], shapes=["concave", "box"], hamlets="polygons")
    degrees = replace(layers, **{name: layer.to_crs(crs) for name, layer in layers.given()})
    plan = make_plan(degrees, SMALL)
    assert plan.grids.crs == degrees.villages.crs
    assert_legal(plan, degrees)
    assert connected(plan.micro_grids.geometry).all()


def test_buildings_are_never_cut(township):
    layers = township([40], seed=3)
    households = layers.households.assign(households=np.where(np.arange(40) == 5, 17, 1))
    layers = replace(layers, households=households)
    plan = make_plan(layers, SMALL)
    assert_legal(plan, layers)
    big = plan.households["micro_grid_code"].iloc[5]
    assert "plan.why.building" in {
        message.params["why"].key for message in plan.messages if message.params.get("code") == big
    }


def test_a_building_above_the_ceiling_is_a_grid_of_its_own_by_waiver(township):
    layers = township([91], seed=3)
    layers = replace(layers, households=layers.households.assign(households=np.where(np.arange(91) == 5, 70, 1)))
    plan = make_plan(layers, SMALL)
    assert_legal(plan, layers)
    assert connected(plan.grids.geometry).all()
    assert plan.grids["households"].max() == plan.micro_grids["households"].max() == 70
    assert plan.grids["households"].between(30, 50).sum() == 2
    assert plan.micro_grids["households"].between(5, 10).sum() == len(plan.micro_grids) - 1
    told = [message for message in plan.messages if message.key == "feasibility.buildings"]
    assert [message.params["excess"] for message in told] == [20, 60]
    assert "plan.totals.least" in {message.key for message in plan.messages}


def test_asked_numbers_are_given_exactly_and_what_breaks_is_said_with_its_sum(township):
    layers = township([100, 40, 55, 130, 20])
    plan = make_plan(layers, replace(SMALL, grids=11, micro_grids=50))
    assert (len(plan.grids), len(plan.micro_grids)) == (11, 50)
    assert_legal(plan, layers)
    said = [message for message in plan.messages if message.key.startswith("plan.size")]
    assert said
    assert all(str(message.params["n"]) in message.words("zh") for message in said)


@pytest.mark.parametrize("asked", [{"grids": 1}, {"micro_grids": 1}, {"grids": 5, "micro_grids": 4}, {"grids": 500}])
def test_numbers_that_cannot_be_had_are_refused(township, asked):
    with pytest.raises(CallError):
        make_plan(township([100, 40]), replace(SMALL, **asked))


def test_a_village_between_two_counts_is_told_the_arithmetic(township):
    plan = make_plan(township([550]), PlanRequest())
    words = [message.words("zh") for message in plan.messages]
    assert any(
        "有 550 户：1 个网格最多 500 户，2 个网格至少 600 户，因此划为 1 个网格，偏离 50 户" in text for text in words
    )


@pytest.mark.parametrize(("n", "grids"), [(299, [299]), (300, [300]), (600, [300, 300]), (501, [501])])
def test_the_edges_of_the_arithmetic(township, n, grids):
    plan = make_plan(township([n]), PlanRequest())
    assert sorted(plan.grids["households"]) == grids
    assert plan.micro_grids["households"].between(50, 100).all()


def test_a_village_without_households_is_one_empty_grid(township):
    layers = township([0, 60])
    plan = make_plan(layers, SMALL)
    assert_legal(plan, layers)
    assert [m.key for m in plan.messages if m.params.get("n") == 0] == ["plan.village.empty"]


def test_progress_rises_to_one(township):
    heard = []
    make_plan(township([60]), SMALL, progress=lambda part, stage: heard.append((part, stage)))
    parts = [part for part, _ in heard]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    assert all(stage.startswith("plan.stage.") for _, stage in heard)


def test_inputs_are_left_as_they_were(township):
    layers = township([60], hamlets="polygons")
    before = {name: layer.copy() for name, layer in layers.given()}
    make_plan(layers, SMALL)
    for name, layer in layers.given():
        pd.testing.assert_frame_equal(layer, before[name])
    assert isinstance(layers.villages, gpd.GeoDataFrame)
