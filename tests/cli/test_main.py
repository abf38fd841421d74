"""Verbs, exit codes and words of the command line; a fault leaves the store as it was."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from gridgis import cli
from gridgis.cli import check as check_module
from gridgis.cli import main
from gridgis.store.audit import read_audit
from gridgis.store.database import open_store
from gridgis.store.reading import data_version, read_layer
from gridgis.store.scope import Reader

VILLAGES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[west, 37.56], [west + 0.01, 37.56], [west + 0.01, 37.57], [west, 37.57], [west, 37.56]]
                ],
            },
        }
        for code, name, west in (("140121202200", "西谷", 112.42), ("140121202201", "东木庄", 112.43))
    ],
}
HOUSEHOLDS = "户编号,户主,电话,经度,纬度\n001,张三,13800000000,112.422,37.568\n002,李四,13900000000,112.438,37.563\n"


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


@pytest.fixture
def files(tmp_path):
    (tmp_path / "v.geojson").write_text(json.dumps(VILLAGES), encoding="utf-8")
    (tmp_path / "h.csv").write_text(HOUSEHOLDS, encoding="utf-8")
    return ["--villages", str(tmp_path / "v.geojson"), "--households", str(tmp_path / "h.csv")]


@pytest.fixture
def store(tmp_path, files):
    path = str(tmp_path / "store.gpkg")
    assert main(["import", *files, "--store", path]) == 0
    return path


def rows_of(path):
    opened = open_store(path)
    try:
        reader = Reader.of_township("test")
        counts = {name: len(read_layer(opened, name, reader)) for name in ("villages", "households", "visits")}
        return data_version(opened), counts
    finally:
        opened.close()


def test_a_clean_township_is_in_order(files, capsys, tmp_path):
    assert main(["check", *files, "--json", str(tmp_path / "o.json")]) == 0
    assert "All in order" in capsys.readouterr().out
    report = json.loads((tmp_path / "o.json").read_text(encoding="utf-8"))
    assert report["errors"] == 0
    assert report["rows"] == {"villages": 2, "households": 2}


def test_every_fault_is_named_with_its_place_and_remedy(files, capsys, tmp_path):
    (tmp_path / "h.csv").write_text(HOUSEHOLDS + "003,王五,,112.40,37.565\n", encoding="utf-8")
    assert main(["check", *files, "--json", str(tmp_path / "o.json")]) == 1
    printed = capsys.readouterr()
    line = next(line for line in printed.out.splitlines() if "outside_villages" in line)
    assert "003" in line
    assert "(112.40000, 37.56500)" in line
    assert "--datum" in line
    assert "1 fault in the data" in printed.err
    finding = json.loads((tmp_path / "o.json").read_text(encoding="utf-8"))["findings"][-1]
    assert finding["ids"] == ["003"]
    assert finding["places"] == [[112.4, 37.565]]


@pytest.mark.parametrize(
    ("option", "content", "rule"),
    [
        ("--households", HOUSEHOLDS + "003,王五,,112.40,37.565\n", "outside_villages"),
        ("--visits", "户编号,走访日期\n001,2999-01-01\n", "in_future"),
        ("--visits", "户编号,走访日期\n999,2026-01-01\n", "reference_unknown"),
    ],
)
def test_a_fault_leaves_the_store_as_it_was(store, tmp_path, capsys, option, content, rule):
    before = rows_of(store)
    (tmp_path / "bad.csv").write_text(content, encoding="utf-8")
    assert main(["import", option, str(tmp_path / "bad.csv"), "--store", store]) == 1
    assert rule in capsys.readouterr().out
    assert rows_of(store) == before


def test_a_fault_makes_no_store(files, tmp_path):
    (tmp_path / "h.csv").write_text("户编号\n001\n", encoding="utf-8")
    assert main(["import", *files, "--store", str(tmp_path / "new.gpkg")]) == 1
    assert not (tmp_path / "new.gpkg").exists()


def test_an_import_that_is_repeated_brings_nothing_twice(store, tmp_path):
    (tmp_path / "visits.csv").write_text("户编号,走访日期\n001,2026-01-01\n001,2026-01-02\n", encoding="utf-8")
    for _ in range(2):
        assert main(["import", "--visits", str(tmp_path / "visits.csv"), "--store", store]) == 0
        assert rows_of(store)[1] == {"villages": 2, "households": 2, "visits": 2}


def test_with_quarantine_the_rest_comes_in(files, tmp_path):
    (tmp_path / "h.csv").write_text(HOUSEHOLDS + "003,王五,,112.40,37.565\n", encoding="utf-8")
    path, aside = str(tmp_path / "store.gpkg"), tmp_path / "aside.csv"
    assert main(["import", *files, "--store", path, "--quarantine", str(aside)]) == 0
    assert rows_of(path)[1]["households"] == 2
    text = aside.read_text(encoding="utf-8-sig")
    assert "王五" in text
    assert "lies in no village" in text


def test_households_are_exported_masked_and_on_the_record(store, tmp_path):
    out = tmp_path / "h.csv.out"
    call = ["export", "--store", store, "--what", "households", "--format", "csv", "-o", str(out)]
    assert main(call) == 0
    text = out.read_text(encoding="utf-8-sig")
    assert "001" in text
    assert "张三" not in text
    assert "13800000000" not in text
    opened = open_store(store)
    last = read_audit(opened).iloc[-1]
    opened.close()
    assert (last["action"], last["what"], last["rows"]) == ("export", "households", 2)


def test_what_the_store_has_not_is_said(store, tmp_path, capsys):
    call = ["export", "--store", store, "--what", "grids", "--format", "geojson", "-o", str(tmp_path / "g.geojson")]
    assert main(call) == 2
    assert "no published plan" in capsys.readouterr().err
    assert not (tmp_path / "g.geojson").exists()


@pytest.mark.parametrize(
    "call",
    [
        ["no-such-verb"],
        ["check", "--no-such-option"],
        ["check"],
        ["check", "none.gpkg"],
        ["check", "--datum", "mars", "x"],
        ["plan", "none.gpkg"],
        ["plan", "none.gpkg", "-o", "x.gpkg", "--grid-size", "500", "300"],
        ["plan", "none.gpkg", "-o", "x.gpkg"],
        ["score", "none.gpkg", "none.gpkg"],
    ],
)
@pytest.mark.parametrize("locale", ["en_GB.UTF-8", "zh_CN.UTF-8"])
def test_a_call_at_fault_exits_with_2_and_a_sentence(call, locale, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", locale)
    assert main(call) == 2
    printed = capsys.readouterr()
    assert printed.err.strip()
    assert "Traceback" not in printed.err
    assert bool(re.search(r"[\u4e00-\u9fff]", printed.err)) == locale.startswith("zh")


def test_a_bug_is_said_and_logged_and_exits_with_3(files, capsys, monkeypatch):
    def broken(*_args, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr(check_module, "read_inputs", broken)
    assert main(["check", *files]) == 3
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    log = re.search(r"\S+\.log", printed.err).group()
    with open(log, encoding="utf-8") as file:  # noqa: PTH123 — a path out of a sentence
        assert "ZeroDivisionError" in file.read()
    os.unlink(log)  # noqa: PTH108 — as above


def test_settings_that_cannot_be_understood_are_the_calls_fault(files, capsys, monkeypatch):
    monkeypatch.setenv("GRIDGIS_SEED", "many")
    assert main(["check", *files]) == 2
    assert "seed" in capsys.readouterr().err


def test_the_version_and_the_help_need_no_geometry_library():
    code = "import sys; from gridgis.cli import main; main(['--help']); sys.exit('geopandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize(("locale", "word"), [("zh_CN.UTF-8", "行政村"), ("C", "Village")])
def test_the_command_itself_speaks_the_shells_language(locale, word, tmp_path):
    environment = {**os.environ, "LC_ALL": locale, "PYTHONIOENCODING": "utf-8"}
    call = [sys.executable, "-c", "import sys; from gridgis.cli import main; sys.exit(main())"]
    helped = subprocess.run([*call, "check", "--help"], env=environment, capture_output=True, cwd=tmp_path, check=True)
    assert word in helped.stdout.decode()
    failed = subprocess.run([*call, "check", "none"], env=environment, capture_output=True, cwd=tmp_path, check=False)
    assert failed.returncode == 2
    assert b"Traceback" not in failed.stderr


def test_the_version_is_the_packages(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"gridgis {version('gridgis')}"


def test_every_error_has_an_exit_code():
    assert set(cli.EXIT_CODES.values()) == {1, 2}


def test_a_plan_takes_footprints_and_says_how_much_border_lies_on_the_ground(files, tmp_path, capsys):
    ring = [[112.421, 37.562], [112.429, 37.562], [112.429, 37.569], [112.421, 37.569], [112.421, 37.562]]
    house = {"type": "Feature", "properties": {"类型": "住宅"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    collection = {"type": "FeatureCollection", "features": [house]}
    (tmp_path / "b.geojson").write_text(json.dumps(collection), encoding="utf-8")
    more = (tmp_path / "h.csv").read_text(encoding="utf-8") + "003,王五,13700000000,112.4285,37.563\n"
    (tmp_path / "h.csv").write_text(more, encoding="utf-8")
    given = [*files, "--buildings", str(tmp_path / "b.geojson")]
    assert main(["check", *given]) == 0
    out = [str(tmp_path / name) for name in ("plan.gpkg", "plan.json", "score.json")]
    sizes = ["--grid-size", "1", "2", "--micro-size", "1", "1"]
    assert main(["plan", *given, *sizes, "-o", out[0], "--json", out[1]]) == 0
    assert main(["score", out[0], *given, "--json", out[2]]) == 0
    planned, scored = (
        json.loads((tmp_path / name).read_text(encoding="utf-8")) for name in ("plan.json", "score.json")
    )
    # two households under one roof are one piece
    assert planned["micro_grid"]["size_max"] == 2
    assert planned["micro_grid"]["border_on_ground_pct"] == scored["micro_grid"]["border_on_ground_pct"]
    assert "No natural villages are given" in capsys.readouterr().out
