"""The demo's year: its first and last day, and how its seasons slow work down."""

from __future__ import annotations

from datetime import date

import numpy as np

from synthesis.frame import Numbers

FIRST_DAY = date(2025, 11, 24)
LAST_DAY = date(2026, 11, 22)
WEEKS = 52
FIRST = np.datetime64(FIRST_DAY, "D")
LAST = np.datetime64(LAST_DAY, "D")

ISOLATION = (date(2026, 1, 5), date(2026, 1, 25))
"""First and last day on which one natural village was isolated."""

# week (from 0) of the middle of a slow season, its half width in weeks, and the share of work left
_SLOW = (
    (12.2, 1.6, 0.35),  # spring festival, 17 February 2026
    (28.5, 1.5, 0.72),  # wheat harvest, June
    (44.6, 2.2, 0.68),  # maize harvest and the national holiday, late September to mid-October
)
_RISE = (0.228, 0.395)
"""Share of the households seen in a week at the beginning and at the end of the year."""


def weekly_share() -> Numbers:
    """Compute which share of its households a usual micro-grid visits, week by week."""
    weeks = np.arange(WEEKS, dtype=np.float64)
    share = _RISE[0] + (_RISE[1] - _RISE[0]) * (weeks / (WEEKS - 1)) ** 1.2
    for middle, width, left in _SLOW:
        share *= 1 - (1 - left) * np.exp(-0.5 * ((weeks - middle) / width) ** 2)
    return share


def day_number(on: date) -> int:
    """Count the days from the year's first day."""
    return (on - FIRST_DAY).days
