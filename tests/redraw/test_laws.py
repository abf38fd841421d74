"""After any sequence of edits the map is whole, and every step can be taken back and taken again."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from gridgis.geo.topology import gaps_and_overlaps
from gridgis.model.tiers import GRID, MICRO_GRID
from gridgis.redraw.change import Change, apply_change
from gridgis.redraw.drawing import draw_units
from gridgis.redraw.edits import RefusedError, read_edits
from gridgis.redraw.history import History, do, redo, replay, undo
from gridgis.redraw.laws import find_strays
from gridgis.redraw.mesh import weave_mesh

RULES = GRID, MICRO_GRID
EDITS = 200


def hold_laws(draft, first):
    """The laws that can be seen on cells: one coverage of the same land, all of it assigned, nested, nobody lost."""
    assert draft.cells["micro_grid_code"].isin(draft.micro_grids.index).all()
    assert draft.micro_grids["grid_code"].isin(draft.grids.index).all()
    assert set(draft.micro_grids["grid_code"]) == set(draft.grids.index)
    assert set(draft.cells["micro_grid_code"]) == set(draft.micro_grids.index)
    assert draft.households.index.equals(first.households.index)
    assert draft.households["cell_id"].isin(draft.cells.index).all()
    people = draft.households.groupby("cell_id")["households"].sum().reindex(draft.cells.index, fill_value=0)
    assert (people == draft.cells["households"]).all()
    assert find_strays(draft) == ()


def hold_shapes(draft, land):
    """The laws that can be seen on shapes, as drawn: no gap, no overlap, everybody in the unit that is said."""
    for units in draw_units(draft):
        assert gaps_and_overlaps(units.geometry, land) == (0.0, 0.0)
        assert shapely.coverage_is_valid(units.geometry.to_numpy())
    micro_grids = draw_units(draft)[0].set_index("code")
    homes = micro_grids.geometry.loc[draft.unit_of].to_numpy()
    assert shapely.intersects(homes, draft.households.geometry.to_numpy()).all()


def redraw_by_chance(first, asking, seed):
    """Make edits by chance, with undo and redo among them; the history, and what was done in order."""
    village, rng = first.village_code, np.random.default_rng(seed)
    history, entries, refused = History({village: first}), [], 0
    while len(entries) < EDITS:
        try:
            if history.undone and rng.random() < 0.5:
                history = redo(history)
                entries.append({"op": "redo"})
            elif history.done and rng.random() < 0.05:
                history = undo(history)
                entries.append({"op": "undo"})
            else:
                asking.draft = history.drafts[village]
                edit = asking.edit()
                history = do(history, edit, RULES)
                entries.append(edit.to_json())
        except RefusedError as refusal:
            refused += 1
            if refusal.alternative is not None and rng.random() < 0.2:
                history = do(history, refusal.alternative, RULES)
                entries.append(refusal.alternative.to_json())
        hold_laws(history.drafts[village], first)
        if len(entries) % 10 == 0:
            assert shapely.coverage_is_valid(history.drafts[village].cells.geometry.to_numpy())
    return history, entries, refused


@pytest.mark.parametrize("place", ["demo_draft", "maumere_draft"])
def test_two_hundred_edits_never_break_the_map(place, chance, request):
    first = request.getfixturevalue(place)
    village = first.village_code
    land = first.cells.dissolve().geometry
    history, entries, refused = redraw_by_chance(first, chance(first, 4), 4)
    last = history.drafts[village]
    hold_shapes(last, land)
    assert not last.same_as(first)
    assert 0 < refused < 2 * EDITS
    # the mesh that was mended on the way is the one that would be woven now
    woven = weave_mesh(last.cells.geometry, last.village.lines)
    assert (woven.a == last.mesh.a).all()
    assert (woven.b == last.mesh.b).all()
    np.testing.assert_allclose(woven.length_m, last.mesh.length_m, atol=0.002)
    np.testing.assert_allclose(woven.on_ground_m, last.mesh.on_ground_m, atol=0.002)
    # undo to the start, redo to the end
    back = history
    while back.done:
        back = undo(back)
    assert back.drafts[village].same_as(first)
    again = back
    while len(again.done) < len(history.done):
        again = redo(again)
    assert again.drafts[village].same_as(last)
    # replay the changes, and the edits, as a file would hold them
    draft = first
    for step in history.done:
        for change in step.changes:
            draft = apply_change(draft, Change.from_json(json.loads(json.dumps(change.to_json()))))
    assert draft.same_as(last)
    assert replay({village: first}, read_edits(json.dumps(entries)), RULES).drafts[village].same_as(last)
