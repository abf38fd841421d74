"""Layers and their contracts: what they refer to exists, and an empty layer keeps its contract."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from gridgis.model.layers import CONTRACTS, Layers, empty_layer
from gridgis.model.words import LANGS, say

NAMES = sorted(CONTRACTS)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_layer_keeps_its_contract(name):
    contract, layer = CONTRACTS[name], empty_layer(name, crs="EPSG:4490")
    assert list(layer.columns) == contract.columns
    assert isinstance(layer, gpd.GeoDataFrame) == (contract.geometry != "none")
    contract.schema.validate(pd.DataFrame(layer).drop(columns="geometry", errors="ignore"))


@pytest.mark.parametrize("name", NAMES)
def test_a_contract_refers_to_layers_and_columns_that_exist(name):
    contract = CONTRACTS[name]
    assert contract.key in contract.columns
    assert set(contract.refers.values()) <= set(CONTRACTS)
    assert {*contract.refers, *contract.vocabulary} <= set(contract.columns)
    assert set(contract.required) <= set(contract.columns)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", LANGS)
def test_every_layer_has_a_name_in_words(name, lang):
    assert say(f"layer.{name}", lang)


def test_the_columns_that_a_file_must_bring_are_few():
    assert CONTRACTS["households"].required == ["household_id"]
    assert CONTRACTS["villages"].required == ["code", "name"]
    assert CONTRACTS["visits"].required == ["visit_id", "household_id", "visited_on"]


def test_residents_are_described_by_the_least_that_serves_them():
    """No identity-card number, ethnicity, religion or political view of a resident is ever asked for."""
    assert CONTRACTS["households"].schema.columns.keys() == {
        "household_id",
        "village_code",
        "natural_village",
        "villager_group",
        "households",
        "head_name",
        "address",
        "phone",
        "priority",
    }


def test_only_the_layers_that_were_given_are_walked_over():
    villages = empty_layer("villages", crs="EPSG:4490")
    assert [(name, table is villages) for name, table in Layers(villages=villages).given()] == [("villages", True)]
