"""Coverage of services: how many households were visited or served within a period, of all that are registered.

Every household counts with its weight, the column ``households``. It is covered by a period when it was met on a visit,
or a service for it was done, on a day of the period. One that was only tried is shown as unreachable, never as covered.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgis.ledger.contacts import met, rows_of, served_on, within
from gridgis.ledger.periods import Period
from gridgis.ledger.shares import Share, last_ranks, ranks, wilson_interval

LEAST_RANKED = 20
"""Households below which a unit is shown but not ranked: its interval would span about half the scale."""


def reached_households(
    households: pd.DataFrame, visits: pd.DataFrame, services: pd.DataFrame, period: Period
) -> pd.DataFrame:
    """Tell which households were covered in a period and which were only tried.

    Parameters
    ----------
    households, visits, services
        Layers of the contract; rows of other households are passed over.
    period
        Days that count.

    Returns
    -------
        ``covered`` and ``unreachable`` (bool, never both) on the index of ``households``.
    """
    visits = visits[within(visits["visited_on"], period)]
    services = services[within(served_on(services), period)]
    rows = rows_of(households, visits["household_id"])
    meeting = met(visits).to_numpy()
    covered = _among(len(households), rows[meeting], rows_of(households, services["household_id"]))
    tried = _among(len(households), rows)
    return pd.DataFrame({"covered": covered, "unreachable": tried & ~covered}, index=households.index)


def coverage_of_services(
    households: pd.DataFrame, visits: pd.DataFrame, services: pd.DataFrame, period: Period
) -> Share:
    """Count the households covered in a period, out of all that are registered.

    Parameters
    ----------
    households, visits, services, period
        As for :func:`reached_households`.
    """
    reached = reached_households(households, visits, services, period)
    weights = households["households"]
    return Share(int(weights[reached["covered"]].sum()), int(weights.sum()), int(weights[reached["unreachable"]].sum()))


def coverage_over_time(
    households: pd.DataFrame, visits: pd.DataFrame, services: pd.DataFrame, periods: Iterable[Period]
) -> pd.DataFrame:
    """Count the households covered in each of several periods, today's registered households throughout.

    Returns
    -------
        Index ``period`` (its key); ``start``, ``households``, ``covered``, ``unreachable``, ``share_pct``.
    """
    rows = []
    for period in periods:
        share = coverage_of_services(households, visits, services, period)
        rows.append((period.key, pd.Timestamp(period.start), share.denominator, share.numerator, share.unreachable))
    table = pd.DataFrame(rows, columns=["period", "start", "households", "covered", "unreachable"]).set_index("period")
    return table.assign(share_pct=100 * table["covered"] / table["households"].where(table["households"] > 0))


def coverage_by_unit(
    households: pd.DataFrame, visits: pd.DataFrame, services: pd.DataFrame, period: Period, by: str
) -> pd.DataFrame:
    """Count the households covered in each unit, with intervals, fair ranks and the standing against the whole.

    Parameters
    ----------
    households, visits, services, period
        As for :func:`reached_households`.
    by
        Column of ``households`` that names the unit, such as ``village_code``; a household in no unit is in no row.

    Returns
    -------
        One row a unit, the index sorted and named ``by``: ``households``, ``covered``, ``unreachable`` (int);
        ``share_pct``, ``low_pct``, ``high_pct`` (Wilson, 95 %); ``rank`` and ``last_rank`` (``Int64``, the best and
        the last rank that the intervals allow, missing under :data:`LEAST_RANKED` households); ``standing``:
        ``"ahead"`` or ``"behind"`` where the interval leaves out the share of all units together, ``"level"`` where it
        does not, ``"too_few"`` where the unit is not ranked.
    """
    reached = reached_households(households, visits, services, period)
    weights = households["households"]
    counts = pd.DataFrame({"households": weights} | {name: weights * reached[name] for name in reached})
    units = counts.groupby(households[by].rename(by)).sum().sort_index()
    low, high = wilson_interval(units["covered"], units["households"])
    units = units.assign(share_pct=100 * units["covered"] / units["households"], low_pct=100 * low, high_pct=100 * high)
    enough = units["households"] >= LEAST_RANKED
    ends = units["low_pct"].where(enough), units["high_pct"].where(enough)
    overall = 100 * units["covered"].sum() / max(units["households"].sum(), 1)
    standing = np.select(
        [~enough, units["low_pct"] > overall, units["high_pct"] < overall], ["too_few", "ahead", "behind"], "level"
    )
    return units.assign(rank=ranks(*ends), last_rank=last_ranks(*ends), standing=standing)


def change_by_unit(now: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    """Compute each unit's change since another period, in percentage points.

    Parameters
    ----------
    now, before
        Results of :func:`coverage_by_unit`.

    Returns
    -------
        Series ``change_points`` on the index of ``now``; missing for a unit that was not there before.
    """
    return (now["share_pct"] - before["share_pct"].reindex(now.index)).rename("change_points")


def furthest_behind(units: pd.DataFrame, count: int = 3) -> pd.DataFrame:
    """List the units that are surely behind the whole, the worst first.

    Parameters
    ----------
    units
        Result of :func:`coverage_by_unit`.
    count
        Most units to list.

    Returns
    -------
        Rows of ``units`` whose ``standing`` is ``"behind"``, by upper end of the interval and then by code: a small
        unit does not come last by bad luck alone.
    """
    return units[units["standing"] == "behind"].sort_values("high_pct", kind="stable").head(count)


def _among(households: int, *rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    among = np.zeros(households, dtype=bool)
    for found in rows:
        among[found[found >= 0]] = True
    return among
