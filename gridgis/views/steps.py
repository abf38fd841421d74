"""The history of a plan: every step with its author and time, the way back to any of them, and named states."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from gridgis.store.logbook import list_snapshots, list_steps, take_snapshot
from gridgis.views.boundary import calm
from gridgis.views.desk import Desk
from gridgis.views.drafts import jump_to, signed
from gridgis.views.parts import show_note, show_sentence, show_table
from gridgis.views.scene import Scene
from gridgis.views.unit_panel import order

_TABLE, _ROW = 330, 35
"""Pixels of the table at most, and of a row."""
_CHOSEN = "step_chosen"
_WIDTHS = {"number": 44, "step": 210, "by": 72, "at": 96}


def show_steps(scene: Scene, desk: Desk, *, readonly: bool) -> None:
    """Show the steps of the plan, newest first; one that is chosen can be gone back to."""
    steps = list_steps(scene.store, desk.plan_id)[::-1]
    marks = list_snapshots(scene.store, desk.plan_id).groupby("step")["name"].agg(" · ".join).to_dict()
    table = pd.DataFrame(
        {
            "number": steps.index,
            "step": [_words(scene, row, marks) for row in steps.reset_index().to_dict("records")],
            "by": steps["by"],
            "at": steps["at"].dt.tz_convert(datetime.now().astimezone().tzinfo).dt.strftime("%m-%d %H:%M"),
        }
    )
    with st.container(key="steps"):
        show_note(scene.say("workbench.steps", n=len(steps)))

        def choose(row: int) -> None:
            st.session_state[_CHOSEN] = int(steps.index[row])

        show_table(
            scene, table, key="steps", height=min(_TABLE, _ROW * (len(table) + 1) + 3), widths=_WIDTHS, chosen=choose
        )
        chosen = st.session_state.get(_CHOSEN)
        if isinstance(chosen, int) and chosen in steps.index:
            show_sentence(str(table["step"].iloc[len(table) - chosen]))
            words = scene.say("workbench.act.jump", number=chosen)
            go_there = partial(jump_to, scene, number=chosen)
            st.button(words, type="primary", key="jump", disabled=readonly, on_click=order, args=(scene, go_there))
        else:
            show_note(scene.say("workbench.steps_note"))
        if not readonly:
            _offer_name(scene, desk)


def _words(scene: Scene, row: Mapping[Hashable, Any], marks: Mapping[Hashable, str]) -> str:
    text, number = row["name"].words(scene.lang), int(row["number"])
    if row["standing"] in {"undone", "left"}:
        text = scene.say("workbench.standing", step=text)
    return scene.say("workbench.marked", step=text, name=marks[number]) if number in marks else text


def _offer_name(scene: Scene, desk: Desk) -> None:
    """Offer to give the plan as it is now a name, to be found again in the list."""
    key = "state_name"

    def keep() -> None:
        name = str(st.session_state[key]).strip()
        if name:
            with calm(scene.lang):
                take_snapshot(scene.store, desk.plan_id, name, who=signed(scene))
            st.session_state[key] = ""

    st.text_input(scene.say("workbench.state_name"), key=key, max_chars=60, on_change=keep)
