from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from gridgis.http.front import FrontPage
from gridgis.http.routes import ROUTES

PAGE = "<html><head><title>x</title></head></html>"


@pytest.fixture(scope="module")
def get():
    """Ask the app for a path: ``get("/unvisited")`` gives status, headers and text."""
    routes = [
        *ROUTES,
        Route("/", lambda _: HTMLResponse(PAGE, headers={"etag": "x"})),
        Route("/unvisited", lambda _: HTMLResponse(PAGE)),
        Route("/plain", lambda _: PlainTextResponse("<head>")),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(FrontPage)])

    def ask(path, query=""):
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": [],
            "scheme": "http", "server": ("127.0.0.1", 80), "root_path": "",
        }  # fmt: skip
        asyncio.run(app(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]).decode()

    return ask


def test_a_page_opened_by_its_address_knows_where_the_root_is(get):
    assert "MAIN_PAGE_BASE_URL" in get("/unvisited")[2]
    assert "MAIN_PAGE_BASE_URL" not in get("/")[2]


def test_a_page_is_whole_and_says_its_own_length(get):
    _, headers, text = get("/")
    assert text.endswith("<title>x</title></head></html>")
    assert int(headers["content-length"]) == len(text.encode())
    assert "etag" not in headers


def test_what_is_no_page_is_left_alone(get):
    assert get("/plain")[2] == "<head>"


def test_the_first_page_has_one_address_and_keeps_the_view(get):
    status, headers, _ = get("/overview", "lang=en&unit=7")
    assert (status, headers["location"]) == (307, "/?lang=en&unit=7")
