"""The half-yearly observation: which sites to see, why, and in what order."""

from __future__ import annotations

from itertools import permutations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely import LineString

from gridgis.ledger.reviews.scores import Review
from gridgis.ledger.reviews.trends import change_of

MOST = 10
"""The most points that an item of a score sheet can bring."""
_BEST, _WORST, _IMPROVING, _DRAWN = 1, 2, 1, 2
_EXACT = 8
"""Sites up to which every order is tried."""


def choose_sites(review: Review, before: Review | None, seed: int) -> pd.Series:
    """Choose the units to see: the best, the worst, the one that improved most, and some by lot.

    The lot is open to all: every unit may be seen, not only those that stand out.

    Parameters
    ----------
    review
        The half-year's.
    before
        The review of the half-year before; None where there is none.
    seed
        Seed of the lot; the same seed draws the same units.

    Returns
    -------
        Series ``why`` (``"best"``, ``"worst"``, ``"improving"``, ``"drawn"``) on the codes of the units, each once.
    """
    ranked = review.units[review.units["standing"] != "too_few"].sort_index()
    by_score = ranked.sort_values("score", kind="stable").index.tolist()
    chosen = dict.fromkeys(by_score[:_WORST], "worst")
    chosen |= {unit: "best" for unit in by_score[::-1][:_BEST] if unit not in chosen}
    if before is not None:
        change = change_of(review, before)["change"].drop(list(chosen), errors="ignore").dropna()
        better = change[change > 0].sort_index().sort_values(ascending=False, kind="stable")
        chosen |= dict.fromkeys(better.index[:_IMPROVING], "improving")
    left = sorted(set(review.units.index) - set(chosen))
    drawn = np.random.default_rng(seed).permutation(np.array(left, dtype=object))[:_DRAWN]
    chosen |= dict.fromkeys(sorted(drawn), "drawn")
    return pd.Series(chosen, name="why", dtype="str").rename_axis("unit")


def plan_tour(
    reviews: tuple[Review, Review | None], units: gpd.GeoDataFrame, sheets: pd.DataFrame, seed: int
) -> gpd.GeoDataFrame:
    """Plan the round of a half-year's observation.

    Parameters
    ----------
    reviews
        The half-year's and the one before, None where there is none; without what observers found, so that it does not
        change the choice.
    units
        The units reviewed: index code; ``name``, ``geometry`` in a metric CRS.
    sheets
        Score sheets of the half-year: ``unit_code``, ``score``, ``most``. A unit that has one stays on the list.
    seed
        As for :func:`choose_sites`.

    Returns
    -------
        Rows of ``units`` in the order of the round, which begins and ends in their middle: ``name``, ``why`` (as of
        :func:`choose_sites`, or ``"seen"``), ``leg_m``, ``score`` and ``most`` (missing without a sheet), ``geometry``.
    """
    points = sheets.groupby("unit_code")[["score", "most"]].sum()
    why = choose_sites(*reviews, seed)
    seen = points.index[points.index.isin(units.index) & ~points.index.isin(why.index)]
    why = pd.concat([why, pd.Series("seen", index=seen, dtype="str")])
    sites = units.loc[why.index].assign(why=why)
    places = sites.geometry.representative_point()
    order = order_sites(places, middle_of(units))
    return sites.loc[order.index].assign(leg_m=order["leg_m"]).join(points)


def middle_of(units: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Find where a round through some units begins and ends: one point."""
    return gpd.GeoSeries([units.geometry.union_all()], crs=units.crs).representative_point()


def way_of(tour: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Draw the way of a round, from the middle of the units through all sites and back: one line, in their CRS."""
    start = middle_of(units)
    return gpd.GeoSeries([LineString([*start, *tour.geometry.representative_point(), *start])], crs=units.crs)


def order_sites(sites: gpd.GeoSeries, start: gpd.GeoSeries) -> pd.DataFrame:
    """Order sites as a round: from the start to each of them once and back, as short as can be.

    Parameters
    ----------
    sites
        A point a site, in a metric CRS; index: codes.
    start
        One point: where the round begins and ends, in the same CRS.

    Returns
    -------
        Index: codes in the order of the round; ``leg_m``, metres in a straight line from the stop before. Up to eight
        sites the shortest round of all; beyond, the nearest next one, improved by turning parts round (2-opt).

    Source: G. A. Croes (1958), A method for solving traveling-salesman problems, Operations Research 6(6): 791-812.
    """
    sites = sites.sort_index()
    points = np.column_stack([np.append(start.x, sites.x), np.append(start.y, sites.y)])
    metres = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    stops = list(range(1, len(points)))
    order = _shortest(metres, stops) if len(stops) <= _EXACT else _improved(metres, _nearest(metres, stops))
    legs = metres[[0, *order[:-1]], order] if order else np.array([])
    return pd.DataFrame({"leg_m": legs}, index=sites.index[np.array(order, dtype=int) - 1])


def _length(metres: NDArray[np.float64], order: list[int]) -> float:
    return float(metres[[0, *order], [*order, 0]].sum())


def _shortest(metres: NDArray[np.float64], stops: list[int]) -> list[int]:
    orders = np.array(list(permutations(stops)), dtype=int).reshape(-1, len(stops))
    if not stops:
        return []
    home = np.zeros((len(orders), 1), dtype=int)
    rounds = np.hstack([home, orders, home])
    lengths = metres[rounds[:, :-1], rounds[:, 1:]].sum(axis=1)
    return [int(stop) for stop in orders[int(np.argmin(lengths.round(6)))]]


def _nearest(metres: NDArray[np.float64], stops: list[int]) -> list[int]:
    order, left, here = [], set(stops), 0
    while left:
        here = min(left, key=lambda stop: (metres[here, stop], stop))
        left.remove(here)
        order.append(here)
    return order


def _improved(metres: NDArray[np.float64], order: list[int]) -> list[int]:
    better = True
    while better:
        better = False
        for first in range(len(order) - 1):
            for last in range(first + 1, len(order)):
                turned = order[:first] + order[first : last + 1][::-1] + order[last + 1 :]
                if _length(metres, turned) < _length(metres, order) - 1e-6:
                    order, better = turned, True
    return order
