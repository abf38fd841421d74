"""From nothing to grids in force, by hand: what a person does on the pages of a store of their own."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from gridgis.model.words import say
from gridgis.store.database import open_store
from gridgis.store.reading import list_plans, read_layer, read_township
from gridgis.store.scope import Reader

DATA = Path(__file__).resolve().parents[2] / "data"
LIUWAN = "140121202207"
HOSTILE = "<img src=x onerror=alert(1)>"
LONG_MS = 300_000
"""A plan, or the demo, may take this long on a slow machine."""


@pytest.fixture(scope="module")
def village():
    """The layers of one village of the demo: its border and its households."""
    villages = gpd.read_file(DATA / "boundaries" / "villages.geojson")
    rows = pd.read_csv(DATA / "households.csv", dtype=str)
    rows = rows[rows["village_code"] == LIUWAN]
    places = gpd.points_from_xy(rows["lon"].astype(float), rows["lat"].astype(float), crs=4326)
    households = gpd.GeoDataFrame(rows[["household_id", "village_code", "head_name"]], geometry=places)
    return {
        "villages": villages.loc[villages["code"] == LIUWAN, ["code", "name", "geometry"]],
        "households": households,
    }


@pytest.fixture
def store(tmp_path, serve_store):
    """A store with nothing in it, and the app on it."""
    path = tmp_path / "own.gpkg"
    with serve_store(path) as url:
        opened = open_store(str(path))
        yield opened, url
        opened.close()


def file_of(layers, folder, name="village.gpkg"):
    """Write layers as a file that a person would choose."""
    path = folder / "upload.gpkg"
    for layer, table in layers.items():
        table.to_file(path, layer=layer)
    return {"name": name, "mimeType": "application/octet-stream", "buffer": path.read_bytes()}


def check(page, file):
    """Choose a file that holds all layers, and have it checked."""
    page.locator(".st-key-upload_case input[type=file]").set_input_files(file)
    page.locator(".st-key-check button").click()


def households_in(opened):
    return len(read_layer(opened, "households", Reader.of_township("test")))


def legend(page, words):
    expect(page.frame_locator(".st-key-map iframe").locator(".gridgis-legend")).to_contain_text(words)


def test_an_empty_store_fills_with_the_demo_at_one_click(store, page, log):
    _, url = store
    page.goto(url)
    page.get_by_role("button", name=say("app.empty.demo", "zh")).click()
    expect(page.get_by_test_id("stProgress")).to_be_visible()
    expect(page.locator(".gg-question h1")).to_have_text(say("app.overview.question", "zh"), timeout=LONG_MS)
    legend(page, "%")
    expect(page.locator("ol button.unit")).to_have_count(9)
    page.get_by_role("link", name=say("app.page.unvisited", "zh")).click()
    legend(page, say("map.state.never", "zh"))
    assert not log.complaints()


def test_what_is_wrong_is_shown_before_anything_is_written_and_the_rest_may_be(store, village, tmp_path, page, log):
    opened, url = store
    households = village["households"].copy()
    at = households.index[0]
    households.loc[at, "household_id"] = HOSTILE
    households.loc[at, "geometry"] = gpd.points_from_xy([112.9], [37.9])[0]
    page.goto(f"{url}/data")
    check(page, file_of(village | {"households": households}, tmp_path, f"{HOSTILE}.gpkg"))
    expect(page.get_by_test_id("stAlert")).to_contain_text(say("app.data.faulty", "zh", n=1))
    expect(page.get_by_test_id("stDataFrame")).to_contain_text(say("app.data.severity.error", "zh"))
    legend(page, say("map.finding.error", "zh"))
    assert read_township(opened) is None
    with page.expect_download() as waiting:
        page.locator(".st-key-rejected button").click()
    rejected = load_workbook(BytesIO(Path(waiting.value.path()).read_bytes())).active
    assert HOSTILE in [cell.value for row in rejected.iter_rows() for cell in row]
    page.get_by_role("button", name=say("app.data.import_rest", "zh")).click()
    expect(page.get_by_test_id("stAlert")).to_contain_text(say("layer.households", "zh"))
    assert households_in(opened) == len(households) - 1
    assert page.locator("img[src=x]").count() == 0
    assert not log.complaints()


def test_files_become_grids_in_force(store, village, tmp_path, page, log):
    opened, url = store
    page.goto(f"{url}/data")
    check(page, file_of(village, tmp_path))
    page.locator(".st-key-import button").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text(say("layer.households", "zh"))
    assert households_in(opened) == len(village["households"])
    page.get_by_role("link", name=say("app.page.grids", "zh"), exact=True).click()
    page.get_by_role("button", name=say("app.grids.form.go", "zh")).click()
    page.locator(".st-key-keep button").click(timeout=LONG_MS)
    page.locator(".st-key-publish button").click()
    expect(page.locator(".st-key-publish")).to_have_count(0)
    assert list_plans(opened)["status"].tolist() == ["published"]
    page.get_by_role("link", name=say("app.page.overview", "zh")).click()
    page.get_by_role("radio", name=say("app.tier.grid", "zh"), exact=True).click()
    expect(page.locator("ol button.unit")).to_have_count(2)
    assert not log.complaints()


def test_a_plan_that_is_stopped_leaves_nothing_and_the_page_as_it_was(tmp_path, loaded_demo, serve_store, page, log):
    path = tmp_path / "demo.gpkg"
    shutil.copy(loaded_demo, path)
    with serve_store(path) as url:
        page.goto(f"{url}/grids")
        page.get_by_role("radio", name=say("planner.panel.new", "zh")).click()
        page.get_by_role("button", name=say("app.grids.form.go", "zh")).click()
        expect(page.get_by_test_id("stProgress")).to_be_visible()
        page.locator(".st-key-cancel button").click()
        expect(page.get_by_text(say("app.job.cancelled", "zh"))).to_be_visible(timeout=LONG_MS)
        expect(page.locator(".st-key-publish")).to_have_count(0)
        legend(page, say("map.plan.title", "zh"))
        opened = open_store(str(path))
        assert len(list_plans(opened)) == 1
        opened.close()
    assert not log.complaints()
