"""Several planners on one plan, each a program of its own, and programs that die in the midst of an edit."""

from __future__ import annotations

import signal
import time
from multiprocessing import Process
from multiprocessing.context import BaseContext

import pandas as pd
import pytest
from sqlalchemy import func, select

from gridgis.model.tiers import SizeRange
from gridgis.redraw.apply import apply_edit
from gridgis.redraw.edits import read_edit
from gridgis.store.audit import first_broken
from gridgis.store.database import Store
from gridgis.store.drafts import read_draft
from gridgis.store.history import replay
from gridgis.store.logbook import list_steps
from gridgis.store.reading import read_plan
from gridgis.store.schema import steps
from gridgis.store.states import read_state

from .conftest import EAST, WEST

PLANNERS, DEATHS = 4, 20
RULES = (SizeRange(3, 30), SizeRange(2, 10))
LAYERS = ("cells", "grids", "micro_grids", "households")

EDIT_ON = """
from sqlalchemy import select
from gridgis.model.messages import Message
from gridgis.redraw.change import Change, Grid, MicroGrid
from gridgis.store.database import open_store
from gridgis.store.history import Proposal, commit_edit
from gridgis.store.schema import assignment, grids, plans
from gridgis.store.steps import StaleEditError

store = open_store(url)
village, number = (villages[mine // 2], mine % 2 + 1)
code, grid = f"{village}0010{number}", f"{village}001"
name, version = f"0010{number}", 1

def commit(base, change, said):
    proposal = Proposal(Message("history.step.plan", {"name": said}), (change,))
    return commit_edit(store, plan_id, base, proposal, who=f"P{mine}").version

def rename_own(said):
    # on what this planner saw last: the others' edits lie elsewhere, or it is refused
    return Change(village, micro_grids={code: (MicroGrid(grid, name, False), MicroGrid(grid, said, False))})

def look():
    with store.read() as connection:
        there = (assignment.c.plan_id == plan_id) & (assignment.c.cell_id == cell)
        here = (grids.c.plan_id == plan_id) & (grids.c.code == grid)
        return (
            connection.execute(select(plans.c.version).where(plans.c.plan_id == plan_id)).scalar_one(),
            connection.execute(select(grids.c.name).where(here)).scalar_one(),
            connection.execute(select(assignment.c.micro_grid_code).where(there)).scalar_one(),
        )

cell = 3 if mine < 2 else 11

def change_shared(said):
    while True:
        seen, old, unit = look()
        # everybody's: the name of the grid, and now and then a cell to the other side
        other = f"{grid}0{3 - int(unit[-1])}"
        land = {} if turn % 20 else {cell: (unit, other)}
        try:
            row = Grid(old, False), Grid(said, False)
            return commit(seen, Change(village, assigned=land, grids={grid: row}), said)
        except StaleEditError:
            pass

for turn in range(edits):
    said = f"P{mine}-{turn}"
    if turn % 5 == 0:
        version = max(version, change_shared(said))
        continue
    while name != said:
        try:
            version, name = commit(version, rename_own(said), said), said
        except StaleEditError as stale:
            # somebody moved a cell of this unit: see it, and do it again
            version = stale.meanwhile[-1].number
"""

IMPORTS = """
from gridgis.model.messages import Message
from gridgis.redraw.change import Change
from gridgis.store.database import open_store
from gridgis.store.history import Proposal, commit_edit, undo

store = open_store(url)
proposal = Proposal(Message("history.step.plan", {"name": "cut"}), (Change.from_json(change),))
"""

CUT = f"""{IMPORTS}
commit_edit(store, plan_id, 1, proposal, who="planner")
"""

DIE_CUTTING = f"""{IMPORTS}
import os, signal
from sqlalchemy import event

left = [statements]

@event.listens_for(store.engine, "after_cursor_execute")
def die(*_):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

@event.listens_for(store.engine, "commit")
def die_at_the_end(_):
    os.kill(os.getpid(), signal.SIGKILL)

commit_edit(store, plan_id, 1, proposal, who="planner")
"""

CUT_AND_UNDO = f"""{IMPORTS}
editing.set()
while True:
    version = commit_edit(store, plan_id, version, proposal, who="planner").version
    version = undo(store, plan_id, who="planner").version
"""


def start(programs: BaseContext, program: str, **names: object) -> Process:
    process = programs.Process(target=exec, args=(program, names))
    process.start()
    return process


def finish(processes: list[Process]) -> list[int | None]:
    for process in processes:
        process.join(120)
    return [process.exitcode for process in processes]


def cut(store: Store, plan_id: int) -> dict[str, object]:
    """A cut through the western half of the western village, as plain data."""
    line = {"type": "LineString", "coordinates": [[112.4013, 37.6], [112.4013, 37.4]]}
    edit = read_edit({"op": "split", "unit": f"{WEST}00101", "line": line})
    return apply_edit(read_draft(store, plan_id, WEST).draft, edit, RULES).change.to_json()


def state_of(store: Store, plan_id: int) -> dict[str, pd.DataFrame]:
    stored = read_plan(store, plan_id)
    assert stored is not None
    return {name: pd.DataFrame(getattr(stored.plan, name)) for name in LAYERS}


def assert_same(found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame]) -> None:
    for name in LAYERS:
        pd.testing.assert_frame_equal(found[name], expected[name])


def assert_whole(store: Store, plan_id: int) -> None:
    """The plan is what its log says, and at the version of its last step."""
    stored = read_plan(store, plan_id)
    assert stored is not None
    with store.read() as connection:
        state = read_state(connection, plan_id)
        rows = connection.execute(
            select(func.count()).select_from(steps).where(steps.c.plan_id == plan_id)
        ).scalar_one()
        if not store.is_postgis:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert rows == stored.version
    for one, other in zip(replay(store, plan_id), state, strict=True):
        for part in ("assigned", "grids", "micro_grids"):
            assert dict(getattr(one, part)) == dict(getattr(other, part))


def test_four_planners_lose_no_edit(store: Store, plan_id: int, programs: BaseContext) -> None:
    # a server that is the tests' own and slow to start shows the same with fewer
    edits = 100 if store.is_postgis else 300
    names = {"url": store.url, "plan_id": plan_id, "villages": (WEST, EAST), "edits": edits}
    planners = [start(programs, EDIT_ON, mine=number, **names) for number in range(PLANNERS)]
    assert finish(planners) == [0] * PLANNERS
    log = list_steps(store, plan_id)
    assert log.index.tolist() == list(range(1, PLANNERS * edits + 2))
    said = {name.params["name"] for name in log["name"].iloc[1:]}
    assert said == {f"P{mine}-{turn}" for mine in range(PLANNERS) for turn in range(edits)}
    assert log["by"].value_counts().drop("planner").tolist() == [edits] * PLANNERS
    assert_whole(store, plan_id)
    stored = read_plan(store, plan_id)
    assert stored is not None
    assert stored.plan.micro_grids["name"].tolist() == [f"P{mine}-{edits - 1}" for mine in range(PLANNERS)]
    assert first_broken(store) is None


def test_a_program_killed_at_any_statement_of_an_edit_leaves_the_plan_at_its_last_step(
    store: Store, plan_id: int, programs: BaseContext
) -> None:
    before, names = state_of(store, plan_id), {"url": store.url, "plan_id": plan_id, "change": cut(store, plan_id)}
    for statements in [*range(1, DEATHS), 1_000_000]:
        program = start(programs, DIE_CUTTING, statements=statements, **names)
        assert finish([program]) == [-signal.SIGKILL]
        assert_same(state_of(store, plan_id), before)
    assert_whole(store, plan_id)
    assert finish([start(programs, CUT, **names)]) == [0]
    assert list_steps(store, plan_id)["kind"].tolist() == ["plan", "edit"]
    assert_whole(store, plan_id)


@pytest.mark.parametrize("delay_s", [0.05, 0.1, 0.2, 0.4])
def test_a_program_killed_at_any_moment_leaves_whole_steps(
    store: Store, plan_id: int, programs: BaseContext, delay_s: float
) -> None:
    first = state_of(store, plan_id)
    editing = programs.Event()
    names = {"url": store.url, "plan_id": plan_id, "change": cut(store, plan_id), "version": 1}
    program = start(programs, CUT_AND_UNDO, editing=editing, **names)
    assert editing.wait(60)
    time.sleep(delay_s)
    program.kill()
    assert finish([program]) == [-signal.SIGKILL]
    assert_whole(store, plan_id)
    if list_steps(store, plan_id)["kind"].iloc[-1] != "edit":
        assert_same(state_of(store, plan_id), first)
