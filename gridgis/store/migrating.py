"""Bringing a database to the schema of this version, and telling whether the two agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, Index, inspect, text
from sqlalchemy.types import TypeEngine

from gridgis.store.geometry import Geometry

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.migration import MigrationContext

HEAD = "0003"
"""Newest revision; a database that is at it needs no Alembic to be opened."""

_SCRIPTS = Path(__file__).parent / "migrations"


def revision_of(connection: Connection) -> str | None:
    """Read a database's revision; None if it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def known(revision: str) -> bool:
    """Tell whether this version of the product knows a revision."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 — only another version's database needs it

    return revision in {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Bring a database to a revision, in the connection's own transaction."""
    # Alembic costs half a second of every start, and a database is new or old but once
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def options(connection: Connection) -> dict[str, Any]:
    """Give the options under which Alembic compares and migrates, on either backend."""
    postgis = connection.dialect.name == "postgresql"
    return {
        "render_as_batch": not postgis,
        "transactional_ddl": True,
        "compare_type": _types_differ,
        "render_item": _render_item,
        "include_name": _is_ours,
        "include_object": _is_built if postgis else _is_built_without_gist,
    }


def _render_item(kind: str, item: object, context: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(item, Geometry):
        context.imports.add("from gridgis.store.geometry import Geometry")
        return f"Geometry({item.kind!r}, {item.srid})"
    return False


def _types_differ(
    context: MigrationContext, column: object, other: object, found: TypeEngine[Any], wanted: TypeEngine[Any]
) -> bool | None:
    del column, other
    if not isinstance(wanted, Geometry):
        return None
    # SQLite has no geometries: what a column holds stands in gpkg_geometry_columns, written from the same metadata
    return context.dialect.name == "postgresql" and not (
        isinstance(found, Geometry) and (found.kind.upper(), found.srid) == (wanted.kind, wanted.srid)
    )


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    del parents
    return not (kind == "table" and name is not None and name.startswith(("gpkg_", "spatial_ref_sys", "sqlite_")))


def _is_built(*_: object) -> bool:
    return True


def _is_built_without_gist(item: object, *_: object) -> bool:
    return not (isinstance(item, Index) and "gist" in item.dialect_kwargs.values())
