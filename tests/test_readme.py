"""The README's commands are run as they stand, and its two languages show the same ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READMES = (ROOT / "README.md", ROOT / "README.zh.md")


def shown_blocks(readme: Path) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", readme.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def shown_commands(readme: Path) -> list[str]:
    lines = "".join(shown_blocks(readme)).replace("\\\n", " ").splitlines()
    return [" ".join(line.partition("#")[0].split()) for line in lines]


def test_both_languages_show_the_same_commands():
    english, chinese = map(shown_commands, READMES)
    assert english == chinese


@pytest.mark.parametrize("readme", READMES, ids=["en", "zh"])
def test_every_file_that_a_readme_links_is_there(readme):
    links = re.findall(r"\]\((?!http)([^)#]+)\)", readme.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_shown_commands_run_in_the_order_shown(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    commands = [line for line in shown_commands(READMES[0]) if line.startswith("gridgis ")]
    # the server has no end to wait for; it is tested where it is served
    commands = [line for line in commands if not line.startswith("gridgis serve")]
    assert {line.split()[1] for line in commands} == {"check", "plan", "import", "export"}
    for command in commands:
        done = subprocess.run(
            command.split(), cwd=tmp_path, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert (tmp_path / "plan.gpkg").is_file()
    assert (tmp_path / "villages.geojson").is_file()
