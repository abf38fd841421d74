"""The sites of an observation: each once, the lot repeatable, the round no longer than any other."""

from __future__ import annotations

from itertools import permutations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from gridgis.ledger.periods import period_named
from gridgis.ledger.reviews.observation import choose_sites, order_sites, plan_tour, way_of
from gridgis.ledger.reviews.scores import Review

CRS = "EPSG:4546"
START = gpd.GeoSeries(gpd.points_from_xy([0], [0]), crs=CRS)
places = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=12, unique=True)


def review_of(scores):
    standing = ["too_few" if score is None else "level" for score in scores]
    values = [np.nan if score is None else float(score) for score in scores]
    index = pd.Index([f"u{at}" for at in range(len(scores))], name="unit")
    units = pd.DataFrame({"score": values, "low": values, "high": values, "standing": standing}, index=index)
    return Review(period_named("2026-H2"), "village_code", pd.DataFrame(), pd.DataFrame(), units, 0.0, 0.0, 0.0)


@pytest.fixture
def review():
    return review_of([50, 60, 70, 80, 90, None, 65])


def test_best_worst_and_most_improved_are_seen_and_some_by_lot(review):
    before = review_of([50, 60, 30, 80, 90, None, 60])
    why = choose_sites(review, before, seed=1)
    assert why[why != "drawn"].to_dict() == {"u0": "worst", "u1": "worst", "u4": "best", "u2": "improving"}
    assert len(why[why == "drawn"]) == 2
    assert why.index.is_unique


def test_the_same_seed_draws_the_same_and_every_unit_may_be_drawn(review):
    draws = [choose_sites(review, None, seed) for seed in range(40)]
    pd.testing.assert_series_equal(draws[7], choose_sites(review, None, 7))
    assert set().union(*(set(draw.index) for draw in draws)) == set(review.units.index)


def test_of_few_units_each_is_seen_once():
    assert sorted(choose_sites(review_of([50, 60]), None, 1).index) == ["u0", "u1"]
    assert choose_sites(review_of([]), None, 1).empty


def length(points, order):
    stops = np.array([(0, 0), *(points[at] for at in order), (0, 0)], dtype=float)
    return np.hypot(*np.diff(stops, axis=0).T).sum()


@settings(max_examples=25, deadline=None)
@given(places)
def test_a_round_has_each_site_once_and_is_no_longer_than_the_nearest_next(points):
    sites = gpd.GeoSeries(
        gpd.points_from_xy(*zip(*points, strict=True)), index=[f"s{at:02}" for at in range(len(points))], crs=CRS
    )
    found = order_sites(sites, START)
    assert sorted(found.index) == sorted(sites.index)
    order = [int(code[1:]) for code in found.index]
    pd.testing.assert_frame_equal(found, order_sites(sites.sample(frac=1, random_state=1), START))
    left, here, greedy = set(range(len(points))), (0, 0), []
    while left:
        nearest = min(left, key=lambda at: (np.hypot(points[at][0] - here[0], points[at][1] - here[1]), at))
        left.remove(nearest)
        greedy.append(nearest)
        here = points[nearest]
    assert length(points, order) <= length(points, greedy) + 1e-6
    if len(points) <= 5:
        assert length(points, order) == pytest.approx(
            min(length(points, each) for each in permutations(range(len(points))))
        )


def test_a_site_with_a_sheet_stays_on_the_round_and_the_way_is_as_long_as_its_legs(review):
    boxes = [box(1000 * at, 0, 1000 * at + 900, 900) for at in range(7)]
    units = gpd.GeoDataFrame({"name": list("abcdefg")}, geometry=boxes, index=review.units.index, crs=CRS)
    chosen = choose_sites(review, None, 3)
    left = sorted(set(units.index) - set(chosen.index))
    sheets = pd.DataFrame({"unit_code": [left[0], left[0], "u4", "gone"], "score": [7, 9, 5, 1], "most": [10] * 4})
    tour = plan_tour((review, None), units, sheets, 3)
    assert set(tour.index) == {*chosen.index, left[0]}
    assert tour.loc[left[0], ["why", "score", "most"]].tolist() == ["seen", 16, 20]
    assert tour.loc["u4", ["why", "score"]].tolist() == ["best", 5]
    assert tour["score"].isna().sum() == len(tour) - 2
    way = way_of(tour, units)
    assert way.length.iloc[0] >= tour["leg_m"].sum()
