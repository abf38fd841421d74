"""The empty store: what will stand here, and the two ways to begin."""

from __future__ import annotations

import streamlit as st

from gridgis.views.jobs import Progress, current_job, settle_job, show_progress, start_job
from gridgis.views.parts import show_empty
from gridgis.views.scene import Scene


def show(scene: Scene) -> None:
    """Show how to begin."""
    show_empty(scene.say("app.empty.title"), scene.say("app.empty.why"))
    if current_job(scene.store) is not None:
        show_progress(scene)
        return
    with st.container(horizontal=True, horizontal_alignment="center", key="begin"):
        st.button(scene.say("app.empty.demo"), type="primary", key="demo", on_click=_load, args=(scene,))
    settle_job(scene, "demo")


def _load(scene: Scene) -> None:
    def work(progress: Progress) -> int:
        # with it come the planner and the readers of files, which no other page needs at its start
        from gridgis.demo import load_demo  # noqa: PLC0415

        load_demo(scene.store, progress)
        return 0

    start_job(scene.store, "demo", work)
