"""The composition root: the pages, the routes beside them, and what every answer passes on its way out.

The same object under ``gridgis serve``, ``streamlit run app.py`` and ``uvicorn app:app``.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread

import streamlit as st

import gridgis
from gridgis.http.middleware import MIDDLEWARE
from gridgis.http.routes import ROUTES


@asynccontextmanager
async def warmed(_: st.App) -> AsyncIterator[None]:
    """Import what the first page needs while its reader is still on the way."""
    Thread(target=import_module, args=("gridgis.views.pages",), daemon=True).start()
    yield


ENTRY = Path(gridgis.__file__).parent / "views" / "entry.py"
app = st.App(ENTRY, routes=ROUTES, middleware=MIDDLEWARE, lifespan=warmed)
