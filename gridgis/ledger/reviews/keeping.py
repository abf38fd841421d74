"""Indicators of what is kept up: matters, situations, entries, posts, permits, and what observers saw."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridgis.ledger.contacts import last_days, rows_of, served_on, within
from gridgis.ledger.posts import CERTIFIED
from gridgis.ledger.reviews.books import Books
from gridgis.ledger.reviews.visiting import summed


def matters_closed(books: Books) -> pd.DataFrame:
    """Count the matters closed by their due day, out of those that fell due in the period.

    What is closed later does not change a period that is past.

    Returns
    -------
        As for :func:`gridgis.ledger.reviews.visiting.households_covered`, in matters.
    """
    services = books.services
    allowed = services["reported_on"] + pd.Timedelta(days=books.rules.matter_days)
    due = services["due_on"].fillna(allowed)
    falls = within(due, books.period)
    closed = served_on(services) <= due
    return _counted(books, services, closed & falls, falls)


def situations_kept(books: Books) -> pd.DataFrame:
    """Count the households with a priority resident whose situation was updated lately, as of the period's last day.

    Returns
    -------
        As for :func:`gridgis.ledger.reviews.visiting.households_covered`, in households; nothing where no situation
        has ever been recorded.
    """
    households, end = books.households, pd.Timestamp(books.period.end)
    known = books.situations[books.situations["recorded_on"] <= end]
    first = int((end - pd.Timedelta(days=books.rules.situation_days - 1)).timestamp() // 86400)
    last = last_days(rows_of(households, known["household_id"]), known["recorded_on"], len(households))
    weights = households["households"].where(households["priority"].notna() & bool(len(known)), 0)
    return summed(books, weights * (last >= first), weights, weights)


def entries_in_time(books: Books) -> pd.DataFrame:
    """Count the visits of the period entered within days, out of those whose day of entry is known.

    Returns
    -------
        As for :func:`gridgis.ledger.reviews.visiting.households_covered`, in visits.
    """
    visits = books.visits[within(books.visits["visited_on"], books.period) & books.visits["entered_on"].notna()]
    soon = visits["entered_on"] - visits["visited_on"] <= pd.Timedelta(days=books.rules.entry_days)
    rows = rows_of(books.households, visits["household_id"])
    size = len(books.households)
    counts = [
        pd.Series(np.bincount(rows[chosen], minlength=size), index=books.households.index)
        for chosen in ((rows >= 0) & soon.to_numpy(), rows >= 0)
    ]
    return summed(books, counts[0], counts[1], counts[1])


def posts_filled(books: Books) -> pd.DataFrame:
    """Count the units with their head in post, out of all in the unit, itself among them.

    Returns
    -------
        As for :func:`gridgis.ledger.reviews.visiting.households_covered`, in posts.
    """
    vacant = books.gaps == "vacant"
    return _counted(books, books.organisation, ~vacant, pd.Series(data=True, index=vacant.index))


def permits_valid(books: Books) -> pd.DataFrame:
    """Count the heads with a valid work permit on the period's last day, out of those in post who need one.

    Returns
    -------
        As for :func:`gridgis.ledger.reviews.visiting.households_covered`, in heads.
    """
    needs = (books.gaps != "vacant") & books.organisation["tier"].isin(CERTIFIED)
    return _counted(books, books.organisation, books.gaps == "", needs)


def points_observed(books: Books) -> pd.DataFrame:
    """Sum the points that observers gave, out of the most they could give.

    Returns
    -------
        As for :func:`gridgis.ledger.reviews.visiting.households_covered`, in points; a sheet's item is one case.
    """
    sheets = books.scores.merge(books.organisation, left_on="unit_code", right_on="code")
    points = {"numerator": sheets["score"], "denominator": sheets["most"], "sample": 1}
    return pd.DataFrame(points).groupby(books.units_of(sheets).rename("unit")).sum()


def _counted(books: Books, rows: pd.DataFrame, part: pd.Series, whole: pd.Series) -> pd.DataFrame:
    table = pd.DataFrame({"numerator": part & whole, "denominator": whole, "sample": whole}).astype("int64")
    return table.groupby(books.units_of(rows).rename("unit")).sum()
