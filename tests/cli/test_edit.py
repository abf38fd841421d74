"""``gridgis edit`` from files to files."""

from __future__ import annotations

import json

import pytest
import shapely

from gridgis.cli import main
from gridgis.exchange.plans import read_plan
from gridgis.geo.topology import connected, gaps_and_overlaps

LAND = shapely.box(112.42, 37.56, 112.43, 37.57)
VILLAGE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code": "V", "name": "West"},
            "geometry": shapely.geometry.mapping(LAND),
        }
    ],
}
SIZES = ["--grid-size", "6", "12", "--micro-size", "2", "5"]
ACROSS = {"type": "LineString", "coordinates": [[112.419, 37.5665], [112.431, 37.5665]]}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Draw nine homes, three rows of three, and the plan of them: one grid of three micro-grids.

    6 7 8
    3 4 5
    0 1 2
    """
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    (tmp_path / "v.geojson").write_text(json.dumps(VILLAGE), encoding="utf-8")
    places = {n: (112.4215 + 0.003 * (n % 3), 37.5615 + 0.003 * (n // 3)) for n in range(9)}
    rows = [f"{number:03d},{lon:.5f},{lat:.5f}" for number, (lon, lat) in places.items()]
    (tmp_path / "h.csv").write_text("\n".join(["户编号,经度,纬度", *rows]) + "\n", encoding="utf-8")
    inputs = ["--villages", str(tmp_path / "v.geojson"), "--households", str(tmp_path / "h.csv"), *SIZES]
    assert main(["plan", *inputs, "--micro-grids", "3", "-o", str(tmp_path / "old.gpkg")]) == 0
    return tmp_path


def edit(folder, edits, *more):
    (folder / "edits.json").write_text(json.dumps(edits), encoding="utf-8")
    paths = [str(folder / "old.gpkg"), "--edits", str(folder / "edits.json"), "-o", str(folder / "new.gpkg")]
    return main(["edit", *paths, *SIZES, *more])


def around(plan, household, reach=0.0012):
    home = plan.households.set_index("household_id").geometry[household]
    return shapely.geometry.mapping(shapely.box(home.x - reach, home.y - reach, home.x + reach, home.y + reach))


def unit_of(plan, household):
    return plan.households.set_index("household_id")["micro_grid_code"][household]


def hold_laws(plan):
    land = plan.cells.dissolve().geometry
    for units in (plan.grids, plan.micro_grids):
        assert gaps_and_overlaps(units.geometry, land) == (0.0, 0.0)
        assert connected(units.geometry).all()
    counts = plan.households.groupby("micro_grid_code").size()
    assert counts.to_dict() == plan.micro_grids.set_index("code")["households"].to_dict()


def test_moved_land_takes_its_households_along(files, capsys):
    old = read_plan(files / "old.gpkg")
    homes = list(old.households["household_id"])
    home, there = next(
        (home, unit_of(old, other))
        for home in homes
        for other in homes
        if unit_of(old, other) != unit_of(old, home)
        and edit(files, [{"op": "move", "area": around(old, home), "to": unit_of(old, other)}]) == 0
    )
    assert edit(files, [{"op": "move", "area": around(old, home), "to": there}], "--json", str(files / "r.json")) == 0
    new = read_plan(files / "new.gpkg")
    hold_laws(new)
    assert unit_of(new, home) == there
    assert list(new.households["household_id"]) == list(old.households["household_id"])
    report = json.loads((files / "r.json").read_text(encoding="utf-8"))
    assert report["steps"][0]["moved"]["micro_grid"] == len(report["households"]) >= 1
    assert "Move land" in capsys.readouterr().out


def test_a_line_splits_a_unit_exactly_there(files):
    grid = read_plan(files / "old.gpkg").grids["code"][0]
    assert edit(files, [{"op": "split", "unit": grid, "line": ACROSS}]) == 0
    new = read_plan(files / "new.gpkg")
    hold_laws(new)
    assert len(new.grids) == 2
    # nothing of a cell is left on the other side of the line
    above = shapely.box(112.4, 37.5665, 112.5, 37.6)
    shapes = new.cells.geometry.to_numpy()
    parts = shapely.area(shapely.intersection(shapes, above)) / shapely.area(shapes)
    assert ((parts < 1e-6) | (parts > 1 - 1e-6)).all()


def test_undone_edits_leave_the_plan_as_it_was(files):
    old = read_plan(files / "old.gpkg")
    units = list(old.micro_grids["code"])
    merge, split = {"op": "merge", "units": units}, {"op": "split", "unit": old.grids["code"][0], "line": ACROSS}
    undo, redo = {"op": "undo"}, {"op": "redo"}
    assert edit(files, [merge, undo, split, undo, redo, undo]) == 0
    new = read_plan(files / "new.gpkg")
    for layer in ("cells", "grids", "micro_grids", "households"):
        assert getattr(new, layer).equals(getattr(old, layer))


def test_a_refused_edit_writes_nothing_and_says_what_would_do(files, capsys):
    old = read_plan(files / "old.gpkg")
    far = next(code for code in old.micro_grids["code"] if code != unit_of(old, "000"))
    corner = [{"op": "lock"}, {"op": "move", "area": around(old, "000"), "to": far}]
    assert edit(files, corner) == 1
    assert not (files / "new.gpkg").exists()
    assert "Edit 2 (Move land) is refused" in capsys.readouterr().err
    short = {"type": "LineString", "coordinates": [[112.424, 37.5665], [112.426, 37.5665]]}
    assert edit(files, [{"op": "split", "unit": old.grids["code"][0], "line": short}]) == 1
    told = capsys.readouterr().err
    nearest = json.loads(told.partition("The nearest legal edit: ")[2])
    assert edit(files, [nearest]) == 0


@pytest.mark.parametrize("text", ["", "{}", '[{"op": "fly"}]', '[{"op": "move", "to": "V001"}]'])
def test_what_is_no_list_of_edits_is_a_fault_of_the_call(files, text, capsys):
    (files / "edits.json").write_text(text, encoding="utf-8")
    paths = [str(files / "old.gpkg"), "--edits", str(files / "edits.json"), "-o", str(files / "new.gpkg")]
    assert main(["edit", *paths]) == 2
    assert "edits that gridgis knows" in capsys.readouterr().err
    assert main(["edit", paths[0], "--edits", str(files / "none.json"), *paths[3:]]) == 2
