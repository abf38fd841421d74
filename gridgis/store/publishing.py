"""What becomes of a plan: it is copied to be redrawn, put in force from a day on, and retired.

A plan that is or was in force is never changed again: a period that is past keeps reporting in the units of its day.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, literal, select, update

from gridgis.model.errors import CallError, ConflictError
from gridgis.model.messages import Message
from gridgis.store import audit
from gridgis.store.database import Store
from gridgis.store.drafts import plan_row
from gridgis.store.geopackage import note_change
from gridgis.store.rows import fetch, raw
from gridgis.store.ruling import today
from gridgis.store.schema import assignment, grids, micro_grids, plans
from gridgis.store.states import read_state
from gridgis.store.steps import StaleEditError, Step, read_steps, write_step


def publish_plan(
    store: Store, plan_id: int, *, who: str, effective_on: date | None = None, base_version: int | None = None
) -> None:
    """Publish a draft.

    Parameters
    ----------
    plan_id
        The draft.
    who
        Name for the audit.
    effective_on
        Day from which it is in force; None for today. A day in the past is taken only where no plan was in force since
        then, for what was reported in another one's units stays so.
    base_version
        The version that the planner has on screen; None for whatever it is.

    Raises
    ------
    ConflictError
        If it is no draft any more.
    StaleEditError
        If it is at another version than that on screen.
    CallError
        If there is no such plan, or another one was in force on days past from ``effective_on`` on.
    """
    now = today()
    since = effective_on or now
    with store.write() as connection:
        plan = plan_row(connection, plan_id)
        if plan["status"] != "draft":
            raise ConflictError("store.no_draft", plan=plan_id)
        if base_version is not None and base_version != plan["version"]:
            raise StaleEditError(list(read_steps(connection, plan_id, since=base_version).values()))
        if since < now:
            _refuse_rewriting(connection, since, now - timedelta(days=1))
        _settle(connection, plan_id, "published", who=who, effective_on=since)


def retire_plan(store: Store, plan_id: int, *, who: str, retired_on: date | None = None) -> None:
    """Retire a plan, draft or published; the plan before it is in force again from that day on.

    Parameters
    ----------
    plan_id
        The plan.
    who
        Name for the audit.
    retired_on
        The first day on which it is not in force; None for today. The days before stay as they were reported.

    Raises
    ------
    ConflictError
        If it is retired already.
    CallError
        If there is no such plan, or the day is past.
    """
    now = today()
    from_day = retired_on or now
    with store.write() as connection:
        plan = plan_row(connection, plan_id)
        if plan["status"] == "retired":
            raise ConflictError("history.retired", plan=plan["name"])
        if from_day < now:
            raise CallError("history.past", day=from_day.isoformat())
        _settle(connection, plan_id, "retired", who=who, retired_on=from_day)


def copy_plan(store: Store, plan_id: int, *, name: str, who: str) -> int:
    """Copy a plan as it is now into a draft of its own; the two share their fabric and nothing else.

    Parameters
    ----------
    plan_id
        The plan, whatever its status.
    name
        What people call the copy.
    who
        Who copies it.

    Returns
    -------
        The ``plan_id`` of the copy.

    Raises
    ------
    CallError
        If there is no such plan.
    """
    with store.write() as connection:
        plan = plan_row(connection, plan_id)
        row = {
            "fabric_id": plan["fabric_id"],
            "name": name,
            "status": "draft",
            "version": 0,
            "created_on": today(),
            "created_by": who,
            "messages": plan["messages"],
        }
        copy = int(connection.execute(insert(plans).values(row).returning(plans.c.plan_id)).scalar_one())
        for table in (assignment, grids, micro_grids):
            _copy_rows(connection, table, plan_id, copy)
        said = Message("history.step.copy", {"name": plan["name"]})
        write_step(connection, copy, 0, Step("copy", said, read_state(connection, copy)), who=who)
        audit.record(connection, who, "copy_plan", str(copy), 1)
    return copy


def _settle(connection: Connection, plan_id: int, status: str, *, who: str, **days: date) -> None:
    plan = plan_row(connection, plan_id)
    kind = {"published": "publish", "retired": "retire"}[status]
    said = Message(f"history.step.{kind}", {"name": plan["name"], "day": next(iter(days.values())).isoformat()})
    write_step(connection, plan_id, plan["version"], Step(kind, said), who=who)
    connection.execute(update(plans).where(plans.c.plan_id == plan_id).values(status=status, **days))
    audit.record(connection, who, f"{kind}_plan", str(plan_id), 1)


def _refuse_rewriting(connection: Connection, since: date, until: date) -> None:
    """Refuse to put a plan in force on days past on which another one was."""
    ruling = (plans.c.status != "draft") & (plans.c.effective_on <= until)
    query = select(plans.c.name, plans.c.retired_on).where(ruling).order_by(plans.c.effective_on.desc())
    for name, retired_on in connection.execute(query):
        if retired_on is None or retired_on > since:
            raise CallError("history.rewriting", plan=name, day=since.isoformat())


def _copy_rows(connection: Connection, table: Table, plan_id: int, copy: int) -> None:
    names = [column.key for column in table.columns if column.key not in {"fid", "plan_id"}]
    columns: list[Any] = [table.c[name] for name in names]
    rows = select(literal(copy), *raw(columns)).where(table.c.plan_id == plan_id).order_by(table.c.fid)
    connection.execute(insert(table).from_select(["plan_id", *names], rows))
    if "geometry" in names:
        shapes = select(*raw([table.c.geometry])).where(table.c.plan_id == copy)
        note_change(connection, table.name, fetch(connection, shapes, [table.c.geometry]))
