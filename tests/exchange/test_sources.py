"""Files as they come: packed, encoded, cut short, too large, or none at all."""

from __future__ import annotations

import gzip
import io
import zipfile

import geopandas as gpd
import pytest
from shapely import box

from gridgis.exchange.inputs import Inputs, read_inputs
from gridgis.model.errors import CallError
from gridgis.model.settings import Settings

from .conftest import households, villages

# GDAL says in bytes that it cut the Chinese field names
pytestmark = pytest.mark.filterwarnings("ignore:.*field name:RuntimeWarning")

LAND = gpd.GeoDataFrame(
    {"村代码": ["140121202200"], "行政村名称": ["西谷"]}, geometry=[box(112.42, 37.56, 112.44, 37.57)], crs=4326
)


def packed(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return content.getvalue()


def names_of(path, **options):
    reading = read_inputs(Inputs(villages=str(path)), Settings(**options))
    assert reading.errors == ()
    return reading.layers.villages["name"].tolist()


@pytest.mark.parametrize(("encoding", "keeps_cpg"), [("gb18030", False), ("utf-8", False), ("gb18030", True)])
def test_a_shapefile_in_any_encoding(tmp_path, encoding, keeps_cpg):
    LAND.to_file(tmp_path / "v.shp", encoding=encoding, engine="pyogrio")
    if not keeps_cpg:
        (tmp_path / "v.cpg").unlink()
    assert names_of(tmp_path / "v.shp") == ["西谷"]
    assert names_of(tmp_path) == ["西谷"]


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb", "parquet", "kml"])
def test_every_geographic_format(tmp_path, suffix):
    path = tmp_path / f"v.{suffix}"
    land = LAND.rename(columns={"村代码": "code", "行政村名称": "name"})
    if suffix == "parquet":
        land.to_parquet(path)
    else:
        land.to_file(path, engine="pyogrio")
    assert names_of(path) == ["西谷"]


def test_a_shapefile_that_states_a_wrong_encoding(tmp_path):
    LAND.to_file(tmp_path / "v.shp", encoding="gb18030", engine="pyogrio")
    (tmp_path / "v.cpg").write_text("UTF-8", encoding="ascii")
    assert names_of(tmp_path / "v.shp") == ["西谷"]


def test_a_zipped_shapefile_and_a_packed_table(tmp_path, put):
    LAND.to_file(tmp_path / "v.shp", encoding="gb18030", engine="pyogrio")
    parts = {p.name: p.read_bytes() for p in tmp_path.glob("v.*") if p.suffix != ".cpg"}
    path = put("上报.zip", packed(**{f"folder/{name}": data for name, data in parts.items()}))
    table = put("h.csv.gz", gzip.compress(households().encode("gb18030")))
    reading = read_inputs(Inputs(villages=path, households=table), Settings())
    assert reading.errors == ()
    assert len(reading.layers.households) == 6


def test_a_case_file_holds_its_layers_by_name(tmp_path):
    land = gpd.GeoDataFrame.from_features(villages(), crs=4326)
    land.to_file(tmp_path / "case.gpkg", layer="villages", engine="pyogrio")
    people = gpd.GeoDataFrame({"household_id": ["h1"]}, geometry=[box(112.42, 37.56, 112.43, 37.57).centroid], crs=4326)
    people.to_file(tmp_path / "case.gpkg", layer="Households", engine="pyogrio")
    reading = read_inputs(Inputs(case=tmp_path / "case.gpkg"), Settings())
    assert reading.errors == ()
    assert [name for name, _ in reading.layers.given()] == ["villages", "households"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none.gpkg", None),
        ("v.gpkg", b"no database"),
        ("v.geojson", b"hello"),
        ("v.xlsx", b"hello"),
        ("v.zip", b"hello"),
        ("v.csv.gz", b"hello"),
        ("v.parquet", b"hello"),
        ("v.csv", b""),
        ("empty.zip", packed()),
        ("two.zip", packed(**{"a.csv": "code", "b.csv": "code"})),
        ("v.kml", b'<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>'),
    ],
)
def test_a_file_that_cannot_be_read_is_the_calls_fault(tmp_path, put, name, content):
    path = tmp_path / name if content is None else put(name, content)
    with pytest.raises(CallError):
        read_inputs(Inputs(villages=str(path)), Settings())


def test_a_layer_that_is_not_there_is_the_calls_fault(put):
    with pytest.raises(CallError, match="no layer"):
        read_inputs(Inputs(villages=put("v.geojson", villages()) + "::none"), Settings())


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.csv.gz"])
def test_what_unpacks_too_large_is_not_read(put, name):
    zeros = b"0" * 3_000_000
    content = packed(**{"v.csv": zeros}) if name.endswith("zip") else gzip.compress(zeros)
    with pytest.raises(CallError, match="unpacks to more"):
        read_inputs(Inputs(households=put(name, content)), Settings(max_unpacked_mb=1))


def test_a_file_that_is_too_large_is_not_read(put):
    with pytest.raises(CallError, match="larger than the limit"):
        read_inputs(Inputs(households=put("h.csv", "0" * 1_100_000)), Settings(max_upload_mb=1))
