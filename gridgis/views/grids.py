"""The page 网格 Grids: how is the land divided, and is it within the rules."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridgis.store.reading import StoredPlan
from gridgis.views import reading
from gridgis.views.address import go
from gridgis.views.bar import bar
from gridgis.views.chooser import choose_one
from gridgis.views.jobs import settle_job
from gridgis.views.legality import judge_units, legality_table, units_inside
from gridgis.views.mapping import show_ground, show_plan
from gridgis.views.parts import show_empty, show_note, show_question, show_sentences, show_table
from gridgis.views.planner import offer_planning, offer_publishing
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import count, day

_LAYERS = {"grid": "grids", "micro_grid": "micro_grids"}


def show(scene: Scene, place: Place) -> None:
    """Show the page."""
    made = settle_job(scene, "plan")
    if made is not None:
        # the draft just made comes into view
        go(plan=str(made))
        st.toast(scene.say("app.grids.done"), icon=":material/check:")
    plans = reading.plans(scene)
    if plans.empty:
        _show_beginning(scene, place)
        return
    with bar(scene, place):
        labels = dict(zip(plans["plan_id"].astype(str), plans["name"], strict=True))
        in_force = reading.plan(scene)
        order = sorted(labels, key=lambda plan_id: in_force is None or int(plan_id) != in_force.plan_id)
        chosen = choose_one(scene, "app.grids.plan", order, lambda plan_id: labels[plan_id], any_of=False, width=290)
        tier = choose_one(scene, "app.grids.tier", list(_LAYERS), scene.name_of("tier"), any_of=False)
    stored = reading.stored_plan(scene, int(chosen or order[0]))
    judged = _judged(scene, place, stored)
    show_question(scene.say("app.grids.question"), _answer(scene, place, judged))
    legality = legality_table(judged[str(tier)], scene.size_of(str(tier)), place.units, scene.lang)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        show_plan(scene, place, judged[str(tier)], str(tier))
    with right:
        _show_panel(scene, stored, legality)


def _show_beginning(scene: Scene, place: Place) -> None:
    """Offer to plan what there is: villages and households, but no plan."""
    number = int(reading.households(scene)["households"].sum())
    show_question(scene.say("app.grids.question"), scene.say("app.grids.no_plan"))
    if not number:
        show_empty(scene.say("app.grids.nobody"), scene.say("app.grids.nobody_why"))
        return
    left, right = st.columns([2, 1], gap="medium")
    with left:
        show_ground(scene, place)
    with right:
        amounts = {"households": count(number), "villages": count(len(reading.villages(scene)))}
        show_note(scene.say("app.grids.no_plan_why", **amounts))
        offer_planning(scene)


def _judged(scene: Scene, place: Place, stored: StoredPlan) -> Mapping[str, gpd.GeoDataFrame]:
    return {
        tier: judge_units(units_inside(getattr(stored.plan, layer), place.focus), scene.size_of(tier))
        for tier, layer in _LAYERS.items()
    }


def _answer(scene: Scene, place: Place, judged: Mapping[str, gpd.GeoDataFrame]) -> str:
    grids, micro_grids = judged["grid"], judged["micro_grid"]
    values = {
        "unit": place.focus.name,
        "households": count(micro_grids["households"].sum()),
        "grids": count(len(grids)),
        "micro_grids": count(len(micro_grids)),
    }
    broken = sum(int((layer["excess"] > 0).sum()) for layer in judged.values())
    return (
        scene.say("app.grids.answer_broken", n=broken, **values) if broken else scene.say("app.grids.answer", **values)
    )


def _show_panel(scene: Scene, stored: StoredPlan, legality: pd.DataFrame) -> None:
    status = scene.say(f"app.grids.status.{stored.status}")
    show_note(scene.say("app.grids.plan_line", name=stored.name, status=status, on=day(stored.effective_on)))
    if stored.status == "draft":
        offer_publishing(scene, stored)
    shown = legality[["name", "households", "verdict", "connected"]]
    show_table(scene, shown, key="legality", chosen=lambda row: go(unit=str(legality["code"].iloc[row])))
    with st.expander(scene.say("app.grids.why")):
        messages = [message.words(scene.lang) for message in stored.plan.messages]
        show_sentences(messages or [scene.say("app.grids.kept")])
    with st.expander(scene.say("app.grids.plan_again")):
        offer_planning(scene)
