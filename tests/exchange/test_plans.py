"""A plan file is the plan, the same bytes every time."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import Point, box

from gridgis.exchange import changes
from gridgis.exchange.plans import read_plan, write_plan
from gridgis.model.errors import CallError, DataError
from gridgis.planning.plan import Plan


def plan(name="东片", households=3):
    """Make one grid of two micro-grids.

    ┌────┬────┐
    │ 01 │ 02 │
    └────┴────┘
    """
    west, east = box(0, 0, 100, 100), box(100, 0, 200, 100)
    micro = {"code": ["v00101", "v00102"], "grid_code": "v001", "village_code": "v", "name": ["西片", name]}
    return Plan(
        cells=gpd.GeoDataFrame(
            {"cell_id": [0, 1], "village_code": "v", "micro_grid_code": micro["code"], "households": [1, households]},
            geometry=[west, east],
            crs=4546,
        ),
        grids=gpd.GeoDataFrame(
            {"code": ["v001"], "village_code": "v", "name": ["一格"], "households": [1 + households]},
            geometry=[box(0, 0, 200, 100)],
            crs=4546,
        ),
        micro_grids=gpd.GeoDataFrame(micro | {"households": [1, households]}, geometry=[west, east], crs=4546),
        households=gpd.GeoDataFrame(
            {"household_id": ["001", "002"], "grid_code": "v001", "micro_grid_code": micro["code"]},
            geometry=[Point(50, 50), Point(150, 50)],
            crs=4546,
        ),
    )


def test_a_plan_is_read_as_it_was_written(tmp_path):
    write_plan(plan(), tmp_path / "p.gpkg")
    again = read_plan(tmp_path / "p.gpkg")
    for name in ("cells", "grids", "micro_grids", "households"):
        written, read = getattr(plan(), name), getattr(again, name)
        assert list(read.columns) == list(written.columns)
        assert read.drop(columns="geometry").to_numpy().tolist() == written.drop(columns="geometry").to_numpy().tolist()
        assert read.geometry.geom_equals(written.geometry).all()
        assert read.crs == written.crs


def test_the_same_plan_makes_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_plan(plan(), tmp_path / name / "p.gpkg")
    assert (tmp_path / "a" / "p.gpkg").read_bytes() == (tmp_path / "b" / "p.gpkg").read_bytes()


def test_a_plan_without_cells_has_its_micro_grids_for_cells(tmp_path):
    path = tmp_path / "p.gpkg"
    for name in ("grids", "micro_grids", "households"):
        getattr(plan(), name).to_file(path, layer=name, engine="pyogrio")
    assert read_plan(path).cells["micro_grid_code"].tolist() == ["v00101", "v00102"]


def test_a_plan_without_its_layers_is_the_datas_fault(tmp_path):
    plan().grids.to_file(tmp_path / "p.gpkg", layer="grids", engine="pyogrio")
    with pytest.raises(DataError) as caught:
        read_plan(tmp_path / "p.gpkg")
    assert {finding.layer for finding in caught.value.findings} == {"micro_grids", "households"}


def test_no_file_is_the_calls_fault(tmp_path):
    with pytest.raises(CallError):
        read_plan(tmp_path / "none.gpkg")


def test_changes_name_what_differs_and_nothing_else():
    assert changes.changed_units(plan(), plan()).empty
    assert changes.changed_units(None, plan())["change"].tolist() == ["added"] * 3
    told = changes.changed_units(plan(), plan(name="新", households=4)).set_index("code")["change"]
    assert told.to_dict() == {"v001": "changed", "v00102": "changed"}
    smaller = Plan(plan().cells, plan().grids, plan().micro_grids.iloc[:1], plan().households)
    assert changes.changed_units(plan(), smaller).set_index("code")["change"].to_dict() == {"v00102": "retired"}
