"""What becomes of a plan as a whole: copied, put in force from a day on, retired, replanned with the least change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from gridgis.store.publishing import copy_plan, publish_plan, retire_plan
from gridgis.views import reading
from gridgis.views.address import go
from gridgis.views.boundary import calm
from gridgis.views.desk import Desk, ask_for_page
from gridgis.views.drafts import SIGNED, signed
from gridgis.views.following import follow_least
from gridgis.views.jobs import current_job
from gridgis.views.locking import lock_plan, lock_village
from gridgis.views.parts import show_facts, show_note
from gridgis.views.scene import Scene
from gridgis.views.unit_panel import order
from gridgis.views.wording import day


def show_plan_panel(scene: Scene, desk: Desk, *, readonly: bool) -> None:
    """Show the plan's state and what may be done with it."""
    plans = reading.plans(scene)
    row = plans[plans["plan_id"] == desk.plan_id].to_dict("records")[0]
    status = str(row["status"])
    with st.container(key="plan_panel"):
        facts = [
            (scene.say("workbench.plan_name"), str(row["name"])),
            (scene.say("workbench.plan_status"), scene.say(f"app.grids.status.{status}")),
            (scene.say("workbench.plan_by"), f"{row['created_by']} · {day(row['created_on'])}"),
        ]
        if status != "draft":
            facts.append((scene.say("workbench.plan_from"), day(row["effective_on"])))
        show_facts(facts)
        if readonly:
            show_note(scene.say("workbench.readonly"))
        _button(scene, "copy", lambda: _copy(scene, desk), main=readonly)
        if status == "draft":
            _offer_force(scene, desk)
            _offer_locks(scene)
            _offer_following(scene, desk)
        elif status == "published":
            _button(scene, "retire", lambda: retire_plan(scene.store, desk.plan_id, who=signed(scene)))
        _offer_signature(scene)


def _offer_signature(scene: Scene) -> None:
    key = "plan_signature"

    def sign() -> None:
        # a field forgets once it is out of sight
        st.session_state[SIGNED] = str(st.session_state[key]).strip()

    st.session_state.setdefault(key, st.session_state.get(SIGNED, ""))
    st.text_input(scene.say("workbench.signed"), key=key, placeholder=scene.reader.who, max_chars=40, on_change=sign)


def offer_copy(scene: Scene, desk: Desk) -> None:
    """Say why a plan is not redrawn itself, and offer the copy that can be."""
    show_note(scene.say("workbench.readonly"))
    _button(scene, "copy", lambda: _copy(scene, desk), main=True)


def _button(scene: Scene, name: str, act: Callable[[], None], *, main: bool = False) -> None:
    def press() -> None:
        with calm(scene.lang):
            act()
            # the list of plans stands outside of the fragment
            ask_for_page()

    st.button(
        scene.say(f"workbench.act.{name}"), type="primary" if main else "secondary", key=f"plan_{name}", on_click=press
    )


def _copy(scene: Scene, desk: Desk) -> None:
    name = reading.plans(scene).set_index("plan_id").at[desk.plan_id, "name"]
    called = scene.say("workbench.copy_name", name=name, on=day(reading.today()))
    go(plan=str(copy_plan(scene.store, desk.plan_id, name=called, who=signed(scene))), panel=None)


def _offer_force(scene: Scene, desk: Desk) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        on = st.date_input(scene.say("workbench.effective_on"), reading.today(), key="effective_on", width=170)

        def publish() -> None:
            publish_plan(scene.store, desk.plan_id, who=signed(scene), effective_on=on)
            go(panel=None)

        _button(scene, "publish", publish, main=True)


def _offer_locks(scene: Scene) -> None:
    for name, lock in (("village", lock_village), ("all", lock_plan)):
        with st.container(horizontal=True, gap="small"):
            for way in (True, False):
                key = f"{'lock' if way else 'unlock'}_{name}"
                act = partial(lock, scene, lock=way)
                st.button(scene.say(f"workbench.act.{key}"), key=f"plan_{key}", on_click=order, args=(scene, act))


def _offer_following(scene: Scene, desk: Desk) -> None:
    show_note(scene.say("workbench.follow_note"))
    going = current_job(scene.store) is not None
    st.button(
        scene.say("workbench.act.follow"),
        key="plan_follow",
        disabled=going,
        on_click=follow_least,
        args=(scene, desk.plan_id),
    )
