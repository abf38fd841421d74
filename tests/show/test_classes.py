"""Classes of figures: round, five at most, every unit in one, and a legend for no other."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgis.model.layers import Layers
from gridgis.model.tiers import SizeRange
from gridgis.model.words import LANGS, say
from gridgis.show.base import base_map
from gridgis.show.classes import COLUMNS, STYLES, classify, round_breaks
from gridgis.show.plan import plan_layer

FIGURES = st.lists(st.sampled_from([0.0, np.nan]) | st.floats(0.01, 1e5), max_size=30).map(np.array)


@given(FIGURES)
def test_breaks_are_four_round_numbers_evenly_spaced(values):
    breaks = round_breaks(values.astype(float))
    steps = np.diff(breaks)
    assert len(breaks) == 4
    assert np.allclose(steps, steps[0])
    # a round step begins with 1, 2 or 5
    assert f"{steps[0]:.6e}"[0] in "125"


@given(FIGURES.filter(len))
def test_every_unit_is_in_a_class_that_the_legend_has(values):
    found = classify(pd.DataFrame({"walk_m": values}), "walk", "en")
    assert len(found.kinds) == len(found.tips) == len(values)
    assert [at == len(STYLES) - 1 for at in found.kinds] == np.isnan(values).tolist()
    assert len(found.entries) == len(set(found.kinds))


@pytest.fixture
def units():
    """A ─ B ─ C in a row: C is too big, and nothing is known of its border."""
    shapes = [shapely.box(112.4 + at / 100, 37.5, 112.41 + at / 100, 37.51) for at in range(3)]
    figures = {"walk_m": [80.0, 120.0, 310.0], "polsby_popper": 0.785, "on_ground_pct": [20.0, 95.0, np.nan]}
    table = {"name": list("ABC"), "households": [60, 90, 130]} | figures
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4490, index=list("abc"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("by", ["units", *COLUMNS])
def test_a_broken_rule_is_outlined_whatever_the_map_is_coloured_by(units, by, lang):
    drawn = base_map(Layers(villages=units.assign(code=units.index)[["code", "name", "geometry"]]), lang)
    plan_layer(units, SizeRange(50, 100), lang, by=by).add_to(drawn)
    page = drawn.get_root().render()
    assert say("map.plan.broken", lang, low=50, high=100) in page
    title = say("map.plan.title" if by == "units" else f"figure.title.{by}", lang)
    assert title in page
