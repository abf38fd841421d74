from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely

from gridgis.model.layers import Layers
from gridgis.model.words import LANGS
from gridgis.show.assets import ASSETS, find_asset, foreign_links
from gridgis.show.base import base_map
from gridgis.show.bench import Act, Line, Piece, Strip, add_bench, bench_state, encode_homes, encode_land
from gridgis.show.contrast import side_layer, swipe_layer
from gridgis.show.elements import group_of

WEST, SOUTH, STEP = 112.4, 37.55, 0.0012345
NASTY = "</script><img src=x onerror=alert(1)>"


@pytest.fixture
def cells():
    """Three cells, the last of which touches the others along two of its sides.

    +---+---+
    | 0 | 1 |
    +---+---+
    |   2   |
    +-------+
    """
    x, y = [WEST + STEP * at for at in range(3)], [SOUTH + STEP * at for at in range(3)]
    upper = [shapely.box(x[at], y[1], x[at + 1], y[2]) for at in range(2)]
    lower = shapely.Polygon([(x[0], y[0]), (x[2], y[0]), (x[2], y[1]), (x[1], y[1]), (x[0], y[1])])
    return gpd.GeoDataFrame({"households": [3, 0, 5]}, geometry=[*upper, lower], crs=4326, index=[7, 8, 11])


def decoded(steps):
    places, lon, lat = [], 0, 0
    for at in range(0, len(steps), 2):
        lon, lat = lon + steps[at], lat + steps[at + 1]
        places.append((lon, lat))
    return places


def test_cells_that_share_a_corner_share_it_to_the_digit(cells):
    land = encode_land(cells, "key")
    assert land["ids"] == [7, 8, 11]
    assert land["homes"] == [3, 0, 5]
    rings = [decoded(polygons[0][0]) for polygons in land["parts"]]
    assert len(set(rings[0]) & set(rings[1])) == 2
    assert len(set(rings[0]) & set(rings[2])) == 2
    lon, lat = rings[0][0]
    assert (lon / 1e7, lat / 1e7) == pytest.approx(
        min(shapely.get_coordinates(cells.geometry.iloc[0]), key=lambda at: (-at[0], at[1])), abs=1e-7
    )


def test_no_corner_is_simplified_away(cells):
    thick = cells.geometry.segmentize(STEP / 50)
    land = encode_land(cells.set_geometry(thick), "key")
    assert (
        sum(len(decoded(ring)) for polygons in land["parts"] for ring in polygons[0]) == thick.count_coordinates().sum()
    )


def test_of_homes_only_their_places_are_told(cells):
    assert len(encode_homes(cells.geometry.representative_point())) == 2 * len(cells)


@pytest.mark.parametrize("lang", LANGS)
def test_the_workbench_asks_no_other_host(cells, lang):
    villages = gpd.GeoDataFrame({"code": ["A"], "name": ["柳湾"]}, geometry=[cells.union_all()], crs=4326)
    base = base_map(Layers(villages=villages), lang)
    add_bench(base, lang)
    assert foreign_links(base) == []
    page = base.get_root().render()
    for part in page.split('"'):
        if part.startswith(ASSETS) and part.endswith((".js", ".css")):
            assert find_asset(part.removeprefix(ASSETS)) is not None, part


def test_what_it_is_told_ends_no_script(cells):
    piece = Piece("1", "G", NASTY, [NASTY], "ok")
    strip = Strip("good", [Line(NASTY, "good")], [Act(NASTY, "commit", main=True)])
    state = bench_state(encode_land(cells, "key"), [0, 0, -1], [piece], strip=strip, undo=True)
    assert "<" not in state.data
    told = json.loads(state.data)
    assert told["units"][0]["short"] == NASTY
    assert told["strip"]["acts"][0] == {"text": NASTY, "order": "commit", "main": True, "key": ""}
    assert told["owner"] == [0, 0, -1]
    assert told["undo"] is True


@pytest.mark.parametrize("lang", LANGS)
def test_two_plans_are_drawn_by_what_differs(cells, lang):
    units = cells.assign(name="柳湾", change=["kept", "changed", "added"])
    moved = cells.geometry.representative_point()
    villages = gpd.GeoDataFrame({"code": ["A"], "name": ["柳湾"]}, geometry=[cells.union_all()], crs=4326)
    for group in (swipe_layer(units, units, moved, ("A", "B"), lang), side_layer(units, moved, "twins", lang)):
        base = base_map(Layers(villages=villages), lang)
        group.add_to(base)
        group_of().add_to(base)
        assert "[0,1,2]" in base.get_root().render()
