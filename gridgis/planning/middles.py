"""The middle of a unit: its medoid, the household that all the others walk least to, and how far they walk."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import cdist

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_AT_ONCE = 1000


def find_middles(places_m: Floats, weight: Ints, unit: pd.Series) -> pd.DataFrame:
    """Find the medoid of each unit.

    Parameters
    ----------
    places_m
        Shape (n, 2), metres; among equals the first place is the medoid.
    weight
        Households at each place.
    unit
        Unit of each place; missing for none, which is left out.

    Returns
    -------
        Index the units, ascending; ``row`` (position of the medoid in ``places_m``), ``x_m``, ``y_m``, ``households``
        and ``walk_m``, the mean distance of the unit's households to it.

    Examples
    --------
    >>> places = np.array([[0.0, 0], [3, 4], [6, 8]])
    >>> find_middles(places, np.array([1, 1, 2]), pd.Series(["a", "a", "a"])).loc["a", "walk_m"].item()
    3.75
    """
    found = {}
    placed = unit.notna().to_numpy()
    for name, rows in pd.Series(np.flatnonzero(placed)).groupby(unit.to_numpy()[placed]):
        here, many = places_m[rows.to_numpy()], weight[rows.to_numpy()]
        parts = np.array_split(here, len(here) // _AT_ONCE + 1)
        sums = np.concatenate([cdist(part, here) @ many for part in parts])
        # a tenth of a millimetre apart is a tie, whatever the last digits of the coordinates
        nearest = int(np.flatnonzero(sums <= sums.min() + 1e-4)[0])
        total = max(int(many.sum()), 1)
        found[name] = (int(rows.iloc[nearest]), *here[nearest], int(many.sum()), float(sums[nearest]) / total)
    columns = ["row", "x_m", "y_m", "households", "walk_m"]
    return pd.DataFrame.from_dict(found, orient="index", columns=columns).sort_index()
