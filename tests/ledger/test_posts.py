"""Coverage of Party organisations: posts vacant, permits missing and expired."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from gridgis.ledger.posts import coverage_of_party
from gridgis.ledger.shares import Share

ON = date(2026, 11, 23)


def member_table(rows):
    columns = ["member_id", "post", "unit_code", "permit_no", "permit_issued_on", "permit_expires_on"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[:4], "str"))
    return table.assign(**{day: pd.to_datetime(table[day]).astype("datetime64[s]") for day in columns[4:]})


MEMBERS = member_table(
    [
        ("m1", "township_secretary", "T", None, None, None),
        ("m2", "village_secretary", "E", None, None, None),
        ("m3", "grid_secretary", "E0", "P3", "2025-01-01", "2026-11-23"),
        ("m4", "grid_secretary", "W0", "P4", "2025-01-01", "2026-11-22"),
        ("m5", "micro_grid_leader", "E01", None, None, None),
        ("m6", "micro_grid_leader", "E02", "P6", "2026-12-01", "2028-12-01"),
        ("m7", "micro_grid_leader", "E02", "P7", "2025-01-01", None),
        # a head of another tier fills no post, and neither does one without a post
        ("m8", "village_secretary", "W01", None, None, None),
        ("m9", None, "W", None, None, None),
    ]
)
GRIDS = pd.DataFrame({"code": ["E0", "W0"], "name": ["东网格", "西网格"]})
TOWNSHIP = pd.DataFrame({"code": ["T"], "name": ["乡"]})


def test_posts_and_permits_are_those_counted_by_hand(villages, micro_grids):
    party = coverage_of_party(micro_grids, GRIDS, villages, MEMBERS, ON, township=TOWNSHIP)
    # W has no secretary and W01 no leader; 4 heads of tiers 3 and 4 are in post, m3 and m7 with a valid permit
    assert party.posts == Share(6, 8)
    assert party.permits == Share(2, 4)
    assert party.tiers["units"].to_dict() == {"township": 1, "village": 2, "grid": 2, "micro_grid": 3}
    assert party.tiers["in_post"].to_dict() == {"township": 1, "village": 1, "grid": 2, "micro_grid": 2}
    assert party.tiers["permits"].dropna().to_dict() == {"grid": 1, "micro_grid": 1}
    assert list(party.gaps[["tier", "code", "gap"]].itertuples(index=False, name=None)) == [
        ("village", "W", "vacant"),
        ("grid", "W0", "permit_expired"),
        ("micro_grid", "E01", "no_permit"),
        ("micro_grid", "W01", "vacant"),
    ]


def test_a_permit_is_valid_on_its_last_day_and_not_before_it_is_issued(villages, micro_grids):
    units = (micro_grids.iloc[:0], GRIDS.iloc[:1], villages.iloc[:0])
    valid = {
        day: coverage_of_party(*units, MEMBERS, date.fromisoformat(day)).permits.numerator
        for day in ("2024-12-31", "2025-01-01", "2026-11-23", "2026-11-24")
    }
    assert valid == {"2024-12-31": 0, "2025-01-01": 1, "2026-11-23": 1, "2026-11-24": 0}


@pytest.mark.parametrize("seed", range(3))
def test_members_may_stand_in_any_order_and_twice(villages, micro_grids, seed):
    shuffled = pd.concat([MEMBERS, MEMBERS]).sample(frac=1, random_state=seed)
    one, other = (coverage_of_party(micro_grids, GRIDS, villages, table, ON) for table in (MEMBERS, shuffled))
    assert (one.posts, one.permits) == (other.posts, other.permits)
    pd.testing.assert_frame_equal(one.gaps, other.gaps)


def test_without_members_every_post_is_vacant(villages, micro_grids):
    party = coverage_of_party(micro_grids, GRIDS, villages, MEMBERS.iloc[:0], ON)
    assert (party.posts, party.permits) == (Share(0, 7), Share(0, 0))
    assert set(party.gaps["gap"]) == {"vacant"}


def test_without_units_there_is_nothing_to_cover(villages, micro_grids):
    party = coverage_of_party(micro_grids.iloc[:0], GRIDS.iloc[:0], villages.iloc[:0], MEMBERS, ON)
    assert (party.posts, party.permits, len(party.gaps)) == (Share(0, 0), Share(0, 0), 0)
