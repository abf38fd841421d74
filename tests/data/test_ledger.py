"""The demo's ledger has the texture that its pages are to show."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from gridgis.ledger.coverage import coverage_by_unit, coverage_of_services
from gridgis.ledger.hotspots import HotspotRules, hotspots_of_units
from gridgis.ledger.periods import period_of

LAST_DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def coverage(placed, layers):
    month = period_of("month", LAST_DAY)
    return coverage_by_unit(placed, layers.visits, layers.services, month, "micro_grid_code")["share_pct"]


def hot_units(layers, placed, micro_grids, first, last, domain):
    services = layers.services
    services = services[services["reported_on"].between(first, last) & (services["domain"] == domain)]
    areas = hotspots_of_units(services, placed, micro_grids.to_crs(placed.crs), HotspotRules())
    return set(areas.index[areas["verdict"] == "hot"])


def test_the_ledger_is_one_year_up_to_a_sunday(layers):
    assert layers.visits["visited_on"].min() == pd.Timestamp("2025-11-24")
    assert layers.visits["visited_on"].max() == pd.Timestamp(LAST_DAY)
    assert LAST_DAY.isoweekday() == 7
    assert 90_000 < len(layers.visits) < 120_000
    assert 3_000 < len(layers.services) < 4_000


def test_coverage_is_as_a_good_township_has_it(placed, layers):
    month, week = (
        coverage_of_services(placed, layers.visits, layers.services, period_of(kind, LAST_DAY)).pct
        for kind in ("month", "week")
    )
    assert 75 < month < 85
    assert 35 < week < 45


def test_leaders_are_uneven(coverage):
    assert (coverage >= 95).sum() >= 5
    assert 2 <= (coverage < 50).sum() <= 8


def test_some_visits_met_nobody(layers):
    assert 0.03 < (layers.visits["outcome"] == "unreachable").mean() < 0.05


def test_fewer_are_visited_at_spring_festival_and_on_sundays(layers):
    visited_on = layers.visits["visited_on"]
    months = visited_on.dt.to_period("M").value_counts()
    assert months["2026-02"] < 0.6 * months["2026-03"]
    weekdays = visited_on.dt.day_of_week.value_counts()
    assert weekdays[6] == weekdays.min()


def test_priority_residents_are_seen_more_often_but_some_are_not(placed, layers):
    met = layers.visits[layers.visits["outcome"] == "met"]
    visits = placed["household_id"].map(met["household_id"].value_counts()).fillna(0)
    priority = placed["priority"].notna()
    assert visits[priority].mean() > 1.3 * visits[~priority].mean()
    assert visits[priority].quantile(0.1) < visits[~priority].median()


def test_water_and_power_fail_in_one_natural_village_in_summer(placed, layers, micro_grids):
    hot = hot_units(layers, placed, micro_grids, "2026-07-01", "2026-08-31", "construction")
    assert hot == set(placed.loc[placed["natural_village"] == "东场", "micro_grid_code"])


def test_sanitation_is_asked_for_along_the_county_road(placed, layers, micro_grids):
    hot = hot_units(layers, placed, micro_grids, "2026-07-01", "2026-11-22", "environment")
    assert hot
    assert hot <= set(placed.loc[placed["natural_village"] == "西谷", "micro_grid_code"])


def test_one_natural_village_was_isolated_for_three_weeks(placed, layers):
    epidemic = layers.services[layers.services["domain"] == "epidemic"]
    homes = placed.set_index("household_id").loc[epidemic["household_id"], "natural_village"]
    assert set(homes) == {"铺上"}
    assert epidemic["reported_on"].between("2026-01-05", "2026-01-25").all()
    assert set(epidemic["kind"]) == {"testing", "supplies", "needs", "elderly_check", "livestock"}


def test_most_services_are_closed_and_none_before_it_was_asked_for(layers):
    services = layers.services
    assert 0.005 < (services["status"] == "open").mean() < 0.05
    assert services["closed_on"].isna().equals(services["status"] == "open")
    assert not (services["closed_on"] < services["reported_on"]).any()
