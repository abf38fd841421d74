"""What ``gridgis plan`` explains: the numbers before it plans, every unit after, and whom it proposes; no names."""

from __future__ import annotations

import json

import pytest

from gridgis.cli import main


def square(code, name, west):
    ring = [[west, 37.56], [west + 0.01, 37.56], [west + 0.01, 37.57], [west, 37.57], [west, 37.56]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry}


@pytest.fixture
def planned(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    villages = {"type": "FeatureCollection", "features": [square("A", "西谷", 112.42), square("B", "东木庄", 112.43)]}
    (tmp_path / "v.geojson").write_text(json.dumps(villages), encoding="utf-8")
    rows = [f"A{i},{112.421 + 0.002 * (i % 4)},{37.562 + 0.002 * (i // 4)}" for i in range(11)]
    rows += [f"B{i},{112.431 + 0.002 * (i % 3)},{37.562 + 0.002 * (i // 3)}" for i in range(9)]
    (tmp_path / "h.csv").write_text("\n".join(["户编号,经度,纬度", *rows]) + "\n", encoding="utf-8")
    members = ["member_id,name,party_member,household_id,post,unit_code", "M1,范永仙,true,A0,,", "M2,牛国林,true,B4,,"]
    (tmp_path / "m.csv").write_text("\n".join(members) + "\n", encoding="utf-8")
    call = ["plan", "--villages", "v.geojson", "--households", "h.csv", "--members", "m.csv", "--explain"]
    call += ["--grid-size", "6", "10", "--micro-size", "2", "4", "-o", "p.gpkg", "--json", "p.json"]
    monkeypatch.chdir(tmp_path)
    assert main(call) == 0
    return capsys.readouterr().out, json.loads((tmp_path / "p.json").read_text(encoding="utf-8")), tmp_path / "p.gpkg"


def test_the_numbers_are_explained_before_anything_is_drawn(planned):
    printed, _, _ = planned
    said = printed.index("西谷 has 11 households: 1 grid can hold 10 at most and 2 grids need 12 at least")
    assert (
        said
        < printed.index("东木庄 has 9 households: 1 grid (1 is the only number)")
        < printed.index("Planned 2 grids")
    )
    assert "take over land with 1 household from 东木庄 (which costs that village nothing)" in printed


def test_every_unit_has_a_sentence_and_every_post_an_answer(planned):
    printed, report, _ = planned
    assert [unit["code"] for unit in report["units"] if unit["tier"] == "grid"] == ["A001", "B001"]
    assert len(report["units"]) == len(report["heads"]) == 2 + report["micro_grid"]["units"]
    assert all(unit["code"] in unit["sentence"] for unit in report["units"])
    assert {head["member_id"] for head in report["heads"]} == {None, "M1", "M2"}
    assert "No candidate for 2 grids: A001, B001." in printed


def test_no_name_of_a_person_leaves_the_list_of_members(planned):
    printed, report, path = planned
    for name in ("范永仙", "牛国林"):
        assert name not in printed + json.dumps(report, ensure_ascii=False)
        assert name.encode() not in path.read_bytes()
