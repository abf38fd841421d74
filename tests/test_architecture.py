"""The house rules, read off the source: which room may know which, and who may touch pages, maps, files and words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import gridgis
from gridgis.model.words import LANGS, LOCALE, catalogue

ROOT = Path(gridgis.__file__).parent
FLOORS = (
    {"model"},
    {"geo"},
    {"planning", "ledger", "exchange"},
    {"redraw"},
    {"store"},
    {"show"},
    {"http"},
    {"views", "cli"},
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# what a plan is, as a table of shapes, may be known to those who read and write files of it
EXCEPTIONS = {("exchange", "gridgis.planning.plan")}
MODULES = sorted([*ROOT.rglob("*.py"), *(path for path in [ROOT.parent / "app.py"] if path.exists())])
FILE_CALLS = {
    "read_file",
    "to_file",
    "read_dataframe",
    "write_dataframe",
    "read_parquet",
    "to_parquet",
    "read_excel",
    "to_excel",
    "read_csv",
    "open_arrow",
    "read_arrow",
    "write_arrow",
}


def room_of(module):
    return module.relative_to(ROOT).parts[0].removesuffix(".py") if module.is_relative_to(ROOT) else "app"


def imported(tree):
    """Name every module that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide which room is meant"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def running(tree):
    """Leave out what is imported for annotations only."""
    hints = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    return ast.Module([node for node in tree.body if node not in hints], [])


@pytest.fixture(params=MODULES, ids=lambda path: str(path.relative_to(ROOT.parent)))
def module(request):
    return request.param, ast.parse(request.param.read_text(encoding="utf-8"))


def test_imports_point_downwards_and_siblings_do_not_know_each_other(module):
    path, tree = module
    room = room_of(path)
    if room not in FLOOR_OF:
        return
    foreign = [name for name in imported(tree) if name.startswith("gridgis.") and name.split(".")[1] in FLOOR_OF]
    excepted = {name for name in foreign if (room, name.rpartition(".")[0]) in EXCEPTIONS}
    upwards = {
        name for name in foreign if name.split(".")[1] != room and FLOOR_OF[name.split(".")[1]] >= FLOOR_OF[room]
    }
    assert upwards - excepted == set()


def test_pages_maps_and_files_are_touched_only_where_they_belong(module):
    path, tree = module
    room = room_of(path)
    libraries = {name.split(".")[0] for name in imported(running(tree))}
    allowed = {
        "streamlit": {"views", "app"},
        "streamlit_folium": {"views"},
        "folium": {"show"},
        "branca": {"show"},
        "pyogrio": {"exchange", "store"},
        "sqlalchemy": {"store"},
        "alembic": {"store"},
        "sqlite3": {"store", "exchange"},
        "typer": {"cli"},
    }
    assert {library for library in libraries & allowed.keys() if room not in allowed[library]} == set()


def test_files_are_read_and_written_only_at_the_border(module):
    path, tree = module
    if room_of(path) in {"exchange", "store"}:
        return
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert called & FILE_CALLS == set()


def test_pure_rooms_have_no_clock_and_no_environment(module):
    path, tree = module
    if room_of(path) not in {"geo", "planning", "redraw", "ledger"}:
        return
    assert {name.split(".")[0] for name in imported(tree)} & {"os", "time", "pathlib"} == set()
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert called & {"date.today", "datetime.now", "datetime.today", "pd.Timestamp.now", "open"} == set()


def test_nothing_is_fetched_from_elsewhere(module):
    """An address in a docstring is a source; one in code would be fetched, and the product works offline."""
    path, tree = module
    if "vendor" in path.parts:
        return
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docstrings
    ]
    hosts = {host for text in texts for host in re.findall(r"https?://([^/\s\"'{}:]+)", text)}
    # names of formats and of this machine are not fetched
    assert hosts <= {"127.0.0.1", "localhost", "www.w3.org", "www.opengis.net", "geojson.org", "json-schema.org"}


def test_every_sentence_that_code_says_is_in_the_catalogue(module):
    _, tree = module
    said = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"say", "Message", "GridgisError", "CallError", "ConflictError"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    missing = {key for key in said for lang in LANGS if not known(key, lang)}
    assert missing == set()


def known(key, lang):
    """Whether the catalogue holds a key, as a sentence or as one that counts."""
    section_name = key.partition(".")[0]
    if not (LOCALE / lang / f"{section_name}.po").exists():
        return False
    section = catalogue(lang, section_name)
    return key in section._catalog or (key, 0) in section._catalog
