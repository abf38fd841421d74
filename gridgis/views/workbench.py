"""Redrawing: the map with its tools beside what the edit in hand means, all in one fragment of the page."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from gridgis.views.bench_strip import strip_of
from gridgis.views.benchmap import KEY, show_bench
from gridgis.views.boundary import calm
from gridgis.views.chooser import choose_tab
from gridgis.views.desk import Desk, keep_desk, page_asked_for
from gridgis.views.drafts import is_draft, lay_out, reachable
from gridgis.views.effects import show_effect
from gridgis.views.hotkeys import forward_keys
from gridgis.views.impact import context_of
from gridgis.views.orders import broken_units, new_events, take_events
from gridgis.views.parts import show_question
from gridgis.views.scene import Place, Scene
from gridgis.views.steps import show_steps
from gridgis.views.stewardship import offer_copy, show_plan_panel
from gridgis.views.unit_panel import show_problems, show_units
from gridgis.views.wording import count

NOW, STEPS, PLAN = "now", "steps", "plan"


@st.fragment
def show_workbench(scene: Scene, place: Place, plan_id: int, village: str) -> None:
    """Show one village of a plan, to be redrawn where the plan is a draft.

    Parameters
    ----------
    scene, place
        What the page is given.
    plan_id, village
        Which plan, and which of its villages.
    """
    if page_asked_for():
        st.rerun()
    with calm(scene.lang):
        _hear(scene, plan_id, village)
    with calm(scene.lang):
        desk = keep_desk(lay_out(scene, plan_id, village))
        readonly = not is_draft(scene, plan_id)
        show_question(scene.say("app.redraw.question"), _answer(scene, desk))
        back, onward = reachable(scene, plan_id)
        flags = {"undo": back and not readonly, "redo": onward and not readonly, "readonly": readonly}
        left, right = st.columns([2, 1], gap="medium")
        with left:
            show_bench(scene, place, desk, strip=strip_of(scene, desk), flags=flags)
        with right:
            _show_panel(scene, desk, readonly=readonly)
        forward_keys()
        if not readonly:
            # what the first edit needs is gathered while its planner is still looking
            context_of(scene)


def _hear(scene: Scene, plan_id: int, village: str) -> None:
    """Carry out what the map has told since the last run."""
    told = st.session_state.get(KEY)
    if isinstance(told, dict) and "events" in told:
        desk = lay_out(scene, plan_id, village)
        events = new_events(desk, told)
        # what goes wrong is not tried again and again
        desk = keep_desk(replace(desk, ack={"bench": told["bench"], "serial": told["events"][-1]["serial"]}))
        keep_desk(take_events(scene, desk, events))


def _answer(scene: Scene, desk: Desk) -> str:
    draft = desk.shown
    broken = len(broken_units(desk))
    said = {
        "village": draft.village.name,
        "households": count(draft.cells["households"].sum()),
        "grids": count(len(draft.grids)),
        "micro_grids": count(len(draft.micro_grids)),
    }
    return scene.say("workbench.answer_broken", n=broken, **said) if broken else scene.say("workbench.answer", **said)


def _show_panel(scene: Scene, desk: Desk, *, readonly: bool) -> None:
    tab = choose_tab(scene, "workbench.panel", (NOW, STEPS, PLAN))
    if tab == STEPS:
        show_steps(scene, desk, readonly=readonly)
    elif tab == PLAN:
        show_plan_panel(scene, desk, readonly=readonly)
    elif readonly:
        offer_copy(scene, desk)
        show_units(scene, desk, readonly=True)
        show_problems(scene, desk)
    elif desk.pending is not None or desk.trouble is not None:
        show_effect(scene, desk)
    else:
        show_units(scene, desk)
        show_problems(scene, desk)
