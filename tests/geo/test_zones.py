"""The metric coordinate system follows the data."""

from __future__ import annotations

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from shapely import Point, box

from gridgis.geo.zones import gauss_kruger_zone, metric_crs


@given(st.floats(73.5, 136.5))
def test_no_longitude_is_further_than_a_degree_and_a_half_from_its_meridian(lon):
    crs = CRS.from_epsg(gauss_kruger_zone(lon))
    meridian = next(p.value for p in crs.coordinate_operation.params if p.name == "Longitude of natural origin")
    assert abs(lon - meridian) <= 1.5 + 1e-9


@pytest.mark.parametrize("lon", [73.4, 136.6, -112.0])
def test_outside_the_zones_there_is_none(lon):
    with pytest.raises(ValueError, match="no 3-degree zone"):
        gauss_kruger_zone(lon)


@pytest.mark.parametrize(
    ("place", "epsg"),
    [((112.43, 37.57), 4546), ((112.56, 37.57), 4547), ((9.5, 47.2), 32632), ((122.2, -8.6), 32751)],
)
def test_a_geographic_layer_gets_the_zone_of_its_middle(place, epsg):
    layer = gpd.GeoDataFrame(geometry=[Point(place).buffer(0.01)], crs=4490)
    assert metric_crs(layer).to_epsg() == epsg


def test_a_projected_metric_system_is_kept():
    layer = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs=32632)
    assert metric_crs(layer) == layer.crs


@pytest.mark.parametrize("epsg", [2263, 3857])
def test_feet_and_web_mercator_are_not_metric(epsg):
    layer = gpd.GeoDataFrame(geometry=[Point(-74, 40.7).buffer(0.01)], crs=4326).to_crs(epsg)
    assert metric_crs(layer).to_epsg() == 32618


def test_a_layer_without_a_system_is_refused():
    with pytest.raises(ValueError, match="without a CRS"):
        metric_crs(gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)]))
