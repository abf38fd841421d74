"""The round of an observation: the sites in the colour of why they are seen, numbered, and the way between them."""

from __future__ import annotations

import folium
import geopandas as gpd
import pandas as pd

from gridgis.model.words import Lang, say
from gridgis.show.elements import Drawn, group_of
from gridgis.show.encode import encode_areas, encode_lines
from gridgis.show.focus import outline_focus
from gridgis.show.legend import Entry, Style, legend
from gridgis.show.names import counts_at
from gridgis.show.tooltips import unit_tips

WHY = ("best", "worst", "improving", "drawn", "seen")
_FILLS = ("in_order", "overdue", "due_soon", "cold", "too_few")
_STYLES: list[Style] = [{"fill": fill, "opacity": 0.55, "line": "line", "width": 1} for fill in _FILLS]
_M_PER_KM = 1000
_WAY: Style = {"line": "ink", "width": 2.5}


def tour_layer(
    sites: gpd.GeoDataFrame, way: gpd.GeoSeries, lang: Lang, *, focus: str | None = None
) -> folium.FeatureGroup:
    """Draw the sites of an observation.

    Parameters
    ----------
    sites
        Index: codes, in the order of the round; ``name``, ``why`` (one of :data:`WHY`), ``geometry`` in any CRS.
    way
        One line: the way from the start through all sites and back, in any CRS.
    lang
        Language of its words.
    focus
        Code of the site on screen, which is outlined.

    Returns
    -------
        Areas with tooltips, their numbers, the way, and the legend; a click chooses ``{"unit": code}``.
    """
    kinds = [WHY.index(why) for why in sites["why"]]
    numbers = pd.Series([str(at) for at in range(1, len(sites) + 1)], index=sites.index)
    data = {
        "pane": "units",
        "areas": True,
        "parts": encode_areas(sites.geometry),
        "style": kinds,
        "styles": _STYLES,
        "codes": sites.index.astype(str).tolist(),
        "tips": unit_tips(sites, [say(f"review.why.{why}", lang) for why in sites["why"]], lang),
    }
    parts = [encode_lines(way)]
    line = {"pane": "focus", "parts": parts, "style": [0], "styles": [_WAY]}
    entries: list[Entry] = [
        {"text": say(f"review.why.{why}", lang), "style": _STYLES[at]} for at, why in enumerate(WHY) if at in kinds
    ]
    return group_of(
        Drawn("shapes", data),
        Drawn("shapes", line),
        *outline_focus(sites, focus),
        counts_at(sites, numbers, "ink"),
        legend(say("review.tour.map", lang), entries, say("review.tour.straight", lang)),
    )


def stops_of(sites: gpd.GeoDataFrame, lang: Lang) -> list[str]:
    """Say each stop of a round: its number and name, why it is seen, how far from the one before, and its points.

    Parameters
    ----------
    sites
        Result of :func:`gridgis.ledger.reviews.observation.plan_tour`.
    lang
        Language of the words.
    """
    rows = zip(sites["name"], sites["why"], sites["leg_m"], sites["score"], sites["most"], strict=True)
    return [
        say(
            "review.tour.stop",
            lang,
            at=at,
            name=name,
            why=say(f"review.why.{why}", lang),
            km=f"{leg_m / _M_PER_KM:.1f}",
            points=say("review.tour.no_sheet", lang) if pd.isna(score) else f"{score:.0f}/{most:.0f}",
        )
        for at, (name, why, leg_m, score, most) in enumerate(rows, start=1)
    ]
