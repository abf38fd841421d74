"""Locking many units at once: those of a village, or of the whole plan, as one step of its history."""

from __future__ import annotations

from gridgis.model.messages import Message
from gridgis.redraw.apply import apply_edit
from gridgis.redraw.change import Change
from gridgis.redraw.edits import Lock, RefusedError, Unlock
from gridgis.store.drafts import read_draft
from gridgis.store.history import Proposal, commit_edit
from gridgis.views import reading
from gridgis.views.desk import Desk
from gridgis.views.drafts import reopen, signed
from gridgis.views.scene import Scene


def lock_village(scene: Scene, desk: Desk, *, lock: bool) -> Desk:
    """Lock or unlock every unit of the village on the desk."""
    return _lock(scene, desk, [desk.village], lock=lock)


def lock_plan(scene: Scene, desk: Desk, *, lock: bool) -> Desk:
    """Lock or unlock every unit of the plan."""
    plan = reading.stored_plan(scene, desk.plan_id).plan
    return _lock(scene, desk, sorted(plan.grids["village_code"].unique()), lock=lock)


def _lock(scene: Scene, desk: Desk, villages: list[str], *, lock: bool) -> Desk:
    rules = desk.sizes["grid"], desk.sizes["micro_grid"]
    kind = Lock if lock else Unlock
    changes: list[Change] = []
    refusal: RefusedError | None = None
    for code in villages:
        draft = desk.draft if code == desk.village else read_draft(scene.store, desk.plan_id, code).draft
        try:
            changes.append(apply_edit(draft, kind(village=code), rules).change)
        except RefusedError as error:
            # a village where all is as asked already
            refusal = error
    if not changes and refusal is not None:
        raise refusal
    edit = kind(village=desk.village) if len(villages) == 1 else kind()
    where = (
        Message("workbench.only", {"name": desk.draft.village.name}) if len(villages) == 1 else Message("workbench.all")
    )
    name = Message(f"workbench.step.{edit.op}", {"unit": where, "n": 0, "name": ""})
    proposal = Proposal(name, tuple(changes), edit.to_json())
    commit_edit(scene.store, desk.plan_id, desk.version, proposal, who=signed(scene))
    return reopen(scene, desk.cleared())
