"""Putting a draft plan in force."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import update

from gridgis.model.errors import ConflictError
from gridgis.store import audit
from gridgis.store.database import Store
from gridgis.store.schema import plans


def publish_plan(store: Store, plan_id: int, *, who: str, effective_on: date | None = None) -> None:
    """Publish a draft.

    Parameters
    ----------
    plan_id
        The draft.
    who
        Name for the audit.
    effective_on
        Day from which it is in force; None for today.

    Raises
    ------
    ConflictError
        If it is no draft any more.
    """
    in_force = {"status": "published", "effective_on": effective_on or datetime.now(UTC).astimezone().date()}
    draft = (plans.c.plan_id == plan_id) & (plans.c.status == "draft")
    with store.write() as connection:
        done = connection.execute(update(plans).where(draft).values(version=plans.c.version + 1, **in_force))
        if done.rowcount != 1:
            raise ConflictError("store.no_draft", plan=plan_id)
        audit.record(connection, who, "publish_plan", str(plan_id), 1)
