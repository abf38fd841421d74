"""A map as one page that needs no server: its scripts and styles are written into it."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape
from pathlib import Path

import folium

from gridgis.show.assets import ASSETS, find_asset

_LINK = re.compile(
    rf'<script src="{ASSETS}(?P<script>[^"]+)"></script>|<link rel="stylesheet" href="{ASSETS}(?P<style>[^"]+)"/?>'
)
_IMAGE = re.compile(r"url\(([^)]+\.png)\)")


def standalone_page(drawn: folium.Map) -> str:
    """Write a map as a page that opens from a file, and asks nothing of any host.

    Parameters
    ----------
    drawn
        Map of :func:`gridgis.show.base.base_map`, its layers added.

    Returns
    -------
        HTML.
    """
    return _LINK.sub(_written_out, str(drawn.get_root().render()))


def standalone_frame(drawn: folium.Map, height_px: int = 560) -> str:
    """Write a map as a frame that a notebook can show.

    Parameters
    ----------
    drawn
        As for :func:`standalone_page`.
    height_px
        Height of the frame in pixels.

    Returns
    -------
        HTML.
    """
    page = escape(standalone_page(drawn))
    return f'<div><iframe srcdoc="{page}" style="width: 100%; height: {height_px}px; border: 0"></iframe></div>'


def _written_out(link: re.Match[str]) -> str:
    file = find_asset(link["script"] or link["style"])
    if file is None:
        message = f"{link[0]} leads to no asset"
        raise FileNotFoundError(message)
    text = file.read_text(encoding="utf-8")
    if link["style"]:
        return "<style>" + _IMAGE.sub(lambda image: _image(file.parent / image[1]), text) + "</style>"
    return "<script>" + text.replace("</script", "<\\/script") + "</script>"


def _image(file: Path) -> str:
    return f"url(data:image/png;base64,{b64encode(file.read_bytes()).decode()})"
