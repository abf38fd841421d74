"""Colours and signs: what each means, in light and in dark, and the classes that figures fall into.

Maps name a colour by its meaning; the browser looks it up in the palette of the theme on screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "land": "#F7F5F0",
        "panel": "#FCFBF8",
        "border": "#C9C4B8",
        "ink": "#22282E",
        "halo": "#F7F5F0",
        "accent": "#0F6E6A",
        "settled": "#E8E2D5",
        "water": "#C5DCE4",
        "road": "#B3AEA3",
        "lane": "#D3CDC1",
        "railway": "#8F8B84",
        "line": "#6E675B",
        "middle": "#8B8375",
        "faint": "#A29A8B",
        "share_0": "#F4FAF8",
        "share_1": "#BFDFD8",
        "share_2": "#86C3B8",
        "share_3": "#46A094",
        "share_4": "#0F6E6A",
        "in_order": "#2A9D8F",
        "due_soon": "#D9A441",
        "overdue": "#B5533C",
        "never": "#7A2E1D",
        "unreachable": "#5A6066",
        "hot": "#B5533C",
        "cold": "#4F6D8F",
        "too_few": "#8A8F94",
        "ordinary": "#EFEBE2",
        "tint_0": "#DCE8DF",
        "tint_1": "#F0E3CC",
        "tint_2": "#DDE1EE",
        "tint_3": "#EEDBDA",
        "tint_4": "#E6E6DA",
        "home": "#A39A88",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "land": "#1C2024",
        "panel": "#23282D",
        "border": "#454C54",
        "ink": "#E6E3DC",
        "halo": "#1C2024",
        "accent": "#4DB6AC",
        "settled": "#2B3137",
        "water": "#274552",
        "road": "#5B626A",
        "lane": "#3B4249",
        "railway": "#7A8087",
        "line": "#A7ADB3",
        "middle": "#868D94",
        "faint": "#6C747C",
        "share_0": "#DCEBE7",
        "share_1": "#A5D2C9",
        "share_2": "#6BB0A5",
        "share_3": "#37877E",
        "share_4": "#155C58",
        "in_order": "#35B0A1",
        "due_soon": "#E0B052",
        "overdue": "#D2694F",
        "never": "#A94A34",
        "unreachable": "#C9CED3",
        "hot": "#D2694F",
        "cold": "#7C9CC2",
        "too_few": "#9BA1A7",
        "ordinary": "#2B3036",
        "tint_0": "#2C3B33",
        "tint_1": "#40382A",
        "tint_2": "#2F3547",
        "tint_3": "#44302F",
        "tint_4": "#383A30",
        "home": "#7E7869",
    }
)

SHAPES: Mapping[str, str] = MappingProxyType(
    {"in_order": "circle", "due_soon": "diamond", "overdue": "triangle", "never": "square", "unreachable": "cross"}
)
"""The sign of each state of a household, so that colour never stands alone."""

# round breaks, from those that tell wide differences apart to those that tell the last per cents apart
_BREAKS = (
    (20, 40, 60, 80),
    (40, 55, 70, 85),
    (50, 60, 70, 80),
    (60, 70, 80, 90),
    (70, 75, 80, 85),
    (80, 85, 90, 95),
    (90, 92, 95, 98),
)


def share_breaks(shares_pct: NDArray[np.float64]) -> tuple[int, ...]:
    """Choose the four round breaks between the five classes of a share.

    Parameters
    ----------
    shares_pct
        Shares, in per cent; missing ones are passed over.

    Returns
    -------
        The breaks that spread the shares over the most classes, the wider ones where as many.

    Examples
    --------
    >>> share_breaks(np.array([61.0, 75.2, 82.4, 93.0])), share_breaks(np.array([]))
    ((60, 70, 80, 90), (20, 40, 60, 80))
    """
    known = shares_pct[~np.isnan(shares_pct)]
    return max(_BREAKS, key=lambda breaks: len(set(np.digitize(known, breaks).tolist())))


def class_words(breaks: Sequence[float]) -> list[str]:
    """Write the five classes between four breaks, the least first.

    Examples
    --------
    >>> class_words((60, 70, 80, 90))
    ['< 60', '60–70', '70–80', '80–90', '≥ 90']
    """
    inner = [f"{low}–{high}" for low, high in pairwise(breaks)]
    return [f"< {breaks[0]}", *inner, f"≥ {breaks[-1]}"]
