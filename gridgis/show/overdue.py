"""Households by the state of their visits, as one object however many they are."""

from __future__ import annotations

import folium
import geopandas as gpd
import pandas as pd

from gridgis.model.words import Lang, say
from gridgis.show.elements import Drawn, group_of
from gridgis.show.encode import encode_places
from gridgis.show.legend import Entry, legend
from gridgis.show.palette import SHAPES

STATES = ("in_order", "due_soon", "unreachable", "overdue", "never")
"""The states in the order of drawing: what is worst lies on top."""


def overdue_layer(households: gpd.GeoDataFrame, lang: Lang) -> folium.FeatureGroup:
    """Draw households as signs: each state has its colour and its shape.

    Parameters
    ----------
    households
        ``state`` (one of :data:`STATES`), ``households`` (how many live at the point), ``days_overdue`` (days,
        missing where there is none), ``label`` (the household as the reader may see it, masked; a line break makes two
        lines), point ``geometry`` in any CRS.
    lang
        Language of its words.

    Returns
    -------
        One cloud of points and its legend, which counts the households; a click chooses ``{"point": position of the
        row}``.
    """
    states = households["state"].astype(str)
    styles = [{"fill": state, "shape": SHAPES[state], "words": say(f"map.state.{state}.tip", lang)} for state in STATES]
    counts = households["households"].groupby(states).sum()
    data = {
        "places": encode_places(households.geometry),
        "style": states.map(STATES.index).astype(int).tolist(),
        "styles": styles,
        "labels": households["label"].fillna("").astype(str).tolist(),
        "days": pd.to_numeric(households["days_overdue"]).fillna(0).astype(int).tolist(),
    }
    entries: list[Entry] = [
        {
            "text": say("map.state.counted", lang, state=say(f"map.state.{state}", lang), count=int(counts[state])),
            "style": {"fill": state},
            "shape": SHAPES[state],
        }
        for state in reversed(STATES)
        if state in counts
    ]
    return group_of(Drawn("points", data), legend(say("map.state.title", lang), entries))
