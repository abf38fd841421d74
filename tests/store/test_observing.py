"""Score sheets: entered once, the last entry of an item holds, and nobody scores a unit of their own."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest

from gridgis.ledger.periods import period_named
from gridgis.ledger.reviews.books import ReviewRules
from gridgis.ledger.reviews.scores import Review, review_units
from gridgis.model.errors import CallError, ForbiddenError
from gridgis.model.layers import Layers
from gridgis.model.rights import OF_POSTS
from gridgis.model.weighing import ReviewWeights
from gridgis.planning.plan import Plan
from gridgis.store.audit import read_audit
from gridgis.store.database import Store
from gridgis.store.observing import read_records, read_scores, write_sheet
from gridgis.store.ruling import plan_on
from gridgis.store.scope import Reader
from gridgis.store.writing import import_layers, write_plan

from .conftest import EAST, WEST

SECRETARY = Reader("secretary", None, rights=OF_POSTS["township_secretary"])
HALF = "2026-H2"


@pytest.fixture
def filled(store: Store, layers: Layers, plan: Plan) -> Store:
    import_layers(store, layers, who="clerk")
    write_plan(store, plan, name="first", who="p", status="published", effective_on=date(2026, 1, 1))
    return store


def test_the_last_entry_of_an_item_holds_and_who_made_it_is_kept(filled: Store) -> None:
    write_sheet(filled, SECRETARY, (HALF, WEST), {"ledger": 7, "posting": 9}, {"ledger": " 有缺页 ", "posting": ""})
    write_sheet(filled, SECRETARY, (HALF, WEST), {"ledger": 8}, {})
    held = read_scores(filled, SECRETARY)
    assert dict(zip(held["item"], held["score"], strict=True)) == {"ledger": 8, "posting": 9}
    assert held["note"].isna().all()
    assert set(held["by"]) == {"secretary"}
    assert read_audit(filled)["action"].tolist()[-2:] == ["score_sheet", "score_sheet"]


def test_a_reader_of_some_units_sees_their_sheets_and_writes_none(filled: Store) -> None:
    for unit in (WEST, EAST):
        write_sheet(filled, SECRETARY, (HALF, unit), {"ledger": 7}, {})
    west = Reader("west", frozenset({WEST}), rights=OF_POSTS["village_secretary"])
    assert read_scores(filled, west)["unit_code"].tolist() == [WEST]
    assert read_scores(filled, Reader("guest")).empty
    with pytest.raises(ForbiddenError):
        write_sheet(filled, west, (HALF, WEST), {"ledger": 10}, {})
    with pytest.raises(ForbiddenError):
        write_sheet(filled, Reader("planner", None, rights=OF_POSTS["planner"]), (HALF, WEST), {"ledger": 10}, {})


@pytest.mark.parametrize("scores", [{}, {"ledger": 11}, {"ledger": -1}])
def test_a_sheet_out_of_range_is_refused(filled: Store, scores: dict[str, int]) -> None:
    with pytest.raises(CallError):
        write_sheet(filled, SECRETARY, (HALF, WEST), scores, {})
    assert read_scores(filled, SECRETARY).empty


def test_a_sheet_is_in_the_review_of_its_half_year_and_its_year_and_in_no_other(filled: Store) -> None:
    write_sheet(filled, SECRETARY, (HALF, WEST), {"ledger": 7, "posting": 9}, {})
    records = read_records(filled, SECRETARY, plan_on(filled))
    for key, points in (("2026-H2", (16, 20)), ("2026", (16, 20)), ("2026-H1", (0, 0)), ("2026-11", (0, 0))):
        review = review_units(records.open(period_named(key), "village_code", ReviewRules()), ReviewWeights())
        share = review.share("observation")
        assert (share.numerator, share.denominator) == points
        assert pd.isna(review.score) or 0 <= review.score <= 100


def test_a_new_plan_changes_no_review_of_a_period_that_is_past(filled: Store, plan: Plan) -> None:
    def reviewed(key: str) -> Review:
        period = period_named(key)
        records = read_records(filled, SECRETARY, plan_on(filled, period.end))
        return review_units(records.open(period, "micro_grid_code", ReviewRules()), ReviewWeights())

    past = reviewed("2026-10")
    joined = plan.micro_grids.assign(code=plan.micro_grids["code"].str[:-2] + "03").dissolve("code").reset_index()
    merged = {
        name: table["micro_grid_code"].str[:-2] + "03" for name, table in (("c", plan.cells), ("h", plan.households))
    }
    change = Plan(
        plan.cells.assign(micro_grid_code=merged["c"]),
        plan.grids,
        gpd.GeoDataFrame(joined[list(plan.micro_grids.columns)]),
        plan.households.assign(micro_grid_code=merged["h"]),
    )
    write_plan(filled, change, name="new", who="p", status="published", effective_on=date(2026, 11, 1))
    pd.testing.assert_frame_equal(reviewed("2026-10").marks, past.marks)
    pd.testing.assert_frame_equal(reviewed("2026-10").units, past.units)
    assert set(reviewed("2026-11").units.index.str[-2:]) == {"03"}


def test_a_reader_reviews_the_units_of_their_scope_and_no_unit_by_a_part_of_it(filled: Store) -> None:
    plan_id = plan_on(filled)
    every = read_records(filled, SECRETARY, plan_id)
    grid = str(every.grids["code"].iloc[0]) if every.grids is not None else ""
    period = period_named("2026-11")
    for units, tier, seen in (
        (frozenset({WEST}), "village_code", {WEST}),
        (frozenset({grid}), "grid_code", {grid}),
        (frozenset({grid}), "village_code", set()),
        (frozenset(), "village_code", set()),
    ):
        records = read_records(filled, Reader("someone", units, rights=OF_POSTS["grid_secretary"]), plan_id)
        review = review_units(records.open(period, tier, ReviewRules()), ReviewWeights())
        assert set(review.units.index) == seen
        assert set(records.organisation["code"]) >= seen
        full = review_units(every.open(period, tier, ReviewRules()), ReviewWeights())
        for code in seen:
            counts = ["numerator", "denominator"]
            pd.testing.assert_frame_equal(review.marks.loc[[code], counts], full.marks.loc[[code], counts])
