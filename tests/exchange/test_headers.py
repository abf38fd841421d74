"""Headers of real files mean columns of the contracts."""

from __future__ import annotations

import csv

import pytest

from gridgis.exchange.headers import ALIASES, COORDINATES, match_headers
from gridgis.model.layers import CONTRACTS


@pytest.mark.parametrize("layer", CONTRACTS)
def test_a_column_means_itself(layer):
    for column in CONTRACTS[layer].schema.columns:
        assert match_headers(layer, [column]).columns == {column: column}


@pytest.mark.parametrize(
    ("layer", "header", "column"),
    [
        ("households", "户编号", "household_id"),
        ("households", "户主", "head_name"),
        ("households", "地址", "address"),
        ("households", "经度", "lon"),
        ("households", "纬度", "lat"),
        ("households", "行政村代码", "village_code"),
        ("villages", "行政村代码", "code"),
        ("households", "自然村", "natural_village"),
        ("households", "村民小组", "villager_group"),
        ("visits", "走访日期", "visited_on"),
        ("visits", "走访人", "by"),
        ("households", " HouseHold-ID ", "household_id"),
        ("households", "ＬＯＮ", "lon"),
    ],
)
def test_aliases_are_known_whatever_their_case_and_width(layer, header, column):
    assert match_headers(layer, [header]).columns == {column: header}


def test_every_alias_is_one_of_a_column_that_exists():
    with ALIASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            layers = CONTRACTS if row["layer"] == "*" else [row["layer"]]
            columns = {column for layer in layers for column in CONTRACTS[layer].schema.columns}
            assert row["column"] in {*columns, *COORDINATES}


def test_a_columns_own_name_comes_before_an_alias():
    headers = match_headers("households", ["户编号", "household_id"])
    assert headers.columns == {"household_id": "household_id"}
    assert headers.ignored == ("户编号",)


def test_a_name_that_was_cut_is_understood_where_it_means_one_column():
    assert match_headers("households", ["villager_g"]).cut == ("villager_g",)
    assert match_headers("members", ["permit_iss"]).columns == {"permit_issued_on": "permit_iss"}
    assert match_headers("members", ["colourless"]).ignored == ("colourless",)
