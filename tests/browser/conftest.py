"""The browser harness: the real app on a free port of this host, and a Chromium that writes down what it sees."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import folium
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gridgis.http.middleware import MIDDLEWARE
from gridgis.http.routes import ROUTES

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HERE = {"127.0.0.1", "localhost", "::1", "[::1]"}
_START_S = 120
_PATIENCE_MS = 60_000
"""How long a page may take on a slow and busy machine; what is measured is measured elsewhere."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that drives a browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    """Find Chromium; without it a test is skipped, but where ``CI`` is set it fails."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        words = "Chromium is missing: install your distribution's package `chromium`"
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(words)
        pytest.skip(words)
    return found


@dataclass
class Log:
    """What a page did that it must not do."""

    off_host: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Write down everything that goes wrong in any page of a context."""
        context.on("request", self._note_request)
        context.on("page", self._watch_page)

    def _note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in HERE:
            self.off_host.append(request.url)

    def _note_host(self, url: str) -> None:
        if urlsplit(url).hostname not in HERE:
            self.off_host.append(url)

    def _watch_page(self, page: Page) -> None:
        page.on("console", lambda said: said.type == "error" and self.console_errors.append(said.text))
        page.on("pageerror", lambda error: self.page_errors.append(str(error)))
        page.on("websocket", lambda ws: self._note_host(ws.url))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def complaints(self) -> list[str]:
        """List all of it."""
        return [*self.off_host, *self.console_errors, *self.page_errors, *self.dialogs]


def free_port() -> int:
    """Find a port of this host that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Ask an address whether it answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - an address of this host
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def started(command: list[str], port: int, folder: Path, **environment: str) -> Iterator[str]:
    """Run a server in ``folder``, its log beside it, until the block ends; wait until its health route answers.

    Yields
    ------
        The server's address.
    """
    url = f"http://127.0.0.1:{port}"
    log = folder / f"{port}.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, cwd=folder, env=os.environ | environment
        )
    try:
        deadline = time.monotonic() + _START_S
        while not answers(f"{url}/healthz"):
            assert process.poll() is None, f"the server stopped:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"the server does not answer:\n{log.read_text()}"
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[str]]:
    """Make a context that runs a server command, with ``{port}`` in it, in an empty folder."""

    def starting(command: list[str], **environment: str) -> AbstractContextManager[str]:
        port = free_port()
        words = [word.format(port=port) for word in command]
        return started(words, port, tmp_path_factory.mktemp("server"), **environment)

    return starting


@pytest.fixture(scope="session")
def serve_store(start: Callable[..., AbstractContextManager[str]]) -> Callable[..., AbstractContextManager[str]]:
    """Make a context that runs the real app on a store and yields its address: ``with serve_store(path) as url``."""

    def serving(store: str | Path, **environment: str) -> AbstractContextManager[str]:
        code = f"from gridgis.cli.serve import serve; serve({str(store)!r}, '127.0.0.1', {{port}})"
        return start([sys.executable, "-c", code], **environment)

    return serving


@pytest.fixture(scope="session")
def serve_map() -> Iterator[Callable[..., str]]:
    """Put a map on a page of its own, with the app's routes and headers beside it: ``serve_map(folium_map) -> url``."""
    pages: dict[str, str] = {}

    async def send_page(request: Any) -> HTMLResponse:
        return HTMLResponse(pages[request.path_params["name"]])

    async def send_nothing(_: Any) -> Response:
        return Response(status_code=204)

    routes = [*ROUTES, Route("/map/{name}", send_page), Route("/favicon.ico", send_nothing)]
    app = Starlette(routes=routes, middleware=MIDDLEWARE)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()

    def serving(drawn: folium.Map) -> str:
        name = f"{len(pages)}"
        pages[name] = drawn.get_root().render()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/map/{name}"

    yield serving
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # not for the session: while it is open an event loop runs, in which tests of other rooms could not start theirs
    executable = chromium()
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=ARGS)
        yield launched
        launched.close()


@pytest.fixture
def log() -> Log:
    """What the page did that it must not do; a test ends with ``assert not log.complaints()``."""
    return Log()


@pytest.fixture
def new_page(browser: Browser, log: Log) -> Iterator[Callable[..., Page]]:
    """Make watched pages: ``new_page(locale="en-GB", color_scheme="dark", viewport={…})``."""
    contexts = []

    def make(**options: object) -> Page:
        settings = {"locale": "zh-CN", "viewport": {"width": 1366, "height": 768}} | options
        context = browser.new_context(**settings)
        contexts.append(context)
        context.set_default_timeout(_PATIENCE_MS)
        log.watch(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One watched page: Chinese, light, 1366 by 768."""
    return new_page()
