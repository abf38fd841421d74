"""Stores for the pages: one demo township for all tests, and an empty one; the app run without a browser."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

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
