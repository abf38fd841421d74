from __future__ import annotations

import asyncio

from starlette.responses import PlainTextResponse

from gridgis.http.middleware import HEADERS, SecurityHeaders


def answer(scope):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        await asyncio.Event().wait()

    asyncio.run(SecurityHeaders(PlainTextResponse("x"))(scope, receive, send))
    return sent


def test_every_answer_carries_every_header():
    start = answer({"type": "http", "method": "GET", "path": "/", "headers": []})[0]
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    assert {name.lower(): value for name, value in HEADERS.items()}.items() <= headers.items()


def test_no_other_host_is_allowed_anything():
    assert "http" not in HEADERS["Content-Security-Policy"]
    assert "*" not in HEADERS["Content-Security-Policy"]


def test_a_websocket_is_passed_on_untouched():
    seen = []

    async def inner(_scope, _receive, send):
        await send({"type": "websocket.accept"})

    async def send(message):
        seen.append(message)

    asyncio.run(SecurityHeaders(inner)({"type": "websocket"}, None, send))
    assert seen == [{"type": "websocket.accept"}]
