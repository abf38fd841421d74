"""Reviews: every figure is a count that another function counts too, and no order or copy of the ledger changes it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgis.ledger.coverage import coverage_by_unit, coverage_of_services
from gridgis.ledger.entries import standing
from gridgis.ledger.overdue import DUE, Cadence, visit_states
from gridgis.ledger.periods import period_named
from gridgis.ledger.reviews.books import ALL, Books, ReviewRules, organisation_of, place_services
from gridgis.ledger.reviews.keeping import entries_in_time, matters_closed, permits_valid, posts_filled, situations_kept
from gridgis.ledger.reviews.scores import INDICATORS, review_units
from gridgis.ledger.reviews.trends import change_of, periods_until, trend_of
from gridgis.ledger.reviews.visiting import days_kept, households_covered, priority_days_kept, visits_spread
from gridgis.ledger.shares import last_ranks, ranks
from gridgis.model.weighing import ReviewWeights

WEEK = period_named("2026-W47")
RULES = ReviewRules(Cadence(days=10, priority_days=4), matter_days=7, entry_days=2, situation_days=7)
COUNTS = ["numerator", "denominator"]
quick = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def days(texts):
    return pd.Series(pd.to_datetime(pd.Series(texts, dtype="str")).astype("datetime64[s]"))


@pytest.fixture(scope="session")
def members():
    """W is headed, E is not; of the grids E0 has a permit that lapsed, of the micro-grids only W01 has a head."""
    rows = [
        ("a", "village_secretary", "W", None, None),
        ("b", "grid_secretary", "E0", "1", "2026-11-01"),
        ("c", "grid_secretary", "W0", "2", "2027-11-01"),
        ("d", "micro_grid_leader", "W01", None, None),
    ]
    ids, posts, units, permits, expiries = zip(*rows, strict=True)
    texts = {"member_id": ids, "post": posts, "unit_code": units, "permit_no": permits}
    table = {name: pd.Series(values, dtype="str") for name, values in texts.items()}
    return pd.DataFrame(table | {"permit_issued_on": days([None] * 4), "permit_expires_on": days(expiries)})


@pytest.fixture(scope="session")
def books(households, visits, services, members, villages, micro_grids):
    grids = pd.DataFrame({"code": ["E0", "W0"], "name": ["东 0", "西 0"], "village_code": ["E", "W"]})
    entered = visits.assign(entered_on=visits["visited_on"] + pd.to_timedelta([0, 3] * 8, unit="D"))
    matters = services.assign(due_on=days([None, "2026-11-18", None]))
    situations = pd.DataFrame(
        {"household_id": ["A", "A", "K"], "recorded_on": days(["2026-11-20", "2026-11-01"] * 1 + ["2026-11-10"])}
    )
    return Books(
        households,
        entered,
        place_services(matters, households, micro_grids),
        situations,
        members,
        organisation_of(villages, grids, micro_grids),
        pd.DataFrame({"unit_code": ["W01", "W01"], "score": [7, 9], "most": [10, 10]}),
        WEEK,
        "village_code",
        RULES,
    )


def counts(measure, books):
    return {unit: tuple(row) for unit, row in measure(books)[COUNTS].astype(int).T.items()}


def reviewed(books):
    return review_units(books, ReviewWeights())


def same(one, other):
    pd.testing.assert_frame_equal(one.marks, other.marks)
    pd.testing.assert_frame_equal(one.units, other.units)


def test_the_figures_of_the_drawn_township_are_those_counted_by_hand(books):
    # week 47: A b j K are met, m served and d not met in E, U met in W
    assert counts(households_covered, books) == {"E": (14, 29), "W": (1, 10)}
    # m of E fell due on the 18th and was closed on the 19th; x of W on the 19th and was done on the 12th; n on the 24th
    assert counts(matters_closed, books) == {"E": (0, 1), "W": (1, 1)}
    assert counts(posts_filled, books) == {"E": (1, 4), "W": (3, 3)}
    assert counts(permits_valid, books) == {"E": (0, 1), "W": (1, 2)}
    assert counts(situations_kept, books) == {"E": (1, 2), "W": (0, 1)}
    # of the visits to a registered household in week 47: A16 b17 j18 K20 U22 met, d17 d20 u22 tried
    late = books.visits["entered_on"] - books.visits["visited_on"] > pd.Timedelta(days=2)
    week = books.visits["visited_on"] >= "2026-11-16"
    assert sum(part for part, _ in counts(entries_in_time, books).values()) == int((week & ~late).sum())
    assert counts(INDICATORS["observation"], books) == {"W": (16, 20)}


def test_days_kept_of_the_drawn_township(books):
    # of E01, to be seen every 10 days and A every 4: b and c were met on the 9th, which lasts to the 19th; b again on
    # the 17th; A on the 10th (gone by the 16th) and the 16th (to the 20th); j with ten households since the 11th
    one = replace(books, by="micro_grid_code")
    kept = {"b": 7, "c": 4, "A": 5, "j": 70}
    assert counts(days_kept, one)["E01"] == (sum(kept.values()), 19 * 7)
    # K on the 13th (to the 17th) and the 20th; U on the 22nd
    assert counts(priority_days_kept, books) == {"E": (5 + 5, 14), "W": (1, 7)}


@quick
@given(st.data())
def test_days_kept_are_the_days_on_which_the_overdue_list_leaves_a_household_out(books, visit_ledgers, data):
    visits = data.draw(visit_ledgers)
    books = replace(books, visits=visits.assign(entered_on=visits["visited_on"]))
    total = 0
    for number in range(WEEK.days):
        states = visit_states(books.households, visits, WEEK.start + timedelta(days=number), RULES.cadence)
        total += int(books.households["households"][~states["state"].isin(DUE).to_numpy()].sum())
    assert counts(days_kept, books.as_one()) == {ALL: (total, 39 * 7)}


@quick
@given(st.data())
def test_coverage_is_that_of_every_other_page(books, services, visit_ledgers, data):
    visits = data.draw(visit_ledgers)
    books = replace(books, visits=visits.assign(entered_on=visits["visited_on"]))
    whole = coverage_of_services(books.households, visits, services, WEEK)
    by_unit = coverage_by_unit(books.households, visits, services, WEEK, "village_code")
    assert counts(households_covered, books.as_one())[ALL] == (whole.numerator, whole.denominator)
    measured = households_covered(books)
    assert measured["numerator"].tolist() == by_unit["covered"].tolist()
    review = reviewed(books)
    coverage = review.marks.xs("coverage", level="indicator")
    np.testing.assert_allclose(coverage[["pct", "low_pct", "high_pct"]], by_unit[["share_pct", "low_pct", "high_pct"]])


@quick
@given(st.data())
def test_order_and_copies_of_the_ledger_change_nothing(books, visit_ledgers, data):
    visits = data.draw(visit_ledgers).assign(entered_on=pd.NaT)
    books = replace(books, visits=visits)
    shuffled = replace(
        books,
        visits=visits.sample(frac=1, random_state=1),
        services=books.services.sample(frac=1, random_state=2),
        members=books.members.sample(frac=1, random_state=3),
        organisation=books.organisation.sample(frac=1, random_state=4),
    )
    same(reviewed(books), reviewed(shuffled))
    same(reviewed(books), reviewed(replace(books, visits=pd.concat([visits, visits]))))


@quick
@given(st.data())
def test_a_visit_after_the_period_changes_no_figure_and_a_late_entry_only_those_of_its_day(books, visit_ledgers, data):
    visits = data.draw(visit_ledgers).assign(entered_on=pd.NaT)
    later = visits.assign(visited_on=visits["visited_on"] + pd.Timedelta(days=28))
    books = replace(books, visits=visits)
    same(reviewed(books), reviewed(replace(books, visits=pd.concat([visits, later]))))
    entered = visits.assign(entered_on=pd.Timestamp("2027-01-01"))
    late = reviewed(replace(books, visits=entered))
    others = [name for name in INDICATORS if name != "entries"]
    pd.testing.assert_frame_equal(
        late.marks.loc[(slice(None), others), COUNTS], reviewed(books).marks.loc[(slice(None), others), COUNTS]
    )


def test_a_correction_stands_in_the_place_of_what_it_corrects(books):
    visits = books.visits.assign(corrects=None)
    wrong = visits.assign(household_id=visits["household_id"].replace("U", "V"))
    right = visits[visits["household_id"] == "U"].assign(corrects="v11", visit_id="new")
    assert wrong["visit_id"][wrong["household_id"] == "V"].tolist() == ["v11"]
    kept = standing(pd.concat([wrong, right], ignore_index=True), "visit_id", "outcome")
    same(reviewed(replace(books, visits=kept)), reviewed(books))


def test_visits_not_spread_evenly_are_the_fewest_that_would_have_to_go_elsewhere(households, books):
    w = replace(books, households=households[households["village_code"] == "W"].reset_index(drop=True))
    table = books.visits.iloc[:1]

    def spread(ids):
        rows = [table.assign(household_id=one, visited_on=pd.Timestamp(f"2026-11-{day}")) for one, day in ids]
        return counts(visits_spread, replace(w, visits=pd.concat(rows)))["W"]

    # nine households to be seen every 10 days and U every 4: of ten visits U was owed two or three, the others one
    assert spread([(one, 16) for one in "vwxyz1234U"]) == (9, 10)
    assert spread([*((one, 16) for one in "vwxyz123U"), ("U", 17)]) == (10, 10)
    # of five visits U is owed one or two and nobody else more than one
    assert spread([("v", day) for day in range(16, 21)]) == (1, 5)
    assert spread([("U", day) for day in range(16, 21)]) == (2, 5)
    assert spread([("v", 16), ("v", 16)]) == (1, 1)


def test_the_parts_sum_to_the_whole(books):
    for name in set(INDICATORS) - {"spread"}:
        parts, whole = INDICATORS[name](books)[COUNTS].sum(), INDICATORS[name](books.as_one())[COUNTS].sum()
        assert parts.tolist() == whole.tolist(), name


def test_a_score_lies_in_its_interval_between_the_least_and_the_most(books):
    review = reviewed(books)
    units = review.units
    assert ((units["low"] <= units["score"]) & (units["score"] <= units["high"])).all()
    known = review.marks.loc[review.marks["denominator"] > 0, "pct"].groupby(level="unit")
    assert (units["score"] <= np.maximum(known.max(), review.marks["together_pct"].max()) + 1e-9).all()
    assert review.low <= review.score <= review.high


def test_only_the_proportions_of_the_weights_count(books):
    scaled = ReviewWeights(**{name: 3.7 * value for name, value in asdict(ReviewWeights()).items()})
    pd.testing.assert_frame_equal(reviewed(books).units, review_units(books, scaled).units)


@pytest.mark.parametrize("name", sorted(INDICATORS))
def test_an_indicator_that_alone_counts_is_the_score(books, name):
    review = review_units(books, ReviewWeights(**{each: float(each == name) for each in INDICATORS}))
    marks = review.marks.xs(name, level="indicator")
    expected = marks["pct"].where(marks["standing"] != "too_few", marks["together_pct"])
    assert review.units["score"].tolist() == pytest.approx(expected.tolist())


def test_a_unit_of_few_is_not_ranked(books):
    units = reviewed(books).units
    assert units["standing"].tolist() == ["level", "too_few"]  # W has ten households
    assert units["rank"].isna().tolist() == [False, True]
    ranked = reviewed(replace(books, by="micro_grid_code")).units
    assert ranked["rank"].isna().all()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), min_size=1, max_size=8))
def test_units_whose_intervals_overlap_share_a_rank_and_others_do_not(ends):
    low = pd.Series([float(start) for start, _ in ends])
    high = low + [float(width) for _, width in ends]
    best, last = ranks(low, high), last_ranks(low, high)
    for one in low.index:
        for other in low.index:
            overlap = low[one] <= high[other] and low[other] <= high[one]
            if overlap:
                assert best[one] <= last[other]
                assert best[other] <= last[one]
            elif low[one] > high[other]:
                assert best[one] < best[other]
                assert last[one] < last[other]


def test_an_indicator_without_any_case_is_left_out_of_the_weights(books):
    without = replace(books, scores=books.scores.iloc[:0], situations=books.situations.iloc[:0])
    review = reviewed(without)
    assert "observation" not in review.measured
    assert "situations" not in review.measured
    none = ReviewWeights(observation=0, situations=0)
    pd.testing.assert_frame_equal(review.units, review_units(books, none).units)


def test_nothing_measured_is_no_score(books):
    nobody = replace(books, households=books.households.iloc[:0], organisation=books.organisation.iloc[:0])
    review = reviewed(replace(nobody, services=books.services.iloc[:0]))
    assert np.isnan(review.score)
    assert review.units.empty


def test_a_trend_goes_back_as_far_as_the_ledger_and_says_what_surely_moved(books):
    periods = periods_until(WEEK, WEEK.start - timedelta(days=15))
    assert [period.key for period in periods] == ["2026-W45", "2026-W46", "2026-W47"]
    reviews = [reviewed(replace(books, period=period)) for period in periods]
    assert trend_of(reviews)["score"].tolist() == [review.score for review in reviews]
    moved = change_of(reviews[2], reviews[1])
    assert (
        moved["change"].round(9).tolist() == (reviews[2].units["score"] - reviews[1].units["score"]).round(9).tolist()
    )
    assert set(moved["moved"]) == {"level"}


def test_a_service_without_a_household_belongs_where_it_lies(services, households, micro_grids):
    inside = micro_grids.geometry.iloc[2].centroid
    lost = services.assign(household_id=None, geometry=[inside, None, None]).set_crs(micro_grids.crs)
    placed = place_services(lost, households, micro_grids)
    assert placed["micro_grid_code"].fillna("").tolist() == ["W01", "", ""]
    assert placed["village_code"].iloc[0] == "W"
