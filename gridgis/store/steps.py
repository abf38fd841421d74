"""The log of a plan: one row a step, written in the transaction that takes the plan to its next version."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import shapely
from sqlalchemy import Connection, RowMapping, insert, select, update

from gridgis.model.errors import ConflictError
from gridgis.model.messages import Message
from gridgis.redraw.change import Change, invert
from gridgis.store.schema import plans, steps
from gridgis.store.sentences import read_sentence, write_sentence
from gridgis.store.timeline import Mark

Pair = tuple[shapely.Geometry | None, shapely.Geometry | None]
Shapes = Mapping[str, Mapping[str, Pair]]
"""Table of a tier to code to a unit's shape before and after; None where there is no such unit."""


@dataclass(frozen=True)
class Step:
    """A row of the log.

    Parameters
    ----------
    kind
        ``plan``, ``copy``, ``edit``, ``undo``, ``redo``, ``jump``, ``publish`` or ``retire``.
    name
        What people call it.
    changes
        What it changed, one a village; the first step tells the whole plan.
    shapes
        What it drew anew.
    edit
        What the planner asked for, as plain data.
    target
        The step that it undoes, does again, or goes to.
    """

    kind: str
    name: Message
    changes: tuple[Change, ...] = ()
    shapes: Shapes = field(default_factory=dict)
    edit: Mapping[str, Any] | None = None
    target: int | None = None


@dataclass(frozen=True)
class Logged:
    """A step in the log: its number, who made it and when (UTC)."""

    number: int
    at: datetime
    by: str
    step: Step


class StaleEditError(ConflictError):
    """An edit was made on what others have changed meanwhile; nothing was written, nothing is lost.

    Parameters
    ----------
    meanwhile
        The steps that changed it, oldest first.
    """

    def __init__(self, meanwhile: Sequence[Logged]) -> None:
        self.meanwhile = tuple(meanwhile)
        last = self.meanwhile[-1]
        when = last.at.astimezone().strftime("%Y-%m-%d %H:%M")
        super().__init__("history.stale", n=len(self.meanwhile), who=last.by, what=last.step.name, when=when)


def write_step(connection: Connection, plan_id: int, base_version: int, step: Step, *, who: str) -> int:
    """Take a plan to its next version, and log what was done.

    Parameters
    ----------
    base_version
        The version that the step was made on.
    who
        Who made it.

    Returns
    -------
        The new version, which is the number of the step too.

    Raises
    ------
    ConflictError
        If the plan is not at that version any more.
    """
    standing = (plans.c.plan_id == plan_id) & (plans.c.version == base_version)
    done = connection.execute(update(plans).where(standing).values(version=base_version + 1))
    if done.rowcount != 1:
        raise ConflictError("history.moved_on")
    row = {
        "plan_id": plan_id,
        "base_version": base_version,
        "kind": step.kind,
        "name": write_sentence(step.name),
        "target": step.target,
        "edit": None if step.edit is None else json.dumps(step.edit, ensure_ascii=False),
        "changes": json.dumps([change.to_json() for change in step.changes], ensure_ascii=False),
        "shapes": json.dumps(_shapes_to_data(step.shapes), ensure_ascii=False),
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "by": who,
    }
    connection.execute(insert(steps).values(row))
    return base_version + 1


def read_marks(connection: Connection, plan_id: int) -> list[Mark]:
    """Read what the timeline of a plan is traced from."""
    query = select(steps.c.base_version, steps.c.kind, steps.c.target).where(steps.c.plan_id == plan_id)
    rows = connection.execute(query.order_by(steps.c.base_version))
    return [Mark(base_version + 1, kind, target) for base_version, kind, target in rows]


def read_steps(
    connection: Connection, plan_id: int, *, numbers: Iterable[int] | None = None, since: int = 0
) -> dict[int, Logged]:
    """Read steps with their changes.

    Parameters
    ----------
    numbers
        Which ones; None for all.
    since
        The version of the plan from which on they are asked for.

    Returns
    -------
        By number, ascending.
    """
    query = select(steps).where(steps.c.plan_id == plan_id, steps.c.base_version >= since)
    if numbers is not None:
        query = query.where(steps.c.base_version.in_([number - 1 for number in numbers]))
    rows = connection.execute(query.order_by(steps.c.base_version)).mappings()
    return {logged.number: logged for logged in map(_logged, rows)}


def invert_step(step: Step) -> Step:
    """Turn a step around: what it changed and drew, the other way."""
    changes = tuple(invert(change) for change in step.changes)
    shapes = {
        tier: {code: (after, before) for code, (before, after) in some.items()} for tier, some in step.shapes.items()
    }
    return replace(step, changes=changes, shapes=shapes)


def chain_shapes(parts: Iterable[Shapes]) -> Shapes:
    """Take what several steps drew, one after the other, as one."""
    total: dict[str, dict[str, Pair]] = {}
    for shapes in parts:
        for tier, some in shapes.items():
            known = total.setdefault(tier, {})
            known |= {code: (known.get(code, pair)[0], pair[1]) for code, pair in some.items()}
    return total


def _logged(row: RowMapping) -> Logged:
    step = Step(
        row["kind"],
        read_sentence(row["name"]),
        tuple(Change.from_json(change) for change in json.loads(row["changes"])),
        _shapes_from_data(json.loads(row["shapes"])),
        None if row["edit"] is None else json.loads(row["edit"]),
        row["target"],
    )
    return Logged(row["base_version"] + 1, datetime.fromisoformat(row["at"]), row["by"], step)


def _shapes_to_data(shapes: Shapes) -> dict[str, dict[str, list[str | None]]]:
    return {
        tier: {
            code: [None if shape is None else shapely.to_wkb(shape, hex=True) for shape in pair]
            for code, pair in some.items()
        }
        for tier, some in shapes.items()
    }


def _shapes_from_data(data: Mapping[str, Mapping[str, list[str | None]]]) -> Shapes:
    return {
        tier: {code: (shapely.from_wkb(before), shapely.from_wkb(after)) for code, (before, after) in some.items()}
        for tier, some in data.items()
    }
