"""Overdue households: states counted by hand, and laws that hold for every ledger."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from gridgis.ledger.overdue import DUE, VISIT_STATES, Cadence, overdue_households, visit_states

SUNDAY = date(2026, 11, 22)
CADENCE = Cadence(days=10, priority_days=5, soon_days=2)
DAYS = st.integers(-3, 40).map(lambda number: date(2026, 11, 9) + timedelta(days=number))


def test_states_are_those_counted_by_hand(households, visits):
    """Every 10 days, priority residents (capitals) every 5; asked on Sunday the 22nd.

    b was met on the 17th, due on the 27th; c on the 9th, due on the 19th; j on the 18th, due on the 28th; l on the
    15th, due on the 25th; A on the 16th, due on the 21st; K on the 20th, due on the 25th; U on the 22nd, due on
    the 27th. d was tried on the 20th.
    """
    states = visit_states(households, visits, SUNDAY, CADENCE)
    said = states.loc[list("bcjlAKUd"), "state"].to_dict()
    assert said == {
        "b": "in_order",
        "c": "overdue",
        "j": "in_order",
        "l": "in_order",
        "A": "overdue",
        "K": "in_order",
        "U": "in_order",
        "d": "unreachable",
    }
    assert states.loc["c", ["days_since", "days_overdue"]].tolist() == [13, 3]
    assert states.loc["A", "due_on"] == pd.Timestamp("2026-11-21")
    assert states.loc["d", "tried_on"] == pd.Timestamp("2026-11-20")
    assert states.loc["d", ["last_visited_on", "due_on", "days_since", "days_overdue"]].isna().all()
    assert states["state"].value_counts().to_dict() == {"never": 22, "in_order": 5, "overdue": 2, "unreachable": 1}


def test_a_household_is_due_soon_up_to_its_day_and_overdue_after_it(households, visits):
    by_day = {
        day: visit_states(households, visits, date(2026, 11, day), CADENCE).loc["b", "state"]
        for day in (24, 25, 27, 28)
    }
    assert by_day == {24: "in_order", 25: "due_soon", 27: "due_soon", 28: "overdue"}


def test_an_old_attempt_excuses_nobody(households, visits):
    later = visit_states(households, visits, date(2026, 12, 5), CADENCE)
    assert later.loc["d", "state"] == "never"


def test_priority_residents_come_first_then_the_never_visited_then_the_longest_overdue(households, visits):
    listed = overdue_households(households, visits, SUNDAY, CADENCE)
    assert listed["household_id"].tolist() == [*"A", *"1234defghimnopqrstvwxyz", "c"]
    assert listed.crs == households.crs
    assert listed.geometry.notna().all()


def test_the_list_keeps_the_index_of_the_households(households, visits):
    relabelled = households.set_axis(range(100, 130))
    listed = overdue_households(relabelled, visits, SUNDAY, CADENCE)
    assert (relabelled.loc[listed.index, "household_id"] == listed["household_id"]).all()


@given(data=st.data(), on=DAYS)
def test_order_and_repetition_of_visits_change_nothing(households, visit_ledgers, data, on):
    visits = data.draw(visit_ledgers)
    again = pd.concat([visits, visits]).sample(frac=1, random_state=1)
    assert_frame_equal(visit_states(households, visits, on, CADENCE), visit_states(households, again, on, CADENCE))


@given(data=st.data(), on=DAYS)
def test_the_future_is_not_known(households, visit_ledgers, data, on):
    visits = data.draw(visit_ledgers)
    past = visits[visits["visited_on"] <= pd.Timestamp(on)]
    assert_frame_equal(visit_states(households, visits, on, CADENCE), visit_states(households, past, on, CADENCE))


@given(data=st.data(), on=DAYS)
def test_every_household_has_one_state_and_the_dates_bear_it_out(households, visit_ledgers, data, on):
    states = visit_states(households, data.draw(visit_ledgers), on, CADENCE)
    assert states["state"].isin(VISIT_STATES).all()
    late = states["due_on"].isna() | (states["due_on"] < pd.Timestamp(on))
    assert (late == states["state"].isin(DUE)).all()
    assert ((states["days_overdue"] > 0).fillna(value=False) == (late & states["due_on"].notna())).all()
    assert (states["days_since"].dropna() >= 0).all()


@given(data=st.data(), on=DAYS)
def test_meeting_everybody_today_leaves_nobody_overdue(households, visit_ledgers, data, on):
    today = pd.DataFrame({"household_id": households["household_id"], "outcome": "met"}).assign(
        visited_on=pd.Series(pd.Timestamp(on), index=households.index, dtype="datetime64[s]")
    )
    visits = pd.concat([data.draw(visit_ledgers), today])
    assert overdue_households(households, visits, on, CADENCE).empty


@given(data=st.data(), on=DAYS)
def test_a_failed_attempt_never_puts_a_household_in_order(households, visit_ledgers, data, on):
    visits = data.draw(visit_ledgers)
    met = visits[visits["outcome"] == "met"]
    with_tries, without = (visit_states(households, table, on, CADENCE)["state"].isin(DUE) for table in (visits, met))
    assert (with_tries == without).all()
