"""A sentence for every unit: true figures, and a border on a road is called one."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from gridgis.model.layers import Layers
from gridgis.model.tiers import SizeRange
from gridgis.planning.plan import Plan, PlanRequest, make_plan
from gridgis.planning.portraits import describe_units

CRS = 4546


def two_halves() -> tuple[Plan, Layers]:
    """Draw one village in two halves; a road runs up the line between them from the south, for 60 m of its 100;
    the next 10 m are near it.

    ::

        +-------+-------+
        | a   b | c     |
        |       #       |
        |       #     d |
        +-------+-------+
    """
    homes = gpd.GeoDataFrame(
        {"household_id": list("abcd"), "households": [1, 1, 2, 1], "natural_village": ["北", "北", "南", None]},
        geometry=gpd.points_from_xy([20, 60, 120, 180], [80, 80, 80, 20]),
        crs=CRS,
    )
    placed = homes[["household_id", "geometry"]].assign(grid_code="V1", micro_grid_code=["V11", "V11", "V12", "V12"])
    halves = [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)]
    table = {"code": ["V11", "V12"], "grid_code": "V1", "village_code": "V", "name": ["西格", "东格"]}
    micro_grids = gpd.GeoDataFrame(table | {"households": [2, 3]}, geometry=halves, crs=CRS)
    # the line between the halves has a vertex where the road ends, as a fabric has
    west = shapely.Polygon([(0, 0), (100, 0), (100, 60), (100, 100), (0, 100)])
    east = shapely.Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (100, 60)])
    cells = gpd.GeoDataFrame(
        {"cell_id": [0, 1], "village_code": "V", "micro_grid_code": ["V11", "V12"], "households": [2, 3]},
        geometry=[west, east],
        crs=CRS,
    )
    table = {"code": ["V1"], "village_code": "V", "name": ["网格"], "households": [5]}
    grids = gpd.GeoDataFrame(table, geometry=[shapely.box(0, 0, 200, 100)], crs=CRS)
    village = gpd.GeoDataFrame({"code": ["V"], "name": ["村"]}, geometry=[shapely.box(0, 0, 200, 100)], crs=CRS)
    road = shapely.LineString([(100, -10), (100, 60)])
    barriers = gpd.GeoDataFrame({"kind": ["road"], "name": [None]}, geometry=[road], crs=CRS)
    layers = Layers(villages=village, households=homes.assign(village_code="V"), barriers=barriers)
    return Plan(cells, grids, micro_grids, placed), layers


def words_of(told: pd.Series) -> dict[str, str]:
    return {str(code): message.words("en") for code, message in told.items()}


def test_a_sentence_says_who_lives_there_how_far_they_walk_and_where_the_border_runs():
    told = describe_units(*two_halves(), SizeRange(5, 9), SizeRange(3, 4))
    assert words_of(told) == {
        "V1": "grid V1 (网格): 5 households of 2 natural villages (北, 南), within the range of 5–9; "
        "mean walk 49 m; no border inside its village.",
        "V11": "micro-grid V11 (西格): 2 households of 1 natural village (北), 1 below the least of 3; "
        "mean walk 20 m; 70 % of its border inside the village runs along roads, rivers, railways or natural villages.",
        "V12": "micro-grid V12 (东格): 3 households of 1 natural village (南), within the range of 3–4; "
        "mean walk 28 m; 70 % of its border inside the village runs along roads, rivers, railways or natural villages.",
    }


def test_every_unit_of_a_plan_has_its_sentence_in_both_languages(township):
    request = PlanRequest(SizeRange(30, 50), SizeRange(5, 10))
    layers = township([75, 0], hamlets="polygons")
    plan = make_plan(layers, request)
    told = describe_units(plan, layers, request.grid_size, request.micro_size)
    assert list(told.index) == [*plan.grids["code"], *plan.micro_grids["code"]]
    assert all(message.words("zh") and message.words("en") for message in told)
    degrees = {name: layer.to_crs(4490) for name, layer in layers.given()}
    again = describe_units(plan, Layers(**degrees), request.grid_size, request.micro_size)
    assert words_of(again) == words_of(told)
