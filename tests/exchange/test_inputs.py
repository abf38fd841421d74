"""Each wrong input gets its named rule; each right one comes in as the contract has it."""

# ruff: noqa: E501 — one wrong input a line reads best

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from shapely import LineString, Point, box

from gridgis.cli import main
from gridgis.exchange.inputs import Inputs, read_inputs
from gridgis.geo.datums import bd09_from_wgs84, gcj02_from_wgs84
from gridgis.model.errors import CallError, DataError
from gridgis.model.layers import CONTRACTS, Layers
from gridgis.model.settings import Settings
from gridgis.model.words import LANGS

from .conftest import EAST, HOUSEHOLDS, TODAY, WEST, collection, feature, households, polygon, ring, villages

BOW_TIE = polygon([[112.42, 37.56], [112.43, 37.57], [112.43, 37.56], [112.42, 37.57], [112.42, 37.56]])
WIDE = polygon(ring(112.429, 37.56, 112.44, 37.57))
LONG_WAY = polygon(ring(460_000, 4_158_000, 461_000, 4_159_000))


def points(**changed):
    places = {**HOUSEHOLDS, **changed}
    return collection(*(feature({"type": "Point", "coordinates": p}, household_id=k) for k, p in places.items()))


def visits(*lines):
    return "visits.csv", "户编号,走访日期\n" + "".join(f"{line}\n" for line in lines)


def geo(content):
    return "villages.geojson", content


def homes(content, name="households.csv"):
    return name, content


FAULTS = [
    ("bow-tie", "geometry_invalid", WEST, {"villages": geo(villages(west=BOW_TIE))}),
    ("empty", "geometry_empty", WEST, {"villages": geo(villages(west=polygon()))}),
    ("null", "geometry_missing", "h1", {"households": homes(points(), "h.geojson")}),
    ("NaN", "geometry_empty", "h1", {"households": homes(points(h1=(float("nan"), 37.5)), "h.geojson")}),
    ("NaN in a table", "coordinates_not_finite", "h1", {"households": homes(households(h1=("NaN", 37.5)))}),
    ("infinite", "coordinates_not_finite", "h1", {"households": homes(households(h1=("inf", 37.5)))}),
    ("1e9", "coordinates_out_of_range", "h1", {"households": homes(points(h1=(1e9, 37.5)), "h.geojson")}),
    ("1e9 in a table", "coordinates_out_of_range", "h1", {"households": homes(households(h1=(1e9, 37.5)))}),
    ("not a number", "coordinate_not_a_number", "h1", {"households": homes(households(h1=("东经112", 37.5)))}),
    ("one swapped", "coordinates_swapped", "h1", {"households": homes(households(h1=(37.568, 112.422)))}),
    ("metres", "metres_for_degrees", WEST, {"villages": geo(villages(west=LONG_WAY))}),
    ("metres in a table", "metres_for_degrees", "h1", {"households": homes(households(h1=(460_000, 4_158_000)))}),
    ("bogus crs", "crs_unknown", None, {"villages": geo(villages() | {"crs": {"type": "name", "properties": {"name": "EPSG:999999"}}})}),
    ("a line for a village", "geometry_kind", WEST, {"villages": geo(villages(west={"type": "LineString", "coordinates": [[112.42, 37.56], [112.43, 37.57]]}))}),
    ("id twice", "id_duplicate", "h1", {"households": homes(households() + "h1,112.425,37.565\n")}),
    ("code twice", "id_duplicate", WEST, {"villages": geo(collection(*villages()["features"], feature(polygon(ring(112.44, 37.56, 112.45, 37.57)), code=WEST, name="又")))}),
    ("no id", "id_missing", "row 8", {"households": homes(households() + ",112.425,37.565\n")}),
    ("no name", "value_missing", WEST, {"villages": geo(collection(feature(polygon(ring(112.42, 37.56, 112.43, 37.57)), code=WEST, name=None), villages()["features"][1]))}),
    ("no id column", "column_missing", None, {"households": homes("经度,纬度\n112.425,37.565\n")}),
    ("no coordinates", "geometry_column_missing", None, {"households": homes("户编号\nh1\n")}),
    ("two id columns", "column_twice", None, {"households": homes("户编号,户号,经度,纬度\nh1,h1,112.425,37.565\n")}),
    ("digits lost", "digits_lost", "1.40121E+17", {"households": homes(households() + "1.40121E+17,112.425,37.565\n")}),
    ("digits lost in JSON", "digits_lost", "140121202200010000", {"households": homes(collection(feature({"type": "Point", "coordinates": [112.425, 37.565]}, household_id=140121202200010001), feature({"type": "Point", "coordinates": [112.426, 37.565]}, household_id=0.5)), "h.geojson")}),
    ("mojibake", "mojibake", "h1", {"households": homes("户编号,户主,经度,纬度\nh1," + "西谷乡".encode("gbk").decode("latin-1") + ",112.425,37.565\n")}),
    ("outside", "outside_villages", "h1", {"households": homes(households(h1=(112.40, 37.565)))}),
    ("overlap", "villages_overlap", WEST, {"villages": geo(villages(east=WIDE))}),
    ("unknown village", "reference_unknown", "h9", {"households": homes(f"户编号,行政村代码,经度,纬度\nh9,999,112.425,37.565\nh1,{WEST},112.425,37.565\n")}),
    ("another village", "village_contradicted", "h9", {"households": homes(f"户编号,行政村代码,经度,纬度\nh9,{EAST},112.425,37.565\n")}),
    ("no count", "not_a_count", "h1", {"households": homes("户编号,户数,经度,纬度\nh1,两,112.425,37.565\n")}),
    ("unknown term", "term_unknown", "h1", {"households": homes("户编号,关注人群,经度,纬度\nh1,富人,112.425,37.565\n")}),
    ("visit in the future", "in_future", None, {"visits": visits("h1,2999-01-01")}),
    ("visit to nobody", "reference_unknown", None, {"visits": visits("h99,2026-11-01")}),
    ("visit on no day", "not_a_day", None, {"visits": visits("h1,昨天")}),
    ("visit to a household at fault", "reference_at_fault", None, {"households": homes(households(h1=(0, 0))), "visits": visits("h1,2026-11-01")}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "row", "files"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_each_wrong_input_is_named(read, rule, row, files):
    if rule == "geometry_missing":
        files["households"][1]["features"][0]["geometry"] = None
    reading = read(**files)
    found = [finding for finding in reading.errors if finding.rule == rule]
    assert found, [finding.rule for finding in reading.findings]
    assert row is None or row in found[0].ids
    for lang in LANGS:
        assert found[0].words(lang)
        assert found[0].remedy(lang)
    with pytest.raises(DataError):
        reading.sound()


def everything_in(store):
    with closing(sqlite3.connect(store)) as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize(("rule", "files"), [case[1::2] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_no_wrong_input_changes_the_store(put, tmp_path, capsys, rule, files):
    store = str(tmp_path / "store.gpkg")
    sound = {"villages": put("v.geojson", villages()), "households": put("h.csv", households())}
    assert main(["import", *(part for k, v in sound.items() for part in (f"--{k}", v)), "--store", store]) == 0
    before = everything_in(store)
    if rule == "geometry_missing":
        files["households"][1]["features"][0]["geometry"] = None
    wrong = {name: put(*file) for name, file in ({"visits": visits("h1,2026-11-01")} | files).items()}
    given = sound | wrong
    assert main(["import", *(part for k, v in given.items() for part in (f"--{k}", v)), "--store", store]) == 1
    said = capsys.readouterr().out
    # a household at fault in the file is sound in the store, so that a visit to it is no fault there
    assert f"\t{'outside_villages' if rule == 'reference_at_fault' else rule}\t" in said
    assert everything_in(store) == before


def test_metres_without_a_coordinate_system_are_named(tmp_path):
    layer = gpd.GeoDataFrame({"code": [WEST], "name": ["西谷"]}, geometry=[box(460_000, 4_158_000, 461_000, 4_159_000)])
    layer.set_crs(4546).to_file(tmp_path / "v.shp", encoding="utf-8", engine="pyogrio")
    (tmp_path / "v.prj").unlink()
    reading = read_inputs(Inputs(villages=str(tmp_path / "v.shp")), Settings())
    assert [finding.rule for finding in reading.errors] == ["crs_missing"]


@pytest.mark.parametrize("name", ["households", "natural_villages", "barriers", "services"])
@pytest.mark.parametrize("rule", ["crs_missing", "crs_unknown"])
def test_a_layer_without_a_coordinate_system_is_named_beside_sound_villages(put, tmp_path, name, rule):
    shape = (
        LineString([(460_000, 4_158_000), (461_000, 4_158_000)]) if name == "barriers" else Point(460_000, 4_158_000)
    )
    terms = {"date": "2026-11-01", "domain": "民生服务", "kind": "了解需求", "户编号": "h1"}
    columns = {"code": "1", "name": "甲", "户编号": "h9", "kind": "road"} | (terms if name == "services" else {})
    layer = gpd.GeoDataFrame({key: [value] for key, value in columns.items()}, geometry=[shape], crs=4546)
    if rule == "crs_missing":
        path = tmp_path / "layer.shp"
        layer.to_file(path, encoding="utf-8", engine="pyogrio")
        path.with_suffix(".prj").unlink()
    else:
        bogus = {"crs": {"type": "name", "properties": {"name": "EPSG:999999"}}}
        path = put("layer.geojson", json.loads(layer.to_json(drop_id=True)) | bogus)
    sound = {"villages": put("v.geojson", villages()), "households": put("h.csv", households())}
    reading = read_inputs(Inputs(**{**sound, name: str(path)}), Settings())
    assert rule in [finding.rule for finding in reading.errors if finding.layer == name]


def test_all_swapped_within_range_are_named(put):
    # 9 E 47 N is a place on Earth either way; only the villages tell
    land = gpd.GeoDataFrame({"code": ["a"], "name": ["a"]}, geometry=[box(9, 47, 10, 48)], crs=4326)
    for lon, lat, rules in ((47.5, 9.5, ["coordinates_swapped"]), (9.5, 47.5, [])):
        path = put("h.csv", f"household_id,lon,lat\na,{lon},{lat}\n")
        reading = read_inputs(Inputs(households=path), Settings(), known=Layers(villages=land))
        assert [finding.rule for finding in reading.errors] == rules


def test_the_township_comes_in_as_its_contracts_have_it(read):
    reading = read(visits=visits("h1,2026年11月1日", "h1,2026/11/01", "h2,20261102"))
    assert reading.errors == ()
    for name, table in reading.layers.given():
        contract = CONTRACTS[name]
        assert list(table.columns) == contract.columns
        contract.schema.validate(pd.DataFrame(table))
    assert reading.layers.households["village_code"].tolist() == [WEST] * 3 + [EAST] * 3
    assert reading.layers.households["households"].tolist() == [1] * 6
    assert str(reading.layers.visits["visited_on"].dtype) == "datetime64[s]"
    assert reading.layers.visits["outcome"].tolist() == ["met"] * 3


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_the_datum_of_a_table_is_detected_and_said(read, datum):
    forth = {"gcj02": gcj02_from_wgs84, "bd09": bd09_from_wgs84}[datum]
    shifted = {key: tuple(float(v) for v in forth(*place)) for key, place in HOUSEHOLDS.items()}
    for choice in ("auto", datum):
        reading = read(households=homes(households(**shifted)), datum=choice)
        assert reading.errors == ()
        xy = np.column_stack([reading.layers.households.geometry.x, reading.layers.households.geometry.y])
        np.testing.assert_allclose(xy, list(HOUSEHOLDS.values()), atol=1e-9)
    assert read(households=homes(households(**shifted)), datum="wgs84").errors
    said = [f for f in read(households=homes(households(**shifted))).warnings if f.rule == "datum_detected"]
    assert said[0].params["datum"] == datum.upper()
    assert said[0].params["inside"] == 6


def test_layers_come_in_the_villages_coordinate_system(tmp_path):
    metric = gpd.GeoDataFrame.from_features(villages(), crs=4326).to_crs(4546)
    metric.to_file(tmp_path / "v.gpkg", layer="村", engine="pyogrio")
    path = tmp_path / "h.csv"
    path.write_text(households(), encoding="utf-8")
    reading = read_inputs(Inputs(villages=f"{tmp_path / 'v.gpkg'}::村", households=str(path)), Settings())
    assert reading.errors == ()
    assert reading.layers.households.crs.to_epsg() == 4546
    assert "reprojected" in [finding.rule for finding in reading.warnings]


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        ("ring_closed", {"villages": geo(villages(west=polygon(ring(112.42, 37.56, 112.43, 37.57)[:-1])))}),
        ("ring_repaired", {"villages": geo(villages(west=polygon([*ring(112.42, 37.56, 112.43, 37.57)[:3], [112.425, 37.57], [112.425, 37.575], [112.425, 37.57], [112.42, 37.57], [112.42, 37.56]])))}),
        ("height_dropped", {"households": homes(points(h1=(112.422, 37.568, 780.0)), "h.geojson")}),
        ("point_shared", {"households": homes(households(h1=HOUSEHOLDS["h2"]))}),
        ("html_as_text", {"households": homes("户编号,户主,经度,纬度\nh1,<img src=x onerror=alert(1)>,112.425,37.565\n")}),
        ("formula_as_text", {"households": homes("户编号,户主,经度,纬度\nh1,=1+1,112.425,37.565\n")}),
        ("encoding_assumed", {"households": homes(households().encode("gb18030"))}),
        ("columns_ignored", {"households": homes("户编号,颜色,经度,纬度\nh1,红,112.425,37.565\n")}),
        ("villages_gap", {"villages": geo(villages(west=polygon(ring(112.42, 37.56, 112.43, 37.57), ring(112.423, 37.565, 112.424, 37.566))))}),
    ],
)  # fmt: skip
def test_what_is_only_said_does_not_stop_an_import(read, rule, files):
    reading = read(**files)
    assert rule in [finding.rule for finding in reading.warnings]
    assert reading.sound().households is not None


def test_a_household_a_hair_outside_counts_as_inside(read):
    reading = read(households=homes(households(h1=(112.42 - 5e-6, 37.565))))
    assert reading.errors == ()
    assert reading.layers.households["village_code"].iloc[0] == WEST


def test_division_codes_are_demanded_only_where_set(read):
    content = villages()
    content["features"][0]["properties"]["code"] = "xg"
    assert read(villages=geo(content)).errors == ()
    strict = read(villages=geo(content), settings=Settings(division_codes=True))
    assert [finding.rule for finding in strict.errors] == ["division_code_malformed", "reference_at_fault"]


def test_excel_keeps_leading_zeros_and_long_ids(read):
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("户")
        sheet.write_row(0, 0, ["户编号", "经度", "纬度", "走访日期"])
        for row, key in enumerate(("001", "140121202200010001"), start=1):
            sheet.write_string(row, 0, key)
            sheet.write_row(row, 1, [112.425, 37.565 + row / 1e4])
    reading = read(households=homes(book.getvalue(), "h.xlsx"))
    assert reading.errors == ()
    assert reading.layers.households["household_id"].tolist() == ["001", "140121202200010001"]


@pytest.mark.parametrize(("ids", "rule"), [((140121202200010001, 5), "digits_lost"), (("001", 2), "zeros_lost")])
def test_excel_numbers_that_lost_digits_are_named(read, ids, rule):
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("户")
        sheet.write_row(0, 0, ["户编号", "经度", "纬度"])
        for row, key in enumerate(ids, start=1):
            sheet.write_row(row, 0, [key, 112.425, 37.565 + row / 1e4])
    reading = read(households=homes(book.getvalue(), "h.xlsx"))
    assert rule in [finding.rule for finding in reading.errors]


def test_rows_at_fault_are_put_aside_with_their_reasons(read):
    reading = read(households=homes(households(h1=(0, 0))), visits=visits("h1,2026-11-01", "h2,2026-11-01"))
    layers = reading.sound(quarantine=True)
    assert layers.households["household_id"].tolist() == ["h2", "h3", "h4", "h5", "h6"]
    assert layers.visits["household_id"].tolist() == ["h2"]
    assert reading.rejected["households"]["户编号"].tolist() == ["h1"]
    assert [f.rule for f in reading.rejected["households"]["findings"].iloc[0]] == ["outside_villages"]


def test_a_layer_at_fault_as_a_whole_is_not_put_aside(read):
    with pytest.raises(DataError):
        read(households=homes("户编号\nh1\n")).sound(quarantine=True)


def test_made_ids_are_the_same_every_time_and_differ_within_a_file(read):
    lines = visits("h1,2026-11-01", "h1,2026-11-01", "h2,2026-11-01")
    first, second = read(visits=lines).layers.visits, read(visits=lines).layers.visits
    assert first["visit_id"].is_unique
    assert first["visit_id"].tolist() == second["visit_id"].tolist()


def test_a_made_id_stays_what_it_was_whatever_columns_the_contract_gains(read):
    assert read(visits=visits("h1,2026-11-01")).layers.visits["visit_id"].tolist() == ["v-24cff68a9b61e032"]


def test_a_service_lies_where_its_household_lies(read):
    content = "户编号,上报日期,领域,服务类型,状态\nh1,2026-11-01,疫情防控,核酸检测,已办结\nh2,2026-11-02,epidemic,Delivery of supplies,\n"
    reading = read(services=("services.csv", content))
    assert reading.errors == ()
    services = reading.layers.services
    assert services["domain"].tolist() == ["epidemic", "epidemic"]
    assert services["kind"].tolist() == ["testing", "supplies"]
    assert services["status"].tolist() == ["closed", "open"]
    assert services.geometry.iloc[0] == Point(HOUSEHOLDS["h1"])


def test_what_the_store_holds_may_be_referred_to(put):
    land = gpd.GeoDataFrame.from_features(villages(), crs=4326)
    people = gpd.GeoDataFrame({"household_id": ["h1"]}, geometry=[Point(112.425, 37.565)], crs=4490)
    path = put(*visits("h1,2026-11-01"))
    reading = read_inputs(Inputs(visits=path), Settings(), known=Layers(villages=land, households=people), today=TODAY)
    assert reading.errors == ()


def test_nothing_given_is_the_calls_fault():
    with pytest.raises(CallError):
        read_inputs(Inputs(), Settings())
