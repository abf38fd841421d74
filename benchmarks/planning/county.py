"""A county of invented villages, the same everywhere, to see how planning grows with their number."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.affinity import rotate

from gridgis.model.layers import Layers, empty_layer

Floats = npt.NDArray[np.float64]

CRS = 4546
ORIGIN_M = (480_000.0, 4_150_000.0)
VILLAGE_M = 2500.0
HOUSEHOLDS = 700
HAMLETS = (2, 6)
PLOT_M = (14.0, 26.0)
STREET_EVERY = 2


def make_county(villages: int, households: int, *, seed: int = 1448, crs: int = 4490) -> Layers:
    """Invent a county.

    Parameters
    ----------
    villages
        Number of villages; they tile a rectangle.
    households
        Households of all villages, about the same number each, in natural villages with streets.
    seed
        The same seed makes the same county.
    crs
        EPSG code of the layers made.

    Returns
    -------
        Villages, natural villages that leave the fields uncovered, barriers (streets, roads) and households.
    """
    rng = np.random.default_rng(seed)
    land = _draw_villages(villages, rng)
    codes = [f"140121{number:06d}" for number in range(villages)]
    shares = np.diff(np.linspace(0, households, villages + 1).round()).astype(int)
    homes, hamlets, streets = [], [], _draw_roads(land)
    for code, shape, share in zip(codes, land, shares, strict=True):
        for middle, count in zip(*_place_hamlets(shape, int(share), rng), strict=True):
            places, lines = _lay_out(shape, middle, count, rng)
            around = shapely.intersection(shapely.buffer(shapely.convex_hull(shapely.multipoints(places)), 25), shape)
            hamlets.append({"code": f"n{len(hamlets):05d}", "village_code": code, "geometry": around})
            streets += [("road", line) for line in lines]
            homes += [(code, place) for place in places]
    return _layers(land, codes, hamlets, streets, homes, crs)


def _draw_villages(villages: int, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Draw villages by crooked borders of many vertices, shared by their neighbours."""
    across = max(round(np.sqrt(villages)), 1)
    seeds = []
    for number in range(villages):
        row, column = divmod(number, across)
        in_row = min(across, villages - row * across)
        wide = across / in_row
        away = rng.uniform(-0.25, 0.25, 2)
        seeds.append(((column + 0.5) * wide + away[0], row + 0.5 + away[1]))
    rows = -(-villages // across)
    frame = shapely.box(0, 0, across * VILLAGE_M, rows * VILLAGE_M)
    points = shapely.multipoints(np.array(seeds) * VILLAGE_M)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame)) if villages > 1 else [frame]
    lines = shapely.union_all(shapely.boundary(shapely.intersection(cells, frame)))
    crooked = shapely.transform(shapely.segmentize(shapely.line_merge(lines), 60), _bend)
    shapes = shapely.get_parts(shapely.polygonize(shapely.get_parts(crooked)))
    return sorted(shapes, key=lambda shape: (round(shape.centroid.y / VILLAGE_M), shape.centroid.x))


def _bend(vertices: Floats) -> Floats:
    x, y = vertices.T
    bent = np.column_stack(
        [x + 60 * np.sin(y / 190) + 9 * np.sin(y / 23), y + 60 * np.sin(x / 170) + 9 * np.sin(x / 29)]
    )
    moved: Floats = np.round(bent + ORIGIN_M, 3)
    return moved


def _draw_roads(land: list[shapely.Polygon]) -> list[tuple[str, shapely.LineString]]:
    """Draw a road from each village to the next, a railway and a river across."""
    roads = []
    for here, there in pairwise(land):
        a, b = here.representative_point(), there.representative_point()
        line = shapely.segmentize(shapely.LineString([a, b]), 120)
        roads.append(("road", shapely.transform(line, lambda xy: xy + 20 * np.sin(xy[:, ::-1] / 150))))
    west, south, east, north = shapely.total_bounds(np.array(land))
    for kind, part in (("river", 0.37), ("railway", 0.61)):
        line = shapely.LineString(
            [(west - 50, south + part * (north - south)), (east + 50, north - part * (north - south))]
        )
        roads.append(
            (kind, shapely.transform(shapely.segmentize(line, 80), lambda xy: xy + 40 * np.sin(xy[:, ::-1] / 400)))
        )
    return roads


def _place_hamlets(shape: shapely.Polygon, households: int, rng: np.random.Generator) -> tuple[Floats, list[int]]:
    count = int(rng.integers(*HAMLETS))
    inner = shapely.buffer(shape, -150)
    west, south, east, north = inner.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        some = rng.uniform((west, south), (east, north), (4, 2))
        found = np.vstack([found, some[shapely.contains_xy(inner, some)]])
    parts = rng.dirichlet(np.full(count, 3.0))
    sizes = np.diff(np.append(0, np.round(np.cumsum(parts) * households))).astype(int)
    return found[:count][sizes > 0], sizes[sizes > 0].tolist()


def _lay_out(
    shape: shapely.Polygon, middle: Floats, count: int, rng: np.random.Generator
) -> tuple[Floats, list[shapely.LineString]]:
    """Put houses on plots around a middle, with a street before every other row and lanes across."""
    side = int(np.ceil(np.sqrt(3 * count))) + 2
    index = np.arange(side) - side / 2
    plots = np.stack(np.meshgrid(index * PLOT_M[0], index * PLOT_M[1]), axis=-1).reshape(-1, 2)
    turn = rng.uniform(0, 90)
    places = shapely.get_coordinates(rotate(shapely.multipoints(plots), turn, origin=(0, 0))) + middle
    inside = places[shapely.contains_xy(shapely.buffer(shape, -8), places)]
    near = inside[np.argsort(np.hypot(*(inside - middle).T), kind="stable")[:count]]
    homes = np.round(near + rng.uniform(-3, 3, near.shape), 3)
    while len(homes) < count:
        homes = np.vstack([homes, homes[: count - len(homes)]])
    reach = np.hypot(*(near - middle).T).max() + 10
    lines = []
    for row in np.arange(side)[::STREET_EVERY] - side / 2 - 0.5:
        away = row * PLOT_M[1]
        if abs(away) < reach:
            half = np.sqrt(reach**2 - away**2)
            cuts = np.append(np.arange(-half, half, 5 * PLOT_M[0]), half)
            lines += [shapely.LineString([(a, away), (b, away)]) for a, b in pairwise(cuts)]
    turned = [
        shapely.transform(rotate(line, turn, origin=(0, 0)), lambda xy: np.round(xy + middle, 2)) for line in lines
    ]
    return homes, turned


def _layers(
    land: list[shapely.Polygon],
    codes: list[str],
    hamlets: list[dict[str, object]],
    streets: list[tuple[str, shapely.LineString]],
    homes: list[tuple[str, Floats]],
    crs: int,
) -> Layers:
    tables = {
        "villages": pd.DataFrame({"code": codes, "name": codes, "geometry": land}),
        "natural_villages": pd.DataFrame(hamlets).assign(name=lambda table: table["code"]),
        "barriers": pd.DataFrame(streets, columns=["kind", "geometry"]),
        "households": pd.DataFrame(
            {
                "household_id": [f"H{number:06d}" for number in range(len(homes))],
                "village_code": [code for code, _ in homes],
                "households": 1,
                "geometry": shapely.points(np.array([place for _, place in homes])),
            }
        ),
    }
    return Layers(**{name: _whole(table, name).to_crs(crs) for name, table in tables.items()})


def _whole(table: pd.DataFrame, layer: str) -> gpd.GeoDataFrame:
    empty = empty_layer(layer, CRS)
    whole = table.reindex(columns=empty.columns)
    kinds = {name: kind for name, kind in empty.dtypes.items() if name != "geometry"}
    return gpd.GeoDataFrame(whole.astype(kinds), geometry="geometry", crs=CRS)
