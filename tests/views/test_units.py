from __future__ import annotations

import pandas as pd
import pytest

from gridgis.planning.plan import Plan
from gridgis.views.units import Unit, Units, units_of


@pytest.fixture(scope="module")
def units() -> Units:
    """T ─ A ─ A1 ─ A101, A102; T ─ B, of which nothing is planned."""
    villages = pd.DataFrame({"code": ["A", "B"], "name": ["甲", "乙"]})
    grids = pd.DataFrame({"code": ["A1"], "name": ["甲一"], "village_code": ["A"]})
    micro_grids = pd.DataFrame({"code": ["A101", "A102"], "name": ["x", "y"], "grid_code": ["A1", "A1"]})
    nothing = pd.DataFrame()
    return units_of("T", "乡", villages, Plan(nothing, grids, micro_grids, nothing, ()))


def test_a_path_leads_from_the_township_to_the_unit(units: Units) -> None:
    assert [unit.code for unit in units.path(units.focus("A102"))] == ["T", "A", "A1", "A102"]


@pytest.mark.parametrize("code", [None, "", "no such unit"])
def test_an_unknown_unit_is_the_township(units: Units, code: str | None) -> None:
    assert units.focus(code) == Unit("T", "乡", "township", None)


def test_the_units_inside_a_unit_are_of_the_tier_asked_for(units: Units) -> None:
    assert [unit.code for unit in units.inside(units.focus("A"), "micro_grid")] == ["A101", "A102"]
    assert units.inside(units.focus("B"), "grid") == ()


def test_tiers_without_units_are_not_offered() -> None:
    bare = units_of("T", "乡", pd.DataFrame({"code": ["A"], "name": ["甲"]}), None)
    assert bare.tiers_below(bare.root) == ("village",)
    assert bare.tiers_below(bare.focus("A")) == ()


def test_households_are_those_of_the_unit(units: Units) -> None:
    households = pd.DataFrame(
        {"village_code": ["A", "B"], "grid_code": ["A1", None], "micro_grid_code": ["A101", None]}
    )
    assert len(units.households(households, units.root)) == 2
    assert list(units.households(households, units.focus("A102")).index) == []
    assert list(units.households(households, units.focus("A1")).index) == [0]
