"""The bounds: never above what any cut reaches, near the best where it is known, and of no place's accidents."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.spatial.distance import cdist

from gridgis.planning.bounds import Settlement, bound_walk_m

ROUNDS = 12


@st.composite
def settlements(draw, most=40):
    """Draw places, some of several households, bundled or not, in any cut."""
    n = draw(st.integers(2, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    span = draw(st.sampled_from([(1000.0, 700.0), (1000.0, 0.0), (1.0, 1.0)]))
    spread = np.unique(np.round(rng.uniform(0, 1, (n, 2)) * span, 3), axis=0)
    households = rng.integers(1, draw(st.sampled_from([2, 9])), len(spread))
    bundles = draw(st.sampled_from([len(spread), max(len(spread) // 3, 1)]))
    item = rng.integers(0, bundles, len(spread)) if bundles < len(spread) else np.arange(bundles)
    item = np.unique(item, return_inverse=True)[1]
    units = draw(st.integers(1, int(item.max()) + 1))
    by_item = np.append(np.arange(units), rng.integers(0, units, int(item.max()) + 1 - units))
    return Settlement(spread, households, item, rng.permutation(by_item)[item])


def walk_m(settlement):
    total = 0.0
    for one in range(int(settlement.unit.max()) + 1):
        mine = settlement.unit == one
        here = settlement.places_m[mine]
        total += (cdist(here, here) @ settlement.households[mine]).min()
    return total


def window_of(settlement):
    sizes = np.bincount(settlement.unit, settlement.households).astype(int)
    return int(sizes.min()), int(sizes.max())


def optimum_m(settlement, window):
    """Solve the same problem exactly: which places are medoids, and whose each item is."""
    n, items = len(settlement.unit), int(settlement.item.max()) + 1
    size = np.bincount(settlement.item, settlement.households)
    far_m = np.zeros((items, n))
    np.add.at(far_m, settlement.item, cdist(settlement.places_m, settlement.places_m) * settlement.households[:, None])
    served = np.hstack([np.kron(np.eye(items), np.ones(n)), np.zeros((items, n))])
    held = np.kron(size, np.eye(n))
    counted = np.append(np.zeros(items * n), np.ones(n))[None, :]
    own = np.zeros((n, items * n + n))
    own[np.arange(n), settlement.item * n + np.arange(n)] = 1
    own[np.arange(n), items * n + np.arange(n)] = -1
    units = int(settlement.unit.max()) + 1
    rules = [
        LinearConstraint(served, 1, 1),
        LinearConstraint(counted, units, units),
        LinearConstraint(np.hstack([held, -window[0] * np.eye(n)]), 0, np.inf),
        LinearConstraint(np.hstack([held, -window[1] * np.eye(n)]), -np.inf, 0),
        LinearConstraint(own, 0, np.inf),
    ]
    cost = np.append(far_m.ravel(), np.zeros(n))
    found = milp(cost, constraints=rules, bounds=Bounds(0, 1), integrality=np.ones(len(cost)))
    assert found.status == 0
    return found.fun


@settings(max_examples=80, deadline=None)
@given(settlements())
def test_no_cut_walks_less_than_its_bound(settlement):
    bound = bound_walk_m(settlement, window_of(settlement), ROUNDS)
    assert 0 <= bound <= walk_m(settlement) + 1e-6


@settings(max_examples=20, deadline=None)
@given(settlements(most=9))
def test_the_best_cut_walks_no_less_than_the_bound(settlement):
    window = window_of(settlement)
    bound = bound_walk_m(settlement, window, ROUNDS)
    assert bound <= optimum_m(settlement, window) * (1 + 1e-6) + 1e-6


def test_the_bound_is_near_the_best_cut_of_clear_hamlets():
    rng = np.random.default_rng(3)
    middles = np.array([[0, 0], [900, 100], [300, 800]])
    spread = np.round(np.repeat(middles, 6, axis=0) + rng.normal(0, 60, (18, 2)), 3)
    any_cut = Settlement(spread, np.ones(18, dtype=np.int64), np.arange(18), np.arange(18) % 3)
    best = optimum_m(any_cut, (4, 8))
    assert 0.97 * best <= bound_walk_m(any_cut, (4, 8), ROUNDS) <= best + 1e-6


@settings(max_examples=30, deadline=None)
@given(settlements(), st.integers(0, 10_000))
def test_neither_the_order_of_rows_nor_the_origin_matters(settlement, seed):
    order = np.random.default_rng(seed).permutation(len(settlement.unit))
    moved = Settlement(
        settlement.places_m[order] + [4096.0, -2048.0],
        settlement.households[order],
        settlement.item[order],
        settlement.unit[order],
    )
    window = window_of(settlement)
    here, there = (bound_walk_m(one, window, ROUNDS) for one in (settlement, moved))
    assert there == pytest.approx(here, rel=0.02, abs=0.02)


@given(settlements())
@settings(max_examples=20, deadline=None)
def test_one_unit_walks_exactly_its_bound(settlement):
    one = replace(settlement, unit=np.zeros_like(settlement.unit))
    assert bound_walk_m(one, window_of(one), 1) == pytest.approx(walk_m(one), abs=1e-6)


def test_units_of_one_building_each_need_not_walk():
    lone = Settlement(np.eye(5)[:, :2] * 100 + np.arange(5)[:, None], np.ones(5, dtype=np.int64), *[np.arange(5)] * 2)
    assert bound_walk_m(lone, (1, 1), ROUNDS) == 0


def test_whole_items_cost_walk_and_too_few_of_them_are_no_plan():
    """Two hamlets of two, far apart, each kept whole, against pairs that are near.

    A B      A B
    """
    row = np.array([[0.0, 0], [10, 0], [200, 0], [210, 0]])
    free = Settlement(row, np.ones(4, dtype=np.int64), np.arange(4), np.array([0, 0, 1, 1]))
    whole = replace(free, item=np.array([0, 1, 0, 1]))
    assert bound_walk_m(free, (2, 2), ROUNDS) == pytest.approx(20)
    assert bound_walk_m(whole, (2, 2), ROUNDS) > 200
    assert bound_walk_m(replace(free, item=np.zeros(4, dtype=np.int64)), (2, 2), ROUNDS) == math.inf
