"""The half-yearly observation on its page: the round of the sites, and the sheet of the one that is seen."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridgis.ledger.periods import Period, period_of
from gridgis.ledger.reviews.observation import MOST, way_of
from gridgis.show.tour import stops_of
from gridgis.store.observing import write_sheet
from gridgis.views import reading, standings
from gridgis.views.address import choice
from gridgis.views.boundary import calm
from gridgis.views.chooser import choose_one
from gridgis.views.mapping import show_tour
from gridgis.views.parts import show_empty, show_note, show_question
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import text_html

_ITEMS = "observation_item"
_M_PER_KM = 1000


def show_observation(scene: Scene, place: Place, period: Period, tier: str) -> None:
    """Show the observation of the half-year that a period lies in.

    Parameters
    ----------
    scene, place
        What the page is given.
    period
        Period on screen.
    tier
        Tier of the sites.
    """
    half = period_of("half_year", period.end).until(place.on)
    scene, place = reading.in_units_of(half, scene, place)
    sites = standings.tour(scene, place.units, place.focus, half, tier)
    if sites.empty:
        nothing = scene.say("review.tour.nothing", period=half.words(scene.lang))
        show_question(scene.say("review.tour.question"), nothing)
        show_empty(nothing, scene.say("review.empty_why"))
        return
    sheets = standings.scores(scene)
    sheets = sheets[(sheets["period"] == half.key) & sheets["unit_code"].isin(sites.index)]
    review = standings.review(scene, place.units, place.focus, half, tier)
    way = way_of(sites, standings.shapes_of(scene, review, tier))
    show_question(scene.say("review.tour.question"), _answer(scene, half, float(way.length.sum()), sheets, len(sites)))
    site = choice("site", list(sites.index), str(sites.index[0]))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        show_tour(scene, place, sites, way, site)
    with right:
        _show_stops(scene, sites)
        _show_sheet(scene, half, sites, sheets)


def _answer(scene: Scene, half: Period, way_m: float, sheets: pd.DataFrame, sites: int) -> str:
    words = {"period": half.words(scene.lang), "km": f"{way_m / _M_PER_KM:.1f}"}
    seen = sheets["unit_code"].nunique()
    answer = scene.say("review.tour.answer", n=sites, **words)
    if not seen:
        return scene.say("review.tour.unseen", answer=answer)
    points = f"{int(sheets['score'].sum())}/{int(sheets['most'].sum())}"
    return scene.say("review.tour.seen", answer=answer, n=seen, points=points)


def _show_stops(scene: Scene, sites: gpd.GeoDataFrame) -> None:
    rows = "".join(f"<li>{text_html(stop)}</li>" for stop in stops_of(sites, scene.lang))
    st.html(f'<ol class="gg-list">{rows}</ol>')


def _show_sheet(scene: Scene, half: Period, sites: gpd.GeoDataFrame, sheets: pd.DataFrame) -> None:
    names = dict(zip(sites.index, sites["name"], strict=True))
    site = str(
        choose_one(
            scene, "review.site", [str(code) for code in sites.index], names.__getitem__, any_of=False, width=300
        )
    )
    if scene.reader.units is not None or not scene.reader.may("review"):
        show_note(scene.say("review.sheet.township_only"))
        return
    held = sheets[sheets["unit_code"] == site].set_index("item")
    with st.form(f"sheet_{half.key}_{site}", border=False):
        entered = {item: _ask_item(scene, item, held, site) for item in scene.vocabulary.codes(_ITEMS)}
        if st.form_submit_button(scene.say("review.sheet.keep"), type="primary", width="stretch"):
            with calm(scene.lang):
                points = {item: score for item, (score, _) in entered.items() if score is not None}
                notes = {item: note for item, (_, note) in entered.items()}
                write_sheet(scene.store, scene.reader, (half.key, site), points, notes)
                st.toast(scene.say("review.sheet.kept", unit=names[site]), icon=":material/check:")
                st.rerun()


def _ask_item(scene: Scene, item: str, held: pd.DataFrame, site: str) -> tuple[int | None, str]:
    known = held.loc[[item]].to_dict("records")[0] if item in held.index else None
    called = scene.word(_ITEMS)(item)
    left, right = st.columns([1, 2], gap="small")
    with left:
        score = st.number_input(
            scene.say("review.sheet.item", item=called, most=MOST),
            min_value=0,
            max_value=MOST,
            value=None if known is None else int(known["score"]),
            step=1,
            key=f"score_{site}_{item}",
        )
    with right:
        note = st.text_input(
            scene.say("review.sheet.note"),
            value="" if known is None or pd.isna(known["note"]) else str(known["note"]),
            max_chars=100,
            key=f"note_{site}_{item}",
        )
    return None if score is None else int(score), note
