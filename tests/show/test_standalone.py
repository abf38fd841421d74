"""A map as one page: nothing is left to load."""

from __future__ import annotations

import re

import geopandas as gpd
from shapely import box

from gridgis.model.layers import Layers
from gridgis.show.base import base_map
from gridgis.show.standalone import standalone_frame, standalone_page


def test_a_page_carries_all_that_it_loads():
    villages = gpd.GeoDataFrame({"code": ["v"], "name": ["西谷"]}, geometry=[box(112.4, 37.5, 112.5, 37.6)], crs=4490)
    page = standalone_page(base_map(Layers(villages=villages), "zh", synthetic=True))
    assert "西谷" in page
    assert re.findall(r"<script[^>]*\ssrc=|<link", page) == []
    assert re.findall(r"url\((?!data:|#|['\"])[^)]*\)", page) == []


def test_a_frame_holds_the_page_as_text():
    villages = gpd.GeoDataFrame({"code": ["v"], "name": ["</iframe>"]}, geometry=[box(112, 37, 113, 38)], crs=4490)
    assert standalone_frame(base_map(Layers(villages=villages), "en")).count("</iframe>") == 1
