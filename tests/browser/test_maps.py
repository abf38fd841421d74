"""Every map in a real browser: offline, harmless, legible, and answering to the hand.

The township is four villages; the school and a natural village lie in the south-west::

    B D      north
    A C      south
"""

from __future__ import annotations

import folium
import geopandas as gpd
import pytest
import shapely

from gridgis.model.findings import Finding
from gridgis.model.layers import Layers
from gridgis.model.tiers import GRID
from gridgis.show.assets import foreign_links
from gridgis.show.base import base_map, look_at
from gridgis.show.coverage import coverage_layer
from gridgis.show.elements import Drawn, group_of
from gridgis.show.escape import escape
from gridgis.show.findings import findings_layer
from gridgis.show.hotspots import hotspots_layer
from gridgis.show.legend import legend
from gridgis.show.overdue import overdue_layer
from gridgis.show.plan import plan_layer

NASTY = "<img src=x onerror=alert(1)>`${alert(2)}`\"'</script><script>alert(3)</script>"
WEST, SOUTH, STEP = 112.40, 37.55, 0.01
KNOWN = 4326


def square(column, row):
    return shapely.box(WEST + column * STEP, SOUTH + row * STEP, WEST + (column + 1) * STEP, SOUTH + (row + 1) * STEP)


CODES = ["A", "B", "C", "D"]
SQUARES = [square(column, row) for column in range(2) for row in range(2)]


def township(name):
    villages = gpd.GeoDataFrame({"code": CODES, "name": [name] * 4}, geometry=SQUARES, crs=KNOWN)
    hamlet = shapely.box(WEST + 0.002, SOUTH + 0.002, WEST + 0.005, SOUTH + 0.005)
    settled = gpd.GeoDataFrame({"code": ["N"], "name": [name], "village_code": ["A"]}, geometry=[hamlet], crs=KNOWN)
    lines = [shapely.LineString([(WEST, SOUTH + y), (WEST + 0.02, SOUTH + y)]) for y in (0.003, 0.008, 0.013)]
    kinds = ["waterway", "highway", "railway"]
    barriers = gpd.GeoDataFrame({"kind": kinds, "name": [name, None, name]}, geometry=lines, crs=KNOWN)
    return Layers(villages=villages, natural_villages=settled, barriers=barriers)


def units(name):
    table = {"name": [name] * 4, "households": [320, 400, 99, 0], "covered": [310, 250, 40, 0]}
    areas = gpd.GeoDataFrame(table | {"head": [name, None, name, name]}, geometry=SQUARES, crs=KNOWN, index=CODES)
    return areas.assign(share_pct=[96.9, 62.5, 40.4, None])


def areas(name):
    table = {"name": [name] * 4, "observed": [37, 2, 9, 1], "expected": [18.0, 12.0, 9.5, 0.4]}
    verdicts = ["hot", "cold", "ordinary", "too_few"]
    return gpd.GeoDataFrame(table | {"verdict": verdicts}, geometry=SQUARES, crs=KNOWN, index=CODES)


def households(name):
    # the middle of A, then one in each of the others
    places = [shape.centroid for shape in SQUARES] + [shapely.Point(WEST + 0.001, SOUTH + 0.001)]
    states = ["overdue", "in_order", "due_soon", "never", "unreachable"]
    table = {"state": states, "households": 1, "days_overdue": [12, None, None, None, 3], "label": [name] * 5}
    return gpd.GeoDataFrame(table, geometry=places, crs=KNOWN)


def finding(name):
    centre = SQUARES[0].centroid
    return Finding("error", "households", "layer_missing", (name,), ((centre.x, centre.y),))


LAYERS = {
    "coverage": lambda name: coverage_layer(units(name), "zh", focus="B"),
    "hotspots": lambda name: hotspots_layer(areas(name), "zh", focus="B"),
    "plan": lambda name: plan_layer(units(name), GRID, "zh", households=households(name), focus="B"),
    "overdue": lambda name: overdue_layer(households(name), "zh"),
    "findings": lambda name: findings_layer([finding(name)], "zh"),
}


def drawn_map(kind, name="柳湾", lang="zh"):
    drawn = base_map(township(name), lang, synthetic=True)
    LAYERS[kind](name).add_to(drawn)
    return drawn


def pixel_of_a(page):
    """Find where the middle of A is on screen."""
    place = f"[{SOUTH + STEP / 2}, {WEST + STEP / 2}]"
    at = page.evaluate(f"gridgis.map.latLngToContainerPoint({place})")
    return at["x"], at["y"]


def open_map(page, url):
    page.goto(url)
    page.wait_for_function("window.gridgis && gridgis.map && document.querySelectorAll('canvas').length > 2")


@pytest.mark.parametrize("kind", LAYERS)
def test_a_map_asks_no_other_host_and_complains_of_nothing(kind, page, log, serve_map):
    drawn = drawn_map(kind)
    assert foreign_links(drawn) == []
    open_map(page, serve_map(drawn))
    page.wait_for_timeout(200)
    assert log.complaints() == []


@pytest.mark.parametrize("kind", LAYERS)
def test_a_hostile_name_shows_as_text_in_tooltip_and_legend(kind, page, log, serve_map):
    drawn = drawn_map(kind, NASTY)
    group_of(legend(NASTY, [{"text": NASTY, "style": {"fill": "hot"}}], NASTY)).add_to(drawn)
    open_map(page, serve_map(drawn))
    page.mouse.move(*pixel_of_a(page))
    tip = page.locator(".gridgis-tip .gridgis-lines > div")
    tip.first.wait_for()
    lines = tip.all_inner_texts()
    assert len(lines) <= 3
    assert NASTY in " ".join(lines)
    assert NASTY in page.locator(".gridgis-legend summary").all_inner_texts()
    assert page.locator("img[src='x']").count() == 0
    assert log.complaints() == []


def test_a_hostile_name_of_a_layer_shows_as_text_in_the_switch(page, log, serve_map):
    drawn = base_map(township("柳湾"), "zh")
    drawn._children.pop(next(name for name in drawn._children if name.startswith("layer_control")))
    data = {"pane": "over", "parts": [], "style": [], "styles": []}
    Drawn("shapes", data, NASTY).add_to(drawn)
    folium.LayerControl().add_to(drawn)
    open_map(page, serve_map(drawn))
    page.locator(".leaflet-control-layers").dispatch_event("mouseenter")
    assert NASTY in page.locator(".leaflet-control-layers-overlays").inner_text()
    assert log.complaints() == []


def test_what_folium_writes_itself_is_harmless_once_escaped(page, log, serve_map):
    drawn = base_map(township("柳湾"), "zh")
    group = folium.FeatureGroup(control=False)
    middle = SQUARES[0].centroid
    folium.CircleMarker([middle.y, middle.x], radius=20, tooltip=folium.Tooltip(escape(NASTY))).add_to(group)
    feature = {"type": "Feature", "geometry": SQUARES[3].__geo_interface__, "properties": {"name": escape(NASTY)}}
    popup = folium.GeoJsonPopup(["name"], labels=False)
    folium.GeoJson({"type": "FeatureCollection", "features": [feature]}, popup=popup, name=escape(NASTY)).add_to(group)
    group.add_to(drawn)
    open_map(page, serve_map(drawn))
    page.mouse.move(*pixel_of_a(page))
    assert log.complaints() == []
    tip = page.locator(".leaflet-tooltip")
    tip.wait_for()
    assert NASTY in tip.inner_text()
    place = page.evaluate(f"gridgis.map.latLngToContainerPoint([{SOUTH + 1.5 * STEP}, {WEST + 1.5 * STEP}])")
    page.mouse.click(place["x"], place["y"])
    page.locator(".leaflet-popup-content").wait_for()
    assert "onerror" in page.locator(".leaflet-popup-content").inner_text()
    assert log.complaints() == []


@pytest.mark.parametrize(
    ("kind", "choice"), [("coverage", {"unit": "A"}), ("hotspots", {"unit": "A"}), ("overdue", {"point": 0})]
)
def test_a_click_chooses_what_lies_under_it(kind, choice, page, serve_map):
    open_map(page, serve_map(drawn_map(kind)))
    page.evaluate("addEventListener('gridgis:choose', (event) => { window.chosen = event.detail; })")
    page.mouse.click(*pixel_of_a(page))
    page.wait_for_function("window.chosen")
    assert page.evaluate("window.chosen") == choice


def test_a_household_tells_its_state_in_words(page, serve_map):
    open_map(page, serve_map(drawn_map("overdue", "郝**")))
    page.mouse.move(*pixel_of_a(page))
    page.locator(".gridgis-tip").wait_for()
    assert page.locator(".gridgis-lines > div").all_inner_texts() == ["郝**", "逾期 12 天"]


def test_the_furniture_is_there_and_the_way_home_leads_home(page, serve_map):
    drawn = drawn_map("coverage")
    group_of(look_at(SQUARES[3])).add_to(drawn)
    open_map(page, serve_map(drawn))
    assert page.locator(".leaflet-control-scale-line").is_visible()
    assert page.locator(".gridgis-north").inner_text() == "北"
    assert page.locator(".gridgis-note").inner_text() == "合成演示数据"
    assert "CGCS2000" in page.locator(".leaflet-control-attribution").inner_text()
    assert page.get_by_role("button", name="全屏").is_visible()
    assert page.get_by_role("region", name="地图").is_visible()
    # the whole township is two steps above the least zoom
    page.wait_for_function("gridgis.map.getZoom() > gridgis.map.getMinZoom() + 2")
    page.get_by_role("button", name="回到全图").click()
    page.wait_for_function("gridgis.map.getZoom() === gridgis.map.getMinZoom() + 2")
    page.locator(".leaflet-control-layers").dispatch_event("mouseenter")
    assert 1 <= page.locator(".leaflet-control-layers-overlays label").count() <= 6


def test_the_map_follows_the_theme(page, serve_map):
    ground = "getComputedStyle(document.querySelector('.leaflet-container')).backgroundColor"
    open_map(page, serve_map(drawn_map("coverage", lang="en")))
    assert page.evaluate(ground) == "rgb(247, 245, 240)"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{ground} === 'rgb(28, 32, 36)'")
    assert page.locator(".gridgis-note").inner_text() == "Synthetic demonstration data"
    page.emulate_media(color_scheme="dark", media="print")
    page.wait_for_function(f"{ground} === 'rgb(247, 245, 240)'")
