"""The script that the app runs: makes the scene, shows the frame, and runs the page within the one error boundary."""

from __future__ import annotations

from functools import partial

import streamlit as st

from gridgis.views.address import language
from gridgis.views.boundary import calm
from gridgis.views.frame import show_header
from gridgis.views.pages import PAGES, Entry
from gridgis.views.reading import current_place, current_scene
from gridgis.views.scene import Place, Scene


def _show_page(entry: Entry, scene: Scene, place: Place | None) -> None:
    if place is None:
        entry.show_empty(scene)
    else:
        entry.show(scene, place)


def show_app() -> None:
    """Show the page that the address asks for."""
    lang = language()
    st.set_page_config(layout="wide", initial_sidebar_state="collapsed")
    with calm(lang):
        scene = current_scene(lang)
        place = current_place(scene)
        links = {
            entry: st.Page(
                partial(_show_page, entry, scene, place),
                title=scene.say(f"app.page.{entry.name}"),
                url_path=entry.name,
                default=number == 0,
            )
            for number, entry in enumerate(entry for entry in PAGES if scene.reader.may(entry.right))
        }
        here = st.navigation(list(links.values()), position="hidden")
        show_header(scene, place, links)
        here.run()


if __name__ == "__main__":
    show_app()
