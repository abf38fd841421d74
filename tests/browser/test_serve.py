"""``gridgis serve`` as a person meets it: its words, its end, and its refusals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gridgis.cli import serve as serving
from gridgis.cli.serve import serve
from gridgis.model.errors import CallError

GRIDGIS = str(Path(sys.executable).parent / "gridgis")
ENGLISH = os.environ | {"LC_ALL": "en_GB.UTF-8"}


@pytest.fixture
def taken_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_store_that_is_not_there_is_made_and_ctrl_c_ends_it_cleanly(tmp_path):
    store = tmp_path / "new" / "town.gpkg"
    command = [GRIDGIS, "serve", "--store", str(store), "--port", "0"]
    with subprocess.Popen(command, env=ENGLISH, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        first = running.stdout.readline()
        running.send_signal(signal.SIGINT)
        rest, errors = running.communicate(timeout=120)
    assert first.startswith("gridgis is running: open http://127.0.0.1:")
    assert store.is_file()
    assert (running.returncode, rest, errors) == (0, "gridgis has stopped.\n", "")


def test_a_busy_port_is_refused_in_words(tmp_path, taken_port):
    command = [GRIDGIS, "serve", "--store", str(tmp_path / "town.gpkg"), "--port", str(taken_port)]
    said = subprocess.run(command, env=ENGLISH, capture_output=True, text=True, timeout=120, check=False)
    assert said.returncode == 2
    assert f"Port {taken_port} on 127.0.0.1 is in use" in said.stderr
    assert "Traceback" not in said.stderr
    assert not (tmp_path / "town.gpkg").exists()


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 0)])
def test_an_address_that_is_none_is_refused_in_words(host, port, tmp_path):
    with pytest.raises(CallError, match="Cannot listen"):
        serve(str(tmp_path / "town.gpkg"), host, port)


def test_answers_leave_at_once(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setenv("GRIDGIS_STORE", "")
    monkeypatch.setattr(serving, "load_app", lambda: None)
    monkeypatch.setattr(serving.uvicorn.Server, "run", lambda _, sockets: seen.extend(each.proto for each in sockets))
    serve(str(tmp_path / "town.gpkg"), port=0)
    # asyncio turns Nagle's algorithm off on such sockets only
    assert seen == [socket.IPPROTO_TCP]
