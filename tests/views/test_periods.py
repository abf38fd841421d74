"""A page that speaks of a period speaks in the units that were in force then."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from gridgis.model.messages import Message
from gridgis.model.tiers import GRID, MICRO_GRID
from gridgis.redraw.apply import apply_edit
from gridgis.redraw.edits import Rename
from gridgis.store.database import open_store
from gridgis.store.drafts import read_draft
from gridgis.store.history import Proposal, commit_edit
from gridgis.store.publishing import copy_plan
from gridgis.store.schema import plans

VILLAGE = "140121202207"


@pytest.fixture
def renamed(own_demo):
    """The demo with a second plan in force since 1 November, in which one grid has another name."""
    store = open_store(str(own_demo))
    plan_id = copy_plan(store, 1, name="next", who="planner")
    draft = read_draft(store, plan_id, VILLAGE).draft
    grid = draft.grids.index[0]
    applied = apply_edit(draft, Rename(unit=grid, name="新名网格"), (GRID, MICRO_GRID))
    proposal = Proposal(Message("history.step.plan", {"name": "x"}), (applied.change,))
    commit_edit(store, plan_id, 1, proposal, who="planner")
    with store.write() as connection:
        in_force = {"status": "published", "effective_on": date(2026, 11, 1)}
        connection.execute(update(plans).where(plans.c.plan_id == plan_id).values(in_force))
    store.close()
    return grid, str(draft.grids["name"].iloc[0])


def test_the_overview_of_a_period_names_the_units_of_its_day(renamed, open_page, html_of):
    grid, old_name = renamed
    for period, names in (("2026-11", {"新名网格："}), ("2026-10", {f"{old_name}："})):
        shown = html_of(open_page(unit=grid, period=period, lang="zh"))
        assert {name for name in ("新名网格：", f"{old_name}：") if name in shown} == names
