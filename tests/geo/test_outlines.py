from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.geo.outlines import dissolve_cells, simplify_outlines
from gridgis.geo.topology import gaps_and_overlaps

CRS = 4546


@pytest.fixture
def zigzag():
    """Draw two units with a border of many teeth, and a household in one of the teeth.

    +----\\----+
    | a  /  b |
    |   <*    |
    +----\\----+
    """
    steps = np.arange(0, 101, 5.0)
    border = [(50 + 1.5 * (-1) ** i, y) for i, y in enumerate(steps)]
    left = shapely.Polygon([(0, 0), *border, (0, 100)])
    right = shapely.Polygon([(100, 0), (100, 100), *border[::-1]])
    units = gpd.GeoDataFrame({"code": ["a", "b"], "village_code": "V"}, geometry=[left, right], crs=CRS)
    homes = gpd.GeoDataFrame({"unit": ["b", "a"]}, geometry=gpd.points_from_xy([49.2, 20], [25, 50]), crs=CRS)
    return units, homes


def test_simple_outlines_still_tile_and_keep_every_household(zigzag):
    units, homes = zigzag
    drawn = simplify_outlines(units, homes, "unit", tolerance_m=4.0)
    village = gpd.GeoSeries([shapely.coverage_union_all(units.geometry.to_numpy())], crs=CRS)
    assert gaps_and_overlaps(drawn, village) == (0.0, 0.0)
    assert drawn.loc[1].contains(homes.geometry[0])
    assert drawn.loc[0].contains(homes.geometry[1])


def test_a_border_nobody_lives_at_is_drawn_straight(zigzag):
    units, homes = zigzag
    drawn = simplify_outlines(units, homes.iloc[1:], "unit", tolerance_m=6.0)
    assert shapely.get_num_coordinates(drawn.to_numpy()).sum() < 15


def test_units_are_exactly_their_cells():
    squares = [shapely.box(x, 0, x + 1, 1) for x in range(4)]
    cells = gpd.GeoDataFrame({"unit": ["b", "a", "a", "b"]}, geometry=squares, crs=CRS)
    units = dissolve_cells(cells, "unit")
    assert units.index.tolist() == ["a", "b"]
    assert units["a"].equals(shapely.box(1, 0, 3, 1))
    assert units["b"].geom_type == "MultiPolygon"
