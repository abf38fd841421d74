"""Hotspots: found where they were put, silent where there is too little, and the same whatever the order."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy.stats import binomtest
from shapely import box

from gridgis.ledger.hotspots import (
    HotspotRules,
    _mid_p,
    hotspots_of_cells,
    hotspots_of_units,
    judge_areas,
    merge_hot_cells,
    shrunk_ratio,
)

RULES = HotspotRules()


def areas_of(households, observed):
    """Lay areas out in a row, each of them a square."""
    columns = {"name": [f"n{i}" for i in range(len(households))], "households": households, "observed": observed}
    shapes = [box(i, 0, i + 1, 1) for i in range(len(households))]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4546").rename_axis("area")


@pytest.fixture(scope="module")
def town():
    """A square of 2 km with 2,000 households; a corner of 500 m asks four times as often. 1,200 services."""
    rng = np.random.default_rng(7)
    xy = rng.random((2000, 2)) * 2000
    corner = (xy < 500).all(axis=1)
    points = gpd.GeoSeries(gpd.points_from_xy(500_000 + xy[:, 0], 4_150_000 + xy[:, 1], crs="EPSG:4546"))
    households = gpd.GeoDataFrame(
        {
            "household_id": pd.Series([f"h{i}" for i in range(2000)], dtype="str"),
            "households": 1,
            "natural_village": pd.Series(np.where(corner, "柳湾", "西谷"), dtype="str"),
            "village_code": "v",
            "micro_grid_code": pd.Series(np.where(corner, "m1", "m2"), dtype="str"),
        },
        geometry=points,
    )
    weights = np.where(corner, 4.0, 1.0)
    who = rng.choice(2000, 1200, p=weights / weights.sum())
    services = gpd.GeoDataFrame(
        {
            "service_id": pd.Series([f"s{i}" for i in range(1200)], dtype="str"),
            "household_id": households["household_id"].iloc[who].array,
        },
        geometry=points.iloc[who].array,
        crs="EPSG:4546",
    )
    return households, services


def test_a_hotspot_is_found_where_it_was_put_and_has_one_name(town):
    households, services = town
    cells = hotspots_of_cells(services, households, RULES)
    found = merge_hot_cells(cells)
    assert found["name"].tolist() == ["柳湾"]
    centre = found.geometry.iloc[0].centroid
    assert (centre.x - 500_000, centre.y - 4_150_000) == pytest.approx((250, 250), abs=200)
    assert found["observed"].iloc[0] > 2 * found["expected"].iloc[0]
    assert found.crs == households.crs


def test_every_cell_and_every_service_is_accounted_for(town):
    households, services = town
    cells = hotspots_of_cells(services, households, RULES)
    assert cells["households"].sum() == 2000
    assert cells["observed"].sum() == 1200
    usual = cells[cells["verdict"] != "hot"]
    assert usual["expected"].sum() == pytest.approx(usual["observed"].sum())
    assert cells.crs == households.crs


def test_units_count_by_household_or_where_the_point_lies(town):
    households, services = town
    units = gpd.GeoDataFrame(
        {"code": ["m1", "m2", "m3"], "name": ["柳湾", "西谷", "空"]},
        geometry=[
            box(500_000, 4_150_000, 500_500, 4_150_500),
            box(500_000, 4_150_000, 502_000, 4_152_000).difference(box(500_000, 4_150_000, 500_500, 4_150_500)),
            box(502_000, 4_150_000, 503_000, 4_152_000),
        ],
        crs="EPSG:4546",
    )
    known = hotspots_of_units(services, households, units, RULES)
    placed = hotspots_of_units(
        services.assign(household_id=pd.Series([None] * 1200, dtype="str")).to_crs("EPSG:4490"),
        households,
        units,
        RULES,
    )
    assert_frame_equal(pd.DataFrame(known), pd.DataFrame(placed))
    assert known["verdict"].tolist() == ["hot", "ordinary", "too_few"]
    assert known.index.tolist() == ["m1", "m2", "m3"]


def test_a_service_without_household_and_place_is_passed_over(town):
    households, services = town
    nowhere = services.iloc[:5].assign(
        household_id=pd.Series([None] * 5, dtype="str"), service_id=[f"x{i}" for i in range(5)]
    )
    nowhere = nowhere.set_geometry(gpd.GeoSeries([None] * 5, crs=services.crs))
    both = gpd.GeoDataFrame(pd.concat([services, nowhere]), crs=services.crs)
    assert hotspots_of_cells(both, households, RULES)["observed"].sum() == 1200


@pytest.mark.parametrize("seed", range(3))
def test_rows_may_stand_in_any_order_and_twice(town, seed):
    households, services = town
    straight = hotspots_of_cells(services, households, RULES)
    shuffled = hotspots_of_cells(
        gpd.GeoDataFrame(pd.concat([services, services])).sample(frac=1, random_state=seed),
        households.sample(frac=1, random_state=seed),
        RULES,
    )
    assert_frame_equal(pd.DataFrame(straight), pd.DataFrame(shuffled))


def test_without_services_everything_is_too_few_to_judge(town):
    households, services = town
    cells = hotspots_of_cells(services.iloc[:0], households, RULES)
    assert set(cells["verdict"]) == {"too_few"}
    assert merge_hot_cells(cells).empty


def test_tiny_expectations_are_not_judged_however_much_is_observed():
    judged = judge_areas(areas_of([1000, 2], [400, 9]), RULES)
    assert judged["verdict"].tolist() == ["ordinary", "too_few"]
    assert judged["q"].isna().tolist() == [False, True]


def test_a_difference_too_small_to_matter_is_ordinary_however_certain():
    judged = judge_areas(areas_of([10_000, 10_000], [10_600, 9_400]), RULES)
    assert (judged["q"] < 1e-9).all()
    assert judged["verdict"].tolist() == ["ordinary", "ordinary"]


def test_services_where_nobody_lives_have_no_part_in_the_expectation():
    judged = judge_areas(areas_of([500, 500, 0], [40, 60, 900]), RULES)
    assert judged["expected"].tolist() == [50, 50, 0]
    assert judged["verdict"].iloc[2] == "too_few"
    assert np.isnan(judged["rate_ratio"].iloc[2])


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 200)), min_size=1, max_size=12),
    st.floats(0.5, 5, allow_nan=False),
)
def test_expectations_are_one_rate_for_all_and_verdicts_follow_the_figures(rows, least):
    households, observed = (list(column) for column in zip(*rows, strict=True))
    judged = judge_areas(areas_of(households, observed), HotspotRules(least_expected=least))
    lived_in = judged["households"] > 0
    rates = judged["expected"][lived_in] / judged["households"][lived_in]
    assert np.ptp(rates) <= 1e-9 if lived_in.any() else (judged["expected"] == 0).all()
    hot = judged[judged["verdict"] == "hot"]
    total = judged["observed"][lived_in].sum()
    assert judged["expected"].sum() <= total + 1e-9
    assert judged["expected"].sum() == pytest.approx(total) or len(hot)
    assert ((judged["verdict"] == "too_few") == judged["q"].isna()).all()
    assert (judged["q"].dropna() >= judged["p"].dropna() - 1e-12).all()
    assert (hot["observed"] > hot["expected"]).all()
    assert (hot["q"] <= RULES.fdr).all()


@given(st.integers(0, 60), st.floats(0.01, 0.99))
def test_the_mid_p_lies_between_the_exact_p_of_scipy_and_half_of_it(observed, chance):
    one_sided = min(binomtest(observed, 60, chance, alternative=side).pvalue for side in ("less", "greater"))
    exact = min(1.0, 2 * one_sided)
    assert exact / 2 - 1e-9 <= _mid_p(np.array([observed]), np.array([60]), np.array([chance]))[0] <= exact + 1e-9


def test_an_outbreak_makes_no_cold_spots_of_all_the_rest():
    rest = np.random.default_rng(1).poisson(3, 59)
    judged = judge_areas(areas_of([100] * 60, [400, *rest]), RULES)
    assert judged["verdict"].tolist() == ["hot", *["ordinary"] * 59]
    assert judged["expected"].to_numpy() == pytest.approx(rest.mean())


def test_chance_alone_is_seldom_called_a_hotspot():
    rng = np.random.default_rng(3)
    households = rng.integers(40, 120, 80)
    false_alarms = sum(
        (
            judge_areas(areas_of(households, rng.multinomial(1500, households / households.sum())), RULES)[
                "verdict"
            ].isin(["hot", "cold"])
        ).any()
        for _ in range(100)
    )
    assert false_alarms <= 10


def test_ratios_are_those_of_esda_where_areas_differ():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        smoothing = pytest.importorskip("esda.smoothing")
    households = np.array([100.0, 220.0, 60.0, 400.0, 90.0])
    observed = np.array([30, 20, 6, 80, 2])
    expected = observed.sum() * households / households.sum()
    theirs = smoothing.Empirical_Bayes(observed, households).r.ravel() / (observed.sum() / households.sum())
    assert shrunk_ratio(observed, expected) == pytest.approx(theirs)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 100)), min_size=1, max_size=20))
def test_shrinkage_moves_every_ratio_towards_one(rows):
    observed, households = (np.array(column) for column in zip(*rows, strict=True))
    expected = observed.sum() * households / households.sum()
    ratio = shrunk_ratio(observed, expected)
    if observed.sum():
        raw = observed / expected
        assert (np.abs(ratio - 1) <= np.abs(raw - 1) + 1e-12).all()
        assert ((ratio - 1) * (raw - 1) >= -1e-12).all()


def test_inputs_are_left_as_they_were(town):
    households, services = town
    before = households.copy(), services.copy()
    hotspots_of_cells(services, households, RULES)
    assert_frame_equal(pd.DataFrame(households), pd.DataFrame(before[0]))
    assert_frame_equal(pd.DataFrame(services), pd.DataFrame(before[1]))
