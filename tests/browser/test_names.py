"""A name is text, whatever it says: on every page, map and table of a township full of names that would be markup."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from playwright.sync_api import expect

from gridgis.model.layers import CONTRACTS, Layers
from gridgis.planning.plan import PlanRequest, make_plan
from gridgis.store.database import open_store
from gridgis.store.writing import import_layers, write_plan
from gridgis.views.pages import PAGES

NASTY = "<img src=x onerror=alert(1)>"
SCRIPT = "`${alert(2)}` **b** [x](javascript:alert(3)) :red[r]"
CRS = 4546
COUNT = 320


def layer(name, /, **columns):
    """Make a layer of the contract out of some of its columns."""
    contract = CONTRACTS[name]
    geometry = columns.pop("geometry", None)
    size = len(next(iter(columns.values())))
    table = pd.DataFrame(
        {column: columns.get(column, pd.Series([None] * size, dtype="str")) for column in contract.schema.columns}
    )
    return table if geometry is None else gpd.GeoDataFrame(table, geometry=geometry, crs=CRS)


@pytest.fixture(scope="module")
def url(serve_store, tmp_path_factory):
    rng = np.random.default_rng(7)
    west, east = shapely.box(0, 0, 2000, 2000), shapely.box(2000, 0, 4000, 2000)
    shift = np.array([620_000, 4_160_000])
    villages = layer(
        "villages", code=["A", "B"], name=[NASTY, SCRIPT],
        geometry=[shapely.transform(box, lambda xy: xy + shift) for box in (west, east)],
    )  # fmt: skip
    xy = rng.uniform([20, 20], [1980, 1980], (2 * COUNT, 2)) + np.repeat([[0, 0], [2000, 0]], COUNT, axis=0) + shift
    ids = [f"{NASTY}{number:04}" for number in range(2 * COUNT)]
    households = layer(
        "households", household_id=ids, village_code=["A"] * COUNT + ["B"] * COUNT, households=[1] * (2 * COUNT),
        head_name=[NASTY] * (2 * COUNT), address=[NASTY] * (2 * COUNT), geometry=shapely.points(xy),
    )  # fmt: skip
    day = pd.Series(pd.to_datetime(["2026-11-20"] * COUNT)).astype("datetime64[s]")
    visits = layer(
        "visits", visit_id=[f"v{n}" for n in range(COUNT)], household_id=ids[::2], visited_on=day, by=[NASTY] * COUNT,
        outcome=["met"] * COUNT,
    )  # fmt: skip
    services = layer(
        "services", service_id=[f"s{n}" for n in range(COUNT)], household_id=ids[:COUNT], reported_on=day,
        domain=[NASTY] * COUNT, kind=[NASTY] * COUNT, status=["open"] * COUNT,
        closed_on=pd.Series([pd.NaT] * COUNT, dtype="datetime64[s]"), geometry=shapely.points(xy[:COUNT]),
    )  # fmt: skip
    path = tmp_path_factory.mktemp("nasty") / "nasty.gpkg"
    store = open_store(str(path))
    layers = Layers(villages=villages, households=households, visits=visits, services=services)
    import_layers(store, layers, who="test", synthetic=True, township_name=NASTY)
    plan = make_plan(layers, PlanRequest())
    write_plan(store, plan, name=NASTY, who="test", status="published")
    store.close()
    with serve_store(path) as address:
        yield address


@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_names_that_would_be_markup_are_shown_as_text(url, page, log, name):
    page.goto(f"{url}/{name}")
    expect(page.locator(".gg-question")).to_be_visible()
    expect(page.locator(".gg-brand")).to_contain_text(NASTY)
    if name != "data":
        frame = page.frame_locator(".st-key-map iframe")
        expect(frame.locator(".gridgis-legend")).to_be_visible()
        assert frame.locator("img[src=x]").count() == 0
    page.wait_for_timeout(500)
    assert page.locator("img[src=x]").count() == 0
    assert not log.complaints()


def test_lists_and_choices_say_the_names_as_they_are(url, page, log):
    page.goto(url)
    expect(page.locator("ol button.unit").first).to_be_visible()
    assert {row.inner_text() for row in page.locator("ol .name").all()} == {NASTY, SCRIPT}
    page.goto(f"{url}/?unit=B")
    expect(page.locator(".st-key-trail")).to_contain_text(SCRIPT)
    assert not log.complaints()


def test_a_household_is_named_as_it_is_where_it_is_chosen(url, page, log):
    page.goto(f"{url}/unvisited?household={NASTY}0001")
    expect(page.locator(".gg-facts")).to_contain_text(f"{NASTY}0001")
    expect(page.frame_locator(".st-key-map iframe").locator(".gridgis-legend")).to_be_visible()
    box = page.locator(".st-key-map iframe").bounding_box()
    for share in (0.3, 0.4, 0.5, 0.6):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * share)
        page.wait_for_timeout(150)
    assert page.frame_locator(".st-key-map iframe").locator("img[src=x]").count() == 0
    assert not log.complaints()
