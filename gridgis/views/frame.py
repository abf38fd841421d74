"""What stands around every page: style, header with the way to the other pages, language."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from gridgis.model.words import Lang
from gridgis.views.address import carried, go
from gridgis.views.pages import Entry
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import day, text_html

_STYLE = Path(__file__).with_name("style.css")
_OTHER: Mapping[Lang, Lang] = {"zh": "en", "en": "zh"}


def show_header(scene: Scene, place: Place | None, links: Mapping[Entry, Page]) -> None:
    """Show township, badge, pages by group, language.

    Parameters
    ----------
    scene, place
        What the page is given.
    links
        The pages in the table's order.
    """
    st.html(_STYLE)
    # the words of a file field are fixed in the browser's bundle; the style puts ours in their place
    st.html(f'<style>:root {{ --gg-choose-file: "{scene.say("app.data.choose_file")}"; }}</style>')
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="medium"):
        st.html(_brand_html(scene, place), width="content")
        with st.container(key="nav", horizontal=True, vertical_alignment="center", gap="small", width="stretch"):
            for group, entries in groupby(links, key=lambda entry: entry.group):
                st.html(f'<span class="gg-group">{text_html(scene.say(f"app.group.{group}"))}</span>', width="content")
                for entry in entries:
                    st.page_link(links[entry], query_params=carried())
        # a link to the page on screen would not be followed, so what changes the address in place is a button
        other = {"lang": _OTHER[scene.lang]}
        st.button(scene.say("app.other_language"), type="tertiary", key="language", on_click=go, kwargs=other)


def _brand_html(scene: Scene, place: Place | None) -> str:
    if place is None:
        return f'<div class="gg-brand">{text_html(scene.say("app.product"))}</div>'
    badge = f'<span class="gg-badge">{text_html(scene.say("app.synthetic"))}</span>' if place.township.synthetic else ""
    as_of = f'<span class="gg-note">{text_html(scene.say("app.as_of", on=day(place.on)))}</span>'
    return f'<div class="gg-brand">{text_html(place.units.root.name)}{badge}{as_of}</div>'
