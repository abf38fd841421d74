"""The four reviews on paper: map, findings in sentences, scorecard, what to do next, and a place to sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd

from gridgis.ledger.coverage import LEAST_RANKED
from gridgis.ledger.reviews.findings import findings_of, next_steps
from gridgis.ledger.reviews.scores import Review
from gridgis.model.weighing import ReviewWeights
from gridgis.model.words import Lang, say
from gridgis.show.linechart import line_chart
from gridgis.show.palette import LIGHT
from gridgis.show.scorecard import Cell, head_of, scorecard_rows
from gridgis.show.scores import classify_scores
from gridgis.show.sketch import HATCH, Drawing, sketch_map
from gridgis.show.tour import stops_of
from gridgis.show.typeset import typeset, typeset_png

_LEAST_TREND = 2
_CLASSES = 5


@dataclass(frozen=True)
class Bulletin:
    """What a bulletin says.

    Parameters
    ----------
    review
        The review of the period.
    trend
        Result of :func:`gridgis.ledger.reviews.trends.trend_of`.
    before
        The review of the period before; None where there is none.
    weights
        How much each indicator counts.
    units
        Units compared: index code; ``name``, ``geometry`` in a metric CRS.
    ways
        Roads and rivers, in the same CRS.
    top, township
        What the unit that is reviewed is called, and its township.
    tier
        Tier of the unit that is reviewed, for whose secretary there is a place to sign.
    tour
        Of a half-year, the round of its observation: result of
        :func:`gridgis.ledger.reviews.observation.plan_tour`; None of any other period.
    made_on
        Day on which it was made.
    synthetic
        Whether the data is synthetic, which every page then says.
    """

    review: Review
    trend: pd.DataFrame
    before: Review | None
    weights: ReviewWeights
    units: gpd.GeoDataFrame
    top: str
    township: str
    tier: str
    made_on: date
    ways: gpd.GeoSeries
    synthetic: bool
    tour: gpd.GeoDataFrame | None = None


def bulletin_pdf(bulletin: Bulletin, lang: Lang) -> bytes:
    """Make the PDF: A4, with page numbers."""
    return typeset("review", bulletin_data(bulletin, lang), _pictures(bulletin, lang))


def bulletin_png(bulletin: Bulletin, lang: Lang, ppi: int = 96) -> list[bytes]:
    """Make the same as pictures, a page each."""
    return typeset_png("review", bulletin_data(bulletin, lang), _pictures(bulletin, lang), ppi)


def answer_of(review: Review, top: str, names: Mapping[str, str], lang: Lang, on: date | None = None) -> str:
    """Answer in a sentence how a unit did and who is clearly behind.

    Parameters
    ----------
    review
        The review.
    top, names
        What the unit that is reviewed and those inside it are called.
    lang
        Language of the words.
    on
        Today, for "this week".
    """
    score, low, high = (f"{value:.1f}" for value in (review.score, review.low, review.high))
    period = review.period.during(on).words(lang)
    answer = say("review.answer", lang, unit=top, period=period, score=score, low=low, high=high)
    behind = review.units[review.units["standing"] == "behind"].sort_values("high", kind="stable").head(2)
    if behind.empty:
        return say("review.answer_level", lang, answer=answer)
    called = [
        say("review.unit_score", lang, name=names.get(str(code), str(code)), points=f"{value:.1f}")
        for code, value in behind["score"].items()
    ]
    listed = called[0] if len(called) == 1 else say("app.listed", lang, left=called[0], right=called[1])
    return say("review.answer_behind", lang, answer=answer, names=listed)


def bulletin_data(bulletin: Bulletin, lang: Lang) -> dict[str, object]:
    """Put a bulletin in words, as its template takes them."""
    review, names = bulletin.review, bulletin.units["name"].to_dict()
    period = review.period
    rows = scorecard_rows(review, names, lang)
    heads = [say("review.score", lang), *(head_of(indicator, lang) for indicator in review.measured)]
    has_trend = len(bulletin.trend.dropna(subset=["score"])) >= _LEAST_TREND
    whole = period.words(lang)
    return {
        "lang": lang,
        "title": say("review.paper.title", lang, kind=say(f"review.kind.{period.kind}", lang), unit=bulletin.top),
        "subtitle": say(
            "review.paper.subtitle", lang, period=whole[:1].upper() + whole[1:], first=period.start, last=period.end
        ),
        "answer": answer_of(review, bulletin.top, names, lang),
        "map_title": say("review.map", lang),
        "findings_title": say("review.findings", lang),
        "findings": [message.words(lang) for message in findings_of(review, names, bulletin.weights, bulletin.before)],
        "table_title": say("review.scorecard", lang),
        "heads": [say("review.unit", lang), say("review.rank", lang), *heads],
        "rows": [{"name": row.name, "cells": [_cell(_rank(row.rank)), *map(_cell, row.cells)]} for row in rows],
        "key": say("review.key", lang),
        "steps_title": say("review.steps", lang),
        "steps": [message.words(lang) for message in next_steps(review, names, bulletin.weights, top=bulletin.top)],
        "tour_title": "" if bulletin.tour is None else say("review.tour.title", lang),
        "tour": [] if bulletin.tour is None else stops_of(bulletin.tour, lang),
        "trend_title": say("review.trend", lang, unit=bulletin.top) if has_trend else "",
        "method": " ".join(
            [
                say("review.method_score", lang, least=LEAST_RANKED),
                say("review.method_ties", lang),
                say("review.method_plan", lang),
            ]
        ),
        "sign": say(f"review.paper.sign.{bulletin.tier}", lang),
        "date": say("review.paper.date", lang),
        "foot": say("review.paper.foot", lang, township=bulletin.township, on=bulletin.made_on),
        "synthetic": say("app.synthetic", lang) if bulletin.synthetic else "",
    }


def _rank(rank: str) -> Cell:
    return Cell("", rank, "", "")


def _cell(cell: Cell) -> dict[str, str]:
    return {"words": cell.words, "below": cell.below, "standing": cell.standing, "sign": cell.sign}


def _pictures(bulletin: Bulletin, lang: Lang) -> dict[str, bytes]:
    units = bulletin.units.join(bulletin.review.units, how="inner")
    kinds, words = classify_scores(units, lang)
    fills = [*(LIGHT[f"share_{at}"] for at in range(_CLASSES)), HATCH]
    legend = [(fills[at], words[at]) for at in (*reversed(range(_CLASSES)), _CLASSES) if at in kinds]
    # on a map of a unit, its own name need not stand before those of its parts
    short = [name.removeprefix(bulletin.top).strip() or name for name in units["name"].astype(str)]
    drawn = units.assign(fill=[fills[kind] for kind in kinds], name=short)
    area = drawn.geometry.union_all()
    edges, ways = gpd.GeoSeries([area], crs=drawn.crs), bulletin.ways.intersection(area)
    drawing = Drawing(drawn, ways[~ways.is_empty], edges, legend, say("review.paper.north", lang))
    files = {"map.svg": sketch_map(drawing)}
    known = bulletin.trend.dropna(subset=["score"])
    if len(known) >= _LEAST_TREND:
        files["trend.svg"] = line_chart(known, [str(key) for key in known.index])
    return files
