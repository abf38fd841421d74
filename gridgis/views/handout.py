"""What leaves the page as a file: made on the click, masked, and written into the audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from gridgis.exchange.outputs import FORMATS, SUFFIXES, Format, layer_bytes
from gridgis.ledger.periods import period_of
from gridgis.store.audit import record
from gridgis.views import measures, reading
from gridgis.views.chooser import choose_one
from gridgis.views.parts import show_note
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import count, day

_WGS84, _CGCS2000 = 4326, 4490
_PREVIEWED = 100


def offer_downloads(scene: Scene, table: pd.DataFrame, *, layer: str, formats: Sequence[Format]) -> None:
    """Show a button a format for a table that is on screen.

    Parameters
    ----------
    scene
        What the page is given.
    table
        The table as shown, in words and masked.
    layer
        Name of the page's list, for the file, the audit and the button's words.
    formats
        Formats of sheets.
    """
    words = table.rename(columns=lambda name: scene.say(f"app.column.{name}"))
    with st.container(horizontal=True, key="downloads"):
        for format_ in formats:
            st.download_button(
                scene.say(f"app.{layer}.download_{format_}"),
                data=partial(_make, scene, lambda: words, layer, format_, None),
                file_name=f"{scene.say(f'app.{layer}.file')}-{day(reading.today())}{SUFFIXES[format_]}",
                key=f"download_{format_}",
                on_click="ignore",
                icon=":material/download:",
            )


def show_export(scene: Scene, place: Place) -> None:
    """Show what can be exported, in which format and coordinates, and the button that makes it."""
    tables = _tables(scene, place)
    with st.container(key="export", horizontal=True, vertical_alignment="center"):
        what = choose_one(scene, "app.data.what", list(tables), scene.name_of("export"), any_of=False, width=280)
        chosen = choose_one(scene, "app.data.format", FORMATS, scene.name_of("format"), any_of=False, width=220)
        format_ = next(each for each in FORMATS if each == chosen)
        crs = _choose_crs(scene, place, format_)
        st.download_button(
            scene.say("app.data.export_go"),
            data=partial(_make, scene, tables[str(what)], str(what), format_, crs),
            file_name=f"{what}-{day(place.on)}{SUFFIXES[format_]}",
            type="primary",
            key="export_go",
            on_click="ignore",
            icon=":material/download:",
        )
    rows = tables[str(what)]()
    show_note(scene.say("app.data.export_note", rows=count(len(rows))))
    preview = pd.DataFrame(rows.drop(columns="geometry", errors="ignore")).head(_PREVIEWED)
    st.dataframe(preview, hide_index=True, height=460, placeholder="–", key="preview")


def _make(scene: Scene, table: Callable[[], pd.DataFrame], layer: str, format_: Format, crs: int | None) -> bytes:
    rows = table()
    made = layer_bytes(rows, layer=layer, format=format_, crs=crs)
    record(scene.store, scene.reader.who, "export", layer, len(rows))
    return made


def _choose_crs(scene: Scene, place: Place, format_: Format) -> int:
    words = {
        str(_WGS84): scene.say("app.data.crs.rfc" if format_ == "geojson" else "data.crs.wgs84"),
        str(_CGCS2000): scene.say("app.data.crs.4490"),
        str(place.township.metric_epsg): scene.say("app.data.crs.metric", epsg=place.township.metric_epsg),
    }
    # RFC 7946 knows no other
    offered = [str(_WGS84)] if format_ == "geojson" else list(words)
    return int(choose_one(scene, "app.data.crs", offered, words.__getitem__, any_of=False, width=330) or _WGS84)


def _tables(scene: Scene, place: Place) -> dict[str, Callable[[], pd.DataFrame]]:
    """List what can be exported now, each made when asked for."""
    stored = reading.plan(scene)
    month = period_of("month", place.on).until(place.on)
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "villages": lambda: reading.villages(scene),
        "households": lambda: reading.households(scene),
    }
    if stored is not None:
        tables = {"grids": lambda: stored.plan.grids, "micro_grids": lambda: stored.plan.micro_grids} | tables
        then, there = reading.in_units_of(month, scene, place)
        tables["coverage"] = lambda: measures.coverage_layer(then, there, month, "micro_grid")
        tables["hotspots"] = lambda: measures.hotspots(scene, place, (month, None, None), by_cell=False)
    return tables
