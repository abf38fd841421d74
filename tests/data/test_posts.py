"""The demo's people in post: one for every unit but a few, living where they serve."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from gridgis.ledger.posts import coverage_of_party

LAST_DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def party(layers, plan):
    return coverage_of_party(plan.micro_grids, plan.grids, layers.villages, layers.members, LAST_DAY)


def test_every_post_but_four_is_filled(party):
    assert party.posts.denominator == 9 + 24 + 78
    assert party.posts.denominator - party.posts.numerator == 4


def test_some_permits_have_expired_some_are_about_to_and_one_was_never_issued(layers, party):
    gaps = party.gaps["gap"].value_counts()
    assert (gaps["permit_expired"], gaps["no_permit"]) == (4, 1)
    expires_on = layers.members["permit_expires_on"]
    assert expires_on.between(pd.Timestamp(LAST_DAY), pd.Timestamp("2026-12-22")).sum() == 3
    assert layers.members["permit_no"].dropna().is_unique


def test_heads_live_in_the_unit_they_serve(layers, placed):
    heads = layers.members.dropna(subset=["post"]).merge(placed, on="household_id", validate="one_to_one")
    assert len(heads) == layers.members["post"].notna().sum()
    for post, column in (
        ("village_secretary", "village_code"),
        ("grid_secretary", "grid_code"),
        ("micro_grid_leader", "micro_grid_code"),
    ):
        own = heads[heads["post"] == post]
        assert (own["unit_code"] == own[column]).all()


def test_names_of_members_are_their_own(layers):
    assert layers.members["name"].is_unique
    assert layers.members["party_member"].all()
