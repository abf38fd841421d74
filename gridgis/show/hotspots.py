"""Hotspots of services: more than chance, less than chance, ordinary, or too few to judge."""

from __future__ import annotations

import folium
import geopandas as gpd

from gridgis.model.words import Lang, say
from gridgis.show.elements import Drawn, group_of
from gridgis.show.encode import encode_areas
from gridgis.show.focus import outline_focus
from gridgis.show.legend import Entry, Style, legend

_STYLES: dict[str, Style] = {
    "ordinary": {"fill": "ordinary", "opacity": 0.6, "line": "faint", "width": 0.75},
    "too_few": {"texture": "dots", "textureColour": "too_few", "line": "faint", "width": 0.75},
    "cold": {
        "fill": "cold",
        "opacity": 0.75,
        "texture": "hatch",
        "textureColour": "panel",
        "line": "cold",
        "width": 1.5,
    },
    "hot": {"fill": "hot", "opacity": 0.8, "line": "never", "width": 2},
}


def hotspots_layer(areas: gpd.GeoDataFrame, lang: Lang, *, focus: str | None = None) -> folium.FeatureGroup:
    """Draw areas by their verdict.

    Parameters
    ----------
    areas
        Index: codes of units or cells; ``name`` (may be missing), ``observed`` and ``expected`` (services),
        ``verdict`` (``hot``, ``cold``, ``ordinary`` or ``too_few``), ``geometry`` in any CRS.
    lang
        Language of its words.
    focus
        The area in focus, which is outlined.

    Returns
    -------
        Areas with tooltips, and their legend; a click chooses ``{"unit": code}``.
    """
    kinds = list(_STYLES)
    # what stands out is drawn last
    ordered = areas.assign(kind=areas["verdict"].map(kinds.index)).sort_values("kind", kind="stable")
    rows = zip(
        ordered.index, ordered["name"], ordered["observed"], ordered["expected"], ordered["verdict"], strict=True
    )
    tips = [
        [
            name if isinstance(name, str) else str(code),
            say("map.hotspot.figure", lang, n=int(observed), expected=float(expected)),
            say(f"map.hotspot.{verdict}", lang),
        ]
        for code, name, observed, expected, verdict in rows
    ]
    data = {
        "pane": "units",
        "areas": True,
        "parts": encode_areas(ordered.geometry),
        "style": ordered["kind"].astype(int).tolist(),
        "styles": list(_STYLES.values()),
        "codes": ordered.index.astype(str).tolist(),
        "tips": tips,
    }
    present = set(areas["verdict"])
    entries: list[Entry] = [
        {"text": say(f"map.hotspot.{verdict}", lang), "style": _STYLES[verdict]}
        for verdict in reversed(kinds)
        if verdict in present
    ]
    shown = legend(say("map.hotspot.title", lang), entries, say("map.hotspot.note", lang))
    return group_of(Drawn("shapes", data), shown, *outline_focus(areas, focus))
