"""What is in focus: a unit outlined, a place ringed, in the accent colour and above everything else."""

from __future__ import annotations

import geopandas as gpd

from gridgis.show.elements import Drawn
from gridgis.show.encode import encode_lines, encode_places


def outline_focus(units: gpd.GeoDataFrame, focus: str | None) -> list[Drawn]:
    """Outline the unit in focus.

    Parameters
    ----------
    units
        Index: codes; ``geometry``.
    focus
        Code of the unit; none, or one that is not there, outlines nothing.
    """
    if focus is None or focus not in units.index:
        return []
    parts = [encode_lines(units.geometry.loc[[focus]])]
    style = {"line": "accent", "width": 3.5}
    return [Drawn("shapes", {"pane": "focus", "parts": parts, "style": [0], "styles": [style]})]


def ring_places(places: gpd.GeoSeries) -> Drawn:
    """Put a ring around each of some places.

    Parameters
    ----------
    places
        Points in any CRS.
    """
    styles = [{"fill": "accent", "shape": "ring", "words": ""}]
    return Drawn("points", {"places": encode_places(places), "style": [0] * len(places), "styles": styles, "size": 2})
