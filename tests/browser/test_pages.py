"""The pages in a real browser: what a person does with them, and what must never happen meanwhile."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from gridgis.model.words import say
from gridgis.views.pages import PAGES

ROOT = Path(__file__).resolve().parents[2]
NAMES = [entry.name for entry in PAGES]
PHONE = {"width": 375, "height": 812}
LIUWAN = "140121202207"
PAYLOAD_BYTES = 1_000_000
LEAST_COLOURS = 200
LEAST_BYTES = 10_000
SHOTS = {
    "overview-zh": ("overview", {}),
    "overview-en": ("overview", {"locale": "en-GB"}),
    "overview-dark": ("overview", {"color_scheme": "dark"}),
    "overview-phone": ("overview", {"viewport": PHONE}),
    "unvisited-zh": ("unvisited", {}),
    "hotspots-zh": ("hotspots", {}),
    "hotspots-en": ("hotspots?period=2026", {"locale": "en-GB"}),
    "grids-zh": ("grids", {}),
    "data-zh": ("data", {}),
}


@pytest.fixture(scope="module")
def url(serve_store, loaded_demo):
    with serve_store(loaded_demo) as address:
        yield address


def question(page, name, lang="zh"):
    expect(page.locator(".gg-question h1")).to_have_text(say(f"app.{name}.question", lang))


def settle(page, name, lang="zh"):
    """Wait until the page stands still: its question is there, and its map has drawn what it shows."""
    question(page, name, lang)
    if name != "data":
        frame = page.frame_locator(".st-key-map iframe")
        expect(frame.locator(".gridgis-legend")).to_be_visible()
    expect(page.locator('[data-testid="stSkeleton"]')).to_have_count(0)


def stand_still(page):
    """Wait until two pictures in a row are the same: tables and maps draw after the page is there."""
    before, now = None, page.screenshot()
    while now != before:
        page.wait_for_timeout(400)
        before, now = now, page.screenshot()


@pytest.mark.parametrize(("locale", "lang"), [("zh-CN", "zh"), ("en-GB", "en")])
@pytest.mark.parametrize("name", NAMES)
def test_every_page_opens_in_the_browsers_language_without_a_complaint(url, new_page, log, name, locale, lang):
    page = new_page(locale=locale)
    page.goto(f"{url}/{name}")
    settle(page, name, lang)
    assert page.locator('[data-testid="stAlert"], [data-testid="stException"]').count() == 0
    assert not log.complaints()


def test_pages_are_reached_by_their_links_and_take_unit_and_language_along(url, page, log):
    page.goto(f"{url}/?lang=en&unit={LIUWAN}")
    settle(page, "overview", "en")
    page.get_by_role("link", name=say("app.page.unvisited", "en")).click()
    settle(page, "unvisited", "en")
    assert f"unit={LIUWAN}" in page.url
    assert "柳湾" in page.locator(".gg-question p").inner_text()
    assert not log.complaints()


def test_one_click_speaks_the_other_language(url, page, log):
    page.goto(url)
    settle(page, "overview")
    page.get_by_role("button", name="English").click()
    question(page, "overview", "en")
    expect(page).to_have_url(re.compile("lang=en"))
    page.reload()
    settle(page, "overview", "en")
    assert not log.complaints()


def test_the_list_leads_down_and_the_breadcrumb_up(url, page, log):
    page.goto(url)
    settle(page, "overview")
    page.get_by_role("button", name="柳湾").click()
    expect(page).to_have_url(re.compile(f"unit={LIUWAN}"))
    expect(page.locator(".gg-question p")).to_contain_text("柳湾")
    page.locator(".st-key-trail").get_by_role("button", name="西谷乡").click()
    expect(page).not_to_have_url(re.compile("unit="))
    assert not log.complaints()


def test_a_click_on_the_map_enters_the_unit(url, page, log):
    page.goto(url)
    settle(page, "overview")
    box = page.locator(".st-key-map iframe").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.42)
    expect(page).to_have_url(re.compile(r"unit=\d+"))
    assert not log.complaints()


def test_an_address_restores_the_view(url, page):
    page.goto(f"{url}/?unit={LIUWAN}&period=2026-W40&by=micro_grid")
    settle(page, "overview")
    expect(page.get_by_role("combobox", name=say("app.period.which", "zh"))).to_have_value("2026年第40周")
    expect(page.locator("ol button.unit").nth(3)).to_be_visible()


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_shows_one_column_and_never_scrolls_sideways(url, new_page, log, name):
    page = new_page(viewport=PHONE)
    page.goto(f"{url}/{name}")
    settle(page, name)
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("element => element.scrollWidth") <= PHONE["width"]
    small = page.evaluate(
        """() => [...document.querySelectorAll('.stButton button, .stDownloadButton button, .stPageLink a')]
        .filter(node => node.offsetParent && node.getBoundingClientRect().height < 43.5).map(node => node.innerText)"""
    )
    assert small == []
    assert not log.complaints()


def test_a_phone_says_the_answer_first_and_unfolds_the_filters_when_asked(url, new_page):
    page = new_page(viewport=PHONE)
    page.goto(url)
    settle(page, "overview")
    parts = (".gg-question", ".gg-figures", ".st-key-trail", ".st-key-map iframe")
    tops = [page.locator(part).bounding_box()["y"] for part in parts]
    assert tops == sorted(tops)
    assert page.locator(".st-key-map iframe").bounding_box()["height"] <= 0.6 * PHONE["height"]
    expect(page.locator(".st-key-filters")).to_be_hidden()
    page.get_by_text(say("app.filters", "zh")).click()
    expect(page.locator(".st-key-filters")).to_be_visible()


def test_one_finger_scrolls_the_page_over_the_map_of_a_phone(url, new_page):
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(url)
    settle(page, "overview")
    frame = page.locator(".st-key-map iframe").element_handle().content_frame()
    assert not frame.evaluate("gridgis.map.dragging.enabled()")
    touch = "getComputedStyle(document.querySelector('.leaflet-container')).touchAction"
    assert frame.evaluate(touch) == "pan-x pan-y"


def test_a_household_chosen_in_the_list_is_seen_on_the_map(url, page, log):
    page.goto(f"{url}/unvisited")
    settle(page, "unvisited")
    stand_still(page)
    page.get_by_test_id("stDataFrame").click(position={"x": 40, "y": 55})
    expect(page).to_have_url(re.compile(r"household=\d+"))
    expect(page.locator(".gg-facts")).to_be_visible()
    frame = page.locator(".st-key-map iframe").element_handle().content_frame()
    frame.wait_for_function("gridgis.map.getZoom() >= 16")
    assert not log.complaints()


def test_a_laptop_shows_question_figures_and_map_without_scrolling(url, page):
    page.goto(url)
    settle(page, "overview")
    for part in (".gg-question", ".gg-figures", ".st-key-map iframe"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 768, part


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(247, 245, 240)"), ("dark", "rgb(28, 32, 36)")])
def test_the_theme_is_the_systems(url, new_page, scheme, ground):
    page = new_page(color_scheme=scheme)
    page.goto(url)
    settle(page, "overview")
    assert page.locator(".stApp").evaluate("element => getComputedStyle(element).backgroundColor") == ground


def test_the_list_of_the_unvisited_is_downloaded_and_opens(url, page, log):
    page.goto(f"{url}/unvisited")
    settle(page, "unvisited")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=say("app.unvisited.download_csv", "zh")).click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].startswith(say("app.column.head_name", "zh"))
    assert "＊＊" in text
    assert not log.complaints()


def test_an_export_follows_rfc_7946(url, page):
    page.goto(f"{url}/data?tab=export")
    question(page, "data")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=say("app.data.export_go", "zh")).click()
    collection = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert "crs" not in collection
    assert len(collection["features"]) == 24


def test_no_english_of_the_programs_own_stands_on_a_chinese_page(url, page):
    page.goto(f"{url}/data")
    question(page, "data")
    stand_still(page)
    page.locator('[data-testid="stIconMaterial"]').evaluate_all("icons => icons.forEach(icon => icon.remove())")
    text = page.locator('[data-testid="stMain"]').inner_text()
    known = "English|GeoPackage|GeoJSON|Shapefile|GeoParquet|FlatGeobuf|KML|CSV|Excel|MB|zip"
    assert re.findall(r"[A-Za-z]{3,}", re.sub(known, "", text)) == []


def test_the_map_of_the_overview_is_on_screen_in_time_and_light_enough(url, new_page):
    warm = new_page()
    warm.goto(url)
    settle(warm, "overview")
    page = new_page()
    weights = []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda data: weights.append(len(data))))
    page.goto(url)
    drawn = page.frame_locator(".st-key-map iframe").locator(".gridgis-legend")
    expect(drawn).to_be_visible()
    seconds = page.evaluate("performance.now()") / 1000
    print(f"map on screen after {seconds:.2f} s, {sum(weights):,} bytes by web socket")  # noqa: T201 the figure is wanted
    assert sum(weights) <= PAYLOAD_BYTES


@pytest.mark.parametrize("shot", SHOTS)
def test_screenshots_show_the_pages_and_become_the_docs_where_asked(url, new_page, tmp_path, shot):
    address, options = SHOTS[shot]
    page = new_page(**options)
    page.goto(f"{url}/{address}")
    settle(page, address.partition("?")[0], "en" if "locale" in options else "zh")
    stand_still(page)
    path = (ROOT / "docs" if os.environ.get("GRIDGIS_SCREENSHOTS") else tmp_path) / f"{shot}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        assert picture.size == tuple(page.viewport_size.values())
        assert len(picture.convert("RGB").getcolors(maxcolors=picture.width * picture.height)) > LEAST_COLOURS
    assert (ROOT / "docs" / path.name).stat().st_size > LEAST_BYTES
