"""A backup is a whole store, taken while another program writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridgis.model.errors import CallError
from gridgis.model.layers import Layers
from gridgis.store.backup import back_up
from gridgis.store.database import Store, open_store
from gridgis.store.reading import data_version, read_layer
from gridgis.store.scope import Reader
from gridgis.store.writing import import_layers


@pytest.fixture
def filled(tmp_path: Path, layers: Layers) -> Store:
    store = open_store(str(tmp_path / "township.gpkg"))
    import_layers(store, layers, who="clerk")
    return store


def test_a_backup_is_the_store_as_last_committed(filled: Store, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "copy.gpkg"
    target.parent.mkdir()
    target.write_text("an older copy")
    back_up(filled, target, who="clerk")
    with filled.write() as connection:
        connection.exec_driver_sql("DELETE FROM visits")
    assert [path.name for path in target.parent.iterdir()] == ["copy.gpkg"]
    copy = open_store(str(target))
    assert data_version(copy) == 1
    assert len(read_layer(copy, "visits", Reader.of_township("clerk"))) == 3
    copy.close()
    filled.close()


def test_a_backup_onto_the_store_or_nowhere_is_refused(filled: Store, tmp_path: Path) -> None:
    for path, key in ((Path(filled.url), "store.backup.same"), (tmp_path / "no" / "a.gpkg", "store.not_writable")):
        with pytest.raises(CallError) as refused:
            back_up(filled, path, who="clerk")
        assert refused.value.key == key
    filled.close()


@pytest.mark.postgis
def test_a_backup_of_postgis_names_the_tool(on_postgis: Store, tmp_path: Path) -> None:
    with pytest.raises(CallError) as refused:
        back_up(on_postgis, tmp_path / "a.gpkg", who="clerk")
    assert "pg_dump" in refused.value.words("zh")
