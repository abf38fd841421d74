"""How a unit's score went over periods, each in the units that were in force then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pandas as pd

from gridgis.ledger.periods import Period, period_of
from gridgis.ledger.reviews.scores import Review

LENGTHS = {"week": 8, "month": 6, "half_year": 4, "year": 3}
"""Periods of a trend, the last one among them."""


def periods_until(period: Period, since: date | None) -> list[Period]:
    """List the periods of a trend, oldest first.

    Parameters
    ----------
    period
        The last one.
    since
        First day of the ledger: a period that it does not cover from its first day on is left out.
    """
    found = [period]
    for _ in range(LENGTHS[period.kind] - 1):
        # a period that is past is taken whole, only the last one is to date
        before = period_of(period.kind, found[0].start - timedelta(days=1))
        if since is None or before.start < since:
            break
        found.insert(0, before)
    return found


def trend_of(reviews: Iterable[Review]) -> pd.DataFrame:
    """Lay the scores of the whole out over time.

    Returns
    -------
        Index ``period`` (key): ``start``, ``score``, ``low``, ``high``, and the ``pct`` of every indicator.
    """
    rows = {
        review.period.key: {"start": pd.Timestamp(review.period.start)}
        | {"score": review.score, "low": review.low, "high": review.high}
        | review.whole["pct"].to_dict()
        for review in reviews
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("period")


def change_of(now: Review, before: Review) -> pd.DataFrame:
    """Compare the units of two reviews.

    Returns
    -------
        On the units of ``now``: ``change`` (points, missing for a unit that was not there), ``moved``: ``"up"`` or
        ``"down"`` where the intervals do not overlap, else ``"level"``.
    """
    old = before.units.reindex(now.units.index)
    judged = (now.units["standing"] != "too_few") & (old["standing"] != "too_few")
    up, down = judged & (now.units["low"] > old["high"]), judged & (now.units["high"] < old["low"])
    moved = pd.Series("level", index=now.units.index).mask(up, "up").mask(down, "down")
    return pd.DataFrame({"change": now.units["score"] - old["score"], "moved": moved})
