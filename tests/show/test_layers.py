"""What reaches the browser: little, in both languages, and nothing that the reader is not shown."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.model.findings import Finding
from gridgis.model.layers import Layers
from gridgis.model.tiers import MICRO_GRID
from gridgis.model.words import LANGS, say
from gridgis.show.base import base_map
from gridgis.show.coverage import coverage_layer
from gridgis.show.findings import findings_layer
from gridgis.show.hotspots import hotspots_layer
from gridgis.show.overdue import STATES, overdue_layer
from gridgis.show.plan import plan_layer

N = 7_500
SIDE = 9
RNG = np.random.default_rng(0)
SQUARES = [
    shapely.box(112.4 + x / 100, 37.5 + y / 100, 112.41 + x / 100, 37.51 + y / 100)
    for x in range(SIDE)
    for y in range(SIDE)
]
CODES = [f"1401212022{at:02}" for at in range(SIDE * SIDE)]


@pytest.fixture
def units():
    counts = np.arange(SIDE * SIDE) + 40
    table = {"name": CODES, "households": counts, "covered": counts // 2, "share_pct": 50.0, "phone": "13800138000"}
    return gpd.GeoDataFrame(table, geometry=SQUARES, crs=4490, index=CODES)


@pytest.fixture
def areas(units):
    verdicts = np.resize(["hot", "cold", "ordinary", "too_few"], len(units))
    return units.assign(observed=5, expected=2.5, verdict=verdicts, name=None)


@pytest.fixture
def households():
    points = gpd.points_from_xy(RNG.uniform(112.4, 112.49, N), RNG.uniform(37.5, 37.59, N))
    names = {"label": "郝**\n西谷村7组82号", "head_name": "郝建国"}
    table = {"state": RNG.choice(STATES, N), "days_overdue": 7, "households": 1} | names
    return gpd.GeoDataFrame(table, geometry=points, crs=4490)


@pytest.fixture
def ground(units):
    villages = units.assign(code=units.index)[["code", "name", "geometry"]]
    return lambda lang="zh": base_map(Layers(villages=villages), lang)


def page_of(drawn, group):
    group.add_to(drawn)
    return drawn.get_root().render()


def test_a_township_of_households_is_one_light_object(ground, households):
    page = page_of(ground(), overdue_layer(households, "zh"))
    assert page.count("gridgis.points(") == 1
    assert len(page.encode()) < 1_000_000


def test_the_legend_counts_households_and_not_points(ground, households):
    blocks = households.iloc[:2].assign(state="overdue", households=[1, 23])
    assert say("map.state.counted", "en", state=say("map.state.overdue", "en"), count=24) in page_of(
        ground("en"), overdue_layer(blocks, "en")
    )


def test_columns_that_are_not_shown_do_not_reach_the_browser(ground, units, areas, households):
    for group in (
        coverage_layer(units, "zh"),
        hotspots_layer(areas, "zh"),
        plan_layer(units, MICRO_GRID, "zh", households=households),
        overdue_layer(households, "zh"),
    ):
        page = page_of(ground(), group)
        assert "13800138000" not in page
        assert "郝建国" not in page


@pytest.mark.parametrize("lang", LANGS)
def test_every_layer_speaks_both_languages(lang, ground, units, areas, households):
    finding = Finding("warning", "households", "layer_missing", ("7",), ((112.4, 37.5),))
    layers = [
        coverage_layer(units, lang),
        hotspots_layer(areas, lang),
        plan_layer(units, MICRO_GRID, lang, households=households),
        overdue_layer(households, lang),
        findings_layer([finding], lang),
    ]
    for layer in layers:
        assert "gridgis.legend(" in page_of(ground(lang), layer)


def test_empty_tables_make_empty_layers(ground, units, areas, households):
    layers = [
        coverage_layer(units[:0], "zh"),
        hotspots_layer(areas[:0], "zh"),
        plan_layer(units[:0], MICRO_GRID, "zh"),
        overdue_layer(households[:0], "zh"),
        findings_layer([], "zh"),
    ]
    for layer in layers:
        assert page_of(ground(), layer)


def test_inputs_are_left_as_they_were(units, areas, households):
    before = [table.copy() for table in (units, areas, households)]
    coverage_layer(units, "zh", focus=CODES[0])
    hotspots_layer(areas, "zh", focus=CODES[0])
    plan_layer(units, MICRO_GRID, "zh", households=households, focus=CODES[0])
    overdue_layer(households, "zh")
    for table, old in zip((units, areas, households), before, strict=True):
        assert table.equals(old)
