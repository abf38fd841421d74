"""First schema: the layers, the plans on their fabric, and the log of who did what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridgis.store.geometry import Geometry

revision = "0001"
down_revision = None

_GEOMETRIES = (
    "township",
    "villages",
    "natural_villages",
    "villager_groups",
    "barriers",
    "households",
    "services",
    "cells",
    "grids",
    "micro_grids",
)


def upgrade() -> None:
    """Create every table, and the indexes of geometries where the database has such."""
    _create_territory()
    _create_ledger()
    _create_fabric()
    _create_plans()
    _create_log()
    if op.get_bind().dialect.name == "postgresql":
        for table in _GEOMETRIES:
            op.create_index(f"ix_{table}_geometry", table, ["geometry"], postgresql_using="gist")


def _create_territory() -> None:
    op.create_table(
        "township",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("geometry", Geometry("MULTIPOLYGON", 4490), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_township")),
        sa.UniqueConstraint("code", name=op.f("uq_township_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "villages",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("geometry", Geometry("MULTIPOLYGON", 4490), nullable=True),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_villages")),
        sa.UniqueConstraint("code", name=op.f("uq_villages_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "natural_villages",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=True),
        sa.Column("geometry", Geometry("GEOMETRY", 4490), nullable=True),
        sa.ForeignKeyConstraint(
            ["village_code"],
            ["villages.code"],
            name=op.f("fk_natural_villages_village_code"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_natural_villages")),
        sa.UniqueConstraint("code", name=op.f("uq_natural_villages_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "villager_groups",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=True),
        sa.Column("natural_village", sa.Text(), nullable=True),
        sa.Column("geometry", Geometry("GEOMETRY", 4490), nullable=True),
        sa.ForeignKeyConstraint(
            ["village_code"],
            ["villages.code"],
            name=op.f("fk_villager_groups_village_code"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_villager_groups")),
        sa.UniqueConstraint("code", name=op.f("uq_villager_groups_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "barriers",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("geometry", Geometry("GEOMETRY", 4490), nullable=True),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_barriers")),
        sqlite_autoincrement=True,
    )


def _create_ledger() -> None:
    op.create_table(
        "households",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=True),
        sa.Column("natural_village", sa.Text(), nullable=True),
        sa.Column("villager_group", sa.Text(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("head_name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("geometry", Geometry("POINT", 4490), nullable=True),
        sa.ForeignKeyConstraint(
            ["village_code"],
            ["villages.code"],
            name=op.f("fk_households_village_code"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_households")),
        sa.UniqueConstraint("household_id", name=op.f("uq_households_household_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_households_village_code"), "households", ["village_code"], unique=False)
    op.create_table(
        "members",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("party_member", sa.Boolean(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("permit_no", sa.Text(), nullable=True),
        sa.Column("permit_issued_on", sa.Date(), nullable=True),
        sa.Column("permit_expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.household_id"],
            name=op.f("fk_members_household_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_members")),
        sa.UniqueConstraint("member_id", name=op.f("uq_members_member_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_members_household_id"), "members", ["household_id"], unique=False)
    op.create_table(
        "visits",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.household_id"],
            name=op.f("fk_visits_household_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_visits")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_visits_visit_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_visits_household_id_visited_on"), "visits", ["household_id", "visited_on"], unique=False)
    op.create_index(op.f("ix_visits_visited_on"), "visits", ["visited_on"], unique=False)
    op.create_table(
        "services",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("geometry", Geometry("POINT", 4490), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.household_id"],
            name=op.f("fk_services_household_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_services")),
        sa.UniqueConstraint("service_id", name=op.f("uq_services_service_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_services_household_id_reported_on"), "services", ["household_id", "reported_on"], unique=False
    )
    op.create_index(op.f("ix_services_reported_on"), "services", ["reported_on"], unique=False)


def _create_fabric() -> None:
    op.create_table(
        "fabrics",
        sa.Column("fabric_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("fabric_id", name=op.f("pk_fabrics")),
        sa.UniqueConstraint("digest", name=op.f("uq_fabrics_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "cells",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("fabric_id", sa.Integer(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("geometry", Geometry("MULTIPOLYGON", 4490), nullable=True),
        sa.ForeignKeyConstraint(
            ["fabric_id"], ["fabrics.fabric_id"], name=op.f("fk_cells_fabric_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_cells")),
        sa.UniqueConstraint("fabric_id", "cell_id", name=op.f("uq_cells_fabric_id_cell_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "household_cells",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("fabric_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fabric_id"],
            ["fabrics.fabric_id"],
            name=op.f("fk_household_cells_fabric_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.household_id"],
            name=op.f("fk_household_cells_household_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_household_cells")),
        sa.UniqueConstraint("fabric_id", "household_id", name=op.f("uq_household_cells_fabric_id_household_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_household_cells_household_id"), "household_cells", ["household_id"], unique=False)


def _create_plans() -> None:
    op.create_table(
        "plans",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("fabric_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("messages", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fabric_id"], ["fabrics.fabric_id"], name=op.f("fk_plans_fabric_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plans")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "grids",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("geometry", Geometry("MULTIPOLYGON", 4490), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.plan_id"], name=op.f("fk_grids_plan_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_grids")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_grids_plan_id_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "micro_grids",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("grid_code", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("geometry", Geometry("MULTIPOLYGON", 4490), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.plan_id"], name=op.f("fk_micro_grids_plan_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_micro_grids")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_micro_grids_plan_id_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "assignment",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.Column("micro_grid_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.plan_id"], name=op.f("fk_assignment_plan_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_assignment")),
        sa.UniqueConstraint("plan_id", "cell_id", name=op.f("uq_assignment_plan_id_cell_id")),
        sqlite_autoincrement=True,
    )


def _create_log() -> None:
    op.create_table(
        "meta",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_meta")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_audit")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_digest")),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO meta (data_version) VALUES (0)")
