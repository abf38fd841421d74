"""The history of a plan: edits are kept, undone and done again exactly, by several planners, whatever dies meanwhile."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from sqlalchemy import func, select

from gridgis.model.errors import CallError, ConflictError
from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.model.tiers import SizeRange
from gridgis.planning.plan import Plan
from gridgis.redraw.apply import apply_edit
from gridgis.redraw.edits import Edit, RefusedError, read_edit
from gridgis.store.database import Store, open_store
from gridgis.store.drafts import read_draft
from gridgis.store.history import Proposal, commit_edit, jump, redo, replay, undo
from gridgis.store.logbook import list_snapshots, list_steps, take_snapshot
from gridgis.store.publishing import copy_plan, publish_plan
from gridgis.store.reading import data_version, read_households, read_plan
from gridgis.store.schema import cells, household_cells, plans, steps
from gridgis.store.scope import Reader
from gridgis.store.states import read_state
from gridgis.store.steps import StaleEditError
from gridgis.store.writing import import_layers, write_plan

WEST, EAST = "140121202200", "140121202201"
VILLAGES = (WEST, EAST)
EVERYTHING = Reader.of_township("clerk")
RULES = (SizeRange(3, 30), SizeRange(2, 10))
PLAN_LAYERS = ("cells", "grids", "micro_grids", "households")


def make_township() -> Layers:
    """Two villages of eight households each, in two rows of four.

    ::

        +-------WEST--------+-------EAST--------+  37.504
        | H11  H12  H13  H14 | H21  H22  H23  H24 |
        | H15  H16  H17  H18 | H25  H26  H27  H28 |
        +-------------------+-------------------+  37.500
      112.400            112.408             112.416
    """
    homes = [
        (f"H{v + 1}{n + 1}", village, shapely.Point(112.401 + 0.008 * v + 0.002 * (n % 4), 37.503 - 0.002 * (n // 4)))
        for v, village in enumerate(VILLAGES)
        for n in range(8)
    ]
    ids, of, points = zip(*homes, strict=True)
    columns = ("natural_village", "villager_group", "head_name", "address", "phone", "priority")
    nothing = {name: pd.Series([None] * len(ids), dtype="str") for name in columns}
    households = gpd.GeoDataFrame(
        {"household_id": pd.Series(ids, dtype="str"), "village_code": pd.Series(of, dtype="str"), "households": 1}
        | nothing,
        geometry=list(points),
        crs=4490,
    )
    squares = [shapely.box(112.400 + 0.008 * v, 37.500, 112.408 + 0.008 * v, 37.504) for v in range(2)]
    villages = gpd.GeoDataFrame({"code": VILLAGES, "name": ["西谷", "东木庄"]}, geometry=squares, crs=4490)
    return Layers(villages=villages.astype({"code": "str", "name": "str"}), households=households)


def make_first_plan(layers: Layers) -> Plan:
    """A cell a household; one grid a village, its western half one micro-grid, its eastern half the other.

    ::

        | 01 01 02 02 |
        | 01 01 02 02 |
    """
    places = layers.households.geometry
    west, south, east, north = places.x - 0.001, places.y - 0.001, places.x + 0.001, places.y + 0.001
    village = layers.households["village_code"]
    half = np.where(np.arange(len(village)) % 4 < 2, "01", "02")
    code = village + "001" + pd.Series(half, dtype="str")
    land = gpd.GeoDataFrame(
        {"cell_id": range(1, 17), "village_code": village, "micro_grid_code": code, "households": 1},
        geometry=shapely.box(*(np.round(side, 6) for side in (west, south, east, north))),
        crs=4490,
    )
    # a valid coverage shares its corners to the last digit
    units = land.dissolve("micro_grid_code", aggfunc={"households": "sum", "village_code": "first"}).reset_index()
    micro_grids = units.rename(columns={"micro_grid_code": "code"}).assign(name=units["micro_grid_code"].str[-5:])
    micro_grids["grid_code"] = micro_grids["code"].str[:15]
    grids = micro_grids.dissolve("grid_code", aggfunc={"households": "sum", "village_code": "first"}).reset_index()
    grids = grids.rename(columns={"grid_code": "code"}).assign(name="一格")
    homes = layers.households[["household_id", "geometry"]].assign(grid_code=code.str[:15], micro_grid_code=code)
    return Plan(
        land,
        grids[["code", "village_code", "name", "households", "geometry"]].astype({"name": "str"}),
        micro_grids[["code", "grid_code", "village_code", "name", "households", "geometry"]].astype({"name": "str"}),
        homes[["household_id", "grid_code", "micro_grid_code", "geometry"]],
    )


@pytest.fixture
def plan_id(store: Store) -> int:
    layers = make_township()
    import_layers(store, layers, who="clerk")
    return write_plan(store, make_first_plan(layers), name="first", who="planner")


def edit_plan(store: Store, plan_id: int, village: str, data: dict[str, object], who: str = "planner") -> int:
    """Do as a page does: read, apply, keep."""
    stored = read_draft(store, plan_id, village)
    edit: Edit = read_edit(data)
    applied = apply_edit(stored.draft, edit, RULES)
    proposal = Proposal(Message("history.step.plan", {"name": str(data["op"])}), (applied.change,), edit.to_json())
    return commit_edit(store, plan_id, stored.version, proposal, who=who).version


def shapes_of(store: Store, plan_id: int) -> dict[str, pd.DataFrame]:
    stored = read_plan(store, plan_id)
    assert stored is not None
    return {name: pd.DataFrame(getattr(stored.plan, name)) for name in PLAN_LAYERS}


def assert_same(found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame]) -> None:
    for name in PLAN_LAYERS:
        assert_frame_equal(found[name], expected[name])


def assert_lawful(store: Store, plan_id: int) -> None:
    """Every household in exactly one unit, the one that its place lies in; the units tile their village."""
    stored = read_plan(store, plan_id)
    assert stored is not None
    units = read_households(store, EVERYTHING, plan_id)
    assert units["household_id"].is_unique
    assert units["micro_grid_code"].notna().all()
    assert sorted(stored.plan.households["household_id"]) == sorted(units["household_id"])
    for village, land in stored.plan.cells.groupby("village_code"):
        whole = shapely.union_all(land.geometry.to_numpy())
        for layer in (stored.plan.micro_grids, stored.plan.grids):
            mine = layer[layer["village_code"] == village]
            assert shapely.union_all(mine.geometry.to_numpy()).symmetric_difference(whole).area < 1e-14
            assert abs(shapely.area(mine.geometry.to_numpy()).sum() - whole.area) < 1e-14
    homes = units.merge(stored.plan.micro_grids[["code", "geometry"]], left_on="micro_grid_code", right_on="code")
    assert shapely.intersects(gpd.GeoSeries(homes["geometry_y"]).to_numpy(), homes["geometry_x"].to_numpy()).all()
    for tier, layer in (("micro_grid_code", stored.plan.micro_grids), ("grid_code", stored.plan.grids)):
        counted = units.groupby(tier)["households"].sum().reindex(layer["code"], fill_value=0)
        assert counted.tolist() == layer["households"].tolist()


def assert_replayed(store: Store, plan_id: int) -> None:
    with store.read() as connection:
        state = read_state(connection, plan_id)
    log = replay(store, plan_id)
    assert [change.village_code for change in log] == [change.village_code for change in state]
    for one, other in zip(log, state, strict=True):
        assert (dict(one.assigned), dict(one.grids), dict(one.micro_grids)) == (
            dict(other.assigned),
            dict(other.grids),
            dict(other.micro_grids),
        )


def test_the_first_step_is_the_plan_itself(store: Store, plan_id: int) -> None:
    log = list_steps(store, plan_id)
    assert log[["kind", "by", "standing"]].to_numpy().tolist() == [["plan", "planner", "done"]]
    assert log["name"].iloc[0].words("zh") == "划分：first"
    assert_replayed(store, plan_id)
    assert_lawful(store, plan_id)


def test_an_edit_is_one_step_one_version_and_news_to_pages(store: Store, plan_id: int) -> None:
    before = data_version(store)
    assert edit_plan(store, plan_id, WEST, {"op": "move", "cells": [3], "to": f"{WEST}00101"}) == 2
    assert data_version(store) == before + 1
    assert list_steps(store, plan_id)["kind"].tolist() == ["plan", "edit"]
    assert read_households(store, EVERYTHING, plan_id).set_index("household_id").loc["H13", "micro_grid_code"] == (
        f"{WEST}00101"
    )
    assert_lawful(store, plan_id)
    assert_replayed(store, plan_id)
    stored = read_plan(store, plan_id)
    assert stored is not None
    assert stored.plan.micro_grids["households"].tolist() == [5, 3, 4, 4]


def test_a_cut_puts_new_cells_in_the_place_of_old_ones_and_undo_brings_the_old_ones_back(
    store: Store, plan_id: int
) -> None:
    first = shapes_of(store, plan_id)
    line = {"type": "LineString", "coordinates": [[112.4013, 37.51], [112.4013, 37.49]]}
    edit_plan(store, plan_id, WEST, {"op": "split", "unit": f"{WEST}00101", "line": line})
    cut = shapes_of(store, plan_id)
    assert set(cut["cells"]["cell_id"]) - set(first["cells"]["cell_id"])
    assert_lawful(store, plan_id)
    undo(store, plan_id, who="planner")
    assert_same(shapes_of(store, plan_id), first)
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(cells)).scalar_one() > len(first["cells"])
    redo(store, plan_id, who="planner")
    assert_same(shapes_of(store, plan_id), cut)
    assert_replayed(store, plan_id)


operations = st.one_of(
    st.builds(
        lambda cell, unit: {"op": "move", "cells": [cell], "to": unit},
        st.integers(1, 30),
        st.sampled_from([f"{village}0010{n}" for village in VILLAGES for n in range(1, 4)]),
    ),
    st.builds(
        lambda unit, x: {
            "op": "split",
            "unit": unit,
            "line": {"type": "LineString", "coordinates": [[x, 37.6], [x, 37.4]]},
        },
        st.sampled_from([f"{village}0010{n}" for village in VILLAGES for n in range(1, 4)]),
        st.floats(112.4, 112.416).map(lambda x: round(x, 5)),
    ),
    st.builds(
        lambda units: {"op": "merge", "units": units},
        st.sampled_from([[f"{village}00101", f"{village}00102"] for village in VILLAGES]),
    ),
    st.builds(
        lambda unit, name: {"op": "rename", "unit": unit, "name": name},
        st.sampled_from([f"{village}001" for village in VILLAGES]),
        st.sampled_from(["甲", "乙"]),
    ),
    st.sampled_from([{"op": "lock", "units": [f"{WEST}00102"]}, {"op": "unlock", "units": [f"{WEST}00102"]}]),
    st.sampled_from([{"op": "undo"}, {"op": "redo"}]),
    st.builds(lambda part: {"op": "jump", "part": part}, st.floats(0, 1)),
)


def do(store: Store, plan_id: int, data: dict[str, object]) -> bool:
    """Do what can be done; tell whether it could."""
    known = list_steps(store, plan_id).index
    try:
        if data["op"] == "undo":
            undo(store, plan_id, who="planner")
        elif data["op"] == "redo":
            redo(store, plan_id, who="planner")
        elif data["op"] == "jump":
            jump(store, plan_id, int(known[int(float(str(data["part"])) * (len(known) - 1))]), who="planner")
        else:
            village = WEST if WEST in str(data) else EAST
            edit_plan(store, plan_id, village, data)
    except (RefusedError, CallError):
        return False
    return True


@settings(
    max_examples=8,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(st.lists(operations, min_size=3, max_size=14))
def test_whatever_is_done_the_log_tells_it_and_undo_leads_back(
    store: Store, plan_id: int, done: list[dict[str, object]]
) -> None:
    one = copy_plan(store, plan_id, name="one", who="planner")
    states = {1: shapes_of(store, one)}
    for data in done:
        if do(store, one, data):
            states[max(list_steps(store, one).index)] = shapes_of(store, one)
    last = states[max(states)]
    assert_lawful(store, one)
    assert_replayed(store, one)
    assert len(list_steps(store, one)) == max(states)
    for number, state in states.items():
        jump(store, one, number, who="planner")
        assert_same(shapes_of(store, one), state)
    jump(store, one, max(states), who="planner")
    backwards = 0
    while do(store, one, {"op": "undo"}):
        backwards += 1
    assert_same(shapes_of(store, one), states[1])
    for _ in range(backwards):
        assert do(store, one, {"op": "redo"})
    assert_same(shapes_of(store, one), last)
    assert_replayed(store, one)
