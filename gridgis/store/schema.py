"""The tables: every layer of the contracts, the plans on their fabric, and the log of who did what.

A layer's table has its contract's columns; every table has an integer key of its own, as GeoPackage wants it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from gridgis.model.layers import CONTRACTS, GeometryKind, LayerContract
from gridgis.store.geometry import Geometry, Kind

SRID = 4490
"""CGCS2000, the CRS of every geometry in the store."""

STATUSES = ("draft", "published", "retired")
CERTIFICATION_STEPS = ("training", "exam", "permit")
MATTER_STEPS = ("report", "file", "assign", "act", "feed_back", "archive")

_KINDS: dict[GeometryKind, Kind] = {"polygon": "MULTIPOLYGON", "point": "POINT", "line": "GEOMETRY", "any": "GEOMETRY"}

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _type(dtype: str) -> TypeEngine[Any]:
    # pandera spells a dtype out by the pandas at hand: "str" or "string[pyarrow]", seconds or nanoseconds
    families: dict[str, TypeEngine[Any]] = {"str": Text(), "int": Integer(), "bool": Boolean(), "datetime": Date()}
    return next(kind for family, kind in families.items() if dtype.startswith(family))


def _reference(target: str) -> ForeignKey:
    # checked at commit, so that a layer may be replaced as a whole under those that name it
    return ForeignKey(target, deferrable=True, initially="DEFERRED")


def _geometry(table: str, kind: Kind) -> list[SchemaItem]:
    # GDAL's R-tree triggers call functions that plain SQLite lacks, so only PostGIS indexes geometries
    index = Index(f"ix_{table}_geometry", "geometry", postgresql_using="gist")
    return [Column("geometry", Geometry(kind, SRID)), index.ddl_if(dialect="postgresql")]


def _columns(contract: LayerContract) -> list[SchemaItem]:
    return [
        Column(
            name,
            _type(str(column.dtype)),
            *(
                [_reference(f"{contract.refers[name]}.{CONTRACTS[contract.refers[name]].key}")]
                if name in contract.refers
                else []
            ),
            nullable=bool(column.nullable),
            unique=bool(column.unique) or None,
        )
        for name, column in contract.schema.columns.items()
    ]


def _layer(name: str, *items: SchemaItem) -> Table:
    contract = CONTRACTS[name]
    shapes = [] if contract.geometry == "none" else _geometry(name, _KINDS[contract.geometry])
    return Table(name, metadata, _key("fid"), *_columns(contract), *shapes, *items, sqlite_autoincrement=True)


def _key(name: str) -> Column[int]:
    return Column(name, Integer, primary_key=True)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _entered() -> list[Column[str]]:
    """Say when a row was entered, and by whom."""
    return [_text("at"), _text("by")]


def _of_household() -> Column[str]:
    return Column("household_id", _reference("households.household_id"), nullable=False, index=True)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _locked() -> Column[bool]:
    return Column("locked", Boolean, nullable=False, server_default=false())


def _table(name: str, *items: SchemaItem) -> Table:
    return Table(name, metadata, *items, sqlite_autoincrement=True)


meta = _table("meta", _key("fid"), _number("data_version"))

township = _layer("township", Column("synthetic", Boolean, nullable=False))
villages = _layer("villages")
natural_villages = _layer("natural_villages")
villager_groups = _layer("villager_groups")
barriers = _layer("barriers")
households = _layer("households", Index(None, "village_code"))
members = _layer("members", Index(None, "household_id"))
visits = _layer("visits", Index(None, "household_id", "visited_on"), Index(None, "visited_on"))
services = _layer("services", Index(None, "household_id", "reported_on"), Index(None, "reported_on"))

# footprints shape a plan and are not kept
LAYERS = {name: metadata.tables[name] for name in CONTRACTS if name in metadata.tables}

fabrics = _table(
    "fabrics",
    _key("fabric_id"),
    Column("digest", Text, nullable=False, unique=True),
    Column("created_on", Date, nullable=False),
)
cells = _table(
    "cells",
    _key("fid"),
    Column("fabric_id", _reference("fabrics.fabric_id"), nullable=False),
    _number("cell_id"),
    _text("village_code"),
    _number("households"),
    Column("cut", Integer),
    *_geometry("cells", "MULTIPOLYGON"),
    UniqueConstraint("fabric_id", "cell_id"),
    Index(None, "fabric_id", "village_code"),
)
# a cell is never changed nor deleted: a cut puts the cells that bear its number in the place of those listed here
cuts = _table(
    "cuts",
    _key("fid"),
    Column("fabric_id", _reference("fabrics.fabric_id"), nullable=False),
    _number("cut"),
    _number("cell_id"),
    UniqueConstraint("fabric_id", "cut", "cell_id"),
)
# a household lives in one cell of the first fabric, and in one of every cut through its cell
household_cells = _table(
    "household_cells",
    _key("fid"),
    Column("fabric_id", _reference("fabrics.fabric_id"), nullable=False),
    _of_household(),
    _number("cell_id"),
    UniqueConstraint("fabric_id", "cell_id", "household_id"),
)
plans = _table(
    "plans",
    _key("plan_id"),
    Column("fabric_id", _reference("fabrics.fabric_id"), nullable=False),
    _text("name"),
    Column("status", Text, CheckConstraint(f"status IN {STATUSES}", name="status"), nullable=False),
    Column("effective_on", Date),
    Column("retired_on", Date),
    _number("version"),
    Column("created_on", Date, nullable=False),
    _text("created_by"),
    _text("messages"),
)
grids = _table(
    "grids",
    _key("fid"),
    Column("plan_id", _reference("plans.plan_id"), nullable=False),
    _text("code"),
    _text("village_code"),
    _text("name", nullable=True),
    _number("households"),
    _locked(),
    *_geometry("grids", "MULTIPOLYGON"),
    UniqueConstraint("plan_id", "code"),
)
micro_grids = _table(
    "micro_grids",
    _key("fid"),
    Column("plan_id", _reference("plans.plan_id"), nullable=False),
    _text("code"),
    _text("grid_code"),
    _text("village_code"),
    _text("name", nullable=True),
    _number("households"),
    _locked(),
    *_geometry("micro_grids", "MULTIPOLYGON"),
    UniqueConstraint("plan_id", "code"),
)
assignment = _table(
    "assignment",
    _key("fid"),
    Column("plan_id", _reference("plans.plan_id"), nullable=False),
    _number("cell_id"),
    _text("micro_grid_code", nullable=True),
    UniqueConstraint("plan_id", "cell_id"),
)
# the log of a plan: what took it from each version to the next; rows are only ever added
steps = _table(
    "steps",
    _key("fid"),
    Column("plan_id", _reference("plans.plan_id"), nullable=False),
    _number("base_version"),
    _text("kind"),
    _text("name"),
    Column("target", Integer),
    _text("edit", nullable=True),
    _text("changes"),
    _text("shapes"),
    *_entered(),
    UniqueConstraint("plan_id", "base_version"),
)
snapshots = _table(
    "snapshots",
    _key("fid"),
    Column("plan_id", _reference("plans.plan_id"), nullable=False),
    _text("name"),
    _number("step"),
    *_entered(),
    UniqueConstraint("plan_id", "name"),
)
# who may sign in; a password is kept as its argon2id hash, a session as the digest of its token
accounts = _table(
    "accounts",
    _key("account_id"),
    Column("name", Text, nullable=False, unique=True),
    _text("member_id", nullable=True),
    Column("administrator", Boolean, nullable=False),
    _text("password"),
    Column("temporary", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    _number("failures"),
    _text("locked_until", nullable=True),
    _text("created_at"),
)
sessions = _table(
    "sessions",
    _key("session_id"),
    Column("account_id", _reference("accounts.account_id"), nullable=False, index=True),
    Column("digest", Text, nullable=False, unique=True),
    _text("created_at"),
    _text("seen_at"),
    _text("expires_at"),
    _text("revoked_at", nullable=True),
)
# posts held, from their first day to their last; `members` says the one held today
appointments = _table(
    "appointments",
    _key("fid"),
    Column("member_id", Text, nullable=False, index=True),
    _text("post"),
    _text("unit_code", nullable=True),
    Column("from_on", Date),
    Column("until_on", Date),
    *_entered(),
)
# the way to a permit: training, exam, permit, which a file may give without its day; `members` says the one held today
certifications = _table(
    "certifications",
    _key("fid"),
    Column("member_id", Text, nullable=False, index=True),
    Column("step", Text, CheckConstraint(f"step IN {CERTIFICATION_STEPS}", name="step"), nullable=False),
    Column("on", Date),
    Column("passed", Boolean, nullable=False),
    _text("number", nullable=True),
    Column("expires_on", Date),
    *_entered(),
)
# what is known of a priority resident's household; the newest row is what holds, the older ones its history
situations = _table(
    "situations",
    _key("fid"),
    _of_household(),
    Column("recorded_on", Date, nullable=False),
    _text("priority", nullable=True),
    _text("basics", nullable=True),
    _text("situation", nullable=True),
    *_entered(),
)
# a household in isolation and the services planned for each of its days; one that is done is a row of `services`
isolations = _table(
    "isolations",
    _key("isolation_id"),
    _of_household(),
    Column("started_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    _text("kinds"),
    _text("note", nullable=True),
    *_entered(),
)
# the steps of a service matter; rows are only ever added
matter_steps = _table(
    "matter_steps",
    _key("fid"),
    Column("service_id", _reference("services.service_id"), nullable=False, index=True),
    Column("step", Text, CheckConstraint(f"step IN {MATTER_STEPS}", name="step"), nullable=False),
    Column("on", Date, nullable=False),
    _text("level"),
    _text("assigned_to", nullable=True),
    Column("due_on", Date),
    _text("note", nullable=True),
    *_entered(),
)
# score sheets of a half-yearly observation: one row an item seen at a site; a new row is put in the place of an old one
site_scores = _table(
    "site_scores",
    _key("fid"),
    _text("period"),
    _text("unit_code"),
    _text("item"),
    _number("score"),
    _text("note", nullable=True),
    *_entered(),
)
audit = _table(
    "audit",
    _key("fid"),
    _text("at"),
    _text("who"),
    _text("action"),
    _text("what"),
    _number("rows"),
    Column("digest", Text, nullable=False, unique=True),
)
