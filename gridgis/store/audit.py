"""Who did what: a log that is only ever appended to, each row sealed with a digest of itself and the row before.

A row that is changed, removed from the middle or slipped in breaks the chain, and :func:`first_broken` names it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, insert, select

from gridgis.store.database import Store
from gridgis.store.rows import fetch, raw
from gridgis.store.schema import audit

_SEALED = ("at", "who", "action", "what", "rows")


def record(where: Store | Connection, who: str, action: str, what: str, rows: int) -> None:
    """Append to the log.

    Parameters
    ----------
    where
        A store, or the connection of the transaction that does what is logged.
    who
        Person or program.
    action
        What was done: ``import``, ``write_plan``, ``export``, ``read_unmasked`` …
    what
        To what: a layer, a plan.
    rows
        How many rows it touched or showed.
    """
    if isinstance(where, Store):
        with where.write(new_version=False) as connection:
            _append(connection, who, action, what, rows)
    else:
        _append(where, who, action, what, rows)


def _append(connection: Connection, who: str, action: str, what: str, rows: int) -> None:
    last = connection.execute(select(audit.c.digest).order_by(audit.c.fid.desc()).limit(1)).scalar() or ""
    values = (datetime.now(UTC).isoformat(timespec="milliseconds"), who, action, what, rows)
    row = dict(zip(_SEALED, values, strict=True)) | {"digest": _digest(last, values)}
    connection.execute(insert(audit).values(row))


def _digest(last: str, values: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps([last, *values], ensure_ascii=True).encode()).hexdigest()


def read_audit(store: Store) -> pd.DataFrame:
    """Read the whole log, oldest first.

    Returns
    -------
        Columns ``at`` (UTC, ISO 8601), ``who``, ``action``, ``what``, ``rows``, ``digest``; the index is the row's
        number in the log.
    """
    columns = [audit.c[name] for name in ("fid", *_SEALED, "digest")]
    with store.read() as connection:
        return fetch(connection, select(*raw(columns)).order_by(audit.c.fid), columns).set_index("fid")


def first_broken(store: Store) -> int | None:
    """Check the chain.

    Returns
    -------
        Number of the first row whose seal does not hold; None if all do.
    """
    last = ""
    log = read_audit(store)
    for number, *values, digest in log.itertuples(name=None):
        if digest != _digest(last, values):
            return int(number)
        last = digest
    return None
