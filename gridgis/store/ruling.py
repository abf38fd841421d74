"""Which plan is in force on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, or_, select

from gridgis.store.database import Store
from gridgis.store.schema import plans


def today() -> date:
    """Tell the site's day."""
    return datetime.now(UTC).astimezone().date()


def plan_on(store: Store, day: date | None = None) -> int | None:
    """Find the plan in force on a day.

    Parameters
    ----------
    day
        The day; None for today.

    Returns
    -------
        Its ``plan_id``; None where none is.
    """
    with store.read() as connection:
        return connection.execute(select(ruling(day or today()))).scalar()


def ruling(day: date) -> ScalarSelect[int]:
    """Ask for the id of the plan in force on a day, inside another query."""
    return in_force(select(plans.c.plan_id), day).scalar_subquery()


def in_force(query: Select[Any], day: date) -> Select[Any]:
    """Keep a query of plans to the one in force on a day; what was in force once stays so for its days."""
    standing = or_(plans.c.retired_on.is_(None), plans.c.retired_on > day)
    in_turn = and_(plans.c.status != "draft", plans.c.effective_on <= day, standing)
    return query.where(in_turn).order_by(plans.c.effective_on.desc(), plans.c.plan_id.desc()).limit(1)
