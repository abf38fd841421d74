"""The demo's files: rebuilt byte for byte, marked as synthetic, small, and GeoJSON as RFC 7946 has it."""

from __future__ import annotations

import csv
import gzip
import json
import re
import subprocess
import sys

import pytest
import shapely

FILES = [
    *(
        f"boundaries/{name}.geojson"
        for name in (
            "township",
            "villages",
            "natural_villages",
            "villager_groups",
            "barriers",
            "grids",
            "micro_grids",
        )
    ),
    "households.csv",
    "members.csv",
    "services.csv",
    "visits.csv.gz",
]
GEOJSON = [name for name in FILES if name.endswith(".geojson")]
TABLES = [name for name in FILES if ".csv" in name]


def content(path):
    """Read a file; a packed one unpacked, because libraries differ in how tightly they pack."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_one_command_rebuilds_every_file_byte_for_byte(folder, tmp_path):
    subprocess.run([sys.executable, folder / "synthesise.py", tmp_path], check=True, capture_output=True)
    made = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert made == sorted(FILES)
    assert [name for name in FILES if content(tmp_path / name) != content(folder / name)] == []


def test_the_packed_file_carries_no_time(folder):
    assert (folder / "visits.csv.gz").read_bytes()[4:8] == bytes(4)


def test_the_files_are_small(folder):
    assert sum((folder / name).stat().st_size for name in FILES) < 6_000_000


@pytest.mark.parametrize("name", GEOJSON)
def test_geojson_keeps_rfc_7946_and_says_that_it_is_synthetic(folder, name):
    text = (folder / name).read_text(encoding="utf-8")
    collection = json.loads(text)
    assert collection["synthetic"] is True
    assert "虚构" in collection["notice"]
    assert "invented" in collection["notice"]
    assert "crs" not in collection
    assert re.search(r"\d\.\d{8,}", text) is None
    for feature in collection["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        for part in shapely.get_parts(shape):
            west, south, east, north = part.bounds
            assert 112.3 < west <= east < 112.6
            assert 37.5 < south <= north < 37.7
            if part.geom_type == "Polygon":
                assert part.exterior.is_ccw
                assert not any(hole.is_ccw for hole in part.interiors)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_table_says_that_it_is_synthetic(folder, name):
    rows = list(csv.DictReader(content(folder / name).decode().splitlines()))
    assert {row["synthetic"] for row in rows} == {"true"}
