"""The history of a plan as people read it, and the moments of it that they gave a name."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import insert, select

from gridgis.model.errors import CallError, ConflictError
from gridgis.store.database import Store
from gridgis.store.drafts import plan_row
from gridgis.store.schema import snapshots, steps
from gridgis.store.sentences import read_sentence
from gridgis.store.steps import read_marks
from gridgis.store.timeline import EDIT, trace


def list_steps(store: Store, plan_id: int) -> pd.DataFrame:
    """List the steps of a plan, oldest first.

    Returns
    -------
        Index ``number``; ``kind``, ``name`` (:class:`gridgis.model.messages.Message`), ``by``, ``at`` (UTC),
        ``target`` (``Int64``) and ``standing``: ``"done"`` for an edit that stands and for the plan as it was first,
        ``"undone"`` for one that can be done again, ``"left"`` for one on a line that was left, missing for what is
        no edit.

    Raises
    ------
    CallError
        If there is no such plan.
    """
    columns = [steps.c[name] for name in ("base_version", "kind", "name", "by", "at", "target")]
    with store.read() as connection:
        plan_row(connection, plan_id)
        query = select(*columns).where(steps.c.plan_id == plan_id).order_by(steps.c.base_version)
        rows = connection.execute(query).all()
        line = trace(read_marks(connection, plan_id))
    table = pd.DataFrame(rows, columns=["number", "kind", "name", "by", "at", "target"])
    known = dict.fromkeys(line.done, "done") | dict.fromkeys(line.undone, "undone") | {1: "done"}
    number = table["number"] + 1
    pairs = zip(number, table["kind"], strict=True)
    standing = [known.get(each, "left" if kind == EDIT else None) for each, kind in pairs]
    return table.assign(
        number=number,
        name=pd.Series([read_sentence(text) for text in table["name"]], dtype=object),
        at=pd.to_datetime(table["at"], utc=True, format="ISO8601"),
        target=table["target"].astype("Int64"),
        standing=pd.Series(standing, dtype="str"),
    ).set_index("number")


def take_snapshot(store: Store, plan_id: int, name: str, *, who: str) -> int:
    """Give the plan as it is now a name, so that one can go back to it.

    Parameters
    ----------
    name
        The name, not used for this plan before.
    who
        Who gives it.

    Returns
    -------
        Number of the step after which the plan is so.

    Raises
    ------
    ConflictError
        If the name is in use.
    CallError
        If there is no such plan, or the name is blank.
    """
    name = name.strip()
    if not name:
        raise CallError("history.snapshot.blank")
    with store.write() as connection:
        plan = plan_row(connection, plan_id)
        same = select(snapshots.c.step).where(snapshots.c.plan_id == plan_id, snapshots.c.name == name)
        if connection.execute(same).scalar() is not None:
            raise ConflictError("history.snapshot.taken", name=name)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        row = {"plan_id": plan_id, "name": name, "step": plan["version"], "at": at, "by": who}
        connection.execute(insert(snapshots).values(row))
    return int(plan["version"])


def list_snapshots(store: Store, plan_id: int) -> pd.DataFrame:
    """List the named moments of a plan, newest first.

    Returns
    -------
        ``name``, ``step`` (its number, to jump to), ``at`` (UTC) and ``by``.
    """
    columns = [snapshots.c[name] for name in ("name", "step", "at", "by")]
    with store.read() as connection:
        rows = connection.execute(
            select(*columns).where(snapshots.c.plan_id == plan_id).order_by(snapshots.c.fid.desc())
        ).all()
    table = pd.DataFrame(rows, columns=["name", "step", "at", "by"])
    return table.assign(at=pd.to_datetime(table["at"], utc=True, format="ISO8601"))
