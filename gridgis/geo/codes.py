"""Codes of units: the code above plus digits, numbered west to east, then north to south."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgis.model.words import Lang, say

GRID_DIGITS = 3
MICRO_GRID_DIGITS = 2


def number_units(middles: gpd.GeoSeries, above: pd.Series, digits: int) -> pd.Series:
    """Give units their codes.

    Parameters
    ----------
    middles
        A point of each unit, in any CRS with x eastwards.
    above
        Code of the unit above each; same index.
    digits
        Digits to add; more where a unit has more parts than they can number.

    Returns
    -------
        Codes, index as ``middles``.

    Source: DB11/T numbers unit grids so; three digits for a grid are its rule, two for a micro-grid are this product's.

    Examples
    --------
    >>> middles = gpd.GeoSeries.from_xy([5, 1, 5], [0, 0, 9])
    >>> number_units(middles, pd.Series(["140121202200"] * 3), GRID_DIGITS).tolist()
    ['140121202200003', '140121202200001', '140121202200002']
    """
    order = np.lexsort((-middles.y.to_numpy(), middles.x.to_numpy(), above.to_numpy(dtype=str)))
    ranked = above.iloc[order]
    number = ranked.groupby(ranked).cumcount() + 1
    width = np.maximum(number.groupby(ranked).transform("max").astype(str).str.len(), digits)
    texts = [str(n).zfill(w) for n, w in zip(number, width, strict=True)]
    return (ranked + pd.Series(texts, index=ranked.index)).reindex(above.index)


def name_unit(village: str, digits: str) -> str:
    """Name a grid or a micro-grid after its village, in the language that the village's name is written in.

    Parameters
    ----------
    village
        Name of the village.
    digits
        What the unit's code adds to the village's: three digits and more for a grid, two more for a micro-grid.

    Examples
    --------
    >>> name_unit("西谷村", "002"), name_unit("西谷村", "00203"), name_unit("Maumere", "002")
    ('西谷村第2网格', '西谷村第2网格第3微网格', 'Maumere grid 2')
    """
    lang: Lang = "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in village) else "en"
    if len(digits) <= GRID_DIGITS:
        return say("plan.name.grid", lang, village=village, number=int(digits))
    number, part = int(digits[:-MICRO_GRID_DIGITS]), int(digits[-MICRO_GRID_DIGITS:])
    return say("plan.name.micro_grid", lang, village=village, number=number, part=part)
