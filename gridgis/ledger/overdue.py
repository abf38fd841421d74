"""Households that are due: days since the last visit, the day the next one falls due, and whom to see first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgis.ledger.contacts import NEVER, day_number, last_days, met, rows_of

VisitState = Literal["in_order", "due_soon", "overdue", "never", "unreachable"]
VISIT_STATES: tuple[VisitState, ...] = get_args(VisitState)
DUE: tuple[VisitState, ...] = ("overdue", "never", "unreachable")
"""States of a household that should have been visited and was not."""


@dataclass(frozen=True)
class Cadence:
    """How often a household is to be visited.

    Parameters
    ----------
    days
        Days within which every household is to be visited.
    priority_days
        Days within which a household with a priority resident is to be visited.
    soon_days
        Days before it is overdue during which a household counts as due soon.
    """

    days: int = 30
    priority_days: int = 7
    soon_days: int = 3


def days_allowed(households: pd.DataFrame, cadence: Cadence) -> NDArray[np.int64]:
    """Tell within how many days each household is to be visited, in the order of ``households``."""
    return np.where(households["priority"].notna(), cadence.priority_days, cadence.days)


def visit_states(households: pd.DataFrame, visits: pd.DataFrame, on: date, cadence: Cadence) -> pd.DataFrame:
    """Tell how each household stands with its visits on a day.

    Parameters
    ----------
    households, visits
        Layers of the contract; visits after ``on`` are passed over.
    on
        Day that the question is asked on.
    cadence
        How often a household is to be visited.

    Returns
    -------
        Index ``household_id`` in the order of ``households``: ``last_visited_on``, ``tried_on`` (last attempt that
        met nobody) and ``due_on`` (days, missing where there is none), ``days_since`` and ``days_overdue``
        (``Int64``; missing where the household was never visited), and ``state``: ``"in_order"``, ``"due_soon"``
        (within ``soon_days`` of ``due_on``, that day included), ``"overdue"`` (after it), ``"never"`` visited, or
        ``"unreachable"``: overdue or never visited, but tried within the last cadence.
    """
    visits = visits[visits["visited_on"] <= pd.Timestamp(on)]
    rows = rows_of(households, visits["household_id"])
    meeting = met(visits).to_numpy()
    last, tried = (
        last_days(rows[chosen], visits["visited_on"][chosen], len(households)) for chosen in (meeting, ~meeting)
    )
    every = days_allowed(households, cadence)
    today = day_number(on)
    seen = last != NEVER
    due = np.where(seen, last, 0) + every
    late = ~seen | (due < today)
    # a failed attempt excuses only as long as a visit would have lasted
    attempted = (tried != NEVER) & (np.where(tried != NEVER, tried, 0) + every >= today) & (tried >= last)
    state = np.select(
        [late & attempted, ~seen, late, due - today <= cadence.soon_days],
        ["unreachable", "never", "overdue", "due_soon"],
        "in_order",
    )
    index = pd.Index(households["household_id"], name="household_id")
    return pd.DataFrame(
        {
            "last_visited_on": _days(last, seen),
            "tried_on": _days(tried, tried != NEVER),
            "due_on": _days(due, seen),
            "days_since": pd.Series(today - np.where(seen, last, 0), dtype="Int64").where(seen).array,
            "days_overdue": pd.Series(np.maximum(today - due, 0), dtype="Int64").where(seen).array,
            "state": state,
        },
        index=index,
    )


def overdue_households(households: pd.DataFrame, visits: pd.DataFrame, on: date, cadence: Cadence) -> pd.DataFrame:
    """List the households that should have been visited and were not, in the order to see them.

    Parameters
    ----------
    households, visits, on, cadence
        As for :func:`visit_states`.

    Returns
    -------
        Rows of ``households`` whose state is one of :data:`DUE`, with the columns of :func:`visit_states`: those with
        a priority resident first, then the never visited, then by days overdue, then by id.
    """
    states = visit_states(households, visits, on, cadence).set_axis(households.index)
    due = households[states["state"].isin(DUE)].join(states)
    order = pd.DataFrame(
        {
            "ordinary": due["priority"].isna(),
            "visited": due["last_visited_on"].notna(),
            "recent": -due["days_overdue"].fillna(0),
            "household_id": due["household_id"],
        }
    ).reset_index(drop=True)
    return due.iloc[order.sort_values(order.columns.tolist()).index]


def _days(numbers: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.datetime64]:
    days = np.where(known, numbers, 0).astype("datetime64[D]").astype("datetime64[s]")
    days[~known] = np.datetime64("NaT")
    return days
