"""Half-yearly observations: score sheets entered once, kept with whom and when; and what else a review reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import geopandas as gpd
import pandas as pd
from sqlalchemy import ColumnElement, func, insert, or_, select, true

from gridgis.ledger.reviews.books import Records
from gridgis.ledger.reviews.observation import MOST
from gridgis.model.errors import CallError, ForbiddenError
from gridgis.model.messages import Message
from gridgis.store import audit
from gridgis.store.database import Store
from gridgis.store.reading import read_households, read_layer, read_plan, read_services, read_visits
from gridgis.store.rows import fetch, raw
from gridgis.store.schema import (
    appointments,
    certifications,
    grids,
    households,
    members,
    micro_grids,
    site_scores,
    situations,
)
from gridgis.store.scope import Reader, in_scope, units_below

_HISTORIES = {"appointments": appointments, "certifications": certifications}
_HISTORY_COLUMNS = {
    "appointments": ("member_id", "post", "unit_code", "from_on", "until_on"),
    "certifications": ("member_id", "step", "passed", "number", "on", "expires_on"),
}
_SHEET = ("period", "unit_code", "item", "score", "note", "at", "by")


def read_records(store: Store, reader: Reader, plan_id: int | None) -> Records:
    """Read all that a review is made from.

    Parameters
    ----------
    plan_id
        The plan whose units are reviewed: the one in force in the period; None while there is none.

    Returns
    -------
        Rows in the reader's scope, and of the units those that lie wholly in it.
    """
    stored = None if plan_id is None else read_plan(store, plan_id)
    plan = None if stored is None else stored.plan
    known = Records(
        households=read_households(store, reader, plan_id),
        visits=read_visits(store, reader),
        services=read_services(store, reader),
        members=read_layer(store, "members", reader),
        appointments=read_history(store, reader, "appointments"),
        certifications=read_history(store, reader, "certifications"),
        situations=read_situation_days(store, reader),
        scores=read_scores(store, reader),
        villages=gpd.GeoDataFrame(read_layer(store, "villages", reader)),
        grids=None if plan is None else plan.grids,
        micro_grids=None if plan is None else plan.micro_grids,
    )
    return known.of_units(units_seen(store, reader, plan_id))


def units_seen(store: Store, reader: Reader, plan_id: int | None) -> frozenset[str] | None:
    """List the codes of the units that lie wholly in a reader's scope, of today's plan and of another; None for all."""
    if reader.units is None:
        return None
    below = [
        select(table.c.code).where(
            table.c.plan_id == plan_id, or_(*(table.c[name].in_(reader.units) for name in above))
        )
        for table, above in ((grids, ("code", "village_code")), (micro_grids, ("code", "grid_code", "village_code")))
    ]
    with store.read() as connection:
        today = connection.execute(units_below(reader.units)).scalars().all()
        then = [code for query in below for code in connection.execute(query).scalars()]
    return frozenset(str(code) for code in (*today, *then))


def with_units_of(store: Store, reader: Reader, records: Records, plan_id: int | None) -> Records:
    """Put records into the units of another plan; the ledger itself is not read again."""
    stored = None if plan_id is None else read_plan(store, plan_id)
    known = replace(
        records,
        households=read_households(store, reader, plan_id),
        grids=None if stored is None else stored.plan.grids,
        micro_grids=None if stored is None else stored.plan.micro_grids,
    )
    return known.of_units(units_seen(store, reader, plan_id))


def read_history(store: Store, reader: Reader, name: Literal["appointments", "certifications"]) -> pd.DataFrame:
    """Read the history of the posts, or of the permits, in the reader's scope: of the members, or the units, in it."""
    table = _HISTORIES[name]
    columns = [table.c[each] for each in _HISTORY_COLUMNS[name]]
    seen: ColumnElement[bool] = true()
    if reader.units is not None:
        own = select(members.c.member_id).where(in_scope("members", reader))
        seen = table.c.member_id.in_(own)
        if name == "appointments":
            # whoever held a post of a unit in scope, and has left since
            seen = or_(seen, table.c.unit_code.in_(units_below(reader.units)))
    with store.read() as connection:
        return fetch(connection, select(*raw(columns)).where(seen).order_by(table.c.fid), columns)


def read_situation_days(store: Store, reader: Reader) -> pd.DataFrame:
    """Read when the situation of each priority resident's household was recorded, not what it is.

    Returns
    -------
        ``household_id``, ``recorded_on``; those in the reader's scope.
    """
    columns = [situations.c.household_id, situations.c.recorded_on]
    query = (
        select(*raw(columns))
        .join(households, households.c.household_id == situations.c.household_id)
        .where(in_scope("households", reader))
        .order_by(situations.c.fid)
    )
    with store.read() as connection:
        return fetch(connection, query, columns)


def read_scores(store: Store, reader: Reader) -> pd.DataFrame:
    """Read the score sheets that hold: of an item of a site in a period, the one entered last.

    Returns
    -------
        ``period``, ``unit_code``, ``item``, ``score``, ``note``, ``at``, ``by``, and ``most``, the most points that an
        item can bring.
    """
    columns = [site_scores.c[name] for name in _SHEET]
    latest = select(func.max(site_scores.c.fid)).group_by(*columns[:3])
    seen: ColumnElement[bool] = true()
    if reader.units is not None:
        seen = site_scores.c.unit_code.in_(units_below(reader.units))
    query = select(*raw(columns)).where(site_scores.c.fid.in_(latest), seen).order_by(*columns[:3])
    with store.read() as connection:
        return fetch(connection, query, columns).assign(most=MOST)


def write_sheet(
    store: Store, reader: Reader, site: tuple[str, str], scores: Mapping[str, int], notes: Mapping[str, str]
) -> None:
    """Keep the score sheet of a site; one entered before stays below it and holds no more.

    Parameters
    ----------
    reader
        Who observed: a reviewer of the whole township, so that nobody scores a unit of their own.
    site
        Key of the half-year, and code of the unit.
    scores
        Points of each item, 0 to :data:`gridgis.ledger.reviews.observation.MOST`.
    notes
        What was seen, by item; empty ones are left out.

    Raises
    ------
    ForbiddenError
        If the reader may not review the whole township.
    CallError
        If a score is out of range.
    """
    reader.require("review")
    if reader.units is not None:
        raise ForbiddenError("rights.no_right", right=Message("rights.review"))
    if not scores or not all(0 <= score <= MOST for score in scores.values()):
        raise CallError("review.sheet.out_of_range", most=MOST)
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    period, unit = site
    entered: dict[str, str | int | None] = {"period": period, "unit_code": unit, "at": at, "by": reader.who}
    rows: list[dict[str, str | int | None]] = [
        {**entered, "item": item, "score": score, "note": notes.get(item, "").strip() or None}
        for item, score in scores.items()
    ]
    with store.write() as connection:
        connection.execute(insert(site_scores), rows)
        audit.record(connection, reader.who, "score_sheet", f"{period} {unit}", len(rows))
