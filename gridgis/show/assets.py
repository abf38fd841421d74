"""The scripts, styles and images of the maps: files of this package, served by the app, never by another host."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from branca.element import Element
from folium.elements import JSCSSMixin

ASSETS = "/assets/"
_HERE = Path(__file__).parent
_VENDOR = _HERE / "vendor"
_OWN = _HERE / "own"

LEAFLET = f"{ASSETS}leaflet-1.9.4"

# Folium names each link; what its Map loads besides Leaflet serves icons and pop-ups that no map of ours has
_SERVED: Mapping[str, str] = MappingProxyType(
    {"leaflet": f"{LEAFLET}/leaflet.js", "leaflet_css": f"{LEAFLET}/leaflet.css"}
)
_NOT_NEEDED = frozenset(
    {
        "jquery",
        "bootstrap",
        "awesome_markers",
        "bootstrap_css",
        "glyphicons_css",
        "awesome_markers_font_css",
        "awesome_markers_css",
        "awesome_rotate_css",
    }
)


@cache
def own_url(name: str) -> str:
    """Name the address of a script or style of this package; the address changes with the file's content.

    Examples
    --------
    >>> own_url("map.js").startswith("/assets/own-") and own_url("map.js").endswith("/map.js")
    True
    """
    return f"{ASSETS}own-{_fingerprint()}/{name}"


@cache
def _fingerprint() -> str:
    contents = b"\0".join(path.read_bytes() for path in sorted(_OWN.iterdir()))
    return hashlib.sha256(contents).hexdigest()[:12]


def find_asset(path: str) -> Path | None:
    """Find the file behind an address.

    Parameters
    ----------
    path
        What follows ``/assets/`` in the address.

    Returns
    -------
        The file; None where there is none, or where the address leads out of the assets.

    Examples
    --------
    >>> find_asset("leaflet-1.9.4/leaflet.js").name, find_asset("leaflet-1.9.4/../../assets.py")
    ('leaflet.js', None)
    """
    folder, _, name = path.partition("/")
    root = _OWN if folder == f"own-{_fingerprint()}" else _VENDOR / folder
    file = (root / name).resolve()
    inside = file.is_relative_to(_OWN if root == _OWN else _VENDOR)
    return file if inside and file.is_file() else None


@cache
def serve_folium_from_here() -> None:
    """Point every Folium class at the files that the app serves.

    The lists are changed in place, once, because Folium keeps them on its classes. A plugin that is not served from
    here keeps its foreign address: :func:`foreign_links` finds it, and the browser refuses to load it.
    """
    for kind in _subclasses(JSCSSMixin):
        for links in (kind.default_js, kind.default_css):
            links[:] = [(name, _SERVED.get(name, url)) for name, url in links if name not in _NOT_NEEDED]


def _subclasses(kind: Any) -> Iterator[Any]:  # noqa: ANN401 - folium's classes carry no types
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def foreign_links(element: Element) -> list[str]:
    """List the addresses that a map would ask of another host; an offline map has none.

    Parameters
    ----------
    element
        A map, or any part of one.
    """
    links = [url for kind in ("default_js", "default_css") for _, url in getattr(element, kind, [])]
    foreign = [url for url in links if not url.startswith(ASSETS)]
    return foreign + [url for child in element._children.values() for url in foreign_links(child)]  # noqa: SLF001 - folium's own walk
