"""The proof: the optimum of tiny places by trying every cut, never above it on the way, and better units found."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay
from scipy.spatial.distance import cdist

from gridgis.geo.topology import pieces
from gridgis.planning.bounds import Settlement, bound_walk_m
from gridgis.planning.proof import prove_walk
from gridgis.planning.separators import Wall, Web, behind, broken_walls, least_walls

ENOUGH = 1000


def both_ways(pairs):
    a, b = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2).T
    return np.append(a, b), np.append(b, a)


@st.composite
def lands(draw, most=7):
    """Draw places, some of several households, who borders whom, some in one item, and units that may be anything."""
    n = draw(st.integers(4, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    places_m = np.round(rng.uniform(0, 1000, (n, 2)), 3)
    pairs = {
        tuple(sorted(pair))
        for one in Delaunay(places_m).simplices.tolist()
        for pair in zip(one, one[1:] + one[:1], strict=True)
    }
    dropped = draw(st.sampled_from([0.0, 0.4]))
    pairs = {pair for pair in sorted(pairs) if rng.uniform() >= dropped}
    item = np.arange(n)
    if draw(st.booleans()) and pairs:
        first, second = min(pairs)
        item[second] = item[first]
    item = np.unique(item, return_inverse=True)[1]
    borders = {tuple(sorted((int(item[a]), int(item[b])))) for a, b in pairs if item[a] != item[b]}
    households = rng.integers(1, draw(st.sampled_from([2, 4])), n)
    units = draw(st.integers(1, min(3, int(item.max()) + 1)))
    unit = rng.permutation(np.append(np.arange(units), rng.integers(0, units, int(item.max()) + 1 - units)))[item]
    return Settlement(places_m, households, item, unit), both_ways(borders)


def window_of(settlement, wider=1):
    sizes = np.bincount(settlement.unit, settlement.households).astype(int)
    return max(int(sizes.min()) - wider, 1), int(sizes.max()) + wider


def walk_of(settlement, edges, window, label):
    """Walk of items labelled by unit; infinite where a unit breaks its size or is in pieces."""
    total_m = 0.0
    for one in range(int(settlement.unit.max()) + 1):
        items = label == one
        mine = items[settlement.item]
        inner = items[edges[0]] & items[edges[1]]
        part = pieces(len(items), edges[0][inner], edges[1][inner])[items]
        if not mine.any() or len(np.unique(part)) > 1:
            return math.inf
        if not window[0] <= settlement.households[mine].sum() <= window[1]:
            return math.inf
        here = settlement.places_m[mine]
        total_m += float((settlement.households[mine] @ cdist(here, here)).min())
    return total_m


def optimum_m(settlement, edges, window):
    items, units = int(settlement.item.max()) + 1, int(settlement.unit.max()) + 1
    labels = np.stack(np.unravel_index(np.arange(units**items), (units,) * items), axis=1)
    return min(walk_of(settlement, edges, window, label) for label in labels)


@settings(max_examples=20, deadline=None)
@given(lands())
def test_a_proof_that_may_go_on_finds_the_optimum(land):
    settlement, edges = land
    window = window_of(settlement)
    best_m = optimum_m(settlement, edges, window)
    proof = prove_walk(settlement, edges, window, ENOUGH)
    assert proof.solved
    assert proof.bound_m == pytest.approx(best_m, rel=1e-5, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(lands(), st.integers(0, 2))
def test_a_proof_broken_off_is_never_above_the_optimum_and_its_units_keep_everything(land, branchings):
    settlement, edges = land
    window = window_of(settlement)
    best_m = optimum_m(settlement, edges, window)
    proof = prove_walk(settlement, edges, window, branchings)
    assert proof.bound_m <= best_m * (1 + 1e-6) + 1e-3
    if math.isfinite(proof.walk_m):
        label = np.zeros(int(settlement.item.max()) + 1, dtype=np.int64)
        label[settlement.item] = proof.unit
        assert walk_of(settlement, edges, window, label) == pytest.approx(proof.walk_m, rel=1e-5, abs=1e-3)


def test_walls_are_broken_by_parts_that_do_not_hang_together():
    """A ring of six; the unit around 0 holds 0, 2 and 3, and 1 or 5 and 4 are missing.

    0 - 1 - 2
    |       |
    5 - 4 - 3
    """
    web = Web(*both_ways([(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)]), 6)
    share = np.array([1, 0, 1, 1, 0, 0], dtype=float)
    walls = broken_walls(web, 0, share)
    assert set(walls) == {Wall(2, (1, 4)), Wall(3, (1, 4))}
    assert behind(web, walls[0]).tolist() == [True, False, False, False, False, True]
    half = np.array([1, 0.4, 0.9, 0, 0, 0.2])
    assert least_walls(web, 0, half)[0].head == 2
    assert least_walls(web, 0, np.array([1, 0.5, 1, 0.5, 0.5, 0.5])) == []


def test_connected_units_may_have_to_walk_further():
    """Pairs would be near, but only neighbours on the dotted way border each other.

    0 . 2
        .
    3 . 1   (0 is near 1 and 2 near 3)
    """
    row = np.array([[0.0, 0], [1, 0], [100, 0], [101, 0]])
    around = both_ways([(0, 2), (1, 2), (1, 3)])
    one = Settlement(row, np.ones(4, dtype=np.int64), np.arange(4), np.array([0, 0, 1, 1]))
    proof = prove_walk(one, around, (2, 2), ENOUGH)
    assert bound_walk_m(one, (2, 2), 9) == pytest.approx(2)
    assert proof.solved
    assert proof.walk_m == pytest.approx(200)
    assert proof.unit.tolist() == [0, 1, 0, 1]


def test_what_cannot_be_is_proved_to_be_nothing():
    """Two islands of three households cannot be two units of two and four."""
    row = np.array([[float(x), 0] for x in range(6)])
    around = both_ways([(0, 1), (1, 2), (3, 4), (4, 5)])
    one = Settlement(row, np.ones(6, dtype=np.int64), np.arange(6), np.array([0, 0, 1, 1, 1, 1]))
    proof = prove_walk(one, around, (1, 2), ENOUGH)
    assert proof.bound_m == proof.walk_m == math.inf
    three = prove_walk(replace(one, unit=np.array([0, 0, 0, 1, 1, 1])), around, (2, 4), ENOUGH)
    assert (three.solved, three.walk_m) == (True, pytest.approx(4))
