"""Who was in post on a day is told by the histories, and nothing entered since changes it."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.ledger.reviews.tenure import members_on

DAY = date(2026, 11, 22)


def days(*texts):
    return pd.Series(pd.to_datetime(pd.Series(texts, dtype="str")).astype("datetime64[s]"))


def posts_of(*rows):
    ids, posts, units, first, last = zip(*rows, strict=True) if rows else ((),) * 5
    texts = {"member_id": ids, "post": posts, "unit_code": units}
    table = {name: pd.Series(values, dtype="str") for name, values in texts.items()}
    return pd.DataFrame(table | {"from_on": days(*first), "until_on": days(*last)})


def permits_of(*rows):
    ids, numbers, on, expires = zip(*rows, strict=True) if rows else ((),) * 4
    table = {"member_id": pd.Series(ids, dtype="str"), "step": "permit", "passed": True}
    return pd.DataFrame(
        table | {"number": pd.Series(numbers, dtype="str"), "on": days(*on), "expires_on": days(*expires)}
    )


@pytest.fixture
def members():
    texts = {
        "member_id": ["a", "b"],
        "post": ["grid_secretary"] * 2,
        "unit_code": ["G1", "G2"],
        "permit_no": ["1", None],
    }
    table = {name: pd.Series(values, dtype="str") for name, values in texts.items()}
    return pd.DataFrame(
        table | {"permit_issued_on": days("2026-01-01", None), "permit_expires_on": days("2027-01-01", None)}
    )


def test_without_a_history_the_layer_holds(members):
    found = members_on(members, posts_of(), permits_of(), DAY)
    pd.testing.assert_frame_equal(found, members[found.columns], check_dtype=False)


def test_a_post_is_held_from_its_first_day_to_its_last(members):
    history = posts_of(
        ("a", "grid_secretary", "G9", "2026-03-01", "2026-06-30"), ("a", "grid_secretary", "G1", "2026-07-01", None)
    )
    for on, unit in (("2026-03-01", "G9"), ("2026-06-30", "G9"), ("2026-07-01", "G1")):
        found = members_on(members, history, permits_of(), date.fromisoformat(on))
        assert found.loc[found["member_id"] == "a", "unit_code"].tolist() == [unit]
    assert members_on(members, history, permits_of(), date(2026, 2, 28))["member_id"].tolist() == ["b"]


def test_whoever_left_since_was_in_post_then(members):
    history = posts_of(("gone", "grid_secretary", "G3", None, "2026-11-30"))
    assert "gone" in set(members_on(members, history, permits_of(), DAY)["member_id"])
    assert "gone" not in set(members_on(members, history, permits_of(), date(2026, 12, 1))["member_id"])


def test_the_permit_is_the_last_one_issued_by_then(members):
    history = permits_of(("a", "old", None, "2025-12-31"), ("a", "new", "2026-06-01", "2028-05-31"))
    for on, number in (("2026-05-31", "old"), ("2026-06-01", "new")):
        found = members_on(members, posts_of(), history, date.fromisoformat(on))
        assert found.set_index("member_id")["permit_no"]["a"] == number
    assert members_on(members, posts_of(), history, DAY).set_index("member_id")["permit_no"].isna()["b"]


@given(st.integers(1, 400))
def test_what_begins_after_the_day_changes_nothing_of_it(ahead):
    later = str(DAY + timedelta(days=ahead))
    posts = [("a", "grid_secretary", "G1", "2026-01-01", None)]
    permits = [("a", "1", "2026-01-01", "2027-01-01")]
    nobody = pd.DataFrame(
        {name: pd.Series(dtype="str") for name in ("member_id", "post", "unit_code", "permit_no")}
        | {name: days() for name in ("permit_issued_on", "permit_expires_on")}
    )
    before = members_on(nobody, posts_of(*posts), permits_of(*permits), DAY)
    relieved = posts_of(
        ("a", "grid_secretary", "G1", "2026-01-01", str(DAY)), ("b", "grid_secretary", "G1", later, None)
    )
    after = members_on(nobody, relieved, permits_of(*permits, ("a", "2", later, None)), DAY)
    pd.testing.assert_frame_equal(before, after)
