"""The scorecard in words: a row a unit, a cell an indicator, for the page and for paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gridgis.ledger.reviews.scores import Review
from gridgis.ledger.sentences import pct_words
from gridgis.ledger.shares import ranks_words
from gridgis.model.words import Lang, say

SIGNS: Mapping[str, str] = {"ahead": "▲", "behind": "▼", "level": "●", "too_few": "○", "": ""}


@dataclass(frozen=True)
class Cell:
    """One figure: its name and words, its fraction or interval below, and how it stands with its sign."""

    name: str
    words: str
    below: str
    standing: str

    @property
    def sign(self) -> str:
        """The sign of its standing, so that colour never stands alone."""
        return SIGNS[self.standing]


@dataclass(frozen=True)
class Row:
    """One unit: its code, empty for the whole, its name, the ranks that it may hold, and its cells."""

    code: str
    name: str
    rank: str
    cells: tuple[Cell, ...]


def scorecard_rows(review: Review, names: Mapping[str, str], lang: Lang) -> list[Row]:
    """Lay a review out, the best unit first and the whole last.

    Parameters
    ----------
    review
        The review.
    names
        What each unit is called.
    lang
        Language of the words.
    """
    order = review.units.sort_values(["score", "households"], ascending=False, kind="stable").index
    rows = [_row(review, str(code), names.get(str(code), str(code)), lang) for code in order]
    return [*rows, _row(review, None, say("review.whole", lang), lang)]


def head_of(indicator: str, lang: Lang) -> str:
    """Name an indicator with the unit of its fraction."""
    unit = say(f"review.counted.{indicator}", lang)
    return say("review.paper.head", lang, name=say(f"review.indicator.{indicator}", lang), unit=unit)


def _row(review: Review, code: str | None, name: str, lang: Lang) -> Row:
    if code is None:
        score, low, high, standing, rank = review.score, review.low, review.high, "", ""
    else:
        unit = review.units.loc[[code]].to_dict("records")[0]
        score, low, high, standing = unit["score"], unit["low"], unit["high"], str(unit["standing"])
        rank = ranks_words(unit["rank"], unit["last_rank"])
    none = bool(np.isnan(score))
    span = "" if none else f"{low:.1f}–{high:.1f}"
    cells = [Cell(say("review.score", lang), "–" if none else f"{score:.1f}", span, standing)]
    for indicator in review.measured:
        share = review.share(indicator, code)
        standing = "" if code is None else review.standing(indicator, code)
        words = f"{pct_words(share)}\N{NO-BREAK SPACE}%" if share.denominator else "–"
        fraction = f"{share.numerator:,}/{share.denominator:,}" if share.denominator else ""
        cells.append(Cell(head_of(indicator, lang), words, fraction, standing))
    return Row(code or "", name, rank, tuple(cells))
