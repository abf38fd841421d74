"""A draft is put in force once, from a day on; what was in force stays as it was for the periods of its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from gridgis.ledger.coverage import coverage_by_unit
from gridgis.ledger.periods import period_named
from gridgis.model.errors import CallError, ConflictError
from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.planning.plan import Plan
from gridgis.redraw.change import Change, Grid
from gridgis.store.audit import read_audit
from gridgis.store.database import Store
from gridgis.store.history import Proposal, commit_edit, undo
from gridgis.store.logbook import list_steps
from gridgis.store.publishing import copy_plan, publish_plan, retire_plan
from gridgis.store.reading import list_plans, read_households, read_plan, read_services, read_visits
from gridgis.store.ruling import plan_on
from gridgis.store.schema import plans
from gridgis.store.scope import Reader
from gridgis.store.steps import StaleEditError
from gridgis.store.writing import import_layers, write_plan

from .conftest import WEST

EVERYTHING = Reader.of_township("clerk")
TODAY = datetime.now(UTC).astimezone().date()


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


def rename_grid(plan_id: int, store: Store) -> None:
    change = Change(WEST, grids={f"{WEST}001": (Grid("一格", locked=False), Grid("二格", locked=False))})
    commit_edit(store, plan_id, 1, Proposal(Message("history.step.plan", {"name": "x"}), (change,)), who="planner")


def test_a_draft_is_published_once(store: Store, layers: Layers, plan: Plan) -> None:
    import_layers(store, layers, who="clerk")
    plan_id = write_plan(store, plan, name="first", who="planner")
    publish_plan(store, plan_id, who="secretary", effective_on=date(2026, 11, 1))
    in_force = read_plan(store, on=date(2026, 11, 1))
    assert in_force is not None
    assert (in_force.plan_id, in_force.status, in_force.version) == (plan_id, "published", 2)
    with pytest.raises(ConflictError):
        publish_plan(store, plan_id, who="secretary")
    assert read_audit(store)["action"].tolist().count("publish_plan") == 1
    assert list_steps(store, plan_id)["kind"].tolist() == ["plan", "publish"]
    assert list_steps(store, plan_id)["name"].iloc[1].words("zh") == "发布“first”，自 2026-11-01 起施行"


def test_what_is_or_was_in_force_is_not_edited_but_copied(store: Store, plan_id: int) -> None:
    rename_grid(plan_id, store)
    publish_plan(store, plan_id, who="secretary")
    for edit in (lambda: undo(store, plan_id, who="planner"), lambda: rename_grid(plan_id, store)):
        with pytest.raises(ConflictError) as refused:
            edit()
        assert refused.value.key == "history.no_draft"
    copy = copy_plan(store, plan_id, name="next", who="planner")
    one, other = read_plan(store, plan_id), read_plan(store, copy)
    assert one is not None
    assert other is not None
    for name in ("cells", "grids", "micro_grids", "households"):
        pd.testing.assert_frame_equal(pd.DataFrame(getattr(one.plan, name)), pd.DataFrame(getattr(other.plan, name)))
    assert (other.status, other.version, other.effective_on) == ("draft", 1, None)
    with pytest.raises(CallError):
        undo(store, copy, who="planner")


def test_only_what_is_on_screen_is_published(store: Store, plan_id: int) -> None:
    rename_grid(plan_id, store)
    with pytest.raises(StaleEditError):
        publish_plan(store, plan_id, who="secretary", base_version=1)
    publish_plan(store, plan_id, who="secretary", base_version=2)


def test_a_period_that_is_past_is_not_given_another_plan(store: Store, plan_id: int) -> None:
    copy = copy_plan(store, plan_id, name="next", who="planner")
    publish_plan(store, plan_id, who="secretary", effective_on=day(-30))
    with pytest.raises(CallError) as refused:
        publish_plan(store, copy, who="secretary", effective_on=day(-1))
    assert refused.value.key == "history.rewriting"
    with pytest.raises(CallError) as refused:
        retire_plan(store, plan_id, who="secretary", retired_on=day(-1))
    assert refused.value.key == "history.past"
    publish_plan(store, copy, who="secretary", effective_on=day(7))
    assert [plan_on(store, day(n)) for n in (-31, -30, 0, 6, 7, 99)] == [None, *[plan_id] * 3, copy, copy]
    assert plan_on(store) == plan_id


def test_a_retired_plan_gives_way_to_the_one_before_and_keeps_its_days(store: Store, plan_id: int) -> None:
    copy = copy_plan(store, plan_id, name="next", who="planner")
    publish_plan(store, plan_id, who="secretary", effective_on=day(-30))
    publish_plan(store, copy, who="secretary")
    retire_plan(store, copy, who="secretary", retired_on=day(5))
    assert [plan_on(store, day(n)) for n in (-1, 0, 4, 5)] == [plan_id, copy, copy, plan_id]
    with pytest.raises(ConflictError) as refused:
        retire_plan(store, copy, who="secretary")
    assert refused.value.key == "history.retired"
    listed = list_plans(store).set_index("plan_id")
    assert listed.loc[copy, ["status", "retired_on"]].tolist() == ["retired", pd.Timestamp(day(5))]
    assert list_steps(store, copy)["kind"].tolist() == ["copy", "publish", "retire"]
    draft = copy_plan(store, plan_id, name="thrown away", who="planner")
    retire_plan(store, draft, who="planner")
    assert [plan_on(store, day(n)) for n in (-1, 0, 5)] == [plan_id, copy, plan_id]


lives = st.lists(st.tuples(st.integers(0, 20), st.none() | st.integers(0, 20)), min_size=1, max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(lives)
def test_on_every_day_the_plan_published_last_and_not_yet_retired_is_in_force(
    store: Store, plan_id: int, lives: list[tuple[int, int | None]]
) -> None:
    known = {}
    for since, until in lives:
        known[copy_plan(store, plan_id, name="p", who="planner")] = since, until
    for copy, (since, until) in known.items():
        publish_plan(store, copy, who="secretary", effective_on=day(since))
        if until is not None:
            retire_plan(store, copy, who="secretary", retired_on=day(until))
    for n in range(22):
        standing = [
            (since, one) for one, (since, until) in known.items() if since <= n and (until is None or n < until)
        ]
        assert plan_on(store, day(n)) == (max(standing)[1] if standing else None)
    with store.write() as connection:
        connection.execute(update(plans).values(status="draft", effective_on=None))


def test_a_period_reports_in_the_units_of_its_day(store: Store, layers: Layers, plan: Plan) -> None:
    import_layers(store, layers, who="clerk")
    old = write_plan(store, plan, name="old", who="p", status="published", effective_on=date(2026, 10, 1))
    change = Plan(
        plan.cells.assign(micro_grid_code=plan.cells["micro_grid_code"].str[:-2] + "03"),
        plan.grids,
        gpd.GeoDataFrame(
            plan.micro_grids.assign(code=plan.micro_grids["code"].str[:-2] + "03").dissolve("code").reset_index()
        )[list(plan.micro_grids.columns)],
        plan.households.assign(micro_grid_code=plan.households["micro_grid_code"].str[:-2] + "03"),
    )
    new = write_plan(store, change, name="new", who="p", status="published", effective_on=date(2026, 11, 1))
    reported = {}
    for key in ("2026-10", "2026-11"):
        period = period_named(key)
        households = read_households(store, EVERYTHING, on=period.end)
        visits, services = read_visits(store, EVERYTHING), read_services(store, EVERYTHING)
        reported[key] = coverage_by_unit(households, visits, services, period, "micro_grid_code")
    assert [plan_on(store, period_named(key).end) for key in reported] == [old, new]
    assert {code[-2:] for code in reported["2026-10"].index} == {"01", "02"}
    assert {code[-2:] for code in reported["2026-11"].index} == {"03"}
    assert all(table["households"].sum() == 9 for table in reported.values())
