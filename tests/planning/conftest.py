"""Small invented settlements: villages of any shape, with households where they are hard to serve."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.affinity import translate

from gridgis.model.layers import Layers

CRS = 4546
_SHAPES = {
    # +------+
    # |      |
    # +------+
    "box": shapely.box(0, 0, 2000, 1500),
    # +--+
    # |  +---+
    # |      |
    # +------+
    "concave": shapely.Polygon([(0, 0), (2000, 0), (2000, 500), (600, 500), (600, 1800), (0, 1800)]),
    # +------+
    # | +--+ |
    # | +--+ |
    # +------+
    "ring": shapely.box(0, 0, 2000, 1500) - shapely.box(500, 400, 1500, 1100),
    # +---+ +-+
    # |   | +-+
    # +---+
    "exclave": shapely.MultiPolygon([shapely.box(0, 0, 1400, 1500), shapely.box(1700, 900, 2000, 1300)]),
}


def _scatter(shape: shapely.Geometry, n: int, rng: np.random.Generator, layout: str) -> np.ndarray:
    west, south, east, north = shape.bounds
    if layout == "collinear":
        shape &= shapely.box(west, south + 200, east, south + 200.001)
        west, south, east, north = shape.bounds
    found = np.empty((0, 2))
    while len(found) < n:
        some = rng.uniform((west, south), (east, north), (4 * n + 10, 2))
        found = np.vstack([found, some[shapely.contains_xy(shape, some)]])
    found = found[:n]
    if layout == "coincident" and n > 1:
        found[: n // 2] = found[rng.integers(n // 2, n, n // 2)]
    if layout == "border" and n > 0:
        outline = shapely.boundary(shape)
        some = rng.random(n) < 0.2
        places = shapely.line_interpolate_point(outline, rng.random(int(some.sum())), normalized=True)
        found[some] = shapely.get_coordinates(places)
    return np.round(found, 3)


def settle(
    sizes: Sequence[int],
    *,
    shapes: Sequence[str] = ("box",),
    layout: str = "spread",
    hamlets: str = "none",
    seed: int = 0,
) -> Layers:
    """Invent a township: a village a size, side by side, west to east."""
    rng = np.random.default_rng(seed)
    villages, places, owners = [], [], []
    for number, size in enumerate(sizes):
        shape = translate(_SHAPES[shapes[number % len(shapes)]], 500_000 + 2000 * number, 4_150_000)
        villages.append(shape)
        places.append(_scatter(shape, size, rng, layout).reshape(-1, 2))
        owners += [f"V{number}"] * size
    codes = [f"V{number}" for number in range(len(sizes))]
    xy = np.vstack(places)
    empty = np.full(len(xy), None, dtype=object)
    households = gpd.GeoDataFrame(
        {"household_id": [f"H{i:05d}" for i in range(len(xy))], "village_code": owners}
        | {"natural_village": empty, "villager_group": empty, "households": 1},
        geometry=shapely.points(xy),
        crs=CRS,
    )
    west, south, east, _ = shapely.total_bounds(np.array(villages))
    roads = [shapely.LineString([(west - 50, south + 700), (east + 50, south + 650)])]
    roads += [shapely.LineString([(west + 300, south - 20), (west + 420, south + 2000)])]
    barriers = gpd.GeoDataFrame({"kind": "road", "name": None}, geometry=roads, crs=CRS, index=[0, 1])
    return Layers(
        villages=gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=villages, crs=CRS),
        households=households,
        natural_villages=_draw_hamlets(hamlets, xy, rng),
        barriers=barriers,
    )


def _draw_hamlets(kind: str, xy: np.ndarray, rng: np.random.Generator) -> gpd.GeoDataFrame | None:
    if kind == "none" or len(xy) == 0:
        return None
    middles = shapely.points(xy[rng.integers(0, len(xy), 4)])
    shapes = middles if kind == "points" else shapely.buffer(middles, 180)
    if kind == "polygons":
        for i in range(1, 4):
            shapes[i] -= shapely.union_all(shapes[:i])
    names = [f"N{i}" for i in range(4)]
    hamlets = gpd.GeoDataFrame({"code": names, "name": names, "village_code": None}, geometry=shapes, crs=CRS)
    return hamlets[~hamlets.is_empty]


@pytest.fixture(scope="session")
def township():
    return settle
