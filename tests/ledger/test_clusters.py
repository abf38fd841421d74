"""Clusters: the figures of esda's G_i*, and no answer where there are too few areas."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from shapely import box

from gridgis.ledger.clusters import clusters_of_areas, local_g_star
from gridgis.ledger.hotspots import HotspotRules
from gridgis.model.errors import GridgisError

RULES = HotspotRules()


def board(values):
    """Lay values out as squares of a chessboard of 8 columns, with a seam of a millimetre between them."""
    shapes = [
        box(100 * (i % 8), 100 * (i // 8), 100 * (i % 8) + 99.999, 100 * (i // 8) + 99.999) for i in range(len(values))
    ]
    return gpd.GeoDataFrame({"rate_ratio": values}, geometry=shapes, crs="EPSG:4546")


@pytest.fixture(scope="module")
def hot_corner():
    values = 1 + np.random.default_rng(5).normal(size=64) * 0.1
    values[[0, 1, 2, 8, 9, 10, 16, 17, 18]] += 1
    return board(values)


def test_a_corner_of_high_rates_is_a_cluster(hot_corner):
    found = clusters_of_areas(hot_corner, RULES)
    assert found.index[found["cluster"] == "hot"].isin([0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 24, 25, 26]).all()
    assert found.loc[[0, 1, 8, 9], "cluster"].eq("hot").all()
    assert (found["q"] >= found["p"]).all()


def test_too_few_areas_are_refused_with_their_number(hot_corner):
    with pytest.raises(GridgisError) as refusal:
        clusters_of_areas(hot_corner.iloc[:29], RULES)
    assert "29" in refusal.value.words("zh")
    assert "30" in refusal.value.words("en")


def test_areas_without_an_expectation_are_passed_over(hot_corner):
    partly = hot_corner.assign(rate_ratio=hot_corner["rate_ratio"].where(hot_corner.index != 63))
    found = clusters_of_areas(partly, RULES)
    assert found.index.equals(partly.index)
    assert found.loc[63, "cluster"] == "too_few"
    assert np.isnan(found.loc[63, "z"])


def test_the_same_seed_gives_the_same_answer_in_any_order(hot_corner):
    straight = clusters_of_areas(hot_corner, RULES, seed=4)
    shuffled = clusters_of_areas(hot_corner.sample(frac=1, random_state=1), RULES, seed=4)
    pd.testing.assert_frame_equal(straight, shuffled.sort_index())


def test_chance_alone_makes_no_cluster():
    values = 1 + np.random.default_rng(11).normal(size=64) * 0.1
    assert set(clusters_of_areas(board(values), RULES)["cluster"]) == {"ordinary"}
    assert set(clusters_of_areas(board(np.ones(64)), RULES)["cluster"]) == {"ordinary"}


def test_z_values_are_those_of_esda():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        esda = pytest.importorskip("esda")
        weights = pytest.importorskip("libpysal.weights")
        lattice = weights.lat2W(6, 6, rook=False)
        near = csr_array(lattice.sparse + np.eye(36))
        values = np.random.default_rng(2).gamma(2, size=36)
        theirs = esda.G_Local(values, weights.fill_diagonal(lattice, 1), transform="B", star=None, permutations=0)
    assert local_g_star(values, near) == pytest.approx(theirs.Zs)
