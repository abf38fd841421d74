"""The township's database: opening it, and its two kinds of transaction, reading and writing.

By default it is one file, a GeoPackage in SQLite's write-ahead mode; by URL it is PostgreSQL with PostGIS.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, ProgrammingError

from gridgis.model.errors import CallError
from gridgis.store import geopackage, migrating
from gridgis.store.failures import in_words
from gridgis.store.geometry import Geometry
from gridgis.store.schema import meta, metadata

BUSY_SECONDS = 60
"""How long a writer waits for another one."""

_SQLITE_HEADER = b"SQLite format 3\x00"
_UPGRADE_LOCK = 1_448_000


@dataclass(frozen=True)
class Store:
    """One township's database.

    Parameters
    ----------
    url
        Where it is: a path, or ``postgresql://…`` without its password.
    engine
        SQLAlchemy's engine on it.
    """

    url: str
    engine: Engine

    @property
    def is_postgis(self) -> bool:
        """Whether it is PostGIS, and not a GeoPackage."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the store, whatever is written meanwhile."""
        with in_words(self.url), self.engine.connect() as connection:
            if self.is_postgis:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write(self, *, new_version: bool = True) -> Iterator[Connection]:
        """Open the one transaction that may write at a time; all of it is kept, or nothing.

        Parameters
        ----------
        new_version
            Whether what is written changes what pages show, so that the data version goes up.
        """
        with in_words(self.url), self.engine.connect() as connection:
            connection.execution_options(immediate=True)
            with connection.begin():
                if self.is_postgis:
                    connection.execute(select(meta.c.data_version).with_for_update())
                yield connection
                if new_version:
                    connection.execute(update(meta).values(data_version=meta.c.data_version + 1))

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open a store, creating it or bringing it to this version's schema where need be.

    Parameters
    ----------
    url
        Path of a GeoPackage, ``sqlite:///path``, or ``postgresql://user:password@host/database``.

    Raises
    ------
    CallError
        If the address is none of these, the file or server cannot be used, the file is not one of ours, or a newer
        version of the product has written it.
    """
    address = _address(url)
    shown = _shown(address)
    with in_words(shown):
        store = Store(shown, _postgis(address) if address.drivername.startswith("postgresql") else _sqlite(address))
        try:
            _bring_up(store)
        except BaseException:
            store.close()
            raise
    return store


def _address(url: str) -> URL:
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise CallError("store.url", url=url.partition("://")[0]) from None
    backend = address.get_backend_name()
    if backend == "sqlite" and address.database:
        return URL.create("sqlite", database=address.database)
    if backend in {"postgresql", "postgres"}:
        return address.set(drivername="postgresql+psycopg")
    raise CallError("store.url", url=backend)


def _shown(address: URL) -> str:
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    return address.set(drivername="postgresql").render_as_string(hide_password=True)


def _sqlite(address: URL) -> Engine:
    path = Path(str(address.database))
    _refuse_foreign_bytes(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _refuse_foreign_bytes(path: Path) -> None:
    if not path.exists():
        return
    with path.open("rb") as file:
        header = file.read(len(_SQLITE_HEADER))
    if header not in {b"", _SQLITE_HEADER}:
        raise CallError("store.foreign", path=path)


def _postgis(address: URL) -> Engine:
    try:
        engine = create_engine(address)
    except ModuleNotFoundError:
        raise CallError("store.no_psycopg") from None
    # reflection asks the dialect what a column of type "geometry" is
    engine.dialect.ischema_names = {**engine.dialect.ischema_names, "geometry": Geometry}  # type: ignore[attr-defined]
    return engine


def _bring_up(store: Store) -> None:
    with store.engine.connect() as connection:
        revision = _revision(store, connection)
    if revision not in {None, migrating.HEAD} and not migrating.known(str(revision)):
        raise CallError("store.newer", path=store.url)
    if revision != migrating.HEAD:
        _migrate(store)
    if not store.is_postgis:
        _write_ahead(store.engine)


def _migrate(store: Store) -> None:
    with store.engine.connect() as connection:
        connection.execution_options(immediate=True)
        with connection.begin():
            _create_or_upgrade(store, connection)


def _write_ahead(engine: Engine) -> None:
    # a GIS that closes the file may have turned the mode back; it can only be set outside a transaction
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA journal_mode = WAL")


def _revision(store: Store, connection: Connection) -> str | None:
    revision = migrating.revision_of(connection)
    if revision is None and not store.is_postgis and inspect(connection).get_table_names():
        raise CallError("store.foreign", path=store.url)
    return revision


def _create_or_upgrade(store: Store, connection: Connection) -> None:
    if store.is_postgis:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
        _ensure_postgis(connection)
    # another process may have done it while this one waited
    if migrating.revision_of(connection) == migrating.HEAD:
        return
    migrating.upgrade(connection)
    if not store.is_postgis:
        geopackage.lay_out(connection, metadata)


def _ensure_postgis(connection: Connection) -> None:
    if connection.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")).scalar():
        return
    try:
        connection.execute(text("CREATE EXTENSION postgis"))
    except (ProgrammingError, DBAPIError):
        raise CallError("store.no_postgis", database=connection.engine.url.database) from None
