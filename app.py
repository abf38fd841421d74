"""The composition root: the pages, the routes beside them, and what every answer passes on its way out.

The same object under ``gridgis serve``, ``streamlit run app.py`` and ``uvicorn app:app``.
"""

from pathlib import Path

import streamlit as st

import gridgis
from gridgis.http.middleware import MIDDLEWARE
from gridgis.http.routes import ROUTES

app = st.App(Path(gridgis.__file__).parent / "views" / "entry.py", routes=ROUTES, middleware=MIDDLEWARE)
