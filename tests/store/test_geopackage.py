"""A GIS opens the store while the product writes to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.model.tiers import SizeRange
from gridgis.planning.plan import Plan
from gridgis.redraw.apply import apply_edit
from gridgis.redraw.edits import Split
from gridgis.store.database import open_store
from gridgis.store.drafts import read_draft
from gridgis.store.geometry import decode, gpkg_blobs
from gridgis.store.history import Proposal, commit_edit
from gridgis.store.schema import metadata
from gridgis.store.writing import import_layers, write_plan

from .conftest import WEST, make_halves, make_rows_of_homes


def ogrinfo(*arguments: str) -> str:
    if shutil.which("ogrinfo") is None:
        message = "ogrinfo is missing"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    done = subprocess.run(["ogrinfo", "-ro", *arguments], check=True, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "township.gpkg"


def test_ogrinfo_reads_the_store_while_it_is_open(file: Path, layers: Layers, plan: Plan) -> None:
    store = open_store(str(file))
    assert "households (Point)" in ogrinfo(str(file))
    import_layers(store, layers, who="clerk")
    write_plan(store, plan, name="first", who="planner")
    with store.write():
        said = ogrinfo("-so", "-al", str(file))
        for table in metadata.sorted_tables:
            assert f"Layer name: {table.name}\n" in said
        assert 'ID["EPSG",4490]' in said
        assert "Extent: (112.402000, 37.502000) - (112.416000, 37.508000)" in ogrinfo("-so", str(file), "households")
        assert "onerror=alert(1)" in ogrinfo(str(file), "households")
    store.close()


def test_pyogrio_reads_the_store_while_it_is_open(file: Path, layers: Layers, plan: Plan) -> None:
    store = open_store(str(file))
    import_layers(store, layers, who="clerk")
    write_plan(store, plan, name="first", who="planner")
    with store.write():
        assert {name for name, _ in pyogrio.list_layers(file)} == set(metadata.tables)
        households = gpd.read_file(file, layer="households")
        assert households.crs == "EPSG:4490"
        assert households["head_name"].tolist() == layers.households["head_name"].tolist()
        assert shapely.equals_identical(households.geometry.array, layers.households.geometry.array).all()
        assert set(gpd.read_file(file, layer="micro_grids").geom_type) == {"MultiPolygon"}
        assert len(gpd.read_file(file, layer="members")) == 3
    store.close()


def test_blobs_of_others_are_read_too() -> None:
    blobs = gpkg_blobs(np.array([shapely.Point(1, 2), None, shapely.box(0, 0, 1, 1)], dtype=object), 4490)
    assert [blob[:4] if blob else None for blob in blobs] == [b"GP\x00\x01", None, b"GP\x00\x03"]
    with_xyz_envelope = b"GP\x00\x05" + (4490).to_bytes(4, "little") + bytes(48) + shapely.Point(3, 4).wkb
    assert decode([with_xyz_envelope], "POINT")[0] == shapely.Point(3, 4)


@given(st.lists(st.tuples(*[st.floats(-180, 180)] * 4), min_size=1))
def test_an_envelope_is_west_east_south_north(corners: list[tuple[float, ...]]) -> None:
    shapes = np.array([shapely.LineString([corner[:2], corner[2:]]) for corner in corners], dtype=object)
    for shape, blob in zip(shapes, gpkg_blobs(shapes, 4490), strict=True):
        assert blob is not None
        west, south, east, north = shape.bounds
        assert np.frombuffer(blob[8:40], "<f8").tolist() == [west, east, south, north]


def test_a_gis_sees_an_edit_at_once(file: Path) -> None:
    store = open_store(str(file))
    layers = make_rows_of_homes()
    import_layers(store, layers, who="clerk")
    plan_id = write_plan(store, make_halves(layers), name="first", who="planner")
    with store.read() as connection:
        before = changed_on(connection)
    stored = read_draft(store, plan_id, WEST)
    edit = Split(unit=f"{WEST}00101", line=shapely.LineString([(112.4013, 37.6), (112.4013, 37.4)]))
    change = apply_edit(stored.draft, edit, (SizeRange(3, 30), SizeRange(2, 10))).change
    time.sleep(0.002)
    commit_edit(store, plan_id, 1, Proposal(Message("history.step.plan", {"name": "cut"}), (change,)), who="planner")
    micro_grids = gpd.read_file(file, layer="micro_grids")
    assert sorted(micro_grids["households"]) == [2, 2, 4, 4, 4]
    assert len(gpd.read_file(file, layer="cells")) == 16 + len(change.added)
    assert len(gpd.read_file(file, layer="steps")) == 2
    with store.read() as connection:
        after = changed_on(connection)
    assert {table for table in after if after[table] != before[table]} == {"cells", "grids", "micro_grids"}
    for layer in ("cells", "grids", "micro_grids"):
        assert "Extent: (112.400000, 37.500000) - (112.416000, 37.504000)" in ogrinfo("-so", str(file), layer)
    store.close()


def changed_on(connection: Connection) -> dict[str, str]:
    return dict(connection.execute(text("SELECT table_name, last_change FROM gpkg_contents")).all())
