"""Two plans on the map: what each makes of the land, which units differ, and whose homes change unit."""

from __future__ import annotations

from typing import Any

import folium
import geopandas as gpd
import pandas as pd

from gridgis.model.words import Lang, say
from gridgis.show.elements import Drawn, group_of
from gridgis.show.encode import encode_areas, encode_places
from gridgis.show.legend import Entry, Style, legend
from gridgis.show.tooltips import unit_tips

CHANGES = ("kept", "changed", "added", "retired")
_BORDER: Style = {"line": "line", "width": 1.5, "opacity": 0.85}
_STYLES: list[Style] = [
    _BORDER | {"fill": "ordinary"},
    _BORDER | {"fill": "tint_1"},
    _BORDER | {"fill": "tint_0"},
    _BORDER | {"fill": "tint_3"},
]
_MOVED = {"fill": "accent", "shape": "diamond", "words": ""}


def swipe_layer(
    left: gpd.GeoDataFrame, right: gpd.GeoDataFrame, moved: gpd.GeoSeries, names: tuple[str, str], lang: Lang
) -> folium.FeatureGroup:
    """Draw two plans, one on each side of a handle that can be dragged.

    Parameters
    ----------
    left, right
        Units of one tier of each plan: index codes; ``name``, ``households``, ``change`` (one of :data:`CHANGES`) and
        ``geometry`` in any CRS.
    moved
        Homes that change unit, in any CRS.
    names
        What the two plans are called.
    lang
        Language of the words.
    """
    words = {"left": names[0], "right": names[1], "handle": say("workbench.map.handle", lang)}
    sides = {"left": _side(left, lang), "right": _side(right, lang), "words": words}
    return group_of(Drawn("swipe", sides), _dots(moved), _legend(lang))


def side_layer(units: gpd.GeoDataFrame, moved: gpd.GeoSeries, channel: str, lang: Lang) -> folium.FeatureGroup:
    """Draw one of two plans that lie side by side on maps that move together.

    Parameters
    ----------
    units, moved, lang
        As for :func:`swipe_layer`.
    channel
        Name that the two maps have in common, and no other map has.
    """
    return group_of(
        Drawn("shapes", {"pane": "units"} | _side(units, lang)), _dots(moved), _legend(lang), Drawn("twin", channel)
    )


def _side(units: gpd.GeoDataFrame, lang: Lang) -> dict[str, Any]:
    figures = [say("map.plan.figure", lang, n=int(n)) for n in units["households"]]
    return {
        "areas": True,
        "parts": encode_areas(units.geometry),
        "style": pd.Index(CHANGES).get_indexer(units["change"]).tolist(),
        "styles": _STYLES,
        "tips": unit_tips(units, figures, lang),
    }


def _dots(moved: gpd.GeoSeries) -> Drawn:
    places = encode_places(moved)
    return Drawn("points", {"places": places, "style": [0] * len(moved), "styles": [_MOVED], "size": 0.9})


def _legend(lang: Lang) -> Drawn:
    entries: list[Entry] = [
        {"text": say(f"workbench.change_of.{name}", lang), "style": style}
        for name, style in zip(CHANGES, _STYLES, strict=True)
    ]
    entries.append({"text": say("workbench.moved_home", lang), "style": {"fill": "accent"}, "shape": "diamond"})
    return legend(say("workbench.contrast_title", lang), entries)
