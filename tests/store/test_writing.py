"""Writing: all or nothing, once and not twice, and a plan comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from sqlalchemy import func, select

from gridgis.model.errors import DataError
from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.planning.plan import Plan
from gridgis.store.audit import read_audit
from gridgis.store.database import Store
from gridgis.store.reading import data_version, list_plans, read_households, read_layer, read_plan, read_visits
from gridgis.store.schema import cells, fabrics
from gridgis.store.scope import Reader
from gridgis.store.writing import import_layers, write_plan

EVERYTHING = Reader.of_township("clerk").unmasking()
NAMES = ("villages", "natural_villages", "villager_groups", "barriers", "households", "members", "visits", "services")
PLAN_LAYERS = ("cells", "grids", "micro_grids", "households")


def contents(store: Store) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(read_layer(store, name, EVERYTHING)) for name in NAMES}


def assert_same_contents(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    for name in NAMES:
        assert_frame_equal(one[name], other[name])


def assert_same_plan(one: Plan, other: Plan) -> None:
    for name in PLAN_LAYERS:
        assert_frame_equal(pd.DataFrame(getattr(one, name)), pd.DataFrame(getattr(other, name)))
    assert one.messages == other.messages


def test_an_import_says_what_it_wrote_and_is_audited(store: Store, layers: Layers) -> None:
    written = import_layers(store, layers, who="clerk")
    assert written == {name: len(getattr(layers, name)) for name in NAMES}
    log = read_audit(store)
    assert dict(zip(log["what"], log["rows"], strict=True)) == written
    assert set(log["who"] + " " + log["action"]) == {"clerk import"}
    assert data_version(store) == 1


def test_importing_twice_is_importing_once(store: Store, layers: Layers) -> None:
    import_layers(store, layers, who="clerk")
    before = contents(store)
    assert import_layers(store, layers, who="clerk") | {"visits": 0, "services": 0} == import_layers(
        store, layers, who="clerk"
    )
    assert_same_contents(contents(store), before)
    assert data_version(store) == 3


def test_visits_are_added_and_households_brought_up_to_date(store: Store, layers: Layers) -> None:
    import_layers(store, layers, who="clerk")
    newer = layers.households.iloc[[0]].assign(phone=pd.Series(["13000000000"], dtype="str"))
    visits = layers.visits.iloc[[0, 1]].assign(visit_id=pd.Series(["V1", "V9"], dtype="str"))
    assert import_layers(store, Layers(households=newer, visits=visits), who="clerk") == {"households": 1, "visits": 1}
    households = read_layer(store, "households", EVERYTHING)
    assert len(households) == 8
    assert households.loc[0, "phone"] == "13000000000"
    assert set(read_visits(store, EVERYTHING)["visit_id"]) == {"V1", "V2", "V3", "V9"}


def test_a_layer_of_places_replaces_the_old_one(store: Store, layers: Layers) -> None:
    import_layers(store, layers, who="clerk")
    import_layers(store, Layers(members=layers.members.iloc[[2]]), who="clerk")
    assert set(read_layer(store, "members", EVERYTHING)["member_id"]) == {"M3"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda layers: replace(layers, villages=layers.villages.iloc[[0]]),
        lambda layers: Layers(visits=layers.visits.assign(visit_id=["A", "B", "C"], household_id="nobody")),
    ],
)
def test_rows_that_name_what_is_not_there_leave_the_store_as_it_was(store: Store, layers: Layers, spoil) -> None:
    import_layers(store, layers, who="clerk")
    before = contents(store)
    with pytest.raises(DataError) as refused:
        import_layers(store, spoil(layers), who="clerk")
    assert refused.value.key == "store.reference"
    assert_same_contents(contents(store), before)
    assert data_version(store) == 1


def test_a_layer_without_crs_is_refused(store: Store, layers: Layers) -> None:
    with pytest.raises(DataError) as refused:
        import_layers(
            store, Layers(villages=gpd.GeoDataFrame(layers.villages.set_crs(None, allow_override=True))), who=""
        )
    assert refused.value.key == "store.no_crs"


# NUL is refused by PostgreSQL and by the check before an import; lone surrogates are no text
nasty = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)
shapes = st.one_of(
    st.tuples(st.floats(73, 135), st.floats(4, 53)).map(shapely.Point),
    st.tuples(st.floats(73, 135), st.floats(4, 53), st.floats(1e-6, 1)).map(
        lambda box: shapely.box(box[0], box[1], box[0] + box[2], box[1] + box[2])
    ),
    st.just(shapely.MultiPolygon([shapely.box(110, 30, 111, 31), shapely.box(112, 30, 113, 31)])),
    st.just(shapely.Polygon()),
    st.none(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)
@given(st.lists(st.tuples(nasty, st.none() | nasty, shapes), min_size=1, max_size=20))
def test_any_text_and_any_shape_comes_back(store: Store, rows: list[tuple[str, str | None, object]]) -> None:
    kinds, names, places = zip(*rows, strict=True)
    barriers = gpd.GeoDataFrame(
        {"kind": pd.Series(kinds, dtype="str"), "name": pd.Series(names, dtype="str")}, geometry=list(places), crs=4490
    )
    import_layers(store, Layers(barriers=barriers), who="clerk")
    assert_frame_equal(pd.DataFrame(read_layer(store, "barriers", EVERYTHING)), pd.DataFrame(barriers))


def test_a_plan_comes_back_as_it_was(store: Store, layers: Layers, plan: Plan) -> None:
    import_layers(store, layers, who="clerk")
    inner = Message("tier.grid")
    plan = replace(plan, messages=(Message("plan.some", {"n": 3, "village": "西谷", "why": inner}),))
    plan_id = write_plan(store, plan, name="first", who="planner")
    stored = read_plan(store, plan_id)
    assert stored is not None
    assert (stored.name, stored.status, stored.version, stored.effective_on) == ("first", "draft", 1, None)
    assert_same_plan(stored.plan, plan)
    assert stored.plan.cells.crs == "EPSG:4490"
    assert read_plan(store) is None


def test_a_plan_in_metres_comes_back_in_degrees(store: Store, layers: Layers, plan: Plan) -> None:
    import_layers(store, layers, who="clerk")
    metric = replace(plan, **{name: getattr(plan, name).to_crs(4546) for name in PLAN_LAYERS})
    stored = read_plan(store, write_plan(store, metric, name="metric", who="planner"))
    assert stored is not None
    for name in PLAN_LAYERS:
        ours, theirs = getattr(stored.plan, name).geometry.array, getattr(plan, name).geometry.array
        assert shapely.equals_exact(ours, theirs, tolerance=1e-9).all()


def test_plans_share_their_fabric_and_old_ones_stay_readable(store: Store, layers: Layers, plan: Plan) -> None:
    import_layers(store, layers, who="clerk")
    first = write_plan(store, plan, name="first", who="planner")
    swapped = plan.cells.assign(micro_grid_code=plan.cells["micro_grid_code"].to_numpy()[[1, 0, 2, 3]])
    second = write_plan(store, replace(plan, cells=swapped), name="second", who="planner")
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(fabrics)).scalar() == 1
        assert connection.execute(select(func.count()).select_from(cells)).scalar() == 4
    old, new = read_plan(store, first), read_plan(store, second)
    assert old is not None
    assert new is not None
    assert_same_plan(old.plan, plan)
    assert_frame_equal(pd.DataFrame(new.plan.cells), pd.DataFrame(swapped))
    assert list_plans(store)["plan_id"].tolist() == [second, first]


def test_the_newest_plan_in_force_on_the_day_is_read(store: Store, layers: Layers, plan: Plan) -> None:
    import_layers(store, layers, who="clerk")
    for name, effective_on in (("old", date(2025, 1, 1)), ("new", date(2026, 1, 1)), ("next", date(2999, 1, 1))):
        write_plan(store, plan, name=name, who="planner", status="published", effective_on=effective_on)
    write_plan(store, plan, name="draft", who="planner")
    names = [read_plan(store, on=on) for on in (date(2024, 12, 31), date(2025, 12, 31), None, date(2999, 1, 1))]
    assert [stored.name if stored else None for stored in names] == [None, "old", "new", "next"]
    assert read_plan(store, 99) is None


def test_households_carry_their_units_in_the_plan_in_force(store: Store, layers: Layers, plan: Plan) -> None:
    import_layers(store, layers, who="clerk")
    assert read_households(store, EVERYTHING)["micro_grid_code"].isna().all()
    draft = write_plan(store, plan, name="draft", who="planner")
    assert read_households(store, EVERYTHING)["micro_grid_code"].isna().all()
    drafted = read_households(store, EVERYTHING, draft)
    write_plan(store, plan, name="published", who="planner", status="published")
    in_force = read_households(store, EVERYTHING)
    for read in (drafted, in_force):
        for column in ("household_id", "grid_code", "micro_grid_code"):
            assert read[column].tolist() == plan.households[column].tolist()


def test_a_household_that_is_new_or_moves_gets_the_unit_where_it_lives(
    store: Store, layers: Layers, plan: Plan
) -> None:
    import_layers(store, layers, who="clerk")
    write_plan(store, plan, name="first", who="planner", status="published")
    two = layers.households.iloc[[0, 1]].assign(household_id=pd.Series(["H1", "H9"], dtype="str"))
    two = two.set_geometry(gpd.GeoSeries(shapely.points([(112.416, 37.502), (112.43, 37.509)]), crs=4490))
    import_layers(store, Layers(households=two), who="clerk")
    units = read_households(store, EVERYTHING).set_index("household_id")["micro_grid_code"]
    assert units["H1"] == "14012120220100102"
    assert units["H9"] == "14012120220100101"
    assert units.notna().all()


def test_a_household_on_a_border_stays_on_the_side_the_plan_gave_it(store: Store, layers: Layers, plan: Plan) -> None:
    on_border = layers.households.assign(geometry=layers.households.geometry.array)
    on_border.loc[[0, 2], "geometry"] = shapely.Point(112.403, 37.505)
    import_layers(store, replace(layers, households=on_border), who="clerk")
    households = plan.households.set_geometry(gpd.GeoSeries(on_border.geometry.array, crs=4490))
    write_plan(store, replace(plan, households=households), name="first", who="planner", status="published")
    units = read_households(store, EVERYTHING)["micro_grid_code"]
    assert units.tolist() == plan.households["micro_grid_code"].tolist()


def test_a_plan_of_strangers_is_refused(store: Store, layers: Layers, plan: Plan) -> None:
    import_layers(store, Layers(villages=layers.villages), who="clerk")
    with pytest.raises(DataError) as refused:
        write_plan(store, plan, name="first", who="planner")
    assert refused.value.key == "store.reference"
    assert list_plans(store).empty
