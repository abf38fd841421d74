"""Opening a store: what it makes, what it refuses, and that both backends are what the schema says."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from gridgis.model.errors import CallError
from gridgis.model.vocabulary import read_vocabulary
from gridgis.store import migrating, schema
from gridgis.store.database import Store, open_store
from gridgis.store.geopackage import geometry_of
from gridgis.store.reading import data_version
from gridgis.store.schema import metadata


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def test_the_migrations_make_what_the_schema_says(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts=migrating.options(connection))
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_the_one_a_store_is_opened_at() -> None:
    assert ScriptDirectory(str(migrating._SCRIPTS)).get_current_head() == migrating.HEAD


def test_a_store_is_opened_again_as_it_was(url: str, store: Store) -> None:
    again = open_store(url)
    assert data_version(again) == data_version(store) == 0
    again.close()


def test_a_revision_is_run_by_the_next_opening(store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        for table in reversed(metadata.sorted_tables):
            table.drop(connection)
        connection.execute(text("INSERT INTO alembic_version VALUES ('base')"))
        connection.execute(text("DELETE FROM alembic_version"))
        migrating.upgrade(connection)
    with store.read() as connection:
        assert migrating.revision_of(connection) == migrating.HEAD


def test_a_newer_store_is_refused(url: str, store: Store) -> None:
    with store.write(new_version=False) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CallError) as refused:
        open_store(url)
    assert refused.value.key == "store.newer"


def test_the_file_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/new/folder/a.gpkg")
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "application_id", "user_version")
    with store.read() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas]
    assert values == ["wal", 2, 1, 60_000, int.from_bytes(b"GPKG"), 10300]
    store.close()


def test_the_geopackage_lists_every_table_with_its_geometry(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "a.gpkg"))
    with store.read() as connection:
        listed = set(connection.execute(text("SELECT table_name, srs_id FROM gpkg_contents")))
        shapes = set(
            connection.execute(text("SELECT table_name, geometry_type_name, srs_id FROM gpkg_geometry_columns"))
        )
        systems = set(connection.execute(text("SELECT srs_id FROM gpkg_spatial_ref_sys")).scalars())
    kinds = {table.name: geometry_of(table) for table in metadata.sorted_tables}
    assert listed == {(name, kind.srid if kind else None) for name, kind in kinds.items()}
    assert shapes == {(name, kind.kind, kind.srid) for name, kind in kinds.items() if kind}
    assert systems == {-1, 0, 4326, 4490}
    store.close()


@pytest.mark.parametrize("content", [b"PK\x03\x04 a zip", b"SQLite", b"\x00" * 200])
def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.gpkg"
    file.write_bytes(content)
    with pytest.raises(CallError) as refused:
        open_store(str(file))
    assert refused.value.key == "store.foreign"
    assert file.read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"]


def test_a_geopackage_of_others_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
    before = file.read_bytes()
    with pytest.raises(CallError) as refused:
        open_store(str(file))
    assert refused.value.key == "store.foreign"
    assert file.read_bytes() == before


@pytest.mark.parametrize("url", ["mysql://somewhere/x", "nonsense://", "sqlite://", "://"])
def test_another_kind_of_address_is_refused(url: str) -> None:
    with pytest.raises(CallError) as refused:
        open_store(url)
    assert refused.value.key == "store.url"


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "a.gpkg", tmp_path):
        with pytest.raises(CallError) as refused:
            open_store(str(place))
        assert refused.value.key == "store.not_writable"
        assert str(place) in refused.value.words("zh")


def test_a_server_that_does_not_answer_is_said_without_its_password() -> None:
    with pytest.raises(CallError) as refused:
        open_store("postgresql://me:secret@127.0.0.1:1/gridgis")
    assert refused.value.key == "store.unreachable"
    assert "secret" not in refused.value.words("en") + refused.value.words("zh")


def test_a_missing_driver_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CallError) as refused:
        open_store("postgresql://127.0.0.1:1/gridgis")
    assert refused.value.key == "store.no_psycopg"


@pytest.mark.postgis
def test_postgis_is_added_to_a_database_or_its_lack_is_said(cluster) -> None:
    bare = cluster.new_database("template1")
    cluster.execute("CREATE ROLE clerk LOGIN", f"GRANT ALL ON DATABASE {bare} TO clerk")
    with pytest.raises(CallError) as refused:
        open_store(cluster.url(bare, "clerk"))
    assert refused.value.key == "store.no_postgis"
    open_store(cluster.url(bare)).close()


@pytest.mark.postgis
def test_a_database_that_is_not_there_is_said(cluster) -> None:
    with pytest.raises(CallError) as refused:
        open_store(cluster.url("nowhere"))
    assert refused.value.key == "store.unreachable"


def test_the_steps_that_the_store_allows_are_those_of_the_vocabulary() -> None:
    terms = read_vocabulary()
    assert terms.codes("matter_step") == schema.MATTER_STEPS
    assert terms.codes("certification_step") == schema.CERTIFICATION_STEPS
