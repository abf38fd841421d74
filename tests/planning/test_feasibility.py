"""What numbers allow: the same as trying everything; and every remedy, applied, mends what it is for."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gridgis.model.tiers import GRID, MICRO_GRID, SizeRange
from gridgis.planning.feasibility import Land, Piece, assess_lands, assess_tier
from gridgis.planning.plan import PlanRequest
from gridgis.planning.remedies import Divisible, Neighbour, find_remedies
from gridgis.planning.shares import Share, Totals, least_excess, share_units
from gridgis.planning.totals import assess_township, tell_township
from gridgis.planning.verdicts import tell_assessment, tell_pieces, tell_possible

RANGES = [GRID, MICRO_GRID, SizeRange(50, 80), SizeRange(7, 7), SizeRange(1, 400)]
MOST = 1300
UNITS = 4


@cache
def tables(rule: SizeRange) -> list[np.ndarray]:
    """Tabulate the least excess of u units that share n households, by trying every size of the last one."""
    excess = np.array([rule.excess(n) for n in range(MOST + 1)])
    found = [np.where(np.arange(MOST + 1) == 0, 0, 10**6)]
    for _ in range(UNITS):
        before = found[-1]
        found.append(np.array([(before[n::-1] + excess[: n + 1]).min() for n in range(MOST + 1)]))
    return found


def land_of(n: int, units: int, tier: str = "grid", **said: object) -> Land:
    share = Share(units, units, 0) if tier == "grid" else Share(1, units, 0)
    return Land("V", "V", n, share, sites=max(n, 1), **said)  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", RANGES, ids=str)
def test_the_arithmetic_is_what_trying_everything_finds(rule):
    for n in range(1, MOST + 1):
        for units in range(1, UNITS + 1):
            found = assess_tier(land_of(n, units), "grid", rule, free=True)
            assert found.excess == tables(rule)[units][n]
            assert (units in found.counts) == found.possible


def test_below_300_and_from_501_to_599_no_grids_can_be_had():
    none = [n for n in range(1, MOST + 1) if not assess_tier(land_of(n, 1), "grid", GRID, free=True).counts]
    assert none == [*range(1, 300), *range(501, 600)]
    assert [n for n in range(1, 200) if not assess_tier(land_of(n, 1), "grid", MICRO_GRID, free=True).counts] == [
        *range(1, 50)
    ]


@given(st.integers(1, MOST), st.integers(1, UNITS), st.sampled_from(RANGES), st.data())
def test_a_natural_village_is_called_unfit_exactly_where_whole_it_breaks_more(n, units, rule, data):
    size = data.draw(st.integers(1, min(n, rule.high)))
    found = assess_tier(land_of(n, units, pieces=(Piece("natural_village", "N", size),)), "grid", rule, free=False)
    whole = min(rule.excess(unit) + tables(rule)[units - 1][n - unit] for unit in range(size, n + 1))
    more = int(whole) - found.excess
    assert found.unfit == (((Piece("natural_village", "N", size), more),) if more else ())


@given(st.integers(0, MOST), st.integers(1, 8), st.sampled_from(RANGES), st.booleans(), st.integers(0, 2))
@settings(max_examples=300)
def test_every_remedy_applied_mends_what_it_is_for(n, units, rule, free, set_apart):
    neighbours = [Neighbour("W", 10**6, lambda more: 5), Neighbour("E", 10**6, lambda more: 3)]  # noqa: ARG005
    remedies = find_remedies(Divisible(n, units), rule, neighbours, free=free, set_apart=set_apart)
    assert bool(remedies) == (rule.least_excess(n, units) > 0)

    # a free number at which others would do was chosen for the other tier's sake, and stands
    open_to = free and not rule.feasible_counts(n)

    def mended(households: int, sizes: SizeRange = rule) -> bool:
        counts = sizes.feasible_counts(households)
        return units in counts or (open_to and len(counts) > 0)

    for remedy in remedies:
        if remedy.kind in {"in", "out"}:
            assert (remedy.village, remedy.worse) == ("E", 3)
            assert mended(n + remedy.households if remedy.kind == "in" else n - remedy.households)
            fewer = remedy.households - 1
            assert not mended(n + fewer if remedy.kind == "in" else n - fewer)
        elif remedy.kind == "counts":
            assert remedy.units[0] - set_apart in rule.feasible_counts(n)
        else:
            assert remedy.rule is not None
            assert remedy.rule.low <= rule.low <= rule.high <= remedy.rule.high
            assert mended(n, remedy.rule)


@given(st.lists(st.integers(1, 1300), min_size=2, max_size=4), st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=40)
def test_a_transfer_costs_the_neighbour_what_is_said(sizes, more_grids, more_micro_grids):
    grids = len(sizes) + more_grids
    request = PlanRequest(grids=grids, micro_grids=3 * grids + more_micro_grids)
    assume(sum(sizes) > request.micro_grids)
    rules = GRID, MICRO_GRID
    shares = share_units(sizes, sizes, rules, Totals(request.grids, request.micro_grids))
    codes = [f"V{i}" for i in range(len(sizes))]
    lands = [
        Land(code, code, n, share, sites=n, neighbours=tuple(other for other in codes if other != code))
        for code, n, share in zip(codes, sizes, shares, strict=True)
    ]
    found = assess_lands(lands, request)
    assert sum(one.excess for one in found) == sum(share.excess for share in shares)

    def excess(n: int, share: Share) -> int:
        return int(least_excess(n, (np.array([share.grids]), np.array([share.micro_grids])), *rules)[0])

    by_name = dict(zip(codes, zip(sizes, shares, strict=True), strict=True))
    for one in found:
        for remedy in (*one.grid.remedies, *one.micro_grid.remedies):
            if remedy.village is not None:
                n, share = by_name[remedy.village]
                after = n - remedy.households if remedy.kind == "in" else n + remedy.households
                assert remedy.worse == excess(after, share) - excess(n, share)
        for message in (*tell_assessment(one), *tell_pieces(one), tell_possible(one)):
            assert message.words("zh")
            assert message.words("en")


def test_wider_ranges_that_are_offered_suit_every_village():
    sizes = [1517, 931, 1222, 592, 571, 461, 894, 603, 675]
    request = PlanRequest(grids=24, micro_grids=78)
    shares = share_units(sizes, sizes, (GRID, MICRO_GRID), Totals(24, 78))
    lands = [Land(f"V{i}", f"V{i}", n, share, sites=n) for i, (n, share) in enumerate(zip(sizes, shares, strict=True))]
    found = assess_township(assess_lands(lands, request), request)
    assert (found.least, found.most, found.excess) == (7200, 7800, 46)
    assert found.wider == (SizeRange(285, 500), SizeRange(50, 101))
    assert sum(share.excess for share in share_units(sizes, sizes, found.wider, Totals(24, 78))) == 0
    assert "7,200–7,800" in tell_township(found)[0].words("en")


def test_totals_that_fit_no_township_are_said():
    request = PlanRequest(grids=24, micro_grids=20)
    land = Land("V", "V", 7500, Share(24, 20, 0), sites=7500)
    found = assess_township(assess_lands([land], request), request)
    assert tell_township(found)[0].key == "plan.totals.never"


def test_a_building_above_the_ceiling_is_a_unit_of_its_own_by_waiver():
    share = share_units([1600], [901], (GRID, MICRO_GRID), Totals(None, None), [[700]])[0]
    (found,) = assess_lands([Land("V", "V", 1600, share, buildings=(700,), sites=901)], PlanRequest())
    assert (found.grid.excess, found.micro_grid.excess, found.excess) == (200, 600, 800)
    assert [remedy.kind for remedy in found.grid.remedies] == ["waiver"]
    assert [message.key for message in tell_assessment(found)] == ["feasibility.buildings"] * 2


def test_the_gap_is_told_with_both_ways_out_and_their_cost():
    lands = [
        Land("A", "甲村", 550, Share(1, 7, 50), sites=550, neighbours=("B", "C")),
        Land("B", "乙村", 300, Share(1, 4, 0), sites=300),
        Land("C", "丙村", 380, Share(1, 5, 0), sites=380),
    ]
    (message,) = tell_assessment(assess_lands(lands, PlanRequest())[0])
    assert message.words("zh") == (
        "甲村有 550 户：1 个网格最多 500 户，2 个网格至少 600 户，因此划为 1 个网格，偏离 50 户。"
        "可任选其一：从丙村划入 50 户的地块（该村偏离不增加）；向乙村划出 50 户的地块（该村偏离不增加）；"
        "将网格户数范围放宽为 275–500 户；登记为例外（50 户）。"
    )


def test_an_empty_village_is_one_sentence():
    (found,) = assess_lands([Land("V", "V", 0, Share(1, 1, 350))], PlanRequest())
    assert [message.key for message in tell_assessment(found)] == ["plan.village.empty"]


def test_units_that_cannot_keep_both_tiers_at_once_are_told_the_numbers_that_can():
    request = PlanRequest(GRID, SizeRange(70, 75), 2, 13)
    share = share_units([970], [970], (request.grid_size, request.micro_size), Totals(2, 13))[0]
    (found,) = assess_lands([Land("V", "V", 970, share, sites=970)], request)
    assert (found.grid.excess, found.micro_grid.excess, found.excess) == (0, 0, 20)
    assert [(remedy.kind, remedy.households, remedy.units) for remedy in found.remedies] == [
        ("both", 0, (3, 13)),
        ("waiver", 20, ()),
    ]
    (message,) = tell_assessment(found)
    assert "3 grids and 13 micro-grids instead; record a waiver for 20 households" in message.words("en")
