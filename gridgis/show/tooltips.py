"""The three lines of a tooltip: name and code, the figure of the page, the head of the unit."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from gridgis.model.words import Lang, say


def unit_tips(units: pd.DataFrame, figures: Iterable[str], lang: Lang) -> list[list[str]]:
    """Write the tooltip of each unit.

    Parameters
    ----------
    units
        Index: codes; ``name``, and ``head`` (missing where nobody is in post) where the page knows it.
    figures
        The figure of each unit, in words.
    lang
        Language of the words.
    """
    names = units["name"].fillna("").astype(str)
    first = [f"{name} {code}".strip() for code, name in names.items()]
    if "head" not in units:
        return [list(lines) for lines in zip(first, figures, strict=True)]
    heads = [
        say("map.vacant", lang) if pd.isna(head) or not head else say("map.head", lang, name=head)
        for head in units["head"]
    ]
    return [list(lines) for lines in zip(first, figures, heads, strict=True)]
