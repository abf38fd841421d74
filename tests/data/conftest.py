"""The demo's files as they lie in the repository, and as the product reads them."""

from __future__ import annotations

import geopandas as gpd
import pytest

from gridgis.demo import find_demo, plan_demo, read_demo


@pytest.fixture(scope="session")
def folder():
    return find_demo()


@pytest.fixture(scope="session")
def reading(folder):
    return read_demo(folder)


@pytest.fixture(scope="session")
def layers(reading):
    return reading.sound()


@pytest.fixture(scope="session")
def plan(layers):
    return plan_demo(layers)


@pytest.fixture(scope="session")
def micro_grids(folder):
    return gpd.read_file(folder / "boundaries" / "micro_grids.geojson")


@pytest.fixture(scope="session")
def placed(layers, micro_grids):
    """Households with the codes of the shipped units they lie in."""
    units = micro_grids[["code", "grid_code", "geometry"]].to_crs(layers.households.crs)
    return layers.households.sjoin(units.rename(columns={"code": "micro_grid_code"})).drop(columns="index_right")
