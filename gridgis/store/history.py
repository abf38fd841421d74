"""Redrawing a plan for good: each edit one transaction that writes the state, the step and the plan's next version.

Nothing is ever taken out of the log: undoing an edit is a step of its own, which changes everything back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, RowMapping

from gridgis.model.errors import CallError, ConflictError
from gridgis.model.messages import Message
from gridgis.redraw.change import Change
from gridgis.redraw.composing import compose_changes
from gridgis.store.cutting import keep_cut
from gridgis.store.database import Store
from gridgis.store.drafts import plan_row
from gridgis.store.states import change_state, touched_units, write_shapes
from gridgis.store.steps import (
    Logged,
    StaleEditError,
    Step,
    chain_shapes,
    invert_step,
    read_marks,
    read_steps,
    write_step,
)
from gridgis.store.timeline import EDIT, JUMP, REDO, UNDO, Timeline, trace


@dataclass(frozen=True)
class Proposal:
    """An edit that a planner wants to keep.

    Parameters
    ----------
    name
        What people call it.
    changes
        What it changes, one a village.
    edit
        What was asked for, as plain data; None where no edit was drawn, as for a plan that was planned anew.
    """

    name: Message
    changes: tuple[Change, ...]
    edit: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Committed:
    """What was written.

    Parameters
    ----------
    version
        Version of the plan, and number of the step.
    changes
        What was changed; cells may have other numbers than were proposed.
    rebased
        Whether others had changed the plan meanwhile, elsewhere: the draft that the edit was made on is to be read
        again.
    """

    version: int
    changes: tuple[Change, ...]
    rebased: bool


def commit_edit(store: Store, plan_id: int, base_version: int, proposal: Proposal, *, who: str) -> Committed:
    """Keep an edit.

    Parameters
    ----------
    plan_id
        A draft.
    base_version
        The version of it that the edit was made on. What others did meanwhile to other units stays, and the edit is
        kept beside it.
    proposal
        The edit.
    who
        Who made it, for the log.

    Raises
    ------
    StaleEditError
        If others changed the same units meanwhile; who, what and when. Nothing was written.
    ConflictError
        If the plan is no draft any more, or is not as the edit found it.
    CallError
        If there is no such plan.
    """
    with store.write() as connection:
        plan = _draft_row(connection, plan_id)
        meanwhile = read_steps(connection, plan_id, since=base_version)
        _refuse_stale(connection, plan_id, proposal.changes, meanwhile.values())
        changes = tuple(keep_cut(connection, plan["fabric_id"], change) for change in proposal.changes)
        drawn = chain_shapes(change_state(connection, plan, change, draw=True) for change in changes)
        step = Step(EDIT, proposal.name, changes, drawn, proposal.edit)
        version = write_step(connection, plan_id, plan["version"], step, who=who)
    return Committed(version, changes, rebased=bool(meanwhile))


def undo(store: Store, plan_id: int, *, who: str, base_version: int | None = None) -> Committed:
    """Undo the last edit that stands, whoever made it.

    Parameters
    ----------
    base_version
        The version that the planner has on screen; None for whatever it is.

    Raises
    ------
    StaleEditError
        If the plan is at another version than that; nothing was undone.
    ConflictError
        If the plan is no draft any more.
    CallError
        If there is nothing to undo.
    """

    def back(line: Timeline) -> _Way:
        if not line.done:
            raise CallError("history.nothing_to_undo")
        return _Way(UNDO, line.top, [line.top], [])

    return _go(store, plan_id, back, who=who, base_version=base_version)


def redo(store: Store, plan_id: int, *, who: str, base_version: int | None = None) -> Committed:
    """Do the last undone edit again.

    Parameters
    ----------
    base_version
        As for :func:`undo`.

    Raises
    ------
    StaleEditError, ConflictError
        As for :func:`undo`.
    CallError
        If there is nothing to do again.
    """

    def forth(line: Timeline) -> _Way:
        if not line.undone:
            raise CallError("history.nothing_to_redo")
        return _Way(REDO, line.undone[0], [], [line.undone[0]])

    return _go(store, plan_id, forth, who=who, base_version=base_version)


def jump(store: Store, plan_id: int, step: int, *, who: str, base_version: int | None = None) -> Committed:
    """Go to the state after a step, wherever in the log.

    Parameters
    ----------
    step
        Number of the step.
    base_version
        As for :func:`undo`.

    Raises
    ------
    StaleEditError, ConflictError
        As for :func:`undo`.
    CallError
        If there is no such step.
    """

    def there(line: Timeline) -> _Way:
        if step not in line.stands:
            raise CallError("history.no_step", step=step)
        return _Way(JUMP, step, *line.way_to(step))

    return _go(store, plan_id, there, who=who, base_version=base_version)


def replay(store: Store, plan_id: int) -> tuple[Change, ...]:
    """Make a plan of its log alone.

    Returns
    -------
        The changes, one a village, that make it of nothing, as :func:`gridgis.store.states.read_state` tells them.
    """
    with store.read() as connection:
        log = read_steps(connection, plan_id).values()
    totals = _composed(change for logged in log for change in logged.step.changes)
    # the cells of the plan as it was first were never added, so that those replaced since are left over
    return tuple(replace(total, removed={}, added={}, rehoused={}) for total in totals)


@dataclass(frozen=True)
class _Way:
    """A way through the history: the kind of step, where it leads, what is undone and done again on it."""

    kind: str
    target: int
    back: list[int]
    forth: list[int]


def _go(
    store: Store, plan_id: int, find: Callable[[Timeline], _Way], *, who: str, base_version: int | None
) -> Committed:
    with store.write() as connection:
        plan = _draft_row(connection, plan_id)
        if base_version is not None and base_version != plan["version"]:
            raise StaleEditError(list(read_steps(connection, plan_id, since=base_version).values()))
        way = find(trace(read_marks(connection, plan_id)))
        log = read_steps(connection, plan_id, numbers={*way.back, *way.forth, way.target})
        walked = [*(invert_step(log[number].step) for number in way.back), *(log[number].step for number in way.forth)]
        changes = _composed(change for step in walked for change in step.changes)
        shapes = chain_shapes(step.shapes for step in walked)
        for change in changes:
            change_state(connection, plan, change, draw=False)
        write_shapes(connection, plan_id, shapes)
        step = Step(
            way.kind,
            Message(f"history.step.{way.kind}", {"name": log[way.target].step.name}),
            changes,
            shapes,
            target=way.target,
        )
        version = write_step(connection, plan_id, plan["version"], step, who=who)
    return Committed(version, changes, rebased=False)


def _draft_row(connection: Connection, plan_id: int) -> RowMapping:
    """Look up a plan that may be edited: what is or was in force stays as it was."""
    plan = plan_row(connection, plan_id)
    if plan["status"] != "draft":
        raise ConflictError("history.no_draft", plan=plan["name"])
    return plan


def _refuse_stale(connection: Connection, plan_id: int, changes: Iterable[Change], meanwhile: Iterable[Logged]) -> None:
    meanwhile = list(meanwhile)
    if not meanwhile:
        return
    mine = frozenset[str]().union(*(touched_units(connection, plan_id, change) for change in changes))
    hit = [
        logged
        for logged in meanwhile
        if any(mine & touched_units(connection, plan_id, change) for change in logged.step.changes)
    ]
    if hit:
        raise StaleEditError(hit)


def _composed(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Take all changes of each village as one."""
    of_village: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        of_village[change.village_code].append(change)
    return tuple(compose_changes(of_village[code]) for code in sorted(of_village))
