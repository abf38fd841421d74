"""The report of a check on the map: where each finding is, and what it says."""

from __future__ import annotations

from collections.abc import Sequence

import folium
import geopandas as gpd

from gridgis.model.findings import Finding
from gridgis.model.words import Lang, say
from gridgis.show.elements import Drawn, group_of
from gridgis.show.encode import WGS84, encode_places
from gridgis.show.legend import Entry, legend

_SIGNS = {"warning": ("due_soon", "diamond"), "error": ("overdue", "triangle")}


def findings_layer(findings: Sequence[Finding], lang: Lang) -> folium.FeatureGroup:
    """Draw the places that a check found something at.

    Parameters
    ----------
    findings
        What was found; a finding without places does not show.
    lang
        Language of its words.

    Returns
    -------
        One cloud of points with tooltips (id, what and why), and its legend; a click chooses
        ``{"point": number of the place}``, counted through the findings in order.
    """
    rows = [
        (finding, name, place) for finding in findings for name, place in zip(finding.ids, finding.places, strict=False)
    ]
    kinds = list(_SIGNS)
    words = {id(finding): finding.words(lang) for finding, _, _ in rows}
    lon, lat = zip(*(place for _, _, place in rows), strict=True) if rows else ((), ())
    data = {
        "places": encode_places(gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=WGS84)),
        "style": [kinds.index(finding.severity) for finding, _, _ in rows],
        "styles": [{"fill": fill, "shape": shape, "words": ""} for fill, shape in _SIGNS.values()],
        "labels": [f"{name}\n{words[id(finding)]}" for finding, name, _ in rows],
        "size": 2,
    }
    found = {finding.severity for finding, _, _ in rows}
    entries: list[Entry] = [
        {"text": say(f"map.finding.{kind}", lang), "style": {"fill": _SIGNS[kind][0]}, "shape": _SIGNS[kind][1]}
        for kind in reversed(kinds)
        if kind in found
    ]
    return group_of(Drawn("points", data), legend(say("map.finding.title", lang), entries))
