"""Coverage of services: figures counted by hand, and laws that hold for every ledger."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from gridgis.ledger.coverage import (
    change_by_unit,
    coverage_by_unit,
    coverage_of_services,
    coverage_over_time,
    furthest_behind,
    reached_households,
)
from gridgis.ledger.periods import period_named, period_of
from gridgis.ledger.shares import Share

WEEK_46, WEEK_47 = period_named("2026-W46"), period_named("2026-W47")
PERIODS = st.sampled_from(
    [WEEK_46, WEEK_47, period_named("2026-11"), period_named("2026-W47").until(date(2026, 11, 18))]
)
UNITS = st.sampled_from(["village_code", "grid_code", "micro_grid_code"])


@pytest.mark.parametrize(
    ("period", "share"),
    [
        (WEEK_46, Share(16, 39, unreachable=1)),
        (WEEK_47, Share(15, 39, unreachable=1)),
        (WEEK_47.until(date(2026, 11, 17)), Share(2, 39, unreachable=1)),
        (period_named("2026-11"), Share(18, 39, unreachable=1)),
        (period_named("2026-10"), Share(0, 39)),
    ],
)
def test_figures_are_those_counted_by_hand(households, visits, services, period, share):
    assert coverage_of_services(households, visits, services, period) == share


def test_units_are_those_counted_by_hand(households, visits, services):
    units = coverage_by_unit(households, visits, services, WEEK_47, "micro_grid_code")
    assert units[["households", "covered", "unreachable"]].to_numpy().tolist() == [[19, 12, 1], [10, 2, 0], [10, 1, 0]]
    assert units["share_pct"].round(1).tolist() == [63.2, 20.0, 10.0]
    assert units.index.name == "micro_grid_code"


def test_an_open_request_is_no_service_and_a_done_one_counts_on_its_closing_day(households, visits, services):
    reached = reached_households(households, visits, services, WEEK_47).set_axis(households["household_id"])
    assert reached.loc["m", "covered"]
    assert not reached.loc["n", "covered"]
    assert (
        not reached_households(households, visits, services, WEEK_46)
        .set_axis(households["household_id"])
        .loc["m", "covered"]
    )


def test_a_series_counts_each_period_and_compares_with_the_one_before(households, visits, services):
    series = coverage_over_time(households, visits, services, [WEEK_46, WEEK_47])
    assert series["covered"].to_dict() == {"2026-W46": 16, "2026-W47": 15}
    assert Share(15, 39).change_since(Share(16, 39)) == pytest.approx(-100 / 39)
    assert Share(0, 0).pct is None
    assert Share(1, 2).change_since(Share(0, 0)) is None
    now, before = (coverage_by_unit(households, visits, services, week, "village_code") for week in (WEEK_47, WEEK_46))
    # E: 14 of 29 against 15 of 29, W: 1 of 10 against 1 of 10
    assert change_by_unit(now, before).round(2).to_dict() == {"E": -3.45, "W": 0.0}


@given(data=st.data(), period=PERIODS, seed=st.integers(0, 9))
def test_rows_may_stand_in_any_order(households, services, visit_ledgers, data, period, seed):
    visits = data.draw(visit_ledgers)
    straight = coverage_by_unit(households, visits, services, period, "micro_grid_code")
    shuffled = coverage_by_unit(
        households.sample(frac=1, random_state=seed),
        visits.sample(frac=1, random_state=seed),
        services.sample(frac=1, random_state=seed),
        period,
        "micro_grid_code",
    )
    assert_frame_equal(straight, shuffled)


@given(data=st.data(), period=PERIODS)
def test_importing_visits_twice_changes_nothing(households, services, visit_ledgers, data, period):
    visits = data.draw(visit_ledgers)
    twice = pd.concat([visits, visits])
    assert coverage_of_services(households, visits, services, period) == coverage_of_services(
        households, twice, services, period
    )


@given(data=st.data(), period=PERIODS)
def test_visits_outside_the_period_change_nothing(households, services, visit_ledgers, data, period):
    visits = data.draw(visit_ledgers)
    inside = visits[visits["visited_on"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]
    assert coverage_of_services(households, visits, services, period) == coverage_of_services(
        households, inside, services, period
    )


@given(data=st.data(), period=PERIODS, by=UNITS)
def test_units_sum_to_the_township_and_never_exceed_themselves(households, services, visit_ledgers, data, period, by):
    visits = data.draw(visit_ledgers)
    share = coverage_of_services(households, visits, services, period)
    units = coverage_by_unit(households, visits, services, period, by)
    sums = units[["covered", "households", "unreachable"]].sum()
    assert Share(*(int(value) for value in sums)) == share
    assert (units["covered"] + units["unreachable"] <= units["households"]).all()
    assert units["share_pct"].between(units["low_pct"], units["high_pct"]).all()
    assert (units["low_pct"] >= 0).all()
    assert (units["high_pct"] <= 100).all()


@given(data=st.data(), period=PERIODS)
def test_one_visit_more_never_lowers_coverage(households, services, visit_ledgers, data, period):
    visits = data.draw(visit_ledgers)
    fewer = visits.iloc[: len(visits) // 2]
    less = reached_households(households, fewer, services, period)
    more = reached_households(households, visits, services, period)
    assert (more["covered"] >= less["covered"]).all()


@given(data=st.data(), period=PERIODS)
def test_inputs_are_left_as_they_were(households, services, visit_ledgers, data, period):
    visits = data.draw(visit_ledgers)
    before = [table.copy() for table in (households, visits, services)]
    coverage_by_unit(households, visits, services, period, "village_code")
    for table, copy in zip((households, visits, services), before, strict=True):
        assert_frame_equal(pd.DataFrame(table), pd.DataFrame(copy))


def units_of(counts):
    """Make households, visits in week 47 and no services from {unit: (households, visited)}."""
    rows = [(unit, f"{unit}{i}", i < done) for unit, (size, done) in counts.items() for i in range(size)]
    homes = pd.DataFrame(rows, columns=["village_code", "household_id", "done"]).assign(households=1)
    visits = pd.DataFrame({"household_id": homes["household_id"][homes["done"]], "outcome": "met"})
    visits["visited_on"] = pd.Series(pd.Timestamp("2026-11-18"), index=visits.index, dtype="datetime64[s]")
    services = pd.DataFrame(
        {"household_id": [], "status": [], "reported_on": pd.to_datetime([]), "closed_on": pd.to_datetime([])}
    )
    return coverage_by_unit(homes, visits, services, WEEK_47, "village_code")


def test_ranks_reach_as_far_as_intervals_overlap_and_tiny_units_are_not_ranked():
    units = units_of({"a": (400, 380), "b": (400, 372), "c": (400, 240), "d": (10, 0), "e": (30, 17)})
    assert units["rank"].astype("object").where(units["rank"].notna(), None).tolist() == [1, 1, 3, None, 3]
    assert units["last_rank"].astype("object").where(units["rank"].notna(), None).tolist() == [2, 2, 4, None, 4]
    assert units["standing"].tolist() == ["ahead", "ahead", "behind", "too_few", "behind"]


def test_the_furthest_behind_is_no_small_unit_by_bad_luck_alone():
    units = units_of({"large": (900, 540), "small": (25, 14), "good": (900, 850)})
    assert units.loc["small", "share_pct"] < units.loc["large", "share_pct"]
    assert furthest_behind(units, count=1).index.tolist() == ["large"]


@pytest.mark.parametrize("table", ["households", "visits"])
def test_an_empty_table_is_an_empty_figure(households, visits, services, table):
    tables = {"households": households, "visits": visits} | {
        table: (households if table == "households" else visits).iloc[:0]
    }
    share = coverage_of_services(tables["households"], tables["visits"], services.iloc[:0], WEEK_47)
    assert share.numerator == 0
    units = coverage_by_unit(tables["households"], tables["visits"], services, WEEK_47, "village_code")
    assert len(units) == (0 if table == "households" else 2)


def test_a_county_is_counted_while_a_page_loads():
    rng = np.random.default_rng(0)
    ids = pd.Series([f"14012120{number:010}" for number in range(110_000)], dtype="str")
    homes = pd.DataFrame({"household_id": ids, "households": 1, "village_code": "v"})
    visited = pd.Series(np.datetime64("2026-01-01", "s") + rng.integers(0, 320, 400_000) * np.timedelta64(86_400, "s"))
    visits = pd.DataFrame(
        {"household_id": ids.iloc[rng.integers(0, 110_000, 400_000)].array, "visited_on": visited, "outcome": "met"}
    )
    services = visits.iloc[:0].assign(status="", reported_on=visited.iloc[:0], closed_on=visited.iloc[:0])
    start = time.process_time()
    coverage_of_services(homes, visits, services, period_of("year", date(2026, 6, 1)))
    assert time.process_time() - start < 1.0
