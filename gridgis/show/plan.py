"""A plan on the map: its units in pale tints, and those that break a size rule in a brick outline with their count."""

from __future__ import annotations

import folium
import geopandas as gpd
import numpy as np

from gridgis.model.tiers import SizeRange
from gridgis.model.words import Lang, say
from gridgis.show.colouring import colour_areas
from gridgis.show.elements import Drawn, group_of
from gridgis.show.encode import encode_areas, encode_lines, encode_places
from gridgis.show.focus import outline_focus
from gridgis.show.legend import Entry, Style, legend
from gridgis.show.names import counts_at
from gridgis.show.tooltips import unit_tips

_TINTS = 5
_BORDER: Style = {"line": "line", "width": 1.5}
_BROKEN: Style = {"line": "overdue", "width": 3}
_HOME = {"fill": "home", "shape": "circle", "words": ""}


def plan_layer(
    units: gpd.GeoDataFrame,
    size: SizeRange,
    lang: Lang,
    *,
    households: gpd.GeoDataFrame | None = None,
    focus: str | None = None,
) -> folium.FeatureGroup:
    """Draw the units of one tier of a plan.

    Parameters
    ----------
    units
        Index: codes; ``name``, ``households``, ``geometry`` in any CRS, and ``head`` where it is known.
    size
        The size rule of the tier.
    lang
        Language of its words.
    households
        Points to draw as dots; no more of them than where they are reaches the browser.
    focus
        Code of the unit in focus, which is outlined.

    Returns
    -------
        Areas with tooltips, broken rules, and their legend; a click chooses ``{"unit": code}``.
    """
    counts = units["households"].astype(int)
    excess = counts.map(size.excess)
    broken = units[excess > 0]
    data = {
        "pane": "units",
        "areas": True,
        "parts": encode_areas(units.geometry),
        "style": (colour_areas(units.geometry) % _TINTS).tolist(),
        "styles": [_BORDER | {"fill": f"tint_{at}", "opacity": 0.8} for at in range(_TINTS)],
        "codes": units.index.astype(str).tolist(),
        "tips": unit_tips(units, _figures(units, size, lang), lang),
    }
    parts = [Drawn("shapes", data)]
    if households is not None:
        places = encode_places(households.geometry)
        dots = {"places": places, "style": np.zeros(len(households), int).tolist(), "styles": [_HOME], "size": 0.6}
        parts.append(Drawn("points", dots))
    entries: list[Entry] = [{"text": say("map.plan.unit", lang), "style": _BORDER | {"fill": "tint_0"}}]
    if len(broken):
        outline = {"pane": "focus", "parts": [encode_lines(broken.geometry)], "style": [0], "styles": [_BROKEN]}
        parts += [Drawn("shapes", outline), counts_at(broken, counts[broken.index])]
        entries.append({"text": say("map.plan.broken", lang, low=size.low, high=size.high), "style": _BROKEN})
    if households is not None:
        entries.append({"text": say("tier.household", lang), "style": {"fill": "home"}, "shape": "circle"})
    return group_of(*parts, *outline_focus(units, focus), legend(say("map.plan.title", lang), entries))


def _figures(units: gpd.GeoDataFrame, size: SizeRange, lang: Lang) -> list[str]:
    return [
        say("map.plan.figure", lang, n=n)
        if size.excess(n) == 0
        else say("map.plan.figure_broken", lang, n=n, low=size.low, high=size.high)
        for n in units["households"].astype(int)
    ]
