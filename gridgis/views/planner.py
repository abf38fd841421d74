"""Planning from the page: the form, the draft that comes of it, and its publication."""

from __future__ import annotations

import streamlit as st

from gridgis.geo.cache import FabricCache
from gridgis.model.layers import CONTRACTS, Layers
from gridgis.model.tiers import SizeRange
from gridgis.planning.plan import PlanRequest, make_plan
from gridgis.store.publishing import publish_plan
from gridgis.store.reading import StoredPlan
from gridgis.store.writing import write_plan
from gridgis.views import reading
from gridgis.views.address import go
from gridgis.views.boundary import calm
from gridgis.views.jobs import Progress, current_job, show_progress, start_job
from gridgis.views.scene import Scene
from gridgis.views.wording import day

_MOST = 1_000_000


def offer_planning(scene: Scene) -> None:
    """Show the form, or the progress of the plan in the making."""
    if current_job(scene.store) is not None:
        show_progress(scene)
        return
    with st.form("planning", border=False):
        request = _ask(scene)
        asked = st.form_submit_button(scene.say("app.grids.form.go"), type="primary")
    if asked and request is None:
        st.warning(scene.say("app.grids.form.wrong"), icon=":material/warning:")
    elif asked and request is not None:
        _start(scene, request)
        st.rerun()


def offer_publishing(scene: Scene, stored: StoredPlan) -> None:
    """Show the button that puts a draft in force."""

    def publish() -> None:
        with calm(scene.lang):
            publish_plan(scene.store, stored.plan_id, who=scene.reader.who)
            go(plan=None)

    st.button(scene.say("app.grids.publish"), type="primary", key="publish", on_click=publish)


def _ask(scene: Scene) -> PlanRequest | None:
    """Ask for sizes, numbers and seed; None where a range is upside down."""
    grid, micro = scene.settings.grid_size, scene.settings.micro_size
    left, right = st.columns(2)

    def number(name: str, value: int | None, *, first: bool, least: int = 1) -> int | None:
        side = left if first else right
        return side.number_input(scene.say(f"app.grids.form.{name}"), least, _MOST, value, key=f"form_{name}")

    low, high = number("grid_low", grid.low, first=True), number("grid_high", grid.high, first=False)
    micro_low, micro_high = number("micro_low", micro.low, first=True), number("micro_high", micro.high, first=False)
    grids, micro_grids = number("grids", None, first=True), number("micro_grids", None, first=False)
    seed = number("seed", scene.settings.seed, first=True, least=0) or 0
    if low is None or high is None or micro_low is None or micro_high is None or low > high or micro_low > micro_high:
        return None
    return PlanRequest(SizeRange(low, high), SizeRange(micro_low, micro_high), grids, micro_grids, seed)


@st.cache_resource(max_entries=1, show_spinner=False)
def _fabrics() -> FabricCache:
    return FabricCache()


def _start(scene: Scene, request: PlanRequest) -> None:
    names = ("villages", "natural_villages", "villager_groups", "barriers")
    households = reading.households(scene)[CONTRACTS["households"].columns]
    layers = Layers(households=households, **{name: reading.layer(scene, name) for name in names})
    called = scene.say("app.grids.draft_name", on=day(reading.today()))
    store, who, fabrics = scene.store, scene.reader.who, _fabrics()

    def work(progress: Progress) -> int:
        plan = make_plan(layers, request, progress=progress, fabrics=fabrics)
        progress(1.0, "app.job.storing")
        return write_plan(store, plan, name=called, who=who, status="draft")

    start_job(store, "plan", work)
