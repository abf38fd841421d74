"""Heads: nobody who may not, nobody twice, and the shortest ways that any choice has."""

from __future__ import annotations

from functools import cache
from itertools import permutations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.model.layers import Layers, empty_layer
from gridgis.planning.heads import COMMITTEE, eligible_heads, head_places, heads_json, propose_heads, tell_heads
from gridgis.planning.plan import Plan

CRS = 4546


@cache
def row_of_homes() -> tuple[Plan, Layers]:
    """Draw two villages of one grid each, in a row of homes 10 m apart; the grids' medoids are c and h.

    ::

        village    V              W
                 +----+----+    +----+
        micro    | V1 | V2 |    | W1 |
                 +----+----+    +----+
        homes      abc  de       fghij
    """
    letters = list("abcdefghij")
    micro = ["V101"] * 3 + ["V102"] * 2 + ["W101"] * 5
    points = gpd.points_from_xy(500_000 + 10.0 * np.arange(10), [4_150_000.0] * 10, crs=CRS)
    homes = gpd.GeoDataFrame(
        {"household_id": letters, "grid_code": [code[:2] for code in micro], "micro_grid_code": micro}, geometry=points
    )
    households = homes[["household_id", "geometry"]].assign(households=1)

    def units(codes: list[str], xs: list[tuple[float, float]]) -> gpd.GeoDataFrame:
        shapes = [shapely.box(500_000 + west, 4_149_990, 500_000 + east, 4_150_010) for west, east in xs]
        table = {"code": codes, "village_code": [code[0] for code in codes], "name": codes}
        return gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)

    grids = units(["V1", "W1"], [(-5, 45), (45, 95)])
    micro_grids = units(["V101", "V102", "W101"], [(-5, 25), (25, 45), (45, 95)])
    micro_grids.insert(1, "grid_code", ["V1", "V1", "W1"])
    villages = units(["V", "W"], [(-5, 45), (45, 95)])[["code", "name", "geometry"]]
    return Plan(micro_grids, grids, micro_grids, homes), Layers(villages=villages, households=households)


def members_of(rows: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame([{"name": "某人", "party_member": True} | row for row in rows])
    if "member_id" not in table:
        table.insert(0, "member_id", [f"M{number}" for number in range(len(table))])
    return table.reindex(columns=empty_layer("members").columns)


def proposed(rows: list[dict[str, object]]) -> pd.DataFrame:
    plan, layers = row_of_homes()
    return propose_heads(plan, Layers(layers.villages, layers.households, members=members_of(rows))).set_index("unit")


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "household_id": st.sampled_from([*"abcdefghij", "nowhere", None]),
            "party_member": st.booleans() | st.just(value=True),
            "post": st.sampled_from([None, None, None, COMMITTEE, "grid_secretary", "micro_grid_leader", "else"]),
            "unit_code": st.sampled_from([None, "V1", "W1", "V101", "W101", "V9", "V109", "X1"]),
        }
    ),
    min_size=1,
    max_size=7,
)


@given(PEOPLE)
@settings(max_examples=25)
def test_nobody_heads_two_units_and_nobody_who_may_not_is_proposed(rows):
    heads = proposed(rows)
    members = members_of(rows).set_index("member_id")
    named = heads[heads["member_id"].notna()]
    assert named["member_id"].is_unique
    for unit, row in named.iterrows():
        person = members.loc[row["member_id"]]
        post = {"grid": "grid_secretary", "micro_grid": "micro_grid_leader"}[row["tier"]]
        holds = (person["post"], person["unit_code"]) == (post, unit)
        assert bool(row["held"]) == holds
        if holds:
            continue
        assert person["party_member"]
        assert person["household_id"] in ("abcde" if row["village_code"] == "V" else "fghij")
        assert person["post"] != "else"
        assert row["tier"] == "micro_grid" or person["post"] in {COMMITTEE, "grid_secretary"}
        assert row["tier"] == "grid" or person["post"] != "grid_secretary"
        if person["post"] in {"grid_secretary", "micro_grid_leader"}:
            assert person["unit_code"] not in {"V1", "W1", "X1"} or person["post"] == "micro_grid_leader"
            assert person["unit_code"] != "X1"


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.booleans()), min_size=0, max_size=4))
@settings(max_examples=20)
def test_as_many_posts_as_can_be_are_filled_and_the_ways_are_the_shortest(people):
    rows = [{"household_id": home, "post": COMMITTEE if grid else None} for home, grid in people]
    found = proposed(rows) if rows else proposed([{"household_id": None}])
    mine = found[found["village_code"] == "V"]
    middles = {"V1": 20.0, "V101": 10.0, "V102": 30.0}
    best = (0, 0.0)
    slots = [*range(len(people)), None, None, None]
    for chosen in set(permutations(slots, 3)):
        pairs = [(unit, person) for unit, person in zip(middles, chosen, strict=True) if person is not None]
        if all(unit != "V1" or people[person][1] for unit, person in pairs):
            metres = sum(abs(10.0 * "abcde".index(people[person][0]) - middles[unit]) for unit, person in pairs)
            best = min(best, (-len(pairs), metres))
    filled = mine["member_id"].notna()
    assert (-int(filled.sum()), float(mine.loc[filled, "distance_m"].sum())) == pytest.approx(best)


@given(PEOPLE, st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_the_order_of_members_does_not_matter(rows, chance):
    named = [row | {"member_id": f"M{number}"} for number, row in enumerate(rows)]
    shuffled = list(named)
    chance.shuffle(shuffled)
    pd.testing.assert_frame_equal(proposed(named), proposed(shuffled))


def test_who_holds_a_post_keeps_it_and_is_proposed_for_nothing_else():
    heads = proposed(
        [
            {"household_id": "j", "post": "micro_grid_leader", "unit_code": "V101"},
            {"household_id": "a", "post": "micro_grid_leader", "unit_code": "V102", "party_member": False},
            {"household_id": "c", "post": "village_secretary", "unit_code": "V"},
        ]
    )
    assert heads["member_id"].where(heads["member_id"].notna(), "").to_dict() == {
        "V1": "", "W1": "", "V101": "M0", "V102": "M1", "W101": "",
    }  # fmt: skip
    assert heads.loc["V101", "distance_m"] == 80.0
    assert heads["reason"].to_dict() == {
        "V1": "heads.reason.nobody",
        "W1": "heads.reason.nobody",
        "V101": "heads.reason.held",
        "V102": "heads.reason.unfit",
        "W101": "heads.reason.nobody",
    }


def test_a_post_whose_unit_is_no_more_sets_its_holder_free():
    heads = proposed([{"household_id": "b", "post": "grid_secretary", "unit_code": "V7"}])
    assert heads.loc["V1", "member_id"] == "M0"
    assert not heads.loc["V1", "held"]
    assert heads.loc["V1", "reason"] == "heads.reason.lives_here"


def test_units_without_a_candidate_are_listed_by_code_and_without_names():
    heads = proposed([{"household_id": "d"}])
    assert heads.loc["V102", "member_id"] == "M0"
    told = tell_heads(heads.reset_index())
    words = [message.words("en") for message in told]
    assert "No candidate for 2 grids: V1, W1." in words[1]
    assert "No candidate for 2 micro-grids: V101, W101." in words[3]
    assert not any("某人" in message.words("zh") for message in told)
    assert heads_json(heads.reset_index())[0] == {
        "unit": "V1", "tier": "grid", "member_id": None, "held": False, "distance_m": None,
    }  # fmt: skip
    assert heads_json(heads.reset_index())[3] == {
        "unit": "V102", "tier": "micro_grid", "member_id": "M0", "held": False, "distance_m": 0.0,
    }  # fmt: skip


def test_places_of_heads_are_a_wish_that_the_planner_can_weigh():
    _, layers = row_of_homes()
    rows = [{"household_id": "a"}, {"household_id": "b", "post": "grid_secretary"}, {"household_id": "z"}]
    given_members = Layers(layers.villages, layers.households, members=members_of(rows))
    assert head_places(given_members).tolist() == [1] + [0] * 9
    assert head_places(layers).sum() == 0
    able = eligible_heads(members_of(rows), layers.households)
    assert able["member_id"].tolist() == ["M0", "M1"]
    assert able["grid"].tolist() == [False, True]
