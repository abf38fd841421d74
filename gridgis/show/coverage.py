"""Coverage: the share of each unit's households that was reached, in five classes."""

from __future__ import annotations

import folium
import geopandas as gpd
import numpy as np

from gridgis.model.words import Lang, say
from gridgis.show.elements import Drawn, group_of
from gridgis.show.encode import encode_areas, encode_lines
from gridgis.show.focus import outline_focus
from gridgis.show.legend import Entry, Style, legend
from gridgis.show.palette import class_words, share_breaks
from gridgis.show.tooltips import unit_tips

_CLASSES = 5
# drawn apart, above the borders of the base map, which would hide it
_OUTLINE: Style = {"line": "overdue", "width": 2}
_STYLES: list[Style] = [
    {"fill": "share_0", "opacity": 0.85, **_OUTLINE},
    {"fill": "share_1", "opacity": 0.85, "line": "line", "width": 1},
    {"fill": "share_2", "opacity": 0.85, "line": "line", "width": 1},
    {"fill": "share_3", "opacity": 0.85, "line": "line", "width": 1},
    {"fill": "share_4", "opacity": 0.85, "line": "line", "width": 1},
    {"texture": "hatch", "textureColour": "unreachable", "line": "line", "width": 1},
]


def coverage_layer(
    units: gpd.GeoDataFrame, lang: Lang, *, title: str = "", focus: str | None = None
) -> folium.FeatureGroup:
    """Draw units in the class of their share; the worst class is the lightest and outlined.

    Parameters
    ----------
    units
        Index: codes; ``name``, ``covered`` and ``households`` (households), ``share_pct`` (per cent, missing where a
        unit has no household), ``geometry`` in any CRS, and ``head`` where it is known.
    lang
        Language of its words.
    title
        What the share is of, for the legend; by default the coverage by visits and services.
    focus
        Code of the unit in focus, which is outlined.

    Returns
    -------
        Areas with tooltips, and their legend; a click chooses ``{"unit": code}``.
    """
    shares = units["share_pct"].to_numpy(dtype=float, na_value=np.nan)
    breaks = share_breaks(shares)
    kind = np.where(np.isnan(shares), _CLASSES, np.digitize(shares, breaks))
    data = {
        "pane": "units",
        "areas": True,
        "parts": encode_areas(units.geometry),
        "style": kind.tolist(),
        "styles": _STYLES,
        "codes": units.index.astype(str).tolist(),
        "tips": unit_tips(units, _figures(units, lang), lang),
    }
    words = [*class_words(breaks), say("map.coverage.none", lang)]
    entries: list[Entry] = [
        {"text": text, "style": style}
        for at, (text, style) in enumerate(zip(words, _STYLES, strict=True))
        if at in kind
    ]
    worst = {"pane": "focus", "parts": [encode_lines(units.geometry[kind == 0])], "style": [0], "styles": [_OUTLINE]}
    return group_of(
        Drawn("shapes", data),
        Drawn("shapes", worst),
        *outline_focus(units, focus),
        legend(title or say("map.coverage.title", lang), entries[::-1]),
    )


def _figures(units: gpd.GeoDataFrame, lang: Lang) -> list[str]:
    rows = zip(units["share_pct"].isna(), units["share_pct"], units["covered"], units["households"], strict=True)
    return [
        say("map.coverage.none", lang)
        if missing
        else say("map.coverage.figure", lang, pct=float(pct), covered=int(covered), n=int(households))
        for missing, pct, covered, households in rows
    ]
