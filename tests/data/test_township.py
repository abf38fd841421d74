"""The demo's ground and register: real villages by name and code, tiled exactly, every household in its place."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import cKDTree

REAL_VILLAGES = {
    "140121202200": "西谷",
    "140121202201": "东木庄",
    "140121202202": "长头",
    "140121202203": "北云支",
    "140121202204": "南云支",
    "140121202205": "碱场营",
    "140121202206": "东罗白",
    "140121202207": "柳湾",
    "140121202208": "西罗白",
}
METRIC = 4546


def test_the_villages_are_the_nine_real_ones(layers):
    assert dict(zip(layers.villages["code"], layers.villages["name"], strict=True)) == REAL_VILLAGES


def test_the_villages_tile_the_township_with_the_same_vertices(layers):
    villages = layers.villages.geometry.to_numpy()
    assert shapely.coverage_is_valid(villages)
    assert len(shapely.union_all(villages).interiors) == 0
    assert 30e6 < layers.villages.to_crs(METRIC).area.sum() < 45e6


def test_villagers_groups_partition_their_natural_villages(layers):
    groups = layers.villager_groups.to_crs(METRIC)
    assert shapely.coverage_is_valid(layers.villager_groups.geometry.to_numpy())
    for name, natural_village in layers.natural_villages.to_crs(METRIC).set_index("name").geometry.items():
        parts = groups.geometry[groups["natural_village"] == name]
        assert shapely.symmetric_difference(parts.union_all(), natural_village).area < 1


def test_the_households_are_between_the_numbers_that_the_sizes_allow(layers):
    assert 7200 <= layers.households["households"].sum() <= 7800
    sizes = layers.households.groupby("village_code")["households"].sum()
    assert sizes.min() > 400
    assert sizes.max() < 1600
    # neither one grid of 300 to 500 households nor two
    assert sizes.between(501, 599).any()


def test_every_household_lies_in_its_village_natural_village_and_group(layers):
    households = layers.households
    for layer, key, column in (
        (layers.villages, "code", "village_code"),
        (layers.natural_villages, "name", "natural_village"),
        (layers.villager_groups, "name", "villager_group"),
    ):
        found = households.sjoin(layer[[key, "geometry"]].rename(columns={key: "found"}), predicate="within")
        assert len(found) == len(households)
        assert (found["found"] == found[column]).all()


def test_household_ids_are_village_group_and_sequence(layers):
    households = layers.households
    assert households["household_id"].str.fullmatch(r"\d{18}").all()
    assert (households["household_id"].str[:12] == households["village_code"]).all()
    groups = layers.villager_groups.set_index("name")["code"]
    assert (households["household_id"].str[:14] == households["villager_group"].map(groups)).all()


def test_houses_stand_in_rows_and_not_in_one_another(layers):
    points = shapely.get_coordinates(layers.households.to_crs(METRIC).geometry.to_numpy())
    nearest = cKDTree(points).query(points, k=2)[0][:, 1]
    assert nearest.min() > 9
    assert 12 < np.median(nearest) < 18


def test_some_buildings_hold_several_households(layers):
    blocks = layers.households["households"][layers.households["households"] > 2]
    assert 10 < len(blocks) < 40
    assert blocks.between(6, 24).all()


def test_no_phone_can_be_anybodys(layers):
    phones = [*layers.households["phone"], *layers.members["phone"]]
    assert len(set(phones)) == len(phones)
    assert all(len(phone) == 11 and phone.startswith("1200000") for phone in phones)


def test_about_six_in_a_hundred_households_have_priority_residents(layers):
    assert 0.05 < layers.households["priority"].notna().mean() < 0.07
    assert layers.households["priority"].nunique() == 6
