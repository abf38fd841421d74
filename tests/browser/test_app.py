"""The one app, started in each of its ways from a folder that is not its own."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
WAYS = {
    "gridgis serve": [sys.executable, "-c", "from gridgis.cli.serve import serve; serve('s.gpkg', port={port})"],
    "streamlit run": [str(BIN / "streamlit"), "run", str(ROOT / "app.py"), "--server.port", "{port}"],
    "uvicorn": [sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(ROOT), "--port", "{port}"],
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_starting_answers_with_the_same_app(way, start):
    with start(WAYS[way]) as url:
        answers = {path: urllib.request.urlopen(url + path, timeout=60) for path in ("/", "/_stcore/health")}  # noqa: S310
        leaflet = urllib.request.urlopen(f"{url}/assets/leaflet-1.9.4/leaflet.js", timeout=60)  # noqa: S310
    for answer in (*answers.values(), leaflet):
        answer.close()
        assert answer.status == 200
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in leaflet.headers["Cache-Control"]


CONFIG = """
import json, sys
from streamlit import config
{how}
names = ["server.address", "client.showErrorDetails", "browser.gatherUsageStats", "theme.light.backgroundColor",
         "theme.dark.backgroundColor", "client.toolbarMode", "server.enableCORS", "server.enableXsrfProtection"]
print(json.dumps({{name: config.get_option(name) for name in names}}))
"""
HOW = {
    "streamlit run": f"config._main_script_path = {str(ROOT / 'app.py')!r}",
    "gridgis serve, uvicorn": "from gridgis.cli.serve import load_app; load_app()",
}


@pytest.mark.parametrize("way", HOW)
def test_configuration_holds_from_any_folder(way, tmp_path):
    code = CONFIG.format(how=HOW[way])
    said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert json.loads(said.stdout) == {
        "server.address": "127.0.0.1",
        "client.showErrorDetails": "none",
        "browser.gatherUsageStats": False,
        "theme.light.backgroundColor": "#F7F5F0",
        "theme.dark.backgroundColor": "#1C2024",
        "client.toolbarMode": "minimal",
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
    }
