"""The notebooks run from their first cell to their last, say nothing on stderr, and are kept without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# how many maps each shows
MAPS = {"from_files_to_map": 3, "redraw": 1}


@pytest.fixture(scope="module", params=MAPS)
def executed(request):
    notebook = nbformat.read(NOTEBOOKS / f"{request.param}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": NOTEBOOKS}})
    return request.param, client.execute()


def outputs_of(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_every_notebook_is_run():
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == set(MAPS)


@pytest.mark.parametrize("name", MAPS)
def test_it_is_kept_without_outputs(name):
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    assert outputs_of(notebook) == []
    assert all(cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


def test_it_runs_to_the_end_without_a_warning(executed):
    _, notebook = executed
    said = [
        output.text for output in outputs_of(notebook) if output.output_type == "stream" and output.name == "stderr"
    ]
    assert said == []
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")


def test_its_maps_ask_nothing_of_any_host(executed):
    name, notebook = executed
    maps = [
        output.data["text/html"]
        for output in outputs_of(notebook)
        if "<iframe" in output.get("data", {}).get("text/html", "")
    ]
    assert len(maps) == MAPS[name]
    for page in maps:
        assert "&lt;script src" not in page
        assert "&lt;link" not in page
