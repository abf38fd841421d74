"""A store of an older version is brought to this one by its next opening, and loses nothing."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import Engine

from gridgis.store import database, migrating
from gridgis.store.database import Store, open_store
from gridgis.store.history import replay
from gridgis.store.logbook import list_steps
from gridgis.store.publishing import copy_plan
from gridgis.store.reading import read_households, read_plan
from gridgis.store.rows import write_rows
from gridgis.store.schema import metadata
from gridgis.store.scope import Reader
from gridgis.store.states import read_state

from .conftest import make_halves, make_rows_of_homes

EVERYTHING = Reader.of_township("clerk")
PLAN = {"fabric_id": 1, "name": "first", "version": 2, "created_by": "planner", "messages": "[]"}

MEMBERS = pd.DataFrame(
    {
        "member_id": ["M1", "M2", "M3"],
        "name": ["a", "b", "c"],
        "party_member": [True, True, False],
        "post": pd.Series(["grid_secretary", "micro_grid_leader", None], dtype="str"),
        "unit_code": pd.Series(["001", "00101", None], dtype="str"),
        "permit_no": pd.Series(["P-1", "P-2", None], dtype="str"),
        "permit_issued_on": pd.to_datetime(["2025-03-01", None, None]),
        "permit_expires_on": pd.to_datetime(["2028-03-01", None, None]),
    }
)


def fill_first_version(connection: Connection) -> None:
    """Write a township and its published plan as the first version of the schema had them."""
    migrating.upgrade(connection, "0001")
    layers, plan = make_rows_of_homes(), make_halves(make_rows_of_homes())
    days = {"effective_on": date(2026, 11, 1), "created_on": date(2026, 10, 20)}
    for name, layer in (
        ("villages", layers.villages),
        ("households", layers.households),
        ("members", MEMBERS),
        ("fabrics", pd.DataFrame({"digest": ["x"], "created_on": [days["created_on"]]})),
        ("cells", plan.cells.assign(fabric_id=1)),
        ("household_cells", plan.households.assign(fabric_id=1, cell_id=plan.cells["cell_id"])),
        ("plans", pd.DataFrame([PLAN | {"status": "published"} | days])),
        ("assignment", plan.cells.assign(plan_id=1)),
        ("grids", plan.grids.assign(plan_id=1)),
        ("micro_grids", plan.micro_grids.assign(plan_id=1)),
    ):
        write_rows(connection, metadata.tables[name], layer)
    said = {"at": "2026-10-25T08:00:00.000+00:00", "who": "secretary", "action": "publish_plan", "what": "1"}
    query = "INSERT INTO audit (at, who, action, what, rows, digest) VALUES (:at, :who, :action, :what, 1, 'd')"
    connection.execute(text(query), said)


@pytest.fixture
def store(url: str) -> Store:
    address = database._address(url)
    engine: Engine = create_engine(address) if "postgresql" in url else database._sqlite(address)
    with engine.begin() as connection:
        fill_first_version(connection)
    engine.dispose()
    opened = open_store(url)
    yield opened
    opened.close()


def test_an_old_store_is_brought_up_with_its_plans_and_their_history(store: Store) -> None:
    with store.read() as connection:
        assert migrating.revision_of(connection) == migrating.HEAD
        assert {"steps", "snapshots", "cuts"} <= set(inspect(connection).get_table_names())
    stored, plan = read_plan(store, 1), make_halves(make_rows_of_homes())
    assert stored is not None
    assert (stored.status, stored.version, stored.locked) == ("published", 2, frozenset())
    for name in ("cells", "grids", "micro_grids"):
        pd.testing.assert_frame_equal(
            pd.DataFrame(getattr(stored.plan, name)).drop(columns="geometry"),
            pd.DataFrame(getattr(plan, name)).drop(columns="geometry"),
        )
    assert (
        read_households(store, EVERYTHING, 1)["micro_grid_code"].tolist() == plan.households["micro_grid_code"].tolist()
    )
    log = list_steps(store, 1)
    assert log[["kind", "by"]].to_numpy().tolist() == [["plan", "planner"], ["publish", "secretary"]]
    assert log["name"].iloc[1].words("en") == 'Published "first", in force from 2026-11-01'
    assert log["at"].dt.strftime("%Y-%m-%d").tolist() == ["2026-10-20", "2026-10-25"]


def test_the_history_of_an_old_plan_tells_the_plan(store: Store) -> None:
    copy = copy_plan(store, 1, name="next", who="planner")
    for plan_id in (1, copy):
        with store.read() as connection:
            state = read_state(connection, plan_id)
        assert [change.to_json() for change in replay(store, plan_id)] == [change.to_json() for change in state]


def test_whoever_held_a_post_or_a_permit_has_it_in_the_histories(store: Store) -> None:
    with store.read() as connection:
        posts = connection.execute(text("SELECT member_id, post, unit_code, from_on, until_on FROM appointments")).all()
        permits = connection.execute(text('SELECT member_id, step, number, "on" FROM certifications')).all()
        passed = connection.execute(text("SELECT count(*) FROM certifications WHERE passed")).scalar()
    assert sorted(map(tuple, posts)) == [
        ("M1", "grid_secretary", "001", None, None),
        ("M2", "micro_grid_leader", "00101", None, None),
    ]
    assert sorted(tuple(map(str, permit)) for permit in permits) == [
        ("M1", "permit", "P-1", "2025-03-01"),
        ("M2", "permit", "P-2", "None"),
    ]
    assert passed == len(permits)
