"""Alternatives: legal, none of them idle, the request's own plan first, and the same every time."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.geo.cache import FabricCache
from gridgis.model.tiers import SizeRange, Weights
from gridgis.planning.alternatives import (
    MOST,
    Alternative,
    choose_front,
    dominates,
    keeps_laws,
    propose_alternatives,
    share_on_ground_pct,
    weightings,
)
from gridgis.planning.plan import PlanRequest, make_plan

REQUEST = PlanRequest(SizeRange(60, 110), SizeRange(15, 30), weights=Weights(whole=0.1))
FIGURES = st.lists(st.tuples(*[st.integers(0, 3).map(float)] * 3), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def place(township):
    return township([170], hamlets="polygons", seed=3)


@pytest.fixture(scope="module")
def found(place) -> tuple[Alternative, ...]:
    return propose_alternatives(place, REQUEST, fabrics=FabricCache())


def test_the_plan_that_was_asked_for_comes_first(place, found):
    own = make_plan(place, REQUEST)
    first = found[0]
    assert (first.key, first.weights) == ("alternatives.asked", REQUEST.weights)
    assert first.plan.households["micro_grid_code"].tolist() == own.households["micro_grid_code"].tolist()


def test_all_are_legal_and_break_sizes_no_more_than_the_first(found):
    assert 1 <= len(found) <= MOST
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert keeps_laws(one.card)
        assert one.excess <= found[0].excess
        assert set(one.plan.households["household_id"]) == set(found[0].plan.households["household_id"])


def test_every_weighting_is_told_its_part_of_the_progress(place, found):
    told = []
    again = propose_alternatives(place, REQUEST, progress=lambda part, stage: told.append((part, stage)))
    parts = [part for part, _ in told]
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0.0, 1.0)
    assert [one.card for one in again] == [one.card for one in found]


def test_weightings_press_one_wish_each_and_leave_the_others():
    asked = Weights(whole=0.1, border=0.03)
    ways = weightings(asked)
    assert next(iter(ways.values())) == asked
    assert ways["alternatives.whole"].whole > asked.whole > ways["alternatives.cut"].whole
    assert ways["alternatives.border"].border > asked.border
    assert {one.grid_walk for one in ways.values()} == {asked.grid_walk}


@given(FIGURES)
def test_no_plan_that_is_kept_dominates_another_but_the_first(figures):
    kept = choose_front(figures, MOST)
    assert kept[0] == 0
    assert len(kept) <= MOST
    for one, other in permutations(kept, 2):
        assert other == 0 or not dominates(figures[one], figures[other])
        assert figures[one] != figures[other]


@given(FIGURES)
def test_whatever_is_left_out_is_dominated_or_equalled_where_there_is_room(figures):
    kept = choose_front(figures, len(figures))
    for at in set(range(len(figures))) - set(kept):
        assert figures[at] in [figures[k] for k in kept] or any(dominates(one, figures[at]) for one in figures)


def test_the_share_on_the_ground_is_weighed_by_length(found):
    card = found[0].card
    low, high = sorted([card.grid.border_on_ground_pct, card.micro_grid.border_on_ground_pct])
    assert low <= share_on_ground_pct(card) <= high
