"""What is said of a review: every sentence names a unit, a figure and its fraction, and none is said without cause."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridgis.ledger.periods import period_named
from gridgis.ledger.reviews.findings import figure_of, findings_of, next_steps
from gridgis.ledger.reviews.scores import INDICATORS, Review
from gridgis.ledger.shares import Share
from gridgis.model.weighing import ReviewWeights
from gridgis.model.words import LANGS

NAMES = {"a": "东村", "b": "西村"}
WEIGHTS = ReviewWeights()
PERIOD = period_named("2026-W47")


def review_of(marks, score=(80.0, 70.0)):
    """Lay out {(unit, indicator): (numerator, denominator, standing)} as a review; the rest is level and whole."""
    rows = {(unit, name): marks.get((unit, name), (50, 50, "level")) for unit in NAMES for name in INDICATORS}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["numerator", "denominator", "standing"])
    table.index = pd.MultiIndex.from_tuples(table.index, names=["unit", "indicator"])
    pct = 100 * table["numerator"] / table["denominator"]
    whole = table[["numerator", "denominator"]].groupby(level="indicator").sum().reindex(list(INDICATORS))
    whole = whole.assign(pct=100 * whole["numerator"] / whole["denominator"])
    together = whole["pct"].reindex(table.index.get_level_values("indicator")).to_numpy()
    values = np.array(score)
    units = pd.DataFrame(
        {"households": 100, "score": values, "low": values - 2, "high": values + 2, "standing": "level"},
        index=pd.Index(list(NAMES), name="unit"),
    )
    return Review(PERIOD, "village_code", table.assign(pct=pct, together_pct=together), whole, units, 75.0, 73.0, 77.0)


def said(messages, lang="zh"):
    return [message.words(lang).replace("\N{NO-BREAK SPACE}", " ") for message in messages]


def test_a_unit_behind_is_named_with_its_fraction_and_what_is_missing():
    review = review_of({("b", "coverage"): (30, 50, "behind")})
    found = said(findings_of(review, NAMES, WEIGHTS, None))
    assert found == ["西村：走访服务覆盖 60.0 %（30/50 户），明显低于合计的 80.0 %。"]
    assert said(next_steps(review, NAMES, WEIGHTS, top="乡")) == [
        "西村：还有 20 户本期未走访，按“未走访”清单逐户补上。"
    ]


def test_missing_household_days_are_said_as_households_on_a_day():
    review = review_of({("a", "cadence"): (335, 350, "behind")})
    assert said(next_steps(review, NAMES, WEIGHTS, top="乡"), "en") == [
        "东村: 3 households overdue on an average day; walk the overdue first."
    ]


def test_what_weighs_more_comes_first_and_without_anybody_behind_the_whole_is_told_what_to_do():
    review = review_of({("a", "posts"): (1, 50, "behind"), ("b", "coverage"): (20, 50, "behind")})
    assert [message.key for message in next_steps(review, NAMES, WEIGHTS, top="乡")] == [
        "review.next.coverage",
        "review.next.posts",
    ]
    level = review_of({("a", "matters"): (49, 50, "level")})
    assert said(next_steps(level, NAMES, WEIGHTS, top="谷乡")) == ["谷乡：1 件未按时办结，逐件定人，办不了的上交乡镇。"]


def test_nothing_is_said_where_nothing_is_more_than_chance():
    even = review_of({})
    assert [message.key for message in findings_of(even, NAMES, WEIGHTS, even)] == ["review.found.nothing"]
    assert [message.key for message in next_steps(even, NAMES, WEIGHTS, top="乡")] == ["review.next.nothing"]


def test_a_change_is_said_where_the_intervals_part():
    now, before = review_of({}, (80.0, 70.0)), review_of({}, (75.0, 70.0))
    assert said(findings_of(now, NAMES, WEIGHTS, before)) == ["东村：得分比上期高 5.0 分，超出偶然。"]
    assert said(findings_of(before, NAMES, WEIGHTS, now)) == ["东村：得分比上期低 5.0 分，超出偶然。"]


def test_visits_to_the_same_households_are_shown():
    review = review_of({("a", "spread"): (30, 50, "level"), ("b", "spread"): (50, 50, "level")})
    assert said(findings_of(review, NAMES, WEIGHTS, None)) == [
        "100 次走访中有 20 次（20.0 %）去了反复看的户，匀给看得少的户才均衡。"
    ]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_indicator_has_its_words(indicator, lang):
    assert "1,024/2,048" in figure_of(indicator, Share(1024, 2048)).words(lang)
    review = review_of({("a", indicator): (1, 50, "behind"), ("b", indicator): (50, 50, "ahead")})
    messages = [*findings_of(review, NAMES, WEIGHTS, None), *next_steps(review, NAMES, WEIGHTS, top="乡")]
    assert all(NAMES["a"] in text or NAMES["b"] in text or "100" in text for text in said(messages, lang))
