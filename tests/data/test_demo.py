"""The demo comes into a store through the same door as anybody's files."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from gridgis.cli.demo import demo
from gridgis.demo import GRIDS, IN_FORCE_ON, MICRO_GRIDS, demo_loaded, load_demo
from gridgis.model.errors import CallError
from gridgis.model.layers import Layers
from gridgis.store.database import open_store
from gridgis.store.reading import list_plans, read_plan, read_township
from gridgis.store.writing import import_layers


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    store = open_store(str(tmp_path_factory.mktemp("demo") / "demo.gpkg"))
    stages = []
    rows = load_demo(store, lambda part, stage: stages.append((part, stage)))
    yield store, rows, stages
    store.close()


def test_the_checks_find_nothing_but_the_mark_of_synthetic_data(reading):
    assert reading.errors == ()
    assert {finding.words("en").split(": ")[-1] for finding in reading.warnings} == {"synthetic."}


@pytest.mark.parametrize("name", ["grids", "micro_grids"])
def test_the_shipped_units_are_what_the_planner_makes(folder, plan, name):
    shipped, made = gpd.read_file(folder / "boundaries" / f"{name}.geojson"), getattr(plan, name)
    assert shipped["code"].tolist() == made["code"].tolist()
    assert shipped["households"].tolist() == made["households"].tolist()
    apart = shapely.hausdorff_distance(shipped.geometry.to_numpy(), made.geometry.to_numpy())
    assert apart.max() < 1e-6


def test_the_plan_has_the_units_that_the_newspaper_reports(plan):
    assert (len(plan.grids), len(plan.micro_grids)) == (GRIDS, MICRO_GRIDS)
    assert plan.messages


def test_the_store_says_that_the_township_is_synthetic(loaded):
    store, rows, _ = loaded
    township = read_township(store)
    assert (township.code, township.name, township.synthetic) == ("140121202", "西谷乡", True)
    assert rows["households"] == 7466
    assert demo_loaded(store)


def test_the_plan_is_in_force_from_the_first_day_of_the_ledger(loaded):
    store, _, _ = loaded
    assert len(list_plans(store)) == 1
    stored = read_plan(store, on=IN_FORCE_ON)
    assert stored.status == "published"
    assert len(stored.plan.micro_grids) == MICRO_GRIDS


def test_progress_is_told_from_beginning_to_end(loaded):
    _, _, stages = loaded
    parts = [part for part, _ in stages]
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0.0, 1.0)


def test_loaded_data_is_kept_and_said(loaded, capsys):
    store, _, _ = loaded
    demo(store.url, no_serve=True)
    assert store.url in capsys.readouterr().out
    assert len(list_plans(store)) == 1


def test_a_store_that_holds_other_data_is_refused(tmp_path, layers):
    path = str(tmp_path / "own.gpkg")
    store = open_store(path)
    import_layers(store, Layers(villages=layers.villages), who="test")
    store.close()
    with pytest.raises(CallError, match="other data"):
        demo(path, no_serve=True)
