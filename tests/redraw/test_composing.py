"""Changes taken as one change the same, and what is done and undone is nothing."""

from __future__ import annotations

import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgis.redraw.change import Cell, Change, Grid, MicroGrid, invert
from gridgis.redraw.composing import compose_changes, renumber_cells

State = dict[str, dict[object, object]]
NOTHING = Change("V")


def apply(state: State, change: Change) -> State:
    """Change a state kept as plain tables."""
    cells = {number: cell for number, cell in state["cells"].items() if number not in change.removed}
    tables = {"cells": cells | dict(change.added)}
    for part in ("assigned", "grids", "micro_grids", "rehoused"):
        told = {key: after for key, (_, after) in getattr(change, part).items()}
        tables[part] = {key: value for key, value in (state[part] | told).items() if value is not None}
    return tables


@st.composite
def chains(draw: st.DrawFn) -> list[Change]:
    """Draw changes that follow one another from nothing; a cell that is gone may come back, as in an undo."""
    state: State = {part: {} for part in ("cells", "assigned", "grids", "micro_grids", "rehoused")}
    known = {n: Cell(n, shapely.Point(n, 0)) for n in range(6)}
    rows = {"grids": [None, Grid("a", locked=False), Grid("b", locked=True)]}
    rows["micro_grids"] = [None, MicroGrid("g", "a", locked=False), MicroGrid("h", None, locked=False)]
    changes = []
    for _ in range(draw(st.integers(1, 5))):
        flipped = draw(st.sets(st.sampled_from(sorted(known)), max_size=3))
        removed = {n: known[n] for n in flipped if n in state["cells"]}
        added = {n: known[n] for n in flipped if n not in state["cells"]}
        parts = {}
        for part, values in {**rows, "assigned": [None, "x", "y"], "rehoused": [1, 2, 3]}.items():
            wanted = draw(st.dictionaries(st.sampled_from(["1", "2", "3"]), st.sampled_from(values), max_size=2))
            pairs = {key: (state[part].get(key), value) for key, value in wanted.items()}
            parts[part] = {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
        changes.append(Change("V", removed, added, **parts))
        state = apply(state, changes[-1])
    return changes


@given(chains())
def test_changes_taken_as_one_change_the_same(changes: list[Change]) -> None:
    start: State = {part: {} for part in ("cells", "assigned", "grids", "micro_grids", "rehoused")}
    step = start
    for change in changes:
        step = apply(step, change)
    assert apply(start, compose_changes(changes)) == step


@given(chains())
def test_what_is_done_and_undone_is_nothing(changes: list[Change]) -> None:
    back = [invert(change) for change in reversed(changes)]
    assert compose_changes([*changes, *back]) == NOTHING


def test_new_cells_take_other_numbers_with_all_that_lives_in_them() -> None:
    old, new = Cell(2, shapely.Point(0, 0)), Cell(2, shapely.Point(1, 0))
    change = Change("V", {1: old}, {7: new}, {1: ("a", None), 7: (None, "a")}, rehoused={"H": (1, 7)})
    assert renumber_cells(change, {7: 9}) == Change(
        "V", {1: old}, {9: new}, {1: ("a", None), 9: (None, "a")}, rehoused={"H": (1, 9)}
    )
