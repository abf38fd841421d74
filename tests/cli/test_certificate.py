"""What the command line proves of a plan: a sentence a tier, and the same figures in the file."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.cli import main


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(5)
    places = rng.uniform((500_100, 4_150_100), (500_900, 4_150_700), (40, 2))
    village = gpd.GeoDataFrame(
        {"code": ["140121202200"], "name": ["西谷"]}, geometry=[shapely.box(500_000, 4_150_000, 501_000, 4_150_800)]
    )
    homes = gpd.GeoDataFrame({"household_id": [f"H{i}" for i in range(40)]}, geometry=shapely.points(places))
    village.set_crs(4546).to_file(tmp_path / "v.gpkg")
    homes.set_crs(4546).to_file(tmp_path / "h.gpkg")
    return ["--villages", str(tmp_path / "v.gpkg"), "--households", str(tmp_path / "h.gpkg")]


@pytest.mark.parametrize(
    ("locale", "word"), [("en_GB.UTF-8", "no plan has a mean walk below"), ("zh_CN.UTF-8", "不会低于")]
)
def test_a_plan_and_its_score_come_with_the_same_certificate(files, tmp_path, capsys, monkeypatch, locale, word):
    monkeypatch.setenv("LC_ALL", locale)
    sizes = ["--grid-size", "15", "25", "--micro-size", "5", "10"]
    plan, made, scored = tmp_path / "plan.gpkg", tmp_path / "made.json", tmp_path / "scored.json"
    assert main(["plan", *files, *sizes, "-o", str(plan), "--json", str(made)]) == 0
    assert capsys.readouterr().out.count(word) == 2
    assert main(["score", str(plan), *files, *sizes, "--json", str(scored)]) == 0
    assert capsys.readouterr().out.count(word) == 2
    proved = json.loads(made.read_text(encoding="utf-8"))["certificate"]
    assert proved == json.loads(scored.read_text(encoding="utf-8"))["certificate"]
    for tier in ("grid", "micro_grid"):
        assert 0 < proved[tier]["bound_m"] <= proved[tier]["walk_m"]
