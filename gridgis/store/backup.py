"""A copy of a store, taken while it is in use."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from gridgis.model.errors import CallError
from gridgis.store import audit
from gridgis.store.database import Store


def back_up(store: Store, path: Path, *, who: str) -> None:
    """Copy a store into a GeoPackage of its own; a file that stands there already is replaced when the copy is whole.

    Parameters
    ----------
    path
        Where to.
    who
        Name for the audit.

    Raises
    ------
    CallError
        If the store is PostGIS, whose own tool makes better copies, or the file cannot be written.
    """
    if store.is_postgis:
        raise CallError("store.backup.postgis", database=store.engine.url.database)
    if path.resolve() == Path(store.url).resolve():
        raise CallError("store.backup.same", path=path)
    audit.record(store, who, "back_up", path.name, 0)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            copy = Path(folder) / path.name
            _copy(Path(store.url), copy)
            copy.replace(path)
    except OSError:
        raise CallError("store.not_writable", path=path) from None


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)
        # one file, with no write-ahead log beside it
        other.execute("PRAGMA journal_mode = DELETE")
