from __future__ import annotations

import geopandas as gpd
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gridgis.geo.codes import GRID_DIGITS, MICRO_GRID_DIGITS, name_unit, number_units

places = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=30, unique=True)


@given(places)
def test_codes_run_west_to_east_then_north_to_south(spots):
    middles = gpd.GeoSeries.from_xy([x for x, _ in spots], [y for _, y in spots])
    codes = number_units(middles, pd.Series(["V"] * len(spots)), GRID_DIGITS)
    assert codes.is_unique
    ordered = [spots[i] for i in codes.sort_values().index]
    assert ordered == sorted(spots, key=lambda spot: (spot[0], -spot[1]))


@given(places)
def test_each_village_counts_from_one(spots):
    middles = gpd.GeoSeries.from_xy([x for x, _ in spots], [y for _, y in spots])
    above = pd.Series(["A" if i % 2 else "B" for i in range(len(spots))])
    codes = number_units(middles, above, MICRO_GRID_DIGITS)
    for village, mine in codes.groupby(above):
        assert sorted(mine) == [f"{village}{i + 1:02d}" for i in range(len(mine))]


def test_more_units_than_digits_can_number_get_more_digits():
    middles = gpd.GeoSeries.from_xy(range(101), [0] * 101)
    codes = number_units(middles, pd.Series(["G"] * 101), MICRO_GRID_DIGITS)
    assert codes.iloc[[0, -1]].tolist() == ["G001", "G101"]


def test_names_speak_the_language_of_the_village():
    assert name_unit("长头村", "01203") == "长头村第12网格第3微网格"
    assert name_unit("Oberland", "01203") == "Oberland micro-grid 12-3"
