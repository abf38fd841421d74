"""Shares, the intervals around them, and rankings that call units tied where chance may have ordered them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_Z95 = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """A count out of a count.

    Parameters
    ----------
    numerator, denominator
        What is counted, and out of how many.
    unreachable
        How many of the rest were tried and not reached.
    """

    numerator: int
    denominator: int
    unreachable: int = 0

    @property
    def pct(self) -> float | None:
        """Percentage, or None of nothing."""
        return 100 * self.numerator / self.denominator if self.denominator else None

    def change_since(self, before: Share) -> float | None:
        """Compute the change in percentage points, or None where either is a share of nothing."""
        return None if self.pct is None or before.pct is None else self.pct - before.pct


def wilson_interval(numerator: pd.Series, denominator: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the 95 % interval of shares.

    Parameters
    ----------
    numerator, denominator
        Counts, ``0 <= numerator <= denominator``.

    Returns
    -------
        Low and high ends between 0 and 1; missing where the denominator is 0.

    Source: E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference,
    JASA 22(158): 209-212.

    Examples
    --------
    >>> low, high = wilson_interval(pd.Series([8]), pd.Series([10]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.49], [0.943])
    """
    n = np.where(denominator > 0, denominator, np.nan).astype(float)
    share = numerator.to_numpy() / n
    middle = share + _Z95**2 / (2 * n)
    spread = _Z95 * np.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n**2))
    scale = 1 + _Z95**2 / n
    # the ends meet the share exactly at 0 and 1, where rounding would put them a hair on the wrong side
    return np.minimum((middle - spread).clip(0) / scale, share), np.maximum((middle + spread) / scale, share).clip(0, 1)


def ranks(low: pd.Series, high: pd.Series) -> pd.Series:
    """Rank units by intervals, the best first: a unit's rank is one more than the units that are surely better.

    Parameters
    ----------
    low, high
        Ends of each unit's interval; a unit with missing ends is not ranked.

    Returns
    -------
        ``Int64`` ranks from 1, on the index of ``low``; missing where not ranked.

    Source: H. Goldstein and D. J. Spiegelhalter (1996), League tables and their limitations, JRSS A 159(3): 385-443.

    Examples
    --------
    >>> ranks(pd.Series([0.8, 0.7, 0.2]), pd.Series([0.9, 0.85, 0.4])).tolist()
    [1, 1, 3]
    """
    lows = np.sort(low.dropna().to_numpy())
    surely_better = len(lows) - np.searchsorted(lows, high.to_numpy(), side="right")
    return pd.Series(surely_better + 1, index=low.index, dtype="Int64").where(low.notna())


def last_ranks(low: pd.Series, high: pd.Series) -> pd.Series:
    """Tell the last rank that a unit may hold: so many ranks less the units that are surely worse.

    Parameters
    ----------
    low, high
        As for :func:`ranks`.

    Returns
    -------
        ``Int64`` ranks, nowhere before those of :func:`ranks`.

    Examples
    --------
    >>> last_ranks(pd.Series([0.8, 0.7, 0.2]), pd.Series([0.9, 0.85, 0.4])).tolist()
    [2, 2, 3]
    """
    return low.notna().sum() + 1 - ranks(-high, -low)


def ranks_words(best: object, last: object) -> str:
    """Write the ranks that a unit may hold; a dash where it is not ranked.

    Examples
    --------
    >>> ranks_words(3, 3), ranks_words(1, 6), ranks_words(pd.NA, pd.NA)
    ('3', '1–6', '–')
    """
    if pd.isna(best):  # type: ignore[call-overload]
        return "–"
    return str(best) if best == last else f"{best}–{last}"
