"""History: the steps of a plan, cells that cuts put in the place of others, locks, and the day a plan is retired."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables and columns, and begin the log of every plan that is there."""
    _refine_fabric()
    _refine_plans()
    _create_history()
    _begin_logs(op.get_bind())


def _refine_fabric() -> None:
    op.add_column("cells", sa.Column("cut", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_cells_fabric_id_village_code"), "cells", ["fabric_id", "village_code"], unique=False)
    op.create_table(
        "cuts",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("fabric_id", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fabric_id"], ["fabrics.fabric_id"], name=op.f("fk_cuts_fabric_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_cuts")),
        sa.UniqueConstraint("fabric_id", "cut", "cell_id", name=op.f("uq_cuts_fabric_id_cut_cell_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("household_cells", copy_from=_household_cells()) as batch:
        batch.drop_constraint(op.f("uq_household_cells_fabric_id_household_id"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_household_cells_fabric_id_cell_id_household_id"), ["fabric_id", "cell_id", "household_id"]
        )


def _refine_plans() -> None:
    op.add_column("plans", sa.Column("retired_on", sa.Date(), nullable=True))
    for table in ("grids", "micro_grids"):
        op.add_column(table, sa.Column("locked", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("assignment", copy_from=_assignment()) as batch:
        batch.alter_column("micro_grid_code", existing_type=sa.Text(), nullable=True)


def _household_cells() -> sa.Table:
    return sa.Table(
        "household_cells",
        sa.MetaData(),
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("fabric_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fabric_id"],
            ["fabrics.fabric_id"],
            name="fk_household_cells_fabric_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.household_id"],
            name="fk_household_cells_household_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("fid", name="pk_household_cells"),
        sa.UniqueConstraint("fabric_id", "household_id", name="uq_household_cells_fabric_id_household_id"),
        sa.Index("ix_household_cells_household_id", "household_id"),
        sqlite_autoincrement=True,
    )


def _assignment() -> sa.Table:
    return sa.Table(
        "assignment",
        sa.MetaData(),
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("cell_id", sa.Integer(), nullable=False),
        sa.Column("micro_grid_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.plan_id"], name="fk_assignment_plan_id", initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("fid", name="pk_assignment"),
        sa.UniqueConstraint("plan_id", "cell_id", name="uq_assignment_plan_id_cell_id"),
        sqlite_autoincrement=True,
    )


def _create_history() -> None:
    op.create_table(
        "steps",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("edit", sa.Text(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("shapes", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.plan_id"], name=op.f("fk_steps_plan_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_steps")),
        sa.UniqueConstraint("plan_id", "base_version", name=op.f("uq_steps_plan_id_base_version")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "snapshots",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.plan_id"], name=op.f("fk_snapshots_plan_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("plan_id", "name", name=op.f("uq_snapshots_plan_id_name")),
        sqlite_autoincrement=True,
    )


def _begin_logs(connection: sa.Connection) -> None:
    """Write the first step of every plan, and the publishing that the audit tells of."""
    for plan in _rows(connection, "SELECT plan_id, name, version, effective_on, created_on, created_by FROM plans"):
        begun = {"at": f"{plan['created_on']}T00:00:00.000+00:00", "who": plan["created_by"]}
        said = _audited(connection, plan["plan_id"])
        first = next((row for row in said if row["action"].startswith("write_plan")), begun)
        changes = json.dumps(_state(connection, plan["plan_id"]), ensure_ascii=False)
        _write_step(connection, plan, 0, {"kind": "plan", "changes": changes, **first})
        published = [row for row in said if row["action"] == "publish_plan"]
        for version in range(1, plan["version"]):
            row = published[version - 1] if version <= len(published) else first
            _write_step(connection, plan, version, {"kind": "publish", "changes": "[]", **row})


def _write_step(connection: sa.Connection, plan: Mapping[str, Any], base: int, step: Mapping[str, Any]) -> None:
    said = {"name": plan["name"], "day": str(plan["effective_on"])}
    name = json.dumps({"key": f"history.step.{step['kind']}", "params": said}, ensure_ascii=False)
    values = {"plan_id": plan["plan_id"], "base": base, "kind": step["kind"], "name": name, "changes": step["changes"]}
    connection.execute(
        sa.text(
            'INSERT INTO steps (plan_id, base_version, kind, name, changes, shapes, at, "by")'
            " VALUES (:plan_id, :base, :kind, :name, :changes, '{}', :at, :who)"
        ),
        {**values, "at": step["at"], "who": step["who"]},
    )


def _audited(connection: sa.Connection, plan_id: int) -> list[Mapping[str, Any]]:
    query = "SELECT at, who, action FROM audit WHERE what = :what AND action LIKE '%plan%' ORDER BY fid"
    return _rows(connection, query, what=str(plan_id))


def _state(connection: sa.Connection, plan_id: int) -> list[dict[str, Any]]:
    """Tell a plan as the change, village by village, that makes it of nothing."""
    villages: dict[str, dict[str, Any]] = defaultdict(
        lambda: {name: {} for name in ("removed", "added", "assigned", "rehoused", "micro_grids", "grids")}
    )
    placed = (
        "SELECT c.village_code, a.cell_id, a.micro_grid_code FROM assignment a JOIN plans p ON p.plan_id = a.plan_id"
        " JOIN cells c ON c.fabric_id = p.fabric_id AND c.cell_id = a.cell_id"
        " WHERE a.plan_id = :plan ORDER BY a.cell_id"
    )
    for row in _rows(connection, placed, plan=plan_id):
        villages[row["village_code"]]["assigned"][str(row["cell_id"])] = [None, row["micro_grid_code"]]
    for table, columns in (("micro_grids", "grid_code, name"), ("grids", "name")):
        query = f"SELECT village_code, code, {columns} FROM {table} WHERE plan_id = :plan ORDER BY code"  # noqa: S608
        for row in _rows(connection, query, plan=plan_id):
            told = {name: value for name, value in row.items() if name not in {"village_code", "code"}}
            villages[row["village_code"]][table][row["code"]] = [None, told | {"locked": False}]
    return [{"village_code": code, **villages[code]} for code in sorted(villages)]


def _rows(connection: sa.Connection, query: str, **values: object) -> list[Mapping[str, Any]]:
    rows: Iterable[Any] = connection.execute(sa.text(query), values).mappings()
    return [dict(row) for row in rows]
