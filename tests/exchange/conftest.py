"""A township of two villages and six households, as the files that a township keeps.

37.57 ┌─────────┬─────────┐
      │ h1   h2 │ h4   h5 │      west: 140121202200 西谷
      │    h3   │    h6   │      east: 140121202201 东木庄
37.56 └─────────┴─────────┘
    112.42    112.43    112.44
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from gridgis.exchange.inputs import Inputs, read_inputs
from gridgis.model.settings import Settings

WEST, EAST = "140121202200", "140121202201"
TODAY = date(2026, 11, 23)
HOUSEHOLDS = {
    "h1": (112.422, 37.568),
    "h2": (112.428, 37.568),
    "h3": (112.425, 37.563),
    "h4": (112.432, 37.568),
    "h5": (112.438, 37.568),
    "h6": (112.435, 37.563),
}


def ring(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


def villages(west=None, east=None):
    """Make both villages; one that is given stands in the place of the usual geometry."""
    return collection(
        feature(west or polygon(ring(112.42, 37.56, 112.43, 37.57)), code=WEST, name="西谷"),
        feature(east or polygon(ring(112.43, 37.56, 112.44, 37.57)), code=EAST, name="东木庄"),
    )


def households(**changed):
    """Make the lines of a CSV file; a household that is given stands in the place of the usual one."""
    points = {**HOUSEHOLDS, **changed}
    return "户编号,经度,纬度\n" + "".join(f"{key},{lon},{lat}\n" for key, (lon, lat) in points.items())


@pytest.fixture
def put(tmp_path: Path):
    """Write a file: text, bytes, or whatever JSON can hold."""

    def write(name, content):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def read(put):
    """Read the township with some of its files changed."""

    def run(*, datum="auto", settings=None, known=None, **files):
        given = {"villages": ("villages.geojson", villages()), "households": ("households.csv", households()), **files}
        paths = {name: put(*file) for name, file in given.items() if file is not None}
        return read_inputs(Inputs(**paths, datum=datum), settings or Settings(), known=known, today=TODAY)

    return run
