"""Scores of units in five classes with round breaks; a unit that is not judged is hatched."""

from __future__ import annotations

import folium
import geopandas as gpd
import numpy as np

from gridgis.model.words import Lang, say
from gridgis.show.classes import STYLES, round_breaks
from gridgis.show.elements import Drawn, group_of
from gridgis.show.encode import encode_areas
from gridgis.show.focus import outline_focus
from gridgis.show.legend import Entry, legend
from gridgis.show.palette import class_words
from gridgis.show.tooltips import unit_tips

_CLASSES = 5


def classify_scores(units: gpd.GeoDataFrame, lang: Lang) -> tuple[list[int], list[str]]:
    """Put units into the classes of their score.

    Parameters
    ----------
    units
        ``score`` (0 to 100 points) and ``standing``.
    lang
        Language of the classes' words.

    Returns
    -------
        The class of each unit, the last one for those not judged, and the words of all classes.
    """
    judged = units["score"].where(units["standing"] != "too_few").to_numpy(dtype=float, na_value=np.nan)
    breaks = round_breaks(judged)
    kinds = np.where(np.isnan(judged), _CLASSES, np.digitize(judged, breaks))
    return kinds.tolist(), [*class_words(breaks), say("review.map_none", lang)]


def scores_layer(units: gpd.GeoDataFrame, lang: Lang, *, focus: str | None = None) -> folium.FeatureGroup:
    """Draw units in the class of their score.

    Parameters
    ----------
    units
        Index: codes; ``name``, ``score``, ``low``, ``high`` (points), ``standing``, ``geometry`` in any CRS, and
        ``head`` where it is known.
    lang
        Language of its words.
    focus
        Code of the unit in focus, which is outlined.

    Returns
    -------
        Areas with tooltips, and their legend; a click chooses ``{"unit": code}``.
    """
    kinds, words = classify_scores(units, lang)
    figures = [
        say("review.tip", lang, points=f"{score:.1f}", low=f"{low:.1f}", high=f"{high:.1f}")
        for score, low, high in units[["score", "low", "high"]].to_numpy(dtype=float)
    ]
    data = {
        "pane": "units",
        "areas": True,
        "parts": encode_areas(units.geometry),
        "style": kinds,
        "styles": STYLES,
        "codes": units.index.astype(str).tolist(),
        "tips": unit_tips(units, figures, lang),
    }
    order = [at for at in (*reversed(range(_CLASSES)), _CLASSES) if at in kinds]
    entries: list[Entry] = [{"text": words[at], "style": STYLES[at]} for at in order]
    return group_of(Drawn("shapes", data), *outline_focus(units, focus), legend(say("review.map", lang), entries))
