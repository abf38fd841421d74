"""A planner at work: what the numbers allow, a plan from the form, a look at an alternative, and a draft of it."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from playwright.sync_api import expect

from gridgis.model.layers import Layers, empty_layer
from gridgis.model.words import say
from gridgis.store.database import open_store
from gridgis.store.reading import list_plans, read_plan
from gridgis.store.writing import import_layers
from gridgis.views.records import proofs_of, sizes_of

DATA = Path(__file__).resolve().parents[2] / "data"
LIUWAN = "140121202207"
PHONE = {"width": 375, "height": 812}
LONG_MS = 300_000


@pytest.fixture
def store(tmp_path, serve_store):
    """One village of the demo with its natural villages and roads, of which nothing is planned, and the app on it."""
    land = {
        name: gpd.read_file(DATA / "boundaries" / f"{name}.geojson")
        for name in ("villages", "natural_villages", "barriers")
    }
    mine = land["villages"][land["villages"]["code"] == LIUWAN]
    rows = pd.read_csv(DATA / "households.csv", dtype=str)
    rows = rows[rows["village_code"] == LIUWAN].assign(households=1)
    places = gpd.points_from_xy(rows["lon"].astype(float), rows["lat"].astype(float), crs=4326)
    households = gpd.GeoDataFrame(rows, geometry=places).reindex(columns=empty_layer("households").columns)
    layers = Layers(
        villages=mine[["code", "name", "geometry"]],
        natural_villages=land["natural_villages"].query("village_code == @LIUWAN"),
        barriers=land["barriers"].clip(mine),
        households=households,
    )
    opened = open_store(str(tmp_path / "own.gpkg"))
    import_layers(opened, layers, who="test", synthetic=True)
    with serve_store(tmp_path / "own.gpkg") as url:
        yield opened, url
    opened.close()


def legend(page, words):
    expect(page.frame_locator(".st-key-map iframe").locator(".gridgis-legend")).to_contain_text(words)


def test_a_planner_foresees_plans_compares_and_keeps_an_alternative(store, page, new_page, log):
    opened, url = store
    page.goto(f"{url}/grids")
    # 594 households are too many for one grid of 500 and too few for two of 300
    expect(page.locator(".st-key-foreseen")).to_contain_text(say("planner.foreseen.broken", "zh", n=1, good=0))
    least = page.locator(".st-key-form_grid_low input")
    least.fill("290")
    least.press("Enter")
    expect(page.locator(".st-key-foreseen")).to_contain_text(say("planner.foreseen.kept", "zh", n=1, good=1))
    page.locator(".st-key-plan_now button").click()
    expect(page.locator(".gg-compare")).to_be_visible(timeout=LONG_MS)
    assert list_plans(opened).empty
    choice = page.locator(".st-key-choice [data-testid=stButtonGroup] button")
    choice.last.click()
    expect(page).to_have_url(re.compile("choice="))
    expect(page.locator(".gg-compare thead .here")).to_have_text(choice.last.inner_text())
    page.goto(f"{page.url}&colour=walk&tier=micro_grid")
    legend(page, say("figure.title.walk", "zh"))
    phone = new_page(viewport=PHONE, locale="en-GB")
    phone.goto(page.url)
    expect(phone.locator(".gg-compare thead .here")).to_be_visible()
    assert phone.locator('[data-testid="stMain"]').evaluate("element => element.scrollWidth") <= PHONE["width"]
    page.locator(".st-key-keep button").click()
    expect(page.locator(".st-key-publish button")).to_be_visible()
    plans = list_plans(opened)
    assert plans["status"].tolist() == ["draft"]
    kept = read_plan(opened, int(plans["plan_id"].iloc[0])).plan
    assert sizes_of(kept, {})["grid"].low == 290
    assert len(proofs_of(kept)) == 2
    page.get_by_role("radio", name=say("planner.panel.why", "zh")).click()
    expect(page.locator(".gg-facts dt")).to_have_count(2)
    assert not log.complaints()
