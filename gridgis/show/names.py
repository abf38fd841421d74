"""Names on a map: each shown at the zoom where it fits, none over another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgis.model.layers import Layers
from gridgis.model.words import Lang, say
from gridgis.show.elements import Drawn
from gridgis.show.encode import WGS84, encode_places

_VILLAGE = {"from": 0, "to": 14.5, "weight": 600, "size": 15, "fill": "ink"}
_NATURAL_VILLAGE = {"from": 12, "fit": 0.55, "weight": 400, "size": 12.5, "fill": "ink"}
_NAMESAKE = _NATURAL_VILLAGE | {"from": 14.75}
"""A natural village that bears its village's name is named once the village's own name is gone."""
_COUNT = {"from": 0, "weight": 600, "size": 12.5}


def names_of_villages(layers: Layers, lang: Lang) -> Drawn:
    """Write the names of villages, and of the natural villages once these are large enough on screen.

    Parameters
    ----------
    layers
        ``villages`` and ``natural_villages``; either may be missing.
    lang
        Language of the entry in the layer switch.
    """
    styled = [(layers.villages, 0), (layers.natural_villages, 1)]
    tables = [table[["name", "geometry"]].to_crs(WGS84).assign(style=at) for table, at in styled if table is not None]
    named = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=WGS84)
    villages = set() if layers.villages is None else set(layers.villages["name"])
    named["style"] += (named["style"] == 1) & named["name"].isin(villages)
    # larger things are named first, so that the smaller ones give way
    order = named.assign(room=_room(named)).sort_values(["style", "room"], ascending=[True, False], kind="stable")
    return _names(order, order["name"], order["style"], [_VILLAGE, _NATURAL_VILLAGE, _NAMESAKE], say("map.names", lang))


def counts_at(areas: gpd.GeoDataFrame, texts: pd.Series, fill: str = "overdue") -> Drawn:
    """Write a count on each of some areas, by default in the colour of a broken rule."""
    return _names(areas, texts, pd.Series(0, index=areas.index), [_COUNT | {"fill": fill}], rank=1)


def _room(areas: gpd.GeoDataFrame) -> pd.Series:
    bounds = areas.geometry.to_crs(WGS84).bounds
    room: pd.Series = ((bounds["maxx"] - bounds["minx"]) * 1e6).round()
    return room


def _names(
    areas: gpd.GeoDataFrame,
    texts: pd.Series,
    style: pd.Series,
    styles: Sequence[Mapping[str, object]],
    name: str | None = None,
    rank: int = 0,
) -> Drawn:
    data = {
        "places": encode_places(areas.geometry.representative_point()),
        "texts": texts.astype(str).tolist(),
        "room": _room(areas).astype(np.int64).tolist(),
        "style": style.astype(int).tolist(),
        "styles": list(styles),
        "rank": rank,
    }
    return Drawn("names", data, name)
