"""The history of a plan: every step with its author and time, the way back to any of them, and named states."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gridgis.store.history import list_snapshots, list_steps, take_snapshot
from gridgis.views.boundary import calm
from gridgis.views.desk import Desk
from gridgis.views.drafts import jump_to, signed
from gridgis.views.parts import show_note, show_table
from gridgis.views.scene import Scene
from gridgis.views.unit_panel import order

_TABLE, _ROW = 330, 35
"""Pixels of the table at most, and of a row."""
_CHOSEN = "step_chosen"
_WIDTHS = {"number": 44, "step": 190, "by": 74, "at": 118}


def show_steps(scene: Scene, desk: Desk, *, readonly: bool) -> None:
    """Show the steps of the plan, newest first; one that is chosen can be gone back to, and given a name."""
    steps = list_steps(scene.store, desk.plan_id)
    marks = list_snapshots(scene.store, desk.plan_id).groupby("step")["name"].agg(" · ".join)
    named = steps["number"].map(marks)
    words = [name.words(scene.lang) for name in steps["name"]]
    table = pd.DataFrame(
        {
            "number": steps["number"],
            "step": [
                text if pd.isna(mark) else scene.say("workbench.marked", step=text, name=mark)
                for text, mark in zip(words, named, strict=True)
            ],
            "by": steps["by"],
            "at": [at.astimezone().strftime("%m-%d %H:%M") for at in steps["at"]],
        }
    )
    with st.container(key="steps"):
        show_note(scene.say("workbench.steps", n=len(steps)))

        def choose(row: int) -> None:
            st.session_state[_CHOSEN] = int(steps["number"].iloc[row])

        show_table(
            scene, table, key="steps", height=min(_TABLE, _ROW * (len(table) + 1) + 3), widths=_WIDTHS, chosen=choose
        )
        chosen = st.session_state.get(_CHOSEN)
        if chosen in set(steps["number"]):
            _show_chosen(scene, desk, int(chosen), readonly=readonly)
        else:
            show_note(scene.say("workbench.steps_note"))


def _show_chosen(scene: Scene, desk: Desk, number: int, *, readonly: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            scene.say("workbench.act.jump", number=number),
            type="primary",
            key="jump",
            disabled=readonly,
            on_click=order,
            args=(scene, lambda now: jump_to(scene, now, number)),
        )
        key = "state_name"

        def keep() -> None:
            name = str(st.session_state[key]).strip()
            if name:
                with calm(scene.lang):
                    take_snapshot(scene.store, desk.plan_id, name, step=number, who=signed(scene))
                st.session_state[key] = ""

        st.text_input(scene.say("workbench.state_name"), key=key, max_chars=60, on_change=keep)
