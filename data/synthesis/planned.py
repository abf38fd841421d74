"""The plan of the demo: which grid and micro-grid every household is in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from synthesis.places import VILLAGES
from synthesis.township import Township


def assign_households(township: Township) -> pd.DataFrame:
    """Assign every household to a grid and a micro-grid.

    Returns
    -------
        Index as ``township.households``: ``household_id``, ``grid_code``, ``micro_grid_code``.
    """
    households = township.households
    xy = shapely.get_coordinates(households.geometry.to_numpy())
    codes = pd.DataFrame({"household_id": households["household_id"], "grid_code": "", "micro_grid_code": ""})
    for village in VILLAGES:
        rows = np.flatnonzero(households["village_code"] == village.code)
        micro = 0
        for grid, share in enumerate(_halves(rows, xy, households["households"].to_numpy(), village.grids), start=1):
            grid_code = f"{village.code}{grid:03d}"
            last = round(village.micro_grids * grid / village.grids)
            parts = _halves(share, xy, households["households"].to_numpy(), last - micro)
            micro = last
            for number, part in enumerate(parts, start=1):
                codes.loc[part, ["grid_code", "micro_grid_code"]] = [grid_code, f"{grid_code}{number:02d}"]
    return codes


def _halves(rows: np.ndarray, xy: np.ndarray, weights: np.ndarray, parts: int) -> list[np.ndarray]:
    if parts == 1:
        return [rows]
    axis = int(np.ptp(xy[rows, 1]) > np.ptp(xy[rows, 0]) * 0.8)
    ordered = rows[np.argsort(xy[rows, axis], kind="stable")]
    share = (parts // 2) / parts
    counted = np.cumsum(weights[ordered])
    place = int(np.searchsorted(counted, share * counted[-1]))
    return _halves(ordered[:place], xy, weights, parts // 2) + _halves(ordered[place:], xy, weights, parts - parts // 2)
