"""A review: each unit's indicators with their intervals, and the score they come to, compared fairly.

**Method.** An indicator is a share with Wilson's 95 % interval on its independent cases. A unit with too few cases is
not judged by that indicator: it neither gains nor loses, the share of all units together stands in. The score is the
mean of the shares, weighted. Its interval follows the method of variance estimates recovery; indicators that rest on
the same visits are taken to err together, so that their half-widths add up, and the others to err apart, so that their
squares do. Units whose intervals overlap are tied; a unit with few households, or judged by less than half of the
weight, is not ranked.

Source: G. Y. Zou and A. Donner (2008), Construction of confidence limits about effect measures, Statistics in Medicine
27(10): 1693-1702; H. Goldstein and D. J. Spiegelhalter (1996), League tables and their limitations, JRSS A 159(3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgis.ledger.coverage import LEAST_RANKED
from gridgis.ledger.periods import Period
from gridgis.ledger.reviews.books import ALL, Books, ReviewRules
from gridgis.ledger.reviews.keeping import (
    entries_in_time,
    matters_closed,
    permits_valid,
    points_observed,
    posts_filled,
    situations_kept,
)
from gridgis.ledger.reviews.visiting import days_kept, households_covered, priority_days_kept, visits_spread
from gridgis.ledger.shares import Share, last_ranks, ranks, wilson_interval
from gridgis.model.weighing import ReviewWeights

INDICATORS: Mapping[str, Callable[[Books], pd.DataFrame]] = {
    "coverage": households_covered,
    "cadence": days_kept,
    "priority": priority_days_kept,
    "matters": matters_closed,
    "posts": posts_filled,
    "permits": permits_valid,
    "situations": situations_kept,
    "entries": entries_in_time,
    "spread": visits_spread,
    "observation": points_observed,
}
ONE_CAUSE = ("coverage", "cadence", "priority", "spread")
"""Indicators that rest on the same visits."""
_FEW = {"priority", "matters", "situations"}
_ALWAYS = {"posts", "permits", "observation"}
_LEAST_WEIGHT = 0.5


@dataclass(frozen=True)
class Review:
    """What each unit did in a period.

    Parameters
    ----------
    period, by
        Period taken to date, and the column that names the units; None where all are taken as one.
    marks
        Index ``unit`` and ``indicator``: ``numerator``, ``denominator`` (int), ``pct``, ``low_pct``, ``high_pct``;
        ``together_pct``, the share of all units taken together, and ``standing`` against it (``"ahead"``, ``"behind"``,
        ``"level"``, ``"too_few"``).
    whole
        The same of what all units are part of, measured as one unit; index ``indicator``. It is what the units come to
        together, but for the spread of effort: a whole may be served unevenly by units that are each served evenly.
    units
        Index ``unit``: ``households``, ``score``, ``low``, ``high`` (0 to 100 points), ``rank``, ``last_rank``
        (``Int64``, missing where not ranked), ``standing``.
    score, low, high
        Score of the whole and its interval; missing where nothing could be measured.
    """

    period: Period
    by: str | None
    marks: pd.DataFrame
    whole: pd.DataFrame
    units: pd.DataFrame
    score: float
    low: float
    high: float

    @property
    def measured(self) -> list[str]:
        """Name the indicators of which the whole has cases."""
        return [str(name) for name in self.whole.index[self.whole["denominator"] > 0]]

    def standing(self, indicator: str, unit: str) -> str:
        """Tell how a unit stands in an indicator."""
        return str(self.marks["standing"].loc[[(unit, indicator)]].iloc[0])

    def share(self, indicator: str, unit: str | None = None) -> Share:
        """Take an indicator of a unit, or of the whole, as a share."""
        table = self.whole.loc[[indicator]] if unit is None else self.marks.loc[[(unit, indicator)]]
        return Share(*(int(count) for count in table[["numerator", "denominator"]].to_numpy()[0]))


def review_units(books: Books, weights: ReviewWeights) -> Review:
    """Review the units of a tier in a period.

    Parameters
    ----------
    books
        What is reviewed; ``books.by`` names the units.
    weights
        How much each indicator counts.
    """
    weight = books.households["households"].groupby(books.units_of(books.households)).sum().rename_axis("unit")
    if books.by is not None:
        # a unit that is seen in part only, since its own row is out of scope, is not reviewed
        weight = weight[weight.index.isin(books.organisation["code"])]
    one = books.as_one()
    wholes = {name: _with_interval(measure(one)).reindex([ALL]) for name, measure in INDICATORS.items()}
    whole = _counted(pd.concat(wholes).droplevel(1).rename_axis("indicator"))
    if books.by is None:
        parts = {name: table.rename_axis("unit") for name, table in wholes.items()}
    else:
        parts = {name: _with_interval(measure(books)).reindex(weight.index) for name, measure in INDICATORS.items()}
    marks = _counted(pd.concat(parts, names=["indicator"])).swaplevel()
    together = _together(marks, whole)
    marks = marks.assign(together_pct=together.reindex(marks.index.get_level_values("indicator")).to_numpy())
    marks = marks.assign(standing=_standings(marks, books.rules))
    units = _scores(marks, whole, weights).assign(households=weight)
    both = pd.concat({ALL: whole, "together": whole.assign(pct=together)}, names=["unit"])
    total = _scores(both.assign(standing="level", together_pct=np.nan), whole, weights)
    score, low, high = total.loc[[ALL], ["score", "low", "high"]].to_numpy(dtype=float)[0].tolist()
    units = _ranked(units, float(total["score"].to_numpy()[1]))
    return Review(books.period, books.by, marks, whole, units, score, low, high)


def _together(marks: pd.DataFrame, whole: pd.DataFrame) -> pd.Series:
    """Take the units together: what each of them is fairly held against, since it is measured as they are."""
    counts = marks[["numerator", "denominator"]].groupby(level="indicator").sum().reindex(whole.index)
    share = 100 * counts["numerator"] / counts["denominator"].where(counts["denominator"] > 0)
    together: pd.Series = share.fillna(whole["pct"])
    return together


def _with_interval(counts: pd.DataFrame) -> pd.DataFrame:
    share = counts["numerator"] / counts["denominator"].where(counts["denominator"] > 0)
    low, high = wilson_interval(share.fillna(0) * counts["sample"], counts["sample"].where(share.notna(), 0))
    return counts.assign(pct=100 * share, low_pct=100 * low, high_pct=100 * high)


def _counted(table: pd.DataFrame) -> pd.DataFrame:
    counts = ["numerator", "denominator", "sample"]
    return table.assign(**table[counts].fillna(0).astype("int64"))


def _standings(marks: pd.DataFrame, rules: ReviewRules) -> NDArray[np.str_]:
    names = marks.index.get_level_values("indicator")
    least = np.select([names.isin(_ALWAYS), names.isin(_FEW)], [1, rules.least_few], rules.least)
    together = marks["together_pct"]
    return np.select(
        [marks["sample"] < least, marks["low_pct"] > together, marks["high_pct"] < together],
        ["too_few", "ahead", "behind"],
        "level",
    )


def _scores(marks: pd.DataFrame, whole: pd.DataFrame, weights: ReviewWeights) -> pd.DataFrame:
    """Weigh the indicators of each unit up."""
    names = marks.index.get_level_values("indicator")
    known = pd.Series(asdict(weights)).where(whole["denominator"] > 0, 0.0)
    weight = (known / (known.sum() or np.nan)).fillna(0.0).reindex(names).to_numpy()
    judged = (marks["standing"] != "too_few").to_numpy() & (weight > 0)
    pct = marks["pct"].where(judged, marks["together_pct"])
    parts = pd.DataFrame(
        {
            "score": np.where(weight > 0, weight * pct, 0.0),
            "below": np.where(judged, weight * (pct - marks["low_pct"]), 0.0),
            "above": np.where(judged, weight * (marks["high_pct"] - pct), 0.0),
            "weight": np.where(judged, weight, 0.0),
        },
        index=marks.index,
    )
    units = parts.groupby(level="unit").sum()
    cause = np.where(names.isin(ONE_CAUSE), "visits", names)
    errors = parts[["below", "above"]].groupby([parts.index.get_level_values("unit"), cause]).sum()
    errors = errors.pow(2).groupby(level=0).sum().pow(0.5)
    score = units["score"].where(units["weight"].gt(0) | bool(known.sum()))
    return pd.DataFrame(
        {
            "score": score,
            "low": score - errors["below"],
            "high": score + errors["above"],
            "weight": units["weight"],
        }
    )


def _ranked(units: pd.DataFrame, overall: float) -> pd.DataFrame:
    enough = (units["households"] >= LEAST_RANKED) & (units["weight"] >= _LEAST_WEIGHT) & units["score"].notna()
    ends = units["low"].where(enough), units["high"].where(enough)
    standing = np.select(
        [~enough, units["low"] > overall, units["high"] < overall], ["too_few", "ahead", "behind"], "level"
    )
    columns = ["households", "score", "low", "high"]
    return units[columns].assign(rank=ranks(*ends), last_rank=last_ranks(*ends), standing=standing)
