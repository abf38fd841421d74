"""``gridgis replan`` and ``gridgis diff`` from files to files."""

from __future__ import annotations

import json

import pytest
import shapely

from gridgis.cli import main
from gridgis.exchange.plans import read_plan

VILLAGE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code": "V", "name": "West"},
            "geometry": shapely.geometry.mapping(shapely.box(112.42, 37.56, 112.43, 37.57)),
        }
    ],
}
SIZES = ["--grid-size", "6", "12", "--micro-size", "2", "4"]


def write_homes(path, places):
    rows = [f"{number:03d},{lon:.5f},{lat:.5f}" for number, (lon, lat) in places.items()]
    path.write_text("\n".join(["户编号,经度,纬度", *rows]) + "\n", encoding="utf-8")


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Draw nine homes, three rows of three, and the plan of them.

    6 7 8
    3 4 5
    0 1 2
    """
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    (tmp_path / "v.geojson").write_text(json.dumps(VILLAGE), encoding="utf-8")
    places = {n: (112.4215 + 0.003 * (n % 3), 37.5615 + 0.003 * (n // 3)) for n in range(9)}
    write_homes(tmp_path / "h.csv", places)
    inputs = ["--villages", str(tmp_path / "v.geojson"), "--households", str(tmp_path / "h.csv"), *SIZES]
    assert main(["plan", *inputs, "-o", str(tmp_path / "old.gpkg")]) == 0
    return tmp_path, inputs, places


def test_nothing_changed_moves_nobody(files, capsys):
    folder, inputs, _ = files
    assert main(["replan", str(folder / "old.gpkg"), *inputs, "-o", str(folder / "new.gpkg")]) == 0
    assert "0 households moved" in capsys.readouterr().out
    assert main(["diff", str(folder / "old.gpkg"), str(folder / "new.gpkg"), "--json", str(folder / "d.json")]) == 0
    report = json.loads((folder / "d.json").read_text(encoding="utf-8"))
    assert report["households"] == report["joined"] == report["left"] == []
    assert report["units"] == {"added": [], "retired": [], "changed": []}


def test_who_moved_is_listed_by_id(files):
    folder, inputs, places = files
    write_homes(folder / "h.csv", places | {10 + n: (112.4216 + 0.0001 * n, 37.5616) for n in range(3)})
    call = ["replan", str(folder / "old.gpkg"), *inputs, "-o", str(folder / "new.gpkg")]
    assert main([*call, "--json", str(folder / "r.json")]) == 0
    report = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    assert report["joined"] == ["010", "011", "012"]
    assert report["least_moved"] <= report["moved"] == len(report["households"])
    new = read_plan(folder / "new.gpkg")
    assert new.micro_grids["households"].between(2, 4).all()
    now = new.households.set_index("household_id")["micro_grid_code"]
    assert all(now[one["household_id"]] == one["micro_grid_code"] for one in report["households"])


@pytest.mark.parametrize("lang", ["zh_CN.UTF-8", "en_GB.UTF-8"])
def test_a_fault_of_the_call_is_said_and_nothing_is_written(files, capsys, monkeypatch, lang):
    folder, inputs, _ = files
    monkeypatch.setenv("LC_ALL", lang)
    out = folder / "new.gpkg"
    assert main(["replan", str(folder / "old.gpkg"), *inputs, "-o", str(out), "--lock", "V099"]) == 2
    assert "V099" in capsys.readouterr().err
    assert main(["diff", str(folder / "old.gpkg"), str(folder / "none.gpkg")]) == 2
    assert not out.exists()
