from __future__ import annotations

from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.model.errors import CallError
from gridgis.model.tiers import SizeRange
from gridgis.planning.shares import Share, Totals, least_excess, least_excess_beside, share_units, size_window

GRID, MICRO = SizeRange(6, 10), SizeRange(2, 4)
RULES = GRID, MICRO


def excess_by_hand(n: int, grids: int, micro_grids: int) -> int:
    """Try every way to share n households among grids of micro-grids."""
    best = 10**9
    for parts in combinations_with_replacement(range(1, micro_grids + 1), grids):
        if sum(parts) != micro_grids:
            continue
        for cuts in combinations_with_replacement(range(n + 1), grids - 1):
            sizes = np.diff([0, *cuts, n])
            total = sum(
                GRID.excess(int(size)) + MICRO.least_excess(int(size), part)
                for size, part in zip(sizes, parts, strict=True)
            )
            best = min(best, total)
    return best


@given(st.integers(0, 30), st.integers(1, 3), st.integers(0, 5))
@settings(max_examples=60)
def test_the_least_excess_is_what_trying_everything_finds(n, grids, more):
    found = least_excess(n, (np.array([grids]), np.array([grids + more])), *RULES)
    assert found[0] == excess_by_hand(n, grids, grids + more)


def excess_beside_by_hand(n: int, block: int, grids: int, micro_grids: int) -> int:
    """Try every way to share n households and one building, which is in the first micro-grid of the first grid."""
    best = 10**9
    for parts in product(range(1, micro_grids + 1), repeat=grids):
        if sum(parts) != micro_grids:
            continue
        for cuts in combinations_with_replacement(range(n + 1), grids - 1):
            first, *others = (int(size) for size in np.diff([0, *cuts, n]))
            beside = range(first + 1) if parts[0] > 1 else [first]
            total = GRID.excess(first + block) + min(
                MICRO.excess(block + some) + (MICRO.least_excess(first - some, parts[0] - 1) if parts[0] > 1 else 0)
                for some in beside
            )
            total += sum(
                GRID.excess(size) + MICRO.least_excess(size, part) for size, part in zip(others, parts[1:], strict=True)
            )
            best = min(best, total)
    return best


@given(st.integers(0, 20), st.integers(11, 30), st.integers(1, 3), st.integers(0, 4))
@settings(max_examples=40)
def test_a_building_above_both_ceilings_is_a_unit_of_its_own(n, block, grids, more):
    found = least_excess_beside(n + block, (np.array([grids]), np.array([grids + more])), RULES, [block])
    assert found[0] == excess_beside_by_hand(n, block, grids, grids + more)


@given(st.integers(0, 20), st.integers(5, 10), st.integers(1, 3), st.integers(0, 4))
@settings(max_examples=40)
def test_beside_a_building_above_one_ceiling_no_cut_is_better_than_said(n, block, grids, more):
    found = least_excess_beside(n + block, (np.array([grids]), np.array([grids + more])), RULES, [block])
    assert found[0] <= excess_beside_by_hand(n, block, grids, grids + more)


def test_units_are_counted_without_the_buildings_that_are_units_of_their_own():
    rules = SizeRange(300, 500), SizeRange(50, 100)
    assert share_units([1600], [901], rules, Totals(None, None), [[700]]) == [Share(3, 13, 800)]
    assert share_units([650], [352], rules, Totals(None, None), [[180, 120]]) == [Share(2, 7, 100)]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=3), st.integers(0, 3), st.integers(0, 6))
@settings(max_examples=40)
def test_totals_are_met_at_the_least_total_excess(sizes, more, still_more):
    grids = len(sizes) + more
    micro_grids = grids + still_more
    shares = share_units(sizes, [50] * len(sizes), RULES, Totals(grids, micro_grids))
    assert sum(share.grids for share in shares) == grids
    assert sum(share.micro_grids for share in shares) == micro_grids
    assert sum(share.excess for share in shares) == least_by_trying(sizes, grids, micro_grids)


def least_by_trying(sizes, grids, micro_grids):
    if not sizes:
        return 0 if grids == micro_grids == 0 else 10**9
    return min(
        (
            int(least_excess(sizes[0], (np.array([k]), np.array([m])), *RULES)[0])
            + least_by_trying(sizes[1:], grids - k, micro_grids - m)
            for k in range(1, grids + 1)
            for m in range(k, micro_grids + 1)
        ),
        default=10**9,
    )


@given(st.integers(1, 12))
def test_inside_its_window_a_grid_breaks_rules_least(micro_grids):
    window = size_window(GRID, MICRO, micro_grids)
    excess = [GRID.excess(n) + MICRO.least_excess(n, micro_grids) for n in range(60)]
    assert {n for n, value in enumerate(excess) if value == min(excess)} == set(range(window.low, window.high + 1))


@pytest.mark.parametrize(("households", "excess"), [(7190, 10), (7200, 0), (7800, 0), (7810, 10)])
def test_the_published_township_fits_from_7200_to_7800_households(households, excess):
    sizes = [900] * 6 + [600, 600, households - 6600]
    shares = share_units(sizes, sizes, (SizeRange(300, 500), SizeRange(50, 100)), Totals(24, 78))
    assert sum(share.excess for share in shares) == excess


def test_free_numbers_are_near_the_middle_of_the_range():
    rules = SizeRange(300, 500), SizeRange(50, 100)
    assert share_units([1600], [1600], rules, Totals(None, None)) == [Share(4, 21, 0)]
    assert share_units([1600], [1600], rules, Totals(5, None)) == [Share(5, 21, 0)]
    assert share_units([1600], [1600], rules, Totals(None, 30)) == [Share(4, 30, 0)]


@pytest.mark.parametrize("totals", [Totals(1, None), Totals(None, 1), Totals(3, 2), Totals(99, None)])
def test_impossible_totals_are_refused(totals):
    with pytest.raises(CallError):
        share_units([10, 10], [10, 10], RULES, totals)
