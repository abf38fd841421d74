"""The bar under the header: the unit in focus as a breadcrumb, the way further down, and the page's filters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from gridgis.views.address import go
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import text_html, text_markdown


@contextmanager
def bar(scene: Scene, place: Place, *, folds: bool = True) -> Iterator[None]:
    """Show the breadcrumb, and beside it whatever the block shows.

    Parameters
    ----------
    scene, place
        What the page is given.
    folds
        Whether a phone hides the block behind a word, as it does with filters.
    """
    with st.container(key="bar", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        _show_trail(scene, place)
        if folds:
            words = text_html(scene.say("app.filters"))
            st.html(f'<details class="gg-fold"><summary>{words}</summary></details>', width="content")
        with st.container(key="filters", horizontal=True, vertical_alignment="center", gap="small", width="content"):
            yield


def _show_trail(scene: Scene, place: Place) -> None:
    with st.container(key="trail", horizontal=True, vertical_alignment="center", gap=None, width="content"):
        for unit in place.units.path(place.focus):
            if unit is not place.units.root:
                st.html('<span class="gg-sep">›</span>', width="content")
            there = {"unit": None if unit is place.units.root else unit.code}
            st.button(text_markdown(unit.name), type="tertiary", key=f"trail_{unit.tier}", on_click=go, kwargs=there)
        _offer_below(scene, place)


def _offer_below(scene: Scene, place: Place) -> None:
    """Show the units one tier below the one in focus, to go on to."""
    tiers = place.units.tiers_below(place.focus)
    below = place.units.inside(place.focus, tiers[0]) if tiers else ()
    if not below:
        return
    key = f"below_{place.focus.code}"

    def enter() -> None:
        go(unit=st.session_state[key])

    st.html('<span class="gg-sep">›</span>', width="content")
    words = scene.say(f"app.below.{tiers[0]}")
    st.selectbox(
        words,
        [unit.code for unit in below],
        index=None,
        format_func=lambda code: place.units.by_code[code].name,
        key=key,
        placeholder=words,
        on_change=enter,
        label_visibility="collapsed",
        width=130,
    )
