"""The unit in focus: an outline in the accent colour, above everything else."""

from __future__ import annotations

import geopandas as gpd

from gridgis.show.elements import Drawn
from gridgis.show.encode import encode_lines


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
