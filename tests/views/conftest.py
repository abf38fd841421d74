"""Stores for the pages: one demo township for all tests, and an empty one; the app run without a browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from gridgis.model.layers import CONTRACTS, Layers
from gridgis.store.database import open_store
from gridgis.store.writing import import_layers

ENTRY = Path(__file__).resolve().parents[2] / "gridgis" / "views" / "entry.py"


@pytest.fixture
def demo(loaded_demo, monkeypatch):
    monkeypatch.setenv("GRIDGIS_STORE", str(loaded_demo))
    return loaded_demo


@pytest.fixture
def own_demo(loaded_demo, tmp_path, monkeypatch):
    path = tmp_path / "own.gpkg"
    shutil.copy(loaded_demo, path)
    monkeypatch.setenv("GRIDGIS_STORE", str(path))
    return path


@pytest.fixture(scope="session")
def loaded_village(tmp_path_factory):
    """A store of one village, of which nothing is planned yet.

    +-----------+  420 households, 21 by 20, of which the 80 in the north-west
    |: A :: : : |  are the natural village A; a road leads through the middle
    |===========|
    |: : : : : :|
    +-----------+
    """
    path = tmp_path_factory.mktemp("village") / "village.gpkg"
    x, y = (grid.ravel() for grid in np.meshgrid(112.4 + 0.001 * np.arange(21), 37.5 + 0.001 * np.arange(20)))
    ids = [f"H{at:03}" for at in range(len(x))]
    empty = dict.fromkeys(CONTRACTS["households"].columns)
    table = empty | {"household_id": ids, "village_code": "V1", "households": 1}
    households = gpd.GeoDataFrame(table, geometry=shapely.points(x, y), crs=4490, index=range(len(x)))
    village = gpd.GeoDataFrame(
        {"code": ["V1"], "name": ["柳湾"]}, geometry=[shapely.box(112.3995, 37.4995, 112.4205, 37.5195)], crs=4490
    )
    hamlet = gpd.GeoDataFrame(
        {"code": ["A"], "name": ["东湾"], "village_code": ["V1"]},
        geometry=[shapely.box(112.3995, 37.5115, 112.4095, 37.5195)],
        crs=4490,
    )
    road = gpd.GeoDataFrame(
        {"kind": ["highway"], "name": [None]}, geometry=[shapely.LineString([(112.39, 37.5095), (112.43, 37.5096)])]
    )
    store = open_store(str(path))
    layers = Layers(villages=village, households=households, natural_villages=hamlet, barriers=road.set_crs(4490))
    import_layers(store, layers, who="test", township_name="谷")
    store.close()
    return path


@pytest.fixture
def own_village(loaded_village, tmp_path, monkeypatch):
    path = tmp_path / "own.gpkg"
    shutil.copy(loaded_village, path)
    monkeypatch.setenv("GRIDGIS_STORE", str(path))
    return path


@pytest.fixture
def empty(tmp_path, monkeypatch):
    path = tmp_path / "empty.gpkg"
    monkeypatch.setenv("GRIDGIS_STORE", str(path))
    return path


@pytest.fixture
def open_page(monkeypatch, tmp_path):
    """Run a page as a session would: ``open_page("unvisited", lang="en", unit="…")``."""
    monkeypatch.chdir(tmp_path)

    def run(name="overview", **params):
        app = AppTest.from_file(str(ENTRY), default_timeout=120)
        app._page_hash = calc_hash("" if name == "overview" else name)
        for key, value in params.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception
        return app

    return run


@pytest.fixture
def html_of():
    """All HTML of a page, as one text."""
    return lambda app: " ".join(element.proto.body for element in app.get("html"))
