"""Every operation on villages of squares: what it does, what it refuses, and what it offers instead."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.model.layers import Layers
from gridgis.model.tiers import SizeRange
from gridgis.redraw.apply import apply_edit, locate_edit
from gridgis.redraw.change import Change, apply_change, invert
from gridgis.redraw.edits import (
    Create,
    Dissolve,
    Fill,
    Lock,
    MakeLegal,
    Merge,
    Move,
    Paint,
    Recode,
    RefusedError,
    Rename,
    Reshape,
    Split,
    SplitEvenly,
    Swap,
    Unlock,
    read_edit,
)
from gridgis.redraw.effect import Context
from gridgis.redraw.history import History, do, undo
from gridgis.redraw.laws import find_strays
from gridgis.redraw.problems import problems

RULES = SizeRange(4, 12), SizeRange(2, 6)
# a and b in grid 1, c and d in grid 2
FOUR = ("aabb", "aabb", "ccdd", "ccdd")
A, B, C, D = "V00101", "V00102", "V00201", "V00202"


def edit(draft, one):
    """Apply an edit and check on the way that its change tells all of it, as text too."""
    done = apply_edit(draft, one, RULES)
    stored = Change.from_json(done.change.to_json())
    assert apply_change(draft, stored).same_as(done.draft)
    assert apply_change(done.draft, invert(stored)).same_as(draft)
    assert read_edit(one.to_json()).to_json() == one.to_json()
    assert shapely.coverage_is_valid(done.draft.cells.geometry.to_numpy())
    assert find_strays(done.draft) == ()
    return done


def picture(draft, rows=4):
    """Draw the squares that are still whole as they were drawn; other letters as they come."""
    codes = draft.unit_of.tolist()
    letters = {code: "abcdef"[2 * int(code[1:4]) - 2 + int(code[4:]) - 1] for code in set(codes)}
    return tuple("".join(letters[code] for code in codes[i : i + rows]) for i in range(0, len(codes), rows))


def refusal(draft, one):
    with pytest.raises(RefusedError) as caught:
        apply_edit(draft, one, RULES)
    assert caught.value.words("zh") != caught.value.words("en")
    if caught.value.alternative is not None:
        edit(draft, caught.value.alternative)
    return caught.value


def test_cells_go_where_they_are_moved(squares):
    done = edit(squares(FOUR), Move(cells=(1, 5), to=B))
    assert picture(done.draft) == ("abbb", "abbb", "ccdd", "ccdd")
    assert done.effect.households("micro_grid") == 2
    assert done.effect.households("grid") == 0
    assert done.effect.moved["household_id"].tolist() == ["h01", "h05"]


def test_land_moved_to_a_grid_goes_to_the_micro_grids_it_borders_on(squares):
    done = edit(squares(FOUR), Move(cells=(6, 7), to="V002"))
    assert picture(done.draft) == ("aabb", "aadd", "ccdd", "ccdd")
    assert done.effect.households("grid") == 2


def test_a_micro_grid_moved_to_another_grid_stays_whole_under_a_new_code(squares):
    done = edit(squares(FOUR), Move(units=(B,), to="V002"))
    assert done.draft.micro_grids.index.tolist() == [A, C, D, "V00203"]
    assert done.effect.households("grid") == 4
    assert done.effect.households("micro_grid") == 0


def test_a_lasso_takes_the_homes_in_it_and_a_brush_what_it_touches(squares):
    draft = squares(FOUR)
    lasso = shapely.box(140, 240, 210, 400)
    assert picture(edit(draft, Move(area=lasso, to=B)).draft) == ("abbb", "abbb", "ccdd", "ccdd")
    brush = shapely.LineString([(195, 250), (195, 350)])
    assert picture(edit(draft, Paint(brush=brush, width_m=8, to=B)).draft) == ("abbb", "abbb", "ccdd", "ccdd")


def test_an_area_can_be_cut_out_exactly(squares):
    area = shapely.box(120, 200, 200, 400)
    done = edit(squares(FOUR), Paint(area=area, cut=True, to=B))
    b = shapely.union_all(done.draft.cells.geometry.loc[done.draft.cells_of(B)].to_numpy())
    assert b.area == pytest.approx(40_000 + 16_000)
    assert done.draft.unit_of["h01"] == B
    # the cell south of it was not cut, but has its corner
    assert done.effect.cells_cut == 2


def test_natural_villages_groups_and_blocks_are_moved_as_a_whole(squares):
    hamlet = gpd.GeoDataFrame(
        {"code": ["N"], "name": ["Mill"]}, geometry=[shapely.box(100, 200, 200, 400)], crs=4546
    ).assign(village_code="V")
    draft = squares(FOUR, village=Layers(natural_villages=hamlet))
    for land in ({"natural_village": "N"}, {"natural_village": "Mill"}, {"block": 1}):
        assert picture(edit(draft, Move(to=B, **land)).draft) == ("abbb", "abbb", "ccdd", "ccdd")
    assert refusal(draft, Move(natural_village="Hill", to=B)).key == "redraw.refused.no_land"


def test_what_would_fall_apart_is_refused_and_the_whole_piece_offered(squares):
    # taking the middle of a row cuts its end off: the end comes along
    draft = squares(("aaab", "bbbb", "ccdd", "ccdd"))
    refused = refusal(draft, Move(cells=(1,), to=B))
    assert refused.key == "redraw.refused.apart"
    assert set(refused.alternative.cells) in ({0, 1}, {1, 2})
    # and what does not touch the taker brings along what lies between
    refused = refusal(squares(("aabb", "aabb", "aabb", "ccdd")), Move(cells=(4,), to=B))
    assert {4, 5} <= set(refused.alternative.cells)


def test_a_line_splits_a_unit_and_cells_exactly_there(squares):
    line = shapely.LineString([(-10, 330), (210, 330)])
    done = edit(squares(FOUR), Split(unit=A, line=line))
    new = set(done.draft.micro_grids.index) - {A, B, C, D}
    assert new == {"V00103"}
    part = shapely.union_all(done.draft.cells.geometry.loc[done.draft.cells_of("V00103")].to_numpy())
    kept = shapely.union_all(done.draft.cells.geometry.loc[done.draft.cells_of(A)].to_numpy())
    assert sorted([part.area, kept.area]) == [pytest.approx(14_000), pytest.approx(26_000)]
    assert {part.bounds[1], kept.bounds[3]} == {330.0} or {part.bounds[3], kept.bounds[1]} == {330.0}
    # b is beside the end of the line: it has its vertex, and nothing else of it is different
    beside = done.draft.cells.loc[done.draft.cells_of(B)]
    assert beside.area.sum() == 40_000
    assert sum(len(shape.exterior.coords) == 6 for shape in beside.geometry) == 1


def test_a_grid_split_takes_whole_micro_grids_along(squares):
    done = edit(squares(FOUR), Split(unit="V001", line=shapely.LineString([(200, 100), (200, 500)])))
    assert len(done.draft.grids) == 3
    assert done.effect.cells_cut == 0
    assert sorted(done.draft.sizes("grid")) == [4, 4, 8]


def test_a_line_that_ends_within_is_extended_to_the_nearest_that_divides(squares):
    draft = squares(FOUR)
    refused = refusal(draft, Split(unit=A, line=shapely.LineString([(50, 330), (150, 330)])))
    assert refused.key == "redraw.refused.line"
    assert refused.alternative.line.bounds[0] == pytest.approx(0, abs=0.1)
    away = Split(unit=A, line=shapely.LineString([(50, 950), (150, 930)]))
    assert refusal(draft, away).alternative is None


def test_a_split_of_itself_keeps_the_rule(squares):
    draft = squares(("aaaa", "aaaa", "ccdd", "ccdd"))
    done = edit(draft, SplitEvenly(unit=A))
    sizes = done.draft.sizes("micro_grid")
    assert len(sizes) == 4
    assert sizes.between(2, 6).all()
    done = edit(draft, SplitEvenly(unit="V002"))
    assert sorted(done.draft.sizes("grid")) == [4, 4, 8]
    assert refusal(squares(("ab", "cd")), SplitEvenly(unit=A)).key == "redraw.refused.parts"


def test_units_merge_if_they_touch_and_else_with_what_lies_between(squares):
    assert picture(edit(squares(FOUR), Merge(units=(A, B))).draft) == ("aaaa", "aaaa", "ccdd", "ccdd")
    assert picture(edit(squares(FOUR), Merge(units=(A, B), keep=B)).draft) == ("bbbb", "bbbb", "ccdd", "ccdd")
    assert edit(squares(FOUR), Merge(units=("V001", "V002"))).draft.grids.index.tolist() == ["V001"]
    row = squares(("aacc", "aacc", "aacc", "aabb"))
    far = squares(("abccd", "abccd"))
    assert edit(row, Merge(units=(A, C))).draft.micro_grids.index.tolist() == [A, B]
    assert set(refusal(far, Merge(units=(A, D))).alternative.units) == {A, B, C, D}
    assert refusal(far, Merge(units=(A, "V002"))).key == "redraw.refused.merge"


def test_land_and_micro_grids_are_swapped(squares):
    draft = squares(FOUR)
    assert picture(edit(draft, Swap(cells=((1,), (6, 7)))).draft) == ("abbb", "aaaa", "ccdd", "ccdd")
    assert edit(draft, Swap(units=(A, D))).effect.households("grid") == 8
    assert refusal(draft, Swap(units=(A, B))).key == "redraw.refused.nothing"
    assert refusal(draft, Swap(cells=((0, 2), (4,)))).key == "redraw.refused.swap"


def test_a_border_is_drawn_anew_and_both_sides_follow(squares):
    draft = squares(FOUR)
    # across both units, from edge to edge
    done = edit(draft, Reshape(units=(A, B), line=shapely.LineString([(150, 190), (150, 410)])))
    assert {done.draft.unit_of[home] for home in ("h00", "h04")} == {A}
    a, b = (shapely.union_all(done.draft.cells.geometry.loc[done.draft.cells_of(unit)].to_numpy()) for unit in (A, B))
    assert (a.area, b.area) == (pytest.approx(30_000), pytest.approx(50_000))
    # a bulge: it begins and ends on the border
    bulge = shapely.LineString([(200, 380), (130, 350), (130, 250), (200, 220)])
    done = edit(draft, Reshape(units=(A, B), line=bulge))
    assert done.draft.unit_of["h01"] == B
    assert done.draft.unit_of["h00"] == A
    away = Reshape(units=(A, B), line=shapely.LineString([(20, 380), (40, 380)]))
    assert refusal(draft, away).key == "redraw.refused.border"


def test_units_are_created_and_dissolved(squares):
    done = edit(squares(FOUR), Create(cells=(0, 1), grid="V001"))
    assert done.draft.sizes("micro_grid").to_dict() == {A: 2, B: 4, "V00103": 2, C: 4, D: 4}
    assert done.draft.micro_grids["name"]["V00103"] == "West micro-grid 1-3"
    done = edit(squares(FOUR), Create(cells=(0, 1), name="North"))
    assert done.draft.grids["name"]["V003"] == "North"
    assert picture(edit(squares(FOUR), Dissolve(unit=A)).draft) == ("bbbb", "bbbb", "ccdd", "ccdd")
    done = edit(squares(FOUR), Dissolve(unit="V001"))
    assert done.draft.sizes("grid").to_dict() == {"V002": 16}
    assert done.effect.households("micro_grid") == 0


def test_a_retired_code_is_never_given_again(squares):
    history = History({"V": squares(FOUR)})
    history = do(history, Create(cells=(0, 1), grid="V001"), RULES)
    history = do(history, Dissolve(unit="V00103"), RULES)
    history = do(history, Create(cells=(0, 1), grid="V001"), RULES)
    assert "V00104" in history.drafts["V"].micro_grids.index
    undone = undo(history)
    assert "V00104" in undone.drafts["V"].used
    used = RefusedError
    with pytest.raises(used):
        do(history, Recode(unit=A, code="V00103"), RULES)


def test_names_and_codes_are_written_by_the_rule(squares):
    draft = squares(FOUR)
    assert edit(draft, Rename(unit=A, name="North")).draft.micro_grids["name"][A] == "North"
    done = edit(draft, Recode(unit="V001", code="V007"))
    assert done.draft.micro_grids.index.tolist() == [C, D, "V00701", "V00702"]
    assert done.effect.households("grid") == done.effect.households("micro_grid") == 0
    for code in ("X007", "V7", "V00x", "V00２"):
        assert refusal(draft, Recode(unit="V001", code=code)).key == "redraw.refused.code"
    assert refusal(draft, Recode(unit=A, code=B)).key == "redraw.refused.used"


def test_locked_land_stays(squares):
    draft = edit(squares(FOUR), Lock(units=(B,))).draft
    for one in (Move(cells=(1, 5), to=B), Move(cells=(2,), to=A), Merge(units=(A, B)), Dissolve(unit=B)):
        assert refusal(draft, one).key == "redraw.refused.locked"
    edit(draft, Rename(unit=B, name="kept"))
    locked = edit(squares(FOUR), Lock(village="V")).draft
    edit(locked, Move(cells=(1, 5), to=B))
    assert refusal(locked, Move(cells=(8, 9), to=A)).key == "redraw.refused.locked"
    assert edit(locked, Unlock()).draft.same_as(squares(FOUR))


def test_land_without_a_unit_is_told_and_filled(squares):
    draft = squares(("aabb", "a..b", "ccdd", "ccdd"))
    (found,) = [one for one in problems(draft, RULES) if one.rule == "unassigned"]
    assert found.by == 2
    assert found.bounds == (100.0, 200.0, 300.0, 300.0)
    done = edit(draft, Fill(village="V"))
    assert done.draft.cells["micro_grid_code"].notna().all()
    assert picture(edit(draft, Fill(village="V", to=C)).draft)[1] == "accb"
    assert refusal(done.draft, Fill(village="V")).key == "redraw.refused.nothing"


def test_problems_come_with_the_place_worst_first(squares):
    draft = squares(("aaaa", "aaab", "aacd", "aadd"))
    found = problems(draft, (SizeRange(1, 99), SizeRange(2, 6)))
    assert [(one.rule, one.unit, one.by) for one in found] == [("too_many", A, 5), ("too_few", B, 1), ("too_few", C, 1)]
    assert "11" in found[0].message.words("en")
    apart = problems(squares(("abba", "abba")), (SizeRange(1, 99), SizeRange(1, 99)))
    assert [(one.rule, one.unit, one.by) for one in apart] == [("stray", A, 2)]


@pytest.mark.parametrize(
    ("rows", "unit", "moved"),
    [
        (("aaab", "aaab", "aaab", "ccdd"), A, 3),  # 9 and 3: three go over
        (("abbb", "bbbb", "ccdd", "ccdd"), A, 1),  # one alone: one joins it
        (("abba", "abba", "ccdd", "ccdd"), A, 2),  # in two pieces: the smaller joins
    ],
)
def test_a_broken_rule_is_repaired_with_the_fewest_moved(squares, rows, unit, moved):
    done = edit_any(squares(rows), MakeLegal(unit=unit))
    assert done.effect.households("micro_grid") == moved
    assert not [one for one in problems(done.draft, RULES) if one.unit == unit]
    assert refusal(done.draft, MakeLegal(unit=unit)).key == "redraw.refused.legal"


def edit_any(draft, one):
    return apply_edit(draft, one, RULES)


def test_heads_and_open_things_that_go_along_are_told(squares):
    members = pd.DataFrame(
        {
            "member_id": ["m1", "m2", "m3"],
            "name": ["甲", "乙", "丙"],
            "post": ["micro_grid_head"] * 3,
            "unit_code": [A, B, C],
            "household_id": ["h01", "h03", "h08"],
        }
    )
    due = pd.DataFrame({"household_id": ["h01", "h05", "h09"], "state": ["open", "overdue", "overdue"]})
    done = apply_edit(squares(FOUR), Move(cells=(1, 5), to=B), RULES, Context(members, due))
    assert dict(zip(done.effect.heads["member_id"], done.effect.heads["why"], strict=True)) == {
        "m1": "home",
        "m2": "size",
    }
    assert done.effect.due == {"open": 1, "overdue": 1}
    for lang in ("zh", "en"):
        assert all(message.words(lang) for message in done.effect.messages())


def test_an_edit_belongs_to_one_village(squares):
    drafts = {"V": squares(FOUR)}
    assert locate_edit(Move(cells=(1,), to=B), drafts) == ("V",)
    assert locate_edit(Lock(), drafts) == ("V",)
    assert locate_edit(Create(area=shapely.box(0, 0, 60, 60)), drafts) == ("V",)
    for one in (Rename(unit="W001", name="x"), Fill(village="W"), Create(area=shapely.box(-9, -9, -1, -1))):
        with pytest.raises(RefusedError):
            locate_edit(one, drafts)


def test_land_drawn_over_a_village_border_is_refused_and_its_own_part_offered(squares):
    east = squares(FOUR)
    east = replace(
        east,
        village=replace(east.village, code="W"),
        cells=east.cells.set_geometry(east.cells.translate(400, 0)),
        households=east.households.set_geometry(east.households.translate(400, 0)),
        grids=east.grids.rename(index=lambda code: "W" + code[1:]),
        micro_grids=east.micro_grids.rename(index=lambda code: "W" + code[1:]),
    )
    drafts = {"V": squares(FOUR), "W": east}
    across = Move(area=shapely.box(310, 100, 520, 200), to=B)
    with pytest.raises(RefusedError) as caught:
        locate_edit(across, drafts)
    assert caught.value.key == "redraw.refused.crosses"
    nearest = caught.value.alternative
    assert nearest.area.bounds == (310, 100, 400, 200)
    assert locate_edit(nearest, drafts) == ("V",)
    assert picture(edit(drafts["V"], nearest).draft)[2] == "ccdb"


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1), rows=st.sampled_from([FOUR, ("aab", "acb", "ddb"), ("abcdef", "abcdef")]))
def test_no_edit_breaks_a_small_village(squares, chance, seed, rows):
    first = squares(rows)
    history, asking = History({"V": first}), chance(first, seed)
    for _ in range(12):
        asking.draft = history.drafts["V"]
        try:
            history = do(history, asking.edit(), RULES)
        except RefusedError:
            continue
        draft = history.drafts["V"]
        assert shapely.coverage_is_valid(draft.cells.geometry.to_numpy())
        assert float(np.sum(shapely.area(draft.cells.geometry.to_numpy()))) == pytest.approx(first.cells.area.sum())
        assert draft.cells["micro_grid_code"].notna().all()
        assert find_strays(draft) == ()
    while history.done:
        history = undo(history)
    assert history.drafts["V"].same_as(first)
