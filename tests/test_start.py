"""What a start must not pay for: a library that is needed only later is imported only then."""

from __future__ import annotations

import subprocess
import sys

import pytest

DATABASE = {"alembic", "sqlalchemy"}
SCREEN = {"streamlit", "folium"}
STATISTICS = {"scipy.stats"}
COMPILER = {"numba"}


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("gridgis.cli", {"pandas", "geopandas"} | DATABASE | SCREEN | STATISTICS | COMPILER),
        ("gridgis.cli.plan", DATABASE | SCREEN | STATISTICS | COMPILER),
        ("gridgis.cli.check", {"alembic"} | SCREEN | STATISTICS | COMPILER),
        ("gridgis.views.pages", {"alembic", "gridgis.demo"} | STATISTICS | COMPILER),
    ],
)
def test_what_is_not_needed_at_the_start_is_not_imported(module, spared):
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert spared & set(loaded.stdout.split()) == set()
