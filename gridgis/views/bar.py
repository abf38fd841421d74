"""The bar under the header: the unit in focus as a breadcrumb, the day the page speaks of, and the page's filters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from gridgis.views.address import go
from gridgis.views.parts import show_note
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import day, text_markdown


@contextmanager
def bar(scene: Scene, place: Place) -> Iterator[None]:
    """Show the breadcrumb, and beside it whatever the block shows."""
    with st.container(key="bar", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        _show_trail(scene, place)
        with st.container(key="filters", horizontal=True, vertical_alignment="center", gap="small", width="content"):
            yield


def _show_trail(scene: Scene, place: Place) -> None:
    with st.container(key="trail", horizontal=True, vertical_alignment="center", gap=None, width="content"):
        for unit in place.units.path(place.focus):
            if unit is not place.units.root:
                st.html('<span class="gg-sep">›</span>', width="content")
            there = {"unit": None if unit is place.units.root else unit.code}
            st.button(text_markdown(unit.name), type="tertiary", key=f"trail_{unit.tier}", on_click=go, kwargs=there)
        show_note(scene.say("app.as_of", on=day(place.on)))
