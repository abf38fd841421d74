"""The notebook runs from its first cell to its last, says nothing on stderr, and is kept without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "from_files_to_map.ipynb"


@pytest.fixture(scope="module")
def executed():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": NOTEBOOK.parent}}
    )
    return client.execute()


def outputs_of(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_it_is_kept_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert outputs_of(notebook) == []
    assert all(cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


def test_it_runs_to_the_end_without_a_warning(executed):
    said = [
        output.text for output in outputs_of(executed) if output.output_type == "stream" and output.name == "stderr"
    ]
    assert said == []
    assert all(cell.execution_count for cell in executed.cells if cell.cell_type == "code")


def test_its_maps_ask_nothing_of_any_host(executed):
    maps = [
        output.data["text/html"]
        for output in outputs_of(executed)
        if "<iframe" in output.get("data", {}).get("text/html", "")
    ]
    assert len(maps) == 3
    for page in maps:
        assert "&lt;script src" not in page
        assert "&lt;link" not in page
