"""People: accounts and sessions, posts over time, permits, residents' situations, isolation, matters, score sheets."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables and columns, and begin the history of every post and permit that is held."""
    _widen_ledger()
    _create_accounts()
    _create_people()
    _create_care()
    _begin_histories(op.get_bind())


def _widen_ledger() -> None:
    day, text = sa.Date, sa.Text
    added = {
        "visits": {"entered_on": day, "reason": text, "reason_until": day, "corrects": text},
        "services": {"by": text, "role": text, "entered_on": day, "due_on": day, "corrects": text},
    }
    for table, columns in added.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))


def _create_accounts() -> None:
    _create(
        "accounts",
        "account_id",
        _text("name"),
        _text("member_id", nullable=True),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        _text("password"),
        sa.Column("temporary", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _text("locked_until", nullable=True),
        _text("created_at"),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
    )
    _create(
        "sessions",
        "session_id",
        sa.Column("account_id", sa.Integer(), nullable=False),
        _text("digest"),
        _text("created_at"),
        _text("seen_at"),
        _text("expires_at"),
        _text("revoked_at", nullable=True),
        _reference("sessions", "account_id", "accounts"),
        sa.UniqueConstraint("digest", name=op.f("uq_sessions_digest")),
        index="account_id",
    )


def _create_people() -> None:
    _create(
        "appointments",
        "fid",
        _text("member_id"),
        _text("post"),
        _text("unit_code", nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        *_entered(),
        index="member_id",
    )
    _create(
        "certifications",
        "fid",
        _text("member_id"),
        _text("step"),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        _text("number", nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        *_entered(),
        _is_step("certifications", ("training", "exam", "permit")),
        index="member_id",
    )


def _create_care() -> None:
    _create(
        "situations",
        "fid",
        _text("household_id"),
        _day("recorded_on"),
        *(_text(name, nullable=True) for name in ("priority", "basics", "situation")),
        *_entered(),
        _reference("situations", "household_id", "households"),
        index="household_id",
    )
    _create(
        "isolations",
        "isolation_id",
        _text("household_id"),
        _day("started_on"),
        _day("ends_on"),
        _text("kinds"),
        _text("note", nullable=True),
        *_entered(),
        _reference("isolations", "household_id", "households"),
        index="household_id",
    )
    steps = ("report", "file", "assign", "act", "feed_back", "archive")
    _create(
        "matter_steps",
        "fid",
        _text("service_id"),
        _text("step"),
        _day("on"),
        _text("level"),
        _text("assigned_to", nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        _text("note", nullable=True),
        *_entered(),
        _reference("matter_steps", "service_id", "services"),
        _is_step("matter_steps", steps),
        index="service_id",
    )
    _create(
        "site_scores",
        "fid",
        *(_text(name) for name in ("period", "unit_code", "item")),
        sa.Column("score", sa.Integer(), nullable=False),
        _text("note", nullable=True),
        *_entered(),
    )


def _begin_histories(connection: sa.Connection) -> None:
    said: dict[str, object] = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "who": "gridgis"}
    posts = (
        'INSERT INTO appointments (member_id, post, unit_code, at, "by")'
        " SELECT member_id, post, unit_code, :at, :who FROM members WHERE post IS NOT NULL"
    )
    permits = (
        'INSERT INTO certifications (member_id, step, "on", passed, number, expires_on, at, "by")'
        " SELECT member_id, 'permit', permit_issued_on, :passed, permit_no, permit_expires_on, :at, :who"
        " FROM members WHERE permit_no IS NOT NULL"
    )
    connection.execute(sa.text(posts), said)
    connection.execute(sa.text(permits), said | {"passed": True})


def _create(name: str, key: str, *items: sa.schema.SchemaItem, index: str = "") -> None:
    op.create_table(
        name,
        sa.Column(key, sa.Integer(), nullable=False),
        *items,
        sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )
    if index:
        op.create_index(op.f(f"ix_{name}_{index}"), name, [index], unique=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _day(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=False)


def _entered() -> tuple[sa.Column[str], sa.Column[str]]:
    return _text("at"), _text("by")


def _is_step(table: str, steps: tuple[str, ...]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"step IN {steps}", name=op.f(f"ck_{table}_step"))


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{other}.{column}"],
        name=op.f(f"fk_{table}_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )
