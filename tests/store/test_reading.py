"""Reading: what was written comes back, kept to the reader's villages and masked."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from gridgis.model.errors import CallError, ForbiddenError
from gridgis.model.layers import CONTRACTS, Layers
from gridgis.store.audit import read_audit
from gridgis.store.database import Store
from gridgis.store.reading import (
    data_version,
    read_households,
    read_layer,
    read_services,
    read_township,
    read_visits,
)
from gridgis.store.schema import LAYERS
from gridgis.store.scope import Reader, check_households, masked
from gridgis.store.writing import import_layers, write_plan

EVERYTHING = Reader.of_township("clerk").unmasking()
WEST, EAST = "140121202200", "140121202201"


@pytest.fixture
def filled(store: Store, layers: Layers) -> Store:
    import_layers(store, layers, who="clerk")
    return store


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "township"])
def test_every_layer_comes_back_as_its_contract_has_it(filled: Store, layers: Layers, name: str) -> None:
    given_, read = getattr(layers, name), read_layer(filled, name, EVERYTHING)
    assert list(read.columns) == CONTRACTS[name].columns
    CONTRACTS[name].schema.validate(pd.DataFrame(read))
    assert_frame_equal(pd.DataFrame(read), pd.DataFrame(given_))
    if CONTRACTS[name].geometry != "none":
        assert read.crs == "EPSG:4490"


@pytest.mark.parametrize("name", LAYERS)
def test_an_empty_store_has_every_layer_without_rows(store: Store, name: str) -> None:
    read = read_layer(store, name, EVERYTHING)
    assert read.empty
    CONTRACTS[name].schema.validate(pd.DataFrame(read))
    assert list(read.columns) == CONTRACTS[name].columns


def test_an_empty_store_has_no_township_and_no_units(store: Store) -> None:
    assert read_township(store) is None
    assert list(read_households(store, EVERYTHING).columns)[-2:] == ["grid_code", "micro_grid_code"]


def test_layers_in_another_crs_come_back_in_ours(store: Store, layers: Layers) -> None:
    import_layers(store, Layers(villages=layers.villages.to_crs(4546)), who="clerk")
    read = read_layer(store, "villages", EVERYTHING)
    assert shapely.equals_exact(read.geometry.array, layers.villages.geometry.array, tolerance=1e-9).all()


def test_the_units_of_a_plan_that_is_not_there_are_refused(filled: Store) -> None:
    with pytest.raises(CallError) as refused:
        read_households(filled, EVERYTHING, plan_id=99)
    assert refused.value.key == "store.no_plan"


def test_the_township_is_drawn_from_its_villages(filled: Store) -> None:
    township = read_township(filled)
    assert township is not None
    assert (township.code, township.name, township.synthetic) == ("140121202", "", False)
    assert township.ledger_until == date(2026, 11, 9)
    assert township.metric_epsg == 4546
    assert township.geometry.equals(shapely.box(112.40, 37.50, 112.42, 37.51))


def test_a_township_that_was_given_is_kept_as_given(store: Store, layers: Layers) -> None:
    area = shapely.box(112.39, 37.49, 112.43, 37.52)
    given_ = gpd.GeoDataFrame({"code": ["T"], "name": ["西谷乡"]}, geometry=[area], crs=4490)
    import_layers(store, Layers(villages=layers.villages, township=given_), who="clerk", synthetic=True)
    township = read_township(store)
    assert township is not None
    assert (township.code, township.name, township.synthetic) == ("T", "西谷乡", True)
    assert township.geometry.equals(area)
    import_layers(store, Layers(households=layers.households), who="clerk")
    again = read_township(store)
    assert again is not None
    assert again.synthetic
    assert again.name == "西谷乡"


def test_days_bound_visits_and_services_on_both_sides(filled: Store) -> None:
    visits = read_visits(filled, EVERYTHING, since=date(2026, 10, 31), until=date(2026, 11, 2))
    assert set(visits["visit_id"]) == {"V1", "V3"}
    services = read_services(filled, EVERYTHING, since=date(2026, 11, 5))
    assert list(services["service_id"]) == ["S2"]


@pytest.mark.parametrize("name", LAYERS)
def test_who_may_see_nothing_sees_nothing(filled: Store, name: str) -> None:
    assert read_layer(filled, name, Reader("guest")).empty


def test_a_reader_of_one_village_sees_that_village(filled: Store) -> None:
    reader = Reader("eastern secretary", frozenset({EAST}))
    keys = {name: set(read_layer(filled, name, reader)[CONTRACTS[name].key]) for name in LAYERS}
    assert keys == {
        "township": {"140121202"},
        "villages": {EAST},
        "natural_villages": {"N2"},
        "villager_groups": set(),
        "barriers": {"highway"},
        "households": {"H5", "H6", "H7", "H8"},
        "members": {"M3"},
        "visits": {"V3"},
        "services": {"S2", "S3"},
    }
    assert set(read_households(filled, reader)["household_id"]) == keys["households"]
    assert set(read_visits(filled, reader)["visit_id"]) == keys["visits"]


def test_a_reader_of_one_village_sees_who_serves_there(filled: Store, plan) -> None:
    write_plan(filled, plan, name="first", who="clerk", status="published")
    members = read_layer(filled, "members", Reader("western secretary", frozenset({WEST})))
    assert set(members["member_id"]) == {"M2"}


def test_a_reader_of_one_unit_sees_the_households_in_it_and_what_lies_below(filled: Store, plan) -> None:
    write_plan(filled, plan, name="first", who="clerk", status="published")
    homes = plan.households.set_index("household_id")
    for column in ("grid_code", "micro_grid_code"):
        for code, inside in homes.groupby(column):
            reader = Reader("leader", frozenset({code}))
            assert set(read_households(filled, reader)["household_id"]) == set(inside.index)
            assert set(read_visits(filled, reader)["household_id"]) <= set(inside.index)
            assert set(read_layer(filled, "villages", reader)["code"]) == {code[: len(WEST)]}


def test_whoever_may_not_see_a_household_may_not_write_to_it(filled: Store, plan) -> None:
    write_plan(filled, plan, name="first", who="clerk", status="published")
    reader = Reader("eastern secretary", frozenset({EAST}))
    with filled.read() as connection:
        check_households(connection, reader, ["H5", "H6", "H5"])
        for ids in (["H1"], ["H5", "H1"], ["no such household"]):
            with pytest.raises(ForbiddenError):
                check_households(connection, reader, ids)


def test_names_and_phones_are_masked_unless_asked_for(filled: Store) -> None:
    shown = read_households(filled, Reader.of_township("clerk"))
    assert shown["head_name"].fillna("").tolist() == ["王＊＊", "李＊＊", "<**", "", "＊＊", "A**", "周＊＊", "吴＊＊"]
    assert shown["phone"].fillna("").tolist() == ["139****78", "", *["035****00"] * 6]
    members = read_layer(filled, "members", Reader.of_township("clerk"))
    assert members["name"].tolist() == ["孙书记", "钱组长", "冯组长"]
    assert members["phone"].fillna("").tolist() == ["138****01", "138****02", ""]
    assert "read_unmasked" not in set(read_audit(filled)["action"])


def test_reading_unmasked_is_audited_and_no_news_to_pages(filled: Store) -> None:
    before = data_version(filled)
    read_households(filled, EVERYTHING)
    read_layer(filled, "members", EVERYTHING)
    log = read_audit(filled).tail(2)
    assert log[["who", "action", "what", "rows"]].to_numpy().tolist() == [
        ["clerk", "read_unmasked", "households", 8],
        ["clerk", "read_unmasked", "members", 3],
    ]
    assert data_version(filled) == before


people = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*＊"), min_size=1)


@given(st.lists(st.tuples(people, st.from_regex(r"[0-9+ -]{1,20}", fullmatch=True)), min_size=1))
def test_a_mask_never_shows_a_whole_name_or_phone(rows: list[tuple[str, str]]) -> None:
    table = pd.DataFrame(rows, columns=["head_name", "phone"], dtype="str")
    shown = masked("households", table)
    for (name, phone), mask in zip(rows, shown.itertuples(index=False), strict=True):
        assert name not in mask.head_name
        assert len(mask.head_name) <= 3
        assert phone not in mask.phone
        assert mask.phone.count("*") == 4
