"""The page 网格调整 Redraw: what happens if this border moves; and what differs between two plans."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gridgis.views import reading
from gridgis.views.address import go
from gridgis.views.bar import bar
from gridgis.views.chooser import choose_one, choose_tab
from gridgis.views.contrast import show_contrast
from gridgis.views.jobs import current_job, settle_job, show_progress
from gridgis.views.parts import show_empty, show_question
from gridgis.views.scene import Place, Scene
from gridgis.views.workbench import show_workbench

EDIT, COMPARE = "edit", "compare"
_ORDER = {"draft": 0, "published": 1, "retired": 2}


def show(scene: Scene, place: Place) -> None:
    """Show the page."""
    made = settle_job(scene, "follow")
    if made is not None:
        go(plan=str(made), do=None)
        st.toast(scene.say("workbench.followed"), icon=":material/check:")
    plans = reading.plans(scene)
    if plans.empty:
        _show_nothing(scene)
        return
    with bar(scene, place):
        do = choose_tab(scene, "workbench.do", (EDIT, COMPARE))
        plan_id = choose_plan(scene, plans)
        village = _choose_village(scene, place)
    if current_job(scene.store) is not None:
        show_progress(scene)
    if do == COMPARE:
        show_contrast(scene, place, plan_id, plans)
    else:
        show_workbench(scene, place, plan_id, village)


def choose_plan(scene: Scene, plans: pd.DataFrame) -> int:
    """Show the plans, drafts first, each with its state; the newest draft by default."""
    rows = plans.assign(order=plans["status"].map(_ORDER)).sort_values("order", kind="stable")
    labels = {
        str(number): scene.say("workbench.plan_label", name=name, status=scene.say(f"app.grids.status.{status}"))
        for number, name, status in zip(rows["plan_id"], rows["name"], rows["status"], strict=True)
    }
    chosen = choose_one(scene, "app.grids.plan", list(labels), labels.__getitem__, any_of=False, width=300)
    return int(str(chosen))


def _choose_village(scene: Scene, place: Place) -> str:
    """Show the villages: one is redrawn at a time, for no unit crosses the border of a village."""
    villages = reading.names(scene, "villages")
    here = next((unit.code for unit in place.units.path(place.focus) if unit.tier == "village"), next(iter(villages)))
    key = "redraw_village"
    st.session_state[key] = here

    def enter() -> None:
        go(unit=st.session_state[key])

    what = scene.say("workbench.village")
    st.selectbox(
        what,
        list(villages),
        format_func=lambda code: scene.say("app.choice", what=what, value=villages[code]),
        key=key,
        on_change=enter,
        label_visibility="collapsed",
        width=180,
    )
    return here


def _show_nothing(scene: Scene) -> None:
    show_question(scene.say("app.redraw.question"), scene.say("workbench.no_plan"))
    show_empty(scene.say("workbench.no_plan"), scene.say("workbench.no_plan_why"))
    st.page_link("grids", label=scene.say("workbench.to_planning"))
