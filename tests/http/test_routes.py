from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette

from gridgis.http.routes import ROUTES
from gridgis.show.assets import own_url


def status(path):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        await asyncio.Event().wait()

    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "root_path": "", "headers": []}
    asyncio.run(Starlette(routes=ROUTES)(scope | {"query_string": b""}, receive, send))
    return sent[0]["status"]


@pytest.mark.parametrize("path", ["/healthz", "/assets/leaflet-1.9.4/leaflet.js", own_url("map.js")])
def test_what_the_maps_need_is_served(path):
    assert status(path) == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/",
        "/assets/leaflet-1.9.4",
        "/assets/leaflet-1.9.4/none.js",
        "/assets/leaflet-1.9.4/../../assets.py",
        "/assets/../assets.py",
        "/assets/own-000000000000/map.js",
        "/assets//etc/passwd",
    ],
)
def test_nothing_else_is(path):
    assert status(path) == 404
