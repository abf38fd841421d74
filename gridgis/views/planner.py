"""Planning from the page: the form, the work behind it, and the publication of a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from gridgis.geo.cache import FabricCache
from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.planning.alternatives import Alternative, propose_alternatives, rate_plan
from gridgis.planning.plan import Plan, PlanRequest, make_plan
from gridgis.store.publishing import publish_plan
from gridgis.store.reading import StoredPlan
from gridgis.views import reading
from gridgis.views.address import go
from gridgis.views.asking import Asked, ask
from gridgis.views.boundary import calm
from gridgis.views.foreseeing import fabrics, show_foreseen
from gridgis.views.jobs import Progress, current_job, start_job
from gridgis.views.records import record_plan
from gridgis.views.runs import Run, hold_run, shelf_of
from gridgis.views.scene import Scene

_PLANNED = 0.8
"""Part of the work after which what was planned is certified."""
_ALONE, _CHANGED = "alternatives.asked", "planner.changed_name"
Made = tuple[tuple[Alternative, ...], tuple[Message, ...]]


@st.fragment
def offer_planning(scene: Scene, shown: Plan | None) -> None:
    """Show the form, what its numbers allow, and the button that plans.

    Parameters
    ----------
    scene
        What the page is given.
    shown
        The plan on the map, to start from; None where there is none.
    """
    with calm(scene.lang), st.container(key="planning"):
        asked = ask(scene, shown)
        if asked is None:
            st.warning(scene.say("app.grids.form.wrong"), icon=":material/warning:")
        going = current_job(scene.store) is not None
        start = st.button(scene.say("app.grids.form.go"), type="primary", key="plan_now", disabled=going)
        if asked is None:
            return
        if start:
            _start(scene, asked, shown)
            st.rerun()
        if not asked.follow:
            show_foreseen(scene, asked.request)


def offer_publishing(scene: Scene, stored: StoredPlan) -> None:
    """Show the button that puts a draft in force."""

    def publish() -> None:
        with calm(scene.lang):
            publish_plan(scene.store, stored.plan_id, who=scene.reader.who)
            go(plan=None)

    st.button(scene.say("app.grids.publish"), type="primary", key="publish", on_click=publish)


def _start(scene: Scene, asked: Asked, shown: Plan | None) -> None:
    layers, kept, shelf = reading.layers(scene), fabrics(), shelf_of(scene.store.url)
    make = _maker(asked, layers, kept, shown)

    def work(progress: Progress) -> int:
        alternatives, change = make(lambda part, step: progress(_PLANNED * part, step))
        recorded = []
        for number, one in enumerate(alternatives):
            progress(_PLANNED + (1 - _PLANNED) * number / len(alternatives), "certificate.stage")
            recorded.append(_certify(one, layers, asked.request))
        return hold_run(shelf, Run(asked.request, tuple(recorded), change))

    start_job(scene.store, "plan", work)


def _maker(asked: Asked, layers: Layers, kept: FabricCache, shown: Plan | None) -> Callable[[Progress], Made]:
    request = asked.request

    def plan(progress: Progress) -> Made:
        if asked.several:
            return propose_alternatives(layers, request, progress=progress, fabrics=kept), ()
        made = make_plan(layers, request, progress=progress, fabrics=kept)
        return (rate_plan(_ALONE, made, layers, request),), ()

    def change(progress: Progress) -> Made:
        # the search for least change is compiled, too: whoever plans anew does not pay for it
        from gridgis.planning.replan import replan  # noqa: PLC0415

        if shown is None:
            return plan(progress)
        done = replan(shown, layers, request, locked=asked.locked, progress=progress)
        told = Message("planner.changed", {"n": done.moved, "least": done.least})
        return (rate_plan(_CHANGED, done.plan, layers, request),), (told,)

    return change if asked.follow else plan


def _certify(one: Alternative, layers: Layers, request: PlanRequest) -> Alternative:
    # compiled loops again
    from gridgis.planning.certificate import certify_plan  # noqa: PLC0415

    proved = certify_plan(one.plan, layers, request.grid_size, request.micro_size)
    return replace(one, plan=record_plan(one.plan, request, proved, one.key))
