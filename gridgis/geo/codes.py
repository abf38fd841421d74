"""Codes of units: the code above plus digits, numbered west to east, then north to south."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

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
