"""Laws and published values of the datum shifts."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from gridgis.geo import datums

VECTORS = json.loads(Path(__file__).with_name("gcj_vectors.json").read_text(encoding="utf-8"))
M_PER_DEG = 111_320.0

FORTH = {
    "wgs84_to_gcj02": datums.gcj02_from_wgs84,
    "gcj02_to_bd09": datums.bd09_from_gcj02,
    "bd09_to_gcj02": datums.gcj02_from_bd09,
}
# digits that each source itself compares; an inverse of one step is good to 1e-5 degrees
TOLERANCE_DEG = {"wgs84_to_gcj02": 1e-6, "gcj02_to_bd09": 1e-9, "bd09_to_gcj02": 1e-5}

china = st.tuples(st.floats(74, 135), st.floats(4, 53))


def metres_apart(a, b):
    x = (np.asarray(a[0]) - np.asarray(b[0])) * np.cos(np.radians(np.asarray(a[1])))
    return np.hypot(x, np.asarray(a[1]) - np.asarray(b[1])) * M_PER_DEG


@pytest.mark.parametrize(
    ("way", "start", "end"),
    [(way, *pair) for way in FORTH for source in VECTORS[way] for pair in source["pairs"]],
)
def test_published_values_are_met(way, start, end):
    np.testing.assert_allclose(FORTH[way](*start), end, rtol=0, atol=TOLERANCE_DEG[way])


def test_a_providers_values_are_met_within_a_metre():
    town = VECTORS["taiyuan"]
    assert metres_apart(datums.gcj02_from_wgs84(*town["wgs84"]), town["gcj02"]) < 0.75
    assert metres_apart(datums.bd09_from_gcj02(*town["gcj02"]), town["bd09"]) < 0.05


@given(st.lists(china, min_size=1, max_size=20))
def test_the_way_back_leads_back_within_a_micrometre(points):
    lon, lat = np.array(points).T
    for forth, back in (
        (datums.gcj02_from_wgs84, datums.wgs84_from_gcj02),
        (datums.bd09_from_gcj02, datums.gcj02_from_bd09),
        (datums.bd09_from_wgs84, datums.wgs84_from_bd09),
    ):
        assert metres_apart(forth(*back(lon, lat)), (lon, lat)).max() < 1e-6
        assert metres_apart(back(*forth(lon, lat)), (lon, lat)).max() < 1e-6


def test_outside_the_rectangle_nothing_is_shifted():
    lon, lat = np.array([9.5, -58.4, 151.2]), np.array([47.2, -34.6, -33.9])
    np.testing.assert_array_equal(datums.gcj02_from_wgs84(lon, lat), (lon, lat))
    np.testing.assert_array_equal(datums.wgs84_from_gcj02(lon, lat), (lon, lat))


def test_the_shift_at_qingxu_is_half_a_kilometre():
    here = np.array([112.43]), np.array([37.57])
    assert 550 < metres_apart(datums.gcj02_from_wgs84(*here), here)[0] < 600


def test_what_is_not_finite_stays_so():
    lon, lat = datums.wgs84_from_bd09([np.nan, 112.43], [37.57, 37.57])
    assert np.isnan(lon[0])
    assert np.isfinite(lon[1])
    assert np.isfinite(lat[1])


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_the_datum_is_found_from_the_villages(datum):
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(112.42, 112.44, 200), rng.uniform(37.56, 37.58, 200)
    villages = gpd.GeoSeries([box(112.42, 37.56, 112.43, 37.58), box(112.43, 37.56, 112.44, 37.58)], crs=4326)
    forth = {"wgs84": lambda x, y: (x, y), "gcj02": datums.gcj02_from_wgs84, "bd09": datums.bd09_from_wgs84}[datum]
    guess = datums.detect_datum(*forth(lon, lat), villages)
    assert guess.datum == datum
    assert guess.inside[datum] >= 198
    assert guess.n == 200


def test_where_no_datum_does_better_it_is_wgs84():
    villages = gpd.GeoSeries([box(9, 47, 10, 48)], crs=4326)
    assert datums.detect_datum([9.5], [47.5], villages).datum == "wgs84"
    assert datums.detect_datum([100.0], [30.0], villages).inside["gcj02"] == 0
