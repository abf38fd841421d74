"""The page that carries the app: told which language it speaks, and where the app's root is."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# a reader of Chinese is not to be offered a translation of Chinese
_LANGUAGE = """
const asked = new URLSearchParams(location.search).get("lang") || navigator.language || "";
document.documentElement.lang = asked.startsWith("en") ? "en" : "zh-CN";
"""
# opened at the address of a page, the app would first look for its server below that page, and log that it is not there
_ROOT = "window.__streamlit = { BACKEND_BASE_URL: `${location.origin}/`, MAIN_PAGE_BASE_URL: `${location.origin}/` };"
_PAGE = re.compile(r"/[a-z]+")
_HEAD = b"<head>"
_CONDITIONS = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}


class FrontPage:
    """Put the app's own script at the head of its page.

    Parameters
    ----------
    app
        The application within.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the page back with the script in it."""
        path = scope.get("path", "")
        is_page = _PAGE.fullmatch(path) is not None
        if scope["type"] != "http" or scope["method"] != "GET" or not (path == "/" or is_page):
            await self.app(scope, receive, send)
            return
        script = f"<script>{_ROOT if is_page else ''}{_LANGUAGE}</script>".encode()
        plain = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
        await self.app({**scope, "headers": plain}, receive, _Rewriting(send, script))


class _Rewriting:
    """The way back of one answer: held until it is whole, if it is a page."""

    def __init__(self, send: Send, script: bytes) -> None:
        self.send, self.script = send, script
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self.start = message
        elif self.start is None:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_whole(self.start)

    async def _send_whole(self, start: Message) -> None:
        body = self.body.replace(_HEAD, _HEAD + self.script, 1)
        headers = MutableHeaders(scope=start)
        for name in ("etag", "last-modified", "accept-ranges"):
            del headers[name]
        headers["content-length"] = str(len(body))
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    return start["status"] == 200 and Headers(scope=start).get("content-type", "").startswith("text/html")  # noqa: PLR2004 OK
