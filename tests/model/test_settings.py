"""Settings: shipped defaults, a site's own file, the environment, and nothing that does not exist."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gridgis.model.settings import Settings
from gridgis.model.tiers import GRID, MICRO_GRID, SizeRange


@pytest.fixture(autouse=True)
def bare_site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_shipped_rules_are_those_of_the_mechanism():
    settings = Settings()
    assert (settings.grid_size, settings.micro_size) == (GRID, MICRO_GRID)


def test_a_call_comes_before_the_environment_and_that_before_the_file(bare_site, monkeypatch):
    (bare_site / "gridgis.toml").write_text("seed = 1\ncadence_days = 14\n[micro_size]\nlow = 50\nhigh = 80\n")
    assert (Settings().seed, Settings().cadence_days, Settings().micro_size) == (1, 14, SizeRange(50, 80))
    monkeypatch.setenv("GRIDGIS_SEED", "2")
    assert Settings().seed == 2
    assert Settings(seed=3).seed == 3


def test_a_nested_setting_is_set_by_the_environment(monkeypatch):
    monkeypatch.setenv("GRIDGIS_GRID_SIZE", '{"low": 200, "high": 400}')
    assert Settings().grid_size == SizeRange(200, 400)


@pytest.mark.parametrize(
    "wrong",
    [
        {"cadence": 3},
        {"cadence_days": 0},
        {"hotspot_fdr": 1.0},
        {"hotspot_h3_resolution": 15},
        {"grid_size": {"low": 9, "high": 3}},
    ],
)
def test_a_setting_that_does_not_exist_or_is_out_of_range_is_refused(wrong):
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_settings_cannot_be_changed_under_a_running_app():
    with pytest.raises(ValidationError):
        Settings().seed = 5
