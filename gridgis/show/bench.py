"""The workbench on the map: a village's cells and units as data, which the scripts of this package draw and edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import folium
import geopandas as gpd
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from gridgis.model.words import Lang, say
from gridgis.show.assets import ASSETS, own_url
from gridgis.show.elements import Drawn, script_json
from gridgis.show.encode import encode_places, encode_rings
from gridgis.show.legend import Entry, Style, legend

GEOMAN = f"{ASSETS}@geoman-io/leaflet-geoman-free-2.20.2"
SHORTCUTS = (
    ("V", "choose"),
    ("B", "brush"),
    ("L", "lasso"),
    ("R", "rectangle"),
    ("S", "split"),
    ("D", "border"),
    ("M", "merge"),
    ("E", "even"),
    ("K", "lock"),
    ("G", "legal"),
    ("N P", "problem"),
    ("[ ]", "size"),
    ("Enter", "commit"),
    ("Esc", "cancel"),
    ("Ctrl+Z", "undo"),
    ("Ctrl+Shift+Z", "redo"),
    ("⇧", "more"),
    ("?", "help"),
)
"""Keys of the workbench, and the name of what each does in the section ``workbench``."""

_TOOLS = ("choose", "brush", "lasso", "rectangle", "split", "border", "undo", "redo", "help")
_HINTS = (*_TOOLS[:6], "touch")
_TOUR: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("choose", ("choose",)),
    ("paint", ("brush", "lasso", "rectangle")),
    ("cut", ("split", "border")),
    ("keep", ("undo", "redo")),
)
_LEGEND: dict[str, Style] = {
    "grid": {"fill": "tint_0", "line": "line", "width": 2.4},
    "micro_grid": {"fill": "tint_1", "line": "line", "width": 1.1, "dash": "5 3"},
    "broken": {"line": "overdue", "width": 2.5},
    "moved": {"texture": "hatch", "textureColour": "accent", "line": "accent", "width": 1},
    "locked": {"texture": "hatch", "textureColour": "faint", "line": "faint", "width": 1},
}
_PARTS = ("tools_shared", "tools_bar", "tools_line", "tools_hand", "tools_keys", "tools_help", "tools")
_PLAIN = ("tools", "locked", "no_unit", "keys", "tour_again", "close", "step", "skip", "begin", "onward")
_LEVELS, _BRUSH = ("unit", "grid", "cell"), ("smaller", "larger")

_SCRIPTS = [
    ("geoman", f"{GEOMAN}/leaflet-geoman.min.js"),
    *((f"gridgis_{name}", own_url(f"{name}.js")) for name in ("land", "bench", *_PARTS)),
]
_STYLES = [("geoman_css", f"{GEOMAN}/leaflet-geoman.css"), ("gridgis_bench_css", own_url("bench.css"))]

State = Literal["ok", "short", "over"]
Kind = Literal["good", "broken", "refused", "plain"]
Light = Literal["", "good", "bad", "same"]


@dataclass(frozen=True)
class Piece:
    """One unit on the workbench: its code, its grid, what is written on it and said of it, how it keeps its rule."""

    code: str
    grid: str
    short: str
    words: Sequence[str]
    state: State
    locked: bool = False


@dataclass(frozen=True)
class Line:
    """A line of the strip at the map's foot: its text, and the light before it."""

    text: str
    light: Light = ""


@dataclass(frozen=True)
class Act:
    """A button of the strip: its text, the order that it sends, whether it is the one to press, and by which key."""

    text: str
    order: str
    main: bool = False
    key: str = ""


@dataclass(frozen=True)
class Strip:
    """What the map says of the edit in hand."""

    kind: Kind
    lines: Sequence[Line]
    acts: Sequence[Act] = ()


class Bench(JSCSSMixin, MacroElement):
    """The tools of the workbench, a constant part of the base map.

    Parameters
    ----------
    lang
        Language of their words.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}\n"
        "gridgis.workbench({{ this._parent.get_name() }}, {{ this.options }});\n"
        "{% endmacro %}"
    )
    default_js = _SCRIPTS
    default_css = _STYLES

    def __init__(self, lang: Lang) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Bench"
        self.options = script_json({"words": _words(lang)})


def _words(lang: Lang) -> Mapping[str, Any]:
    def spoken(*groups: tuple[str, Sequence[str]]) -> dict[str, str]:
        return {f"{group}.{name}": say(f"workbench.{group}.{name}", lang) for group, names in groups for name in names}

    return {
        **spoken(("tool", _TOOLS), ("hint", _HINTS), ("level", _LEVELS), ("brush", _BRUSH)),
        **{name: say(f"workbench.map.{name}", lang) for name in _PLAIN},
        "shortcuts": [[keys, say(f"workbench.key.{name}", lang)] for keys, name in SHORTCUTS],
        "tour": [{"text": say(f"workbench.tour.{name}", lang), "tools": tools} for name, tools in _TOUR],
    }


def add_bench(base: folium.Map, lang: Lang) -> None:
    """Put the tools of the workbench, and the legend of what it shows, on a base map."""
    Bench(lang).add_to(base)
    entries: list[Entry] = [
        {"text": say(f"workbench.legend.{name}", lang), "style": style} for name, style in _LEGEND.items()
    ]
    entries.append({"text": say("tier.household", lang), "style": {"fill": "home"}, "shape": "circle"})
    legend(say("map.plan.title", lang), entries).add_to(base)


def encode_land(cells: gpd.GeoDataFrame, key: str) -> Mapping[str, Any]:
    """Encode the cells of a village for the workbench.

    Parameters
    ----------
    cells
        Index: cell ids; ``households``, ``geometry`` in any CRS; they share their corners.
    key
        Names exactly these cells: the browser decodes them once as long as the key stays.
    """
    return {
        "key": key,
        "ids": cells.index.tolist(),
        "parts": encode_rings(cells.geometry),
        "homes": cells["households"].astype(int).tolist(),
    }


def encode_homes(households: gpd.GeoSeries) -> list[int]:
    """Encode where homes are: their places, and nothing else of them."""
    return encode_places(households)


def bench_state(
    land: Mapping[str, Any],
    owner: Sequence[int],
    pieces: Sequence[Piece],
    *,
    strip: Strip | None = None,
    **more: object,
) -> Drawn:
    """Tell the workbench how things stand.

    Parameters
    ----------
    land
        Result of :func:`encode_land`.
    owner
        For each cell the position of its unit in ``pieces``; -1 where it has none.
    pieces
        The units.
    strip
        What is said at the map's foot.
    more
        ``before`` (the owners before the edit in hand, or None), ``places`` (of :func:`encode_homes`), ``chosen``
        (``units`` and ``cells``), ``ack`` (the last event that was answered: ``bench``, ``serial``), and the truth
        values ``undo``, ``redo`` and ``readonly``.
    """
    told = {
        "cells": land,
        "owner": list(owner),
        "units": [asdict(piece) for piece in pieces],
        "strip": None if strip is None else asdict(strip),
    }
    return Drawn("benchState", told | more)
