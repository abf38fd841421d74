"""The log: in order, and tampering shows."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from gridgis.store.audit import first_broken, read_audit, record
from gridgis.store.database import Store
from gridgis.store.schema import audit


@pytest.fixture
def logged(store: Store) -> Store:
    for number in range(4):
        record(store, "secretary", "export", f"households-{number}", number)
    return store


def test_the_log_is_read_in_order(logged: Store) -> None:
    log = read_audit(logged)
    assert log["what"].tolist() == [f"households-{number}" for number in range(4)]
    assert log["rows"].tolist() == [0, 1, 2, 3]
    assert log["at"].is_monotonic_increasing


def test_an_untouched_chain_holds(logged: Store) -> None:
    assert first_broken(logged) is None


def test_a_changed_row_shows(logged: Store) -> None:
    with logged.write() as connection:
        connection.execute(update(audit).where(audit.c.fid == 3).values(who="nobody"))
    assert first_broken(logged) == 3


def test_a_removed_row_shows(logged: Store) -> None:
    with logged.write() as connection:
        connection.execute(delete(audit).where(audit.c.fid == 2))
    assert first_broken(logged) == 3


def test_what_is_rolled_back_is_not_logged(logged: Store) -> None:
    with pytest.raises(RuntimeError), logged.write() as connection:  # noqa: PT012 - both stand in one transaction
        record(connection, "secretary", "import", "households", 1)
        raise RuntimeError
    assert len(read_audit(logged)) == 4
