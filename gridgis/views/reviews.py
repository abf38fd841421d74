"""The page 调度评比 Reviews: how did each unit do, fairly."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from gridgis.exchange.outputs import layer_bytes
from gridgis.ledger.coverage import LEAST_RANKED
from gridgis.ledger.periods import Period
from gridgis.ledger.reviews.findings import findings_of, next_steps
from gridgis.ledger.reviews.scores import INDICATORS, Review
from gridgis.show.bulletin import answer_of, bulletin_pdf
from gridgis.store.audit import record
from gridgis.views import reading, standings
from gridgis.views.bar import bar
from gridgis.views.chooser import choose_period, choose_tab, choose_tier
from gridgis.views.mapping import show_scores
from gridgis.views.measures import unit_shapes
from gridgis.views.observation import show_observation
from gridgis.views.parts import show_empty, show_facts, show_note, show_question, show_sentences
from gridgis.views.ranking import show_ranking
from gridgis.views.scene import Place, Scene
from gridgis.views.scorecard import ranked_rows, scorecard_table, show_scorecard
from gridgis.views.trend import show_trend

KIND = "review.kind"
RESULT, OBSERVATION = "result", "observation"


def show(scene: Scene, place: Place) -> None:
    """Show the page."""
    with bar(scene, place):
        period = choose_period(scene, place, KIND)
        scene, place = reading.in_units_of(period, scene, place)
        tier = choose_tier(scene, place)
        part = choose_tab(scene, "review.part", (RESULT, OBSERVATION))
    shown = place
    if tier is None:
        # nothing lies below: the unit stands among its neighbours
        above = place.units.path(place.focus)[-2:]
        shown, tier = replace(place, focus=above[0]), place.focus.tier
    if part == OBSERVATION:
        show_observation(scene, shown, period, tier)
        return
    review = standings.review(scene, shown.units, shown.focus, period, tier)
    if not review.measured or (reading.visits(scene).empty and reading.services(scene).empty):
        _show_nothing(scene, shown, period)
        return
    names = {unit.code: unit.name for unit in place.units.units}
    answer = answer_of(review, shown.focus.name, names, scene.lang, place.on)
    show_question(scene.say("app.reviews.question"), answer)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        shapes = unit_shapes(scene, tier)[["code", "name", "geometry"]]
        show_scores(scene, place, shapes.merge(review.units, left_on="code", right_index=True))
    with right:
        show_ranking(scene.say("review.ranking"), ranked_rows(scene, place, review))
    _show_words(scene, shown, period, review, tier)
    show_scorecard(scene, place, review)
    _offer_files(scene, shown, review, tier)
    show_trend(scene, shown.focus.name, standings.trend(scene, shown, period))
    _show_method(scene)


def _show_nothing(scene: Scene, place: Place, period: Period) -> None:
    nothing = scene.say("review.answer_none", unit=place.focus.name, period=period.during(place.on).words(scene.lang))
    show_question(scene.say("app.reviews.question"), nothing)
    show_empty(nothing, scene.say("review.empty_why"))


def _show_words(scene: Scene, place: Place, period: Period, review: Review, tier: str) -> None:
    names = {unit.code: unit.name for unit in place.units.units}
    weights = scene.settings.review_weights
    before = standings.before(scene, place, period, tier)
    left, right = st.columns(2, gap="medium")
    with left:
        st.html(f"<h2 class='gg-part'>{scene.say('review.findings')}</h2>")
        show_sentences(each.words(scene.lang) for each in findings_of(review, names, weights, before))
    with right:
        st.html(f"<h2 class='gg-part'>{scene.say('review.steps')}</h2>")
        show_sentences(each.words(scene.lang) for each in next_steps(review, names, weights, top=place.focus.name))


def _offer_files(scene: Scene, place: Place, review: Review, tier: str) -> None:
    made = {"pdf": partial(_make_paper, scene, place, review, tier), "xlsx": partial(_make_sheet, scene, place, review)}
    with st.container(horizontal=True, key="downloads"):
        for form, make in made.items():
            st.download_button(
                scene.say(f"review.download_{form}"),
                data=make,
                file_name=f"{scene.say('review.file')}-{place.focus.code}-{review.period.key}.{form}",
                key=f"download_{form}",
                on_click="ignore",
                icon=":material/download:",
            )


def _make_paper(scene: Scene, place: Place, review: Review, tier: str) -> bytes:
    made = bulletin_pdf(standings.bulletin(scene, place, review, tier), scene.lang)
    record(scene.store, scene.reader.who, "export", f"review {review.period.key} pdf", len(review.units))
    return made


def _make_sheet(scene: Scene, place: Place, review: Review) -> bytes:
    table: pd.DataFrame = scorecard_table(scene, place, review)
    made = layer_bytes(table, layer="review", format="xlsx", crs=None)
    record(scene.store, scene.reader.who, "export", f"review {review.period.key}", len(table))
    return made


def _show_method(scene: Scene) -> None:
    settings = scene.settings
    days = {"entries": settings.review_entry_days, "situations": settings.review_situation_days}
    with st.expander(scene.say("review.method")):
        show_facts(
            (
                scene.say(
                    "review.column.weight",
                    name=scene.say(f"review.indicator.{indicator}"),
                    weight=f"{getattr(settings.review_weights, indicator):g}",
                ),
                scene.say(f"review.how.{indicator}", days=days.get(indicator, "")),
            )
            for indicator in INDICATORS
        )
        show_note(scene.say("review.method_score", least=LEAST_RANKED))
        show_note(scene.say("review.method_ties"))
        show_note(scene.say("review.method_plan"))
