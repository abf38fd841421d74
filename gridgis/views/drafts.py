"""Between the desk and the store: opening a village of a plan, trying an edit, keeping it, going back and on."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from gridgis.model.errors import CallError
from gridgis.model.messages import Message
from gridgis.redraw.apply import apply_edit
from gridgis.redraw.change import apply_change
from gridgis.redraw.edits import Edit
from gridgis.store.database import Store
from gridgis.store.drafts import plan_row, read_draft
from gridgis.store.history import Committed, Proposal, commit_edit, jump, redo, undo
from gridgis.store.logbook import list_steps
from gridgis.store.reading import StoredPlan, read_plan
from gridgis.store.steps import read_marks
from gridgis.store.timeline import trace
from gridgis.views import reading
from gridgis.views.desk import Desk, Pending, current_desk, view_of
from gridgis.views.impact import context_of
from gridgis.views.records import sizes_of
from gridgis.views.scene import Scene
from gridgis.views.wording import text_markdown

SIGNED = "signed"


def lay_out(scene: Scene, plan_id: int, village: str) -> Desk:
    """Take the session's desk, or lay out the village where another one lies there or the plan has changed since.

    An edit in hand is left in hand, whatever others do meanwhile: who keeps it is told what they did.
    """
    desk = current_desk()
    if desk is None or (desk.plan_id, desk.village) != (plan_id, village):
        usual = {tier: scene.size_of(tier) for tier in ("grid", "micro_grid")}
        sizes = sizes_of(reading.stored_plan(scene, plan_id).plan, usual)
        read = read_draft(scene.store, plan_id, village)
        view, ack = view_of(read.draft.cells.geometry), None if desk is None else desk.ack
        asked = st.query_params.get("unit")
        return _known(Desk(plan_id, village, read.version, read.draft, sizes, view, units=(str(asked),), ack=ack))
    if desk.pending is not None or desk.version == plan_version(scene.store, plan_id):
        return desk
    _tell_news(scene, plan_id)
    return reopen(scene, desk)


def _tell_news(scene: Scene, plan_id: int) -> None:
    """Say in passing who has just changed the plan, and how."""
    last = list_steps(scene.store, plan_id).to_dict("records")[-1]
    if last["by"] != signed(scene):
        words = scene.say("workbench.news", who=last["by"], what=last["name"].words(scene.lang))
        st.toast(text_markdown(words), icon=":material/group:")


def reopen(scene: Scene, desk: Desk) -> Desk:
    """Lay out what the plan has become, with no edit in hand."""
    read = read_draft(scene.store, desk.plan_id, desk.village)
    return _known(replace(desk, draft=read.draft, version=read.version, pending=None))


def try_edit(scene: Scene, desk: Desk, edit: Edit) -> Pending:
    """Find what an edit would do.

    Raises
    ------
    RefusedError
        If it would break a law.
    """
    rules = desk.sizes["grid"], desk.sizes["micro_grid"]
    return Pending(edit, apply_edit(desk.draft, edit, rules, context_of(scene)))


def commit_pending(scene: Scene, desk: Desk, name: Message) -> Desk:
    """Keep the edit in hand.

    Parameters
    ----------
    name
        What the history calls it.

    Raises
    ------
    ConflictError
        If somebody else has changed what it touches.
    """
    if desk.pending is None:
        return desk
    proposal = Proposal(name, (desk.pending.applied.change,), desk.pending.edit.to_json())
    done = commit_edit(scene.store, desk.plan_id, desk.version, proposal, who=signed(scene))
    return _settled(scene, replace(desk.cleared(), again=None, cells=()), done)


def step_back(scene: Scene, desk: Desk) -> Desk:
    """Undo the last edit of the plan."""
    done = undo(scene.store, desk.plan_id, who=signed(scene), base_version=desk.version)
    return _settled(scene, desk.cleared(), done)


def step_forward(scene: Scene, desk: Desk) -> Desk:
    """Do the edit again that was undone last."""
    done = redo(scene.store, desk.plan_id, who=signed(scene), base_version=desk.version)
    return _settled(scene, desk.cleared(), done)


def jump_to(scene: Scene, desk: Desk, number: int) -> Desk:
    """Go to the state after a step."""
    done = jump(scene.store, desk.plan_id, number, who=signed(scene), base_version=desk.version)
    return _settled(scene, desk.cleared(), done)


def _settled(scene: Scene, desk: Desk, done: Committed) -> Desk:
    """Take what was written onto the desk; what others wrote meanwhile is read."""
    if done.rebased or done.version != desk.version + 1:
        return reopen(scene, desk)
    draft = desk.draft
    for change in done.changes:
        if change.village_code == desk.village:
            draft = apply_change(draft, change)
    return _known(replace(desk, draft=draft, version=done.version))


def _known(desk: Desk) -> Desk:
    """Forget what is chosen and is no more."""
    there = {*desk.draft.grids.index, *desk.draft.micro_grids.index}
    return replace(
        desk,
        units=tuple(code for code in desk.units if code in there),
        cells=tuple(cell for cell in desk.cells if cell in desk.draft.cells.index),
    )


def signed(scene: Scene) -> str:
    """Name who edits, as the history will: what the planner signs with, else the reader's own name."""
    return str(st.session_state.get(SIGNED) or scene.reader.who)


def reachable(scene: Scene, plan_id: int) -> tuple[bool, bool]:
    """Say whether there is an edit to undo, and one to do again."""
    with scene.store.read() as connection:
        line = trace(read_marks(connection, plan_id))
    return bool(line.done), bool(line.undone)


def is_draft(scene: Scene, plan_id: int) -> bool:
    """Say whether a plan may be redrawn."""
    plans = reading.plans(scene)
    return bool((plans.loc[plans["plan_id"] == plan_id, "status"] == "draft").any())


def plan_version(store: Store, plan_id: int) -> int:
    """Look up the version that a plan is at."""
    with store.read() as connection:
        return int(plan_row(connection, plan_id)["version"])


def read_now(scene: Scene, plan_id: int) -> StoredPlan:
    """Read a plan as it is now, whatever pages have kept of it.

    Raises
    ------
    CallError
        If there is no such plan.
    """
    stored = read_plan(scene.store, plan_id)
    if stored is None:
        raise CallError("store.no_plan", plan_id=plan_id)
    return stored
