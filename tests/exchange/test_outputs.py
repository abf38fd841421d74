"""What is written is what others need, and what is read again is what was written."""

from __future__ import annotations

import io
import json
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from shapely import MultiPolygon, Point, Polygon, box

from gridgis.exchange import outputs
from gridgis.exchange.inputs import Inputs, read_inputs
from gridgis.exchange.outputs import FORMATS, SUFFIXES, layer_bytes, write_layer
from gridgis.exchange.raw import cell_text
from gridgis.exchange.sources import Source
from gridgis.exchange.tables import read_table
from gridgis.model.errors import CallError
from gridgis.model.settings import Settings

NASTY = [
    "=HYPERLINK(1)",
    "+1+1",
    "-cmd|x",
    "@SUM(A1)",
    "'=1",
    "<img src=x onerror=alert(1)>",
    "001",
    "140121202200010001",
]

texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20),
).map(cell_text)


def units():
    """Make two units with a clockwise ring, a hole and more decimals than a file may hold.

    ┌────────┬────────┐
    │ a ┌──┐ │   b    │
    │   └──┘ │        │
    └────────┴────────┘
    """
    hole = [(112.423, 37.563), (112.426, 37.563), (112.426, 37.566), (112.423, 37.566)]
    west = Polygon([(112.42, 37.56), (112.42, 37.57), (112.4300000123, 37.57), (112.4300000123, 37.56)], [hole])
    east = MultiPolygon([box(112.4300000123, 37.56, 112.44, 37.57)])
    columns = {"code": ["a", "b"], "village_code": "001", "name": ["西谷", NASTY[5]], "households": [300, 301]}
    return gpd.GeoDataFrame(columns, geometry=[west, east], crs=4490)


def points(names):
    return gpd.GeoDataFrame(
        {"household_id": [f"{i:03}" for i in range(len(names))], "head_name": names},
        geometry=[Point(112.42 + i / 1e4, 37.56) for i in range(len(names))],
        crs=4490,
    )


def assert_rfc_7946(content):
    """Check the rules of RFC 7946 that a reader relies on."""
    collection = json.loads(content)
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    for feature in collection["features"]:
        assert set(feature) == {"type", "properties", "geometry"}
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shape.is_valid
        west, south, east, north = shape.bounds
        assert west >= -180
        assert east <= 180
        assert south >= -90
        assert north <= 90
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                assert part.exterior.is_ccw
                assert not any(ring.is_ccw for ring in part.interiors)
        numbers = shapely.get_coordinates(shape)
        np.testing.assert_array_equal(numbers, np.round(numbers, 7))
    return collection


def test_geojson_is_rfc_7946_whatever_the_crs():
    for epsg in (4490, 4546):
        collection = assert_rfc_7946(layer_bytes(units().to_crs(epsg), layer="grids", format="geojson"))
        assert [f["properties"]["name"] for f in collection["features"]] == ["西谷", NASTY[5]]
        assert collection["features"][0]["properties"]["households"] == 300


def test_a_shared_border_stays_shared_in_geojson():
    content = json.loads(layer_bytes(units(), layer="grids", format="geojson"))
    west, east = (shapely.from_geojson(json.dumps(f["geometry"])) for f in content["features"])
    assert west.intersection(east).area == 0
    assert west.intersection(east).length == pytest.approx(0.01)


def test_geojson_in_another_crs_is_refused():
    with pytest.raises(CallError):
        layer_bytes(units(), layer="grids", format="geojson", crs=4546)


def test_an_unknown_crs_is_refused():
    with pytest.raises(CallError):
        layer_bytes(units(), layer="grids", format="gpkg", crs=999999)


@pytest.mark.parametrize("form", ["gpkg", "shp", "geojson"])
def test_units_reload_to_the_same_units(tmp_path, form):
    path = tmp_path / f"units{SUFFIXES[form]}"
    write_layer(units(), path, layer="villages", format=form, crs=None if form == "geojson" else 4490)
    reading = read_inputs(Inputs(villages=str(path)), Settings())
    assert reading.errors == ()
    again = reading.layers.villages
    assert again["code"].tolist() == ["a", "b"]
    assert again["name"].tolist() == ["西谷", NASTY[5]]
    differ_m2 = again.to_crs(4546).symmetric_difference(units().to_crs(4546)).area
    assert differ_m2.max() < 30


@pytest.mark.parametrize("form", FORMATS)
def test_nasty_names_survive_every_format(tmp_path, form):
    path = tmp_path / f"h{SUFFIXES[form]}"
    write_layer(points(NASTY), path, layer="households", format=form)
    again = read_inputs(Inputs(households=str(path)), Settings()).layers.households
    assert again["head_name"].tolist() == NASTY
    assert again["household_id"].tolist() == [f"{i:03}" for i in range(len(NASTY))]


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_table_makes_the_same_content(form):
    if form in {"gpkg", "xlsx"}:
        pytest.skip("both say when they were written, as their readers expect")
    assert layer_bytes(units(), layer="grids", format=form) == layer_bytes(units(), layer="grids", format=form)


def test_no_cell_of_a_csv_file_begins_like_a_formula():
    lines = layer_bytes(points(NASTY), layer="households", format="csv").decode("utf-8-sig").splitlines()
    for line in lines[1:]:
        assert line.split(",")[1].lstrip('"')[0] not in "=+@-"


def test_no_cell_of_a_workbook_is_a_formula_or_a_link():
    content = layer_bytes(points(NASTY), layer="households", format="xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == NASTY


@settings(max_examples=40)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=8))
def test_tables_of_any_text_round_trip_through_sheets(tmp_path_factory, rows):
    table = pd.DataFrame(rows, columns=["a", "b"], dtype=object)
    table = table[table.notna().any(axis=1)].reset_index(drop=True)
    folder = tmp_path_factory.mktemp("sheets")
    for form in ("csv", "xlsx"):
        path = folder / f"t.{form}"
        write_layer(table, path, layer="t", format=form)
        again = read_table(Source(path, None, "t"), None).texts
        assert again.to_numpy().tolist() == table.to_numpy().tolist()


def test_a_shapefile_says_its_encoding_and_its_field_names():
    with zipfile.ZipFile(io.BytesIO(layer_bytes(units(), layer="grids", format="shp"))) as parts:
        assert parts.read("grids.cpg").strip().upper() == b"UTF-8"
        assert "vill_code\tvillage_code" in parts.read("grids_fields.txt").decode("utf-8-sig")


def test_a_failed_writing_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    def write_half(layer, path):
        path.write_text(str(len(layer)), encoding="utf-8")
        raise RuntimeError

    monkeypatch.setattr(outputs, "write_geojson", write_half)
    path = tmp_path / "units.geojson"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError):
        write_layer(units(), path, layer="grids", format="geojson")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_the_calls_fault(tmp_path):
    with pytest.raises(CallError):
        write_layer(units(), tmp_path / "none" / "x.csv", layer="grids", format="csv")
