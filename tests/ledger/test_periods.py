"""Periods: each day lies in one of each kind, and a key names it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.ledger.periods import Period, period_named, period_of

KINDS = st.sampled_from(["week", "month", "half_year", "year"])
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(KINDS, DAYS)
def test_a_day_lies_in_its_period_and_the_key_leads_back(kind, on):
    period = period_of(kind, on)
    assert period.start <= on <= period.end
    assert period_named(period.key) == period


@given(KINDS, DAYS)
def test_periods_follow_one_another_without_gap_or_overlap(kind, on):
    period = period_of(kind, on)
    assert period.previous().end + timedelta(days=1) == period.start
    assert period.previous().following() == period


@given(KINDS, DAYS, st.integers(-40, 400))
def test_a_period_to_date_keeps_its_key_and_compares_with_as_many_days(kind, on, later):
    whole = period_of(kind, on)
    part = whole.until(whole.start + timedelta(days=later))
    assert part.key == whole.key
    assert whole.start <= part.end <= whole.end
    assert part.to_date == (part != whole)
    assert part.previous().days == (min(part.days, whole.previous().days) if part.to_date else whole.previous().days)


@given(DAYS)
def test_weeks_run_from_monday_to_sunday(on):
    week = period_of("week", on)
    assert (week.start.isoweekday(), week.end.isoweekday(), week.days) == (1, 7, 7)


@pytest.mark.parametrize(
    "key", ["", "2026-13", "2026-W54", "2026-W00", "2026-H3", "2026-1", "26", "2026-W53-1", "本周"]
)
def test_a_key_that_names_no_period_is_refused(key):
    with pytest.raises(ValueError, match=r"."):
        period_named(key)


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("2026-W47", "2026年第47周", "week 47 of 2026"),
        ("2026-11", "2026年11月", "November 2026"),
        ("2026-H2", "2026年下半年", "the second half of 2026"),
        ("2026", "2026年", "2026"),
    ],
)
def test_periods_are_named_in_both_languages(key, zh, en):
    period = period_named(key)
    assert (period.words("zh"), period.words("en")) == (zh, en)
    assert period.words("zh", period.end) in {"本周", "本月", "本半年", "本年"}
    assert period.words("en", period.end + timedelta(days=1)) == en


def test_the_week_of_new_year_belongs_to_the_year_of_its_thursday():
    assert period_of("week", date(2027, 1, 3)) == Period("week", date(2026, 12, 28), date(2027, 1, 3))
    assert period_of("week", date(2027, 1, 3)).key == "2026-W53"
