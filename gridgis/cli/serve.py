"""``gridgis serve``: the app on a store, until Ctrl-C."""

from __future__ import annotations

import contextlib
import errno
import importlib
import importlib.util
import os
import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn

import gridgis
from gridgis.model.errors import CallError
from gridgis.model.words import say, shell_language
from gridgis.store.database import open_store

_GRACE_S = 3


def serve(store: str, host: str = "127.0.0.1", port: int = 8501) -> None:
    """Run the app until it is interrupted, and say where it is to be found.

    Parameters
    ----------
    store
        Path of a store, made empty where there is none, or ``postgresql://…``.
    host, port
        Where to listen; the default host is this computer alone.

    Raises
    ------
    CallError
        If the address cannot be listened on, or the store cannot be opened.
    """
    with _listening(host, port) as listener, contextlib.suppress(KeyboardInterrupt):
        open_store(store)
        # the pages run in threads of this process and make their settings from its environment
        os.environ["GRIDGIS_STORE"] = store
        config = uvicorn.Config(load_app(), log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE_S)
        told = {"address": _address(host, listener.getsockname()[1]), "store": _shown(store)}
        _Server(config, lambda: _greet(host, told)).run(sockets=[listener])
    _tell("serve.stopped")


class _Server(uvicorn.Server):
    """A server that says so once it listens, and by then can be interrupted at any moment."""

    def __init__(self, config: uvicorn.Config, greet: Callable[[], None]) -> None:
        super().__init__(config)
        self._greet = greet

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._greet()


def _greet(host: str, told: Mapping[str, object]) -> None:
    _tell("serve.running", **told)
    if host not in {"127.0.0.1", "::1", "localhost"}:
        _tell("serve.open_to_network", host=host)


def load_app() -> Any:  # noqa: ANN401 - an ASGI application, whose class is Streamlit's own
    """Import the composition root, ``app.py``: in the package where it is installed, beside it in a checkout."""
    package = Path(gridgis.__file__).parent
    path = next(path for path in (package / "app.py", package.with_name("app.py")) if path.is_file())
    spec = importlib.util.spec_from_file_location("gridgis_app", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app


def _listening(host: str, port: int) -> socket.socket:
    # named as TCP, or asyncio leaves Nagle's algorithm on, which holds every answer back by 40 ms
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, proto=socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # a server that has just stopped must not keep its port from the next one
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        busy = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        key = "serve.port_busy" if busy else "serve.no_address"
        raise CallError(key, host=host, port=port, reason=error) from error
    return listener


def _address(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - a name to show, not to bind
    return f"http://{name}:{port}"


def _shown(store: str) -> str:
    """Show a store's address without the password in it."""
    return re.sub(r"(://[^:/@]+):[^@]*@", r"\1:***@", store)


def _tell(key: str, **params: object) -> None:
    print(say(key, shell_language(), **params), flush=True)  # noqa: T201 - the command's answer
