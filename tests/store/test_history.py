"""The history of a plan: edits are kept, undone and done again exactly; what is stale is refused, and nothing lost."""

from __future__ import annotations

import geopandas as gpd
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
from gridgis.redraw.apply import apply_edit
from gridgis.redraw.edits import Edit, RefusedError, read_edit
from gridgis.store.database import Store, open_store
from gridgis.store.drafts import read_draft
from gridgis.store.history import Proposal, commit_edit, jump, redo, replay, undo
from gridgis.store.logbook import list_snapshots, list_steps, take_snapshot
from gridgis.store.publishing import copy_plan
from gridgis.store.reading import data_version, read_households, read_plan
from gridgis.store.schema import cells
from gridgis.store.scope import Reader
from gridgis.store.states import read_state
from gridgis.store.steps import StaleEditError
from gridgis.store.writing import import_layers, write_plan

from .conftest import EAST, VILLAGES, WEST, make_halves, make_rows_of_homes

EVERYTHING = Reader.of_township("clerk")
RULES = (SizeRange(3, 30), SizeRange(2, 10))
PLAN_LAYERS = ("cells", "grids", "micro_grids", "households")


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


def propose(store: Store, plan_id: int, village: str, data: dict[str, object]) -> tuple[int, Proposal]:
    """Do as a page does up to the last button."""
    stored = read_draft(store, plan_id, village)
    applied = apply_edit(stored.draft, read_edit(data), RULES)
    return stored.version, Proposal(Message("history.step.plan", {"name": str(data["op"])}), (applied.change,), data)


def cut_at(unit: str, x: float) -> dict[str, object]:
    return {"op": "split", "unit": unit, "line": {"type": "LineString", "coordinates": [[x, 37.6], [x, 37.4]]}}


def test_an_edit_of_what_changed_meanwhile_is_refused_with_who_what_and_when(store: Store, plan_id: int) -> None:
    base, late = propose(store, plan_id, WEST, {"op": "rename", "unit": f"{WEST}00101", "name": "late"})
    edit_plan(store, plan_id, WEST, {"op": "move", "cells": [3], "to": f"{WEST}00101"}, who="钱工")
    before, version = shapes_of(store, plan_id), data_version(store)
    with pytest.raises(StaleEditError) as refused:
        commit_edit(store, plan_id, base, late, who="孙工")
    assert [step.number for step in refused.value.meanwhile] == [2]
    for lang, said in (("zh", "“划分：move”"), ("en", ": Planned: move.")):
        assert "钱工" in refused.value.words(lang)
        assert said in refused.value.words(lang)
        assert refused.value.meanwhile[0].at.astimezone().strftime("%Y-%m-%d %H:%M") in refused.value.words(lang)
    assert_same(shapes_of(store, plan_id), before)
    assert data_version(store) == version
    assert len(list_steps(store, plan_id)) == 2
    # the edit is still at hand: it is applied again to what is there now
    commit_edit(store, plan_id, 2, late, who="孙工")
    assert list_steps(store, plan_id)["by"].tolist() == ["planner", "钱工", "孙工"]


def test_edits_of_other_units_meanwhile_stay_beside_it_and_new_cells_get_numbers_of_their_own(
    store: Store, plan_id: int
) -> None:
    copy = copy_plan(store, plan_id, name="copy", who="planner")
    asked = [
        (plan_id, WEST, cut_at(f"{WEST}00101", 112.4013)),
        (plan_id, EAST, cut_at(f"{EAST}00101", 112.4093)),
        (copy, WEST, cut_at(f"{WEST}00101", 112.4007)),
    ]
    ready = [(plan, *propose(store, plan, village, data)) for plan, village, data in asked]
    done = [commit_edit(store, plan, base, proposal, who="planner") for plan, base, proposal in ready]
    assert [one.rebased for one in done] == [False, True, False]
    numbers = [set(change.added) for one in done for change in one.changes]
    assert len(set.union(*numbers)) == sum(map(len, numbers))
    for plan in (plan_id, copy):
        assert_lawful(store, plan)
        assert_replayed(store, plan)


def test_an_edit_that_does_not_fit_the_plan_is_refused(store: Store, plan_id: int) -> None:
    _, once = propose(store, plan_id, WEST, {"op": "move", "cells": [3], "to": f"{WEST}00101"})
    commit_edit(store, plan_id, 1, once, who="planner")
    with pytest.raises(ConflictError) as refused:
        commit_edit(store, plan_id, 2, once, who="planner")
    assert refused.value.key == "history.moved_on"


def test_undoing_what_is_not_on_screen_is_refused(store: Store, plan_id: int) -> None:
    edit_plan(store, plan_id, WEST, {"op": "rename", "unit": f"{WEST}001", "name": "甲"})
    with pytest.raises(StaleEditError):
        undo(store, plan_id, who="planner", base_version=1)
    undo(store, plan_id, who="planner", base_version=2)
    assert list_steps(store, plan_id)["standing"].fillna("").tolist() == ["done", "undone", ""]
    edit_plan(store, plan_id, WEST, {"op": "rename", "unit": f"{WEST}001", "name": "乙"})
    assert list_steps(store, plan_id)["standing"].fillna("").tolist() == ["done", "left", "", "done"]
    with pytest.raises(CallError) as refused:
        redo(store, plan_id, who="planner")
    assert refused.value.key == "history.nothing_to_redo"
    with pytest.raises(CallError) as refused:
        jump(store, plan_id, 99, who="planner")
    assert refused.value.key == "history.no_step"


def test_history_outlives_the_program(url: str) -> None:
    layers = make_rows_of_homes()
    store = open_store(url)
    import_layers(store, layers, who="clerk")
    plan = write_plan(store, make_halves(layers), name="first", who="planner")
    first = shapes_of(store, plan)
    edit_plan(store, plan, WEST, cut_at(f"{WEST}00101", 112.4013))
    edit_plan(store, plan, EAST, {"op": "merge", "units": [f"{EAST}00101", f"{EAST}00102"]})
    take_snapshot(store, plan, "给书记看", who="planner")
    last = shapes_of(store, plan)
    for state, walk in ((first, undo), (last, redo)):
        for _ in range(2):
            store.close()
            store = open_store(url)
            walk(store, plan, who="planner")
        assert_same(shapes_of(store, plan), state)
    undo(store, plan, who="planner")
    kept = list_snapshots(store, plan)
    jump(store, plan, int(kept["step"].iloc[0]), who="planner")
    assert_same(shapes_of(store, plan), last)
    assert kept["name"].tolist() == ["给书记看"]
    assert list_steps(store, plan)["name"].iloc[-1].words("en") == "Back to: Planned: merge"
    for name, key in (("给书记看 ", "history.snapshot.taken"), (" ", "history.snapshot.blank")):
        with pytest.raises((ConflictError, CallError)) as refused:
            take_snapshot(store, plan, name, who="planner")
        assert refused.value.key == key
    store.close()


def test_who_comes_or_moves_after_a_cut_has_one_unit_in_every_plan_and_at_every_step(
    store: Store, plan_id: int
) -> None:
    other = copy_plan(store, plan_id, name="other", who="planner")
    edit_plan(store, plan_id, WEST, cut_at(f"{WEST}00101", 112.4013))
    edit_plan(store, other, WEST, cut_at(f"{WEST}00101", 112.4007))
    _, waiting = propose(store, other, EAST, cut_at(f"{EAST}00101", 112.4093))
    layers = make_rows_of_homes()
    three = layers.households.iloc[[0, 1, 2]].assign(household_id=pd.Series(["H11", "H99", "H28"], dtype="str"))
    three = three.set_geometry(
        gpd.points_from_xy([112.4005, 112.4098, 112.4019], [37.5035, 37.5005, 37.5035]), crs=4490
    )
    import_layers(store, Layers(households=three), who="clerk")
    commit_edit(store, other, 2, waiting, who="planner")
    for plan in (plan_id, other):
        assert_one_unit_each(store, plan, 17)
        while do(store, plan, {"op": "undo"}):
            assert_one_unit_each(store, plan, 17)
        assert do(store, plan, {"op": "redo"})
        assert_one_unit_each(store, plan, 17)
    # edits count who lives there by now
    edit_plan(store, plan_id, EAST, {"op": "move", "cells": [11], "to": f"{EAST}00101"})
    assert_lawful(store, plan_id)


def assert_one_unit_each(store: Store, plan_id: int, households: int) -> None:
    stored = read_plan(store, plan_id)
    assert stored is not None
    units = read_households(store, EVERYTHING, plan_id)
    assert len(units) == len(stored.plan.households) == households
    shapes = stored.plan.micro_grids.set_index("code").geometry.reindex(units["micro_grid_code"]).to_numpy()
    assert shapely.intersects(shapes, units.geometry.to_numpy()).all()


def test_locks_are_read_with_the_plan(store: Store, plan_id: int) -> None:
    edit_plan(store, plan_id, WEST, {"op": "lock", "units": [f"{WEST}001"]})
    stored = read_plan(store, plan_id)
    assert stored is not None
    assert f"{WEST}001" in stored.locked
    assert read_draft(store, plan_id, WEST).draft.grids.loc[f"{WEST}001", "locked"]
    copy = read_plan(store, copy_plan(store, plan_id, name="copy", who="planner"))
    assert copy is not None
    assert copy.locked == stored.locked


def test_a_draft_that_is_not_there_is_said(store: Store, plan_id: int) -> None:
    for plan, village, key in ((99, WEST, "store.no_plan"), (plan_id, "nowhere", "history.no_village")):
        with pytest.raises(CallError) as refused:
            read_draft(store, plan, village)
        assert refused.value.key == key
