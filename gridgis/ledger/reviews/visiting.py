"""Indicators of the visits: who was reached, in time, and how evenly."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgis.ledger.contacts import day_number
from gridgis.ledger.coverage import reached_households
from gridgis.ledger.reviews.books import Books

_ROUNDING = 1e-9


def households_covered(books: Books) -> pd.DataFrame:
    """Count the households that were visited or served in the period, out of all registered.

    Returns
    -------
        Index: units; ``numerator``, ``denominator``, ``sample`` (int): what is counted, out of how many, and how many
        cases that are independent of each other stand behind it, for the interval.
    """
    covered = reached_households(books.households, books.visits, books.services, books.period)["covered"]
    weights = books.households["households"]
    return summed(books, weights * covered, weights, weights)


def days_kept(books: Books) -> pd.DataFrame:
    """Count the household-days of the period on which the household had been visited within its cadence.

    A household that is not visited for long loses a day a day, so that a visit one day late is not the same as none.

    Returns
    -------
        As for :func:`households_covered`, numerator and denominator in household-days.

    Source: person-time, as in K. J. Rothman (2012), Epidemiology: An Introduction, ch. 4.
    """
    weights = books.households["households"]
    return summed(books, weights * _days_in_order(books), weights * books.period.days, weights)


def priority_days_kept(books: Books) -> pd.DataFrame:
    """Count the same as :func:`days_kept` of the households with a priority resident, each with its own cadence."""
    weights = books.households["households"].where(books.households["priority"].notna(), 0)
    return summed(books, weights * _days_in_order(books), weights * books.period.days, weights)


def visits_spread(books: Books) -> pd.DataFrame:
    """Count the visits that an even spread would leave where they are: the rest went to the same households again.

    Had a unit's visits been spread by need, a household that is to be seen every ``d`` days would have had a share in
    proportion to ``1 / d``, a whole number of visits just below or above it. The fewest visits that would have to go to
    another household for that are the ones not spread evenly.

    Returns
    -------
        As for :func:`households_covered`, numerator and denominator in visits, those of one day counted once.

    Source: the Hoover index, E. M. Hoover (1936), The measurement of industrial localization, Review of Economics
    and Statistics 18(4): 162-171, with shares in proportion to need, in whole visits.
    """
    rows, days = books.meetings
    rows = rows[days >= day_number(books.period.start)]
    visits = pd.Series(np.bincount(rows, minlength=len(books.households)), index=books.households.index)
    need = pd.Series(1 / books.every, index=books.households.index)
    units = books.units_of(books.households)
    even = need / need.groupby(units).transform("sum") * visits.groupby(units).transform("sum")
    # a share that is whole but for rounding is whole
    above, below = np.ceil(even - _ROUNDING), np.floor(even + _ROUNDING)
    apart = pd.DataFrame({"over": (visits - above).clip(lower=0), "under": (below - visits).clip(lower=0)})
    moved = apart.groupby(units.rename("unit")).sum().max(axis=1).astype("int64")
    table = summed(books, visits, visits, pd.Series(1, index=visits.index))
    sample = np.minimum(table["sample"], table["denominator"])
    return table.assign(numerator=table["numerator"] - moved, sample=sample)


def summed(books: Books, numerator: pd.Series, denominator: pd.Series, sample: pd.Series) -> pd.DataFrame:
    """Sum figures of households by unit."""
    table = pd.DataFrame({"numerator": numerator, "denominator": denominator, "sample": sample})
    return table.groupby(books.units_of(books.households).rename("unit")).sum()


def _days_in_order(books: Books) -> NDArray[np.int64]:
    """Count each household's days of the period on which its last visit was not longer ago than its cadence."""
    rows, days = books.meetings
    start, end = day_number(books.period.start), day_number(books.period.end)
    following = np.append(days[1:], 0)
    last = np.append(rows[1:] != rows[:-1], np.ones(min(len(rows), 1), dtype=bool))
    until = np.minimum(days + books.every[rows], np.where(last, end, following - 1)).clip(max=end)
    kept = (until - np.maximum(days, start) + 1).clip(min=0)
    return np.bincount(rows, weights=kept, minlength=len(books.households)).astype(np.int64)
