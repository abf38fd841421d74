"""A plan on the map: its units in tints or by a figure; those that break a size rule outlined, with their count."""

from __future__ import annotations

import folium
import geopandas as gpd
import numpy as np

from gridgis.model.tiers import SizeRange
from gridgis.model.words import Lang, say
from gridgis.planning.plan import Plan
from gridgis.show.classes import STYLES, Classified, classify
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
_GRIDS: Style = {"line": "line", "width": 2.25}
_MICRO_GRIDS: Style = {"line": "middle", "width": 0.75, "dash": "4 3"}
_TINTED: list[Style] = [_BORDER | {"fill": f"tint_{at}", "opacity": 0.8} for at in range(_TINTS)]
_HOME = {"fill": "home", "shape": "circle", "words": ""}


def plan_layer(
    units: gpd.GeoDataFrame,
    size: SizeRange,
    lang: Lang,
    *,
    by: str = "units",
    households: gpd.GeoDataFrame | None = None,
    focus: str | None = None,
) -> folium.FeatureGroup:
    """Draw the units of one tier of a plan.

    Parameters
    ----------
    units
        Index: codes; ``name``, ``households``, ``geometry`` in any CRS, ``head`` where it is known, and the column of
        the figure to colour by.
    size
        The size rule of the tier.
    lang
        Language of its words.
    by
        ``"units"`` for tints that tell neighbours apart, or a figure of :data:`gridgis.show.classes.COLUMNS`.
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
    drawn = _tint(units, size, lang) if by == "units" else classify(units, by, lang)
    data = {
        "pane": "units",
        "areas": True,
        "parts": encode_areas(units.geometry),
        "style": drawn.kinds,
        "styles": _TINTED if by == "units" else STYLES,
        "codes": units.index.astype(str).tolist(),
        "tips": unit_tips(units, drawn.tips, lang),
    }
    parts = [Drawn("shapes", data)]
    if households is not None:
        places = encode_places(households.geometry)
        dots = {"places": places, "style": np.zeros(len(households), int).tolist(), "styles": [_HOME], "size": 0.6}
        parts.append(Drawn("points", dots))
    entries = list(drawn.entries)
    if len(broken):
        outline = {"pane": "focus", "parts": [encode_lines(broken.geometry)], "style": [0], "styles": [_BROKEN]}
        parts += [Drawn("shapes", outline), counts_at(broken, counts[broken.index])]
        entries.append({"text": say("map.plan.broken", lang, low=size.low, high=size.high), "style": _BROKEN})
    if households is not None:
        entries.append({"text": say("tier.household", lang), "style": {"fill": "home"}, "shape": "circle"})
    return group_of(*parts, *outline_focus(units, focus), legend(drawn.title, entries))


def borders_of(plan: Plan, tier: str) -> Drawn:
    """Draw the borders of the other tier: of grids around micro-grids, of micro-grids within grids.

    Parameters
    ----------
    plan
        The plan.
    tier
        The tier whose units are drawn as areas.
    """
    other, style = (plan.grids, _GRIDS) if tier == "micro_grid" else (plan.micro_grids, _MICRO_GRIDS)
    data = {"pane": "over", "parts": [encode_lines(other.geometry)], "style": [0], "styles": [style]}
    return Drawn("shapes", data)


def _tint(units: gpd.GeoDataFrame, size: SizeRange, lang: Lang) -> Classified:
    entries: list[Entry] = [{"text": say("map.plan.unit", lang), "style": _BORDER | {"fill": "tint_0"}}]
    kinds = (colour_areas(units.geometry) % _TINTS).tolist()
    return Classified(kinds, _figures(units, size, lang), say("map.plan.title", lang), entries)


def _figures(units: gpd.GeoDataFrame, size: SizeRange, lang: Lang) -> list[str]:
    return [
        say("map.plan.figure", lang, n=n)
        if size.excess(n) == 0
        else say("map.plan.figure_broken", lang, n=n, low=size.low, high=size.high)
        for n in units["households"].astype(int)
    ]
