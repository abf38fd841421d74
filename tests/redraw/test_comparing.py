"""Two plans side by side, and a plan that was opened, redrawn and closed."""

from __future__ import annotations

import pytest

from gridgis.model.tiers import GRID, MICRO_GRID
from gridgis.planning.comparison import compare_plans
from gridgis.redraw.comparing import changed_land, locked_units
from gridgis.redraw.edits import Lock, Merge, Rename
from gridgis.redraw.history import History, do
from gridgis.redraw.planfile import close_plan, open_plan

RULES = GRID, MICRO_GRID


@pytest.fixture
def opened(demo_village):
    layers, plan = demo_village
    return plan, open_plan(plan, layers)


def test_a_plan_opened_and_closed_is_the_same(opened):
    plan, drafts = opened
    closed = close_plan(plan, drafts, drafts)
    for layer in ("cells", "grids", "micro_grids", "households"):
        assert getattr(closed, layer) is getattr(plan, layer) or getattr(closed, layer).equals(getattr(plan, layer))
    # and what is drawn anew of the same assignment is drawn as the planner drew it
    renamed = do(History(drafts), Rename(unit=plan.grids["code"][0], name="first"), RULES).drafts
    again = close_plan(plan, drafts, renamed)
    assert again.micro_grids.geometry.geom_equals_exact(plan.micro_grids.geometry, 0).all()
    assert again.grids["name"][0] == "first"
    assert again.households.equals(plan.households)


def test_the_land_that_differs_is_where_the_households_moved(opened):
    plan, drafts = opened
    units = next(
        (one, other)
        for one in plan.micro_grids["code"]
        for other in plan.micro_grids["code"]
        if one != other and one[:-2] == other[:-2] and _touch(plan, one, other)
    )
    merged = do(History(drafts), Merge(units=units, keep=units[1]), RULES).drafts
    new = close_plan(plan, drafts, merged)
    land = changed_land(plan, new, frozenset({units[0]}))
    assert land[["old_micro_grid_code", "micro_grid_code"]].to_numpy().tolist() == [list(units)]
    moved = compare_plans(plan, new).moved
    assert land["households"].sum() == len(moved) > 0
    assert land["locked"].all()
    here = new.households.set_index("household_id").geometry.loc[moved["household_id"]]
    assert here.within(land.geometry.iloc[0].buffer(1e-9)).all()
    assert len(changed_land(plan, plan)) == 0


def test_locks_are_listed_for_replanning(opened):
    plan, drafts = opened
    code = plan.micro_grids["code"][0]
    assert locked_units(drafts) == frozenset()
    assert locked_units(do(History(drafts), Lock(units=(code,)), RULES).drafts) == {code}


def _touch(plan, one, other):
    shapes = plan.micro_grids.set_index("code").geometry
    return shapes[one].intersection(shapes[other]).length > 1e-5
