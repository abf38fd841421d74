"""Size rules: the arithmetic of the published mechanism, and of every other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.model.tiers import GRID, MICRO_GRID, SizeRange

RANGES = st.tuples(st.integers(1, 60), st.integers(0, 60)).map(lambda pair: SizeRange(pair[0], sum(pair)))


def test_fewer_than_300_and_501_to_599_households_make_no_grids():
    impossible = [n for n in range(1, 3000) if not GRID.feasible_counts(n)]
    assert impossible == [*range(1, 300), *range(501, 600)]
    assert [n for n in range(1, 3000) if not MICRO_GRID.feasible_counts(n)] == list(range(1, 50))


def test_a_legal_grid_has_three_to_ten_micro_grids():
    counts = [MICRO_GRID.feasible_counts(n) for n in range(300, 501)]
    assert (min(c.start for c in counts), max(c.stop - 1 for c in counts)) == (3, 10)


def test_24_grids_and_78_micro_grids_need_7200_to_7800_households():
    fit = [n for n in range(1, 20_000) if 24 in GRID.feasible_counts(n) and 78 in MICRO_GRID.feasible_counts(n)]
    assert (fit[0], fit[-1]) == (7200, 7800)


@given(RANGES, st.integers(1, 500))
def test_a_count_is_feasible_iff_households_can_be_dealt_out(sizes, households):
    for units in range(1, households + 1):
        feasible = sizes.low * units <= households <= sizes.high * units
        assert (units in sizes.feasible_counts(households)) == feasible
        assert (sizes.least_excess(households, units) == 0) == feasible


@given(RANGES, st.lists(st.integers(0, 150), min_size=1, max_size=8))
def test_no_dealing_out_beats_the_least_excess(sizes, dealt):
    excess = sum(sizes.excess(size) for size in dealt)
    assert excess >= sizes.least_excess(sum(dealt), len(dealt))


@given(RANGES, st.integers(0, 300), st.integers(1, 8))
def test_even_shares_reach_the_least_excess(sizes, households, units):
    shares = [households // units + (unit < households % units) for unit in range(units)]
    assert sum(sizes.excess(size) for size in shares) == sizes.least_excess(households, units)


@pytest.mark.parametrize(("low", "high"), [(0, 5), (6, 5), (-1, -1)])
def test_a_range_that_is_none_is_refused(low, high):
    with pytest.raises(ValueError, match="size range"):
        SizeRange(low, high)
