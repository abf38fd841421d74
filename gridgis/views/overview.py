"""The page 总览 Overview: how well are we serving everybody this period, and where not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from gridgis.ledger.coverage import furthest_behind
from gridgis.ledger.periods import Period
from gridgis.ledger.sentences import sentence_of_services
from gridgis.views import measures, reading
from gridgis.views.bar import bar
from gridgis.views.chooser import choose_period, choose_tier
from gridgis.views.headline import headline_figures
from gridgis.views.mapping import show_coverage
from gridgis.views.parts import show_figures, show_note, show_question
from gridgis.views.ranking import choose_unit
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import percent

_NAMED = 1
"""Units named in the answer; the list beside the map has the others."""


def show(scene: Scene, place: Place) -> None:
    """Show the page."""
    with bar(scene, place):
        period = choose_period(scene, place)
        scene, place = reading.in_units_of(period, scene, place)
        tier = choose_tier(scene, place)
    shown = place
    if tier is None:
        # nothing lies below: the unit stands among its neighbours
        shown, tier = replace(place, focus=place.units.path(place.focus)[-2]), place.focus.tier
    coverage = measures.served_by_unit(scene, shown.units, shown.focus, period, tier)
    show_question(scene.say("app.overview.question"), _answer(scene, place, period, coverage))
    show_figures(headline_figures(scene, place, period))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        show_coverage(scene, place, measures.coverage_layer(scene, shown, period, tier))
    with right:
        choose_unit(scene, place, coverage)
        show_note(scene.say("app.overview.nobody" if coverage.empty else "app.overview.ranking_note"))
        if not place.units.has_plan:
            show_note(scene.say("app.overview.no_plan"))


def _answer(scene: Scene, place: Place, period: Period, coverage: pd.DataFrame) -> str:
    share = measures.served(scene, place.units, place.focus, period)
    answer = sentence_of_services(share, period, place.on).words(scene.lang)
    if place.focus is not place.units.root:
        answer = scene.say("app.overview.answer_of", unit=place.focus.name, answer=answer)
    if place.focus.code in coverage.index or len(coverage) <= 1:
        return scene.say("app.overview.answer", answer=answer)
    behind = furthest_behind(coverage, _NAMED)
    if behind.empty:
        return scene.say("app.overview.none_behind", answer=answer)
    names = [f"{place.units.by_code[str(code)].name} {percent(pct)}" for code, pct in behind["share_pct"].items()]
    return scene.say("app.overview.behind", answer=answer, names=scene.listed(names))
