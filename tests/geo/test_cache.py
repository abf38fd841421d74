from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from gridgis.geo.cache import FabricCache, fingerprint
from gridgis.model.layers import Layers


@pytest.fixture
def layers():
    """One village, one road, two households."""
    crs = 4546
    return Layers(
        villages=gpd.GeoDataFrame({"code": ["A"], "name": ["A"]}, geometry=[shapely.box(0, 0, 90, 60)], crs=crs),
        barriers=gpd.GeoDataFrame(
            {"kind": ["road"], "name": None}, geometry=[shapely.LineString([(0, 30), (90, 30)])], crs=crs
        ),
        households=gpd.GeoDataFrame(
            {"household_id": ["a", "b"], "village_code": None, "natural_village": None, "villager_group": None}
            | {"households": [1, 1], "phone": ["1", "2"]},
            geometry=gpd.points_from_xy([10, 80], [10, 50]),
            crs=crs,
        ),
    )


def changes(layers):
    homes = layers.households
    yield replace(layers, barriers=None)
    yield replace(layers, households=homes.assign(households=[1, 2]))
    yield replace(layers, households=homes.assign(natural_village=["n", None]))
    yield replace(layers, households=homes.set_geometry(homes.translate(0.001, 0)))
    yield replace(layers, households=homes.iloc[::-1])
    yield replace(layers, villages=layers.villages.assign(code="B"))
    yield Layers(**{name: table.set_crs(4547, allow_override=True) for name, table in layers.given()})


def test_all_that_a_fabric_depends_on_is_in_its_fingerprint_and_nothing_else(layers):
    digests = {fingerprint(other) for other in changes(layers)}
    assert len(digests) == 7
    assert fingerprint(layers) not in digests
    same = replace(layers, households=layers.households.copy().assign(phone=["3", None]))
    assert fingerprint(same) == fingerprint(layers)


def test_the_same_land_is_cut_once_and_the_oldest_is_forgotten(layers):
    cache = FabricCache(2)
    first = cache.cut(layers)
    assert cache.cut(replace(layers, households=layers.households.copy())) is first
    others = [cache.cut(other) for other in list(changes(layers))[:2]]
    assert len({id(fabric) for fabric in (first, *others)}) == 3
    assert cache.cut(layers) is not first
