"""A score over time for paper: a line with the band of its intervals, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from gridgis.show.palette import LIGHT
from gridgis.show.typeset import SVG

_WIDTH, _HEIGHT = 640, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 10, 20, 44


def line_chart(trend: pd.DataFrame, labels: Sequence[str]) -> bytes:
    """Draw a trend.

    Parameters
    ----------
    trend
        ``score``, ``low``, ``high`` (0 to 100), in order of time, none missing.
    labels
        What each period is called, in short: its key.

    Returns
    -------
        SVG; every point has its score written above it.
    """
    least = max(float(trend["low"].min()) // 10 * 10 - 10, 0.0)
    x = np.linspace(_LEFT + 40, _WIDTH - _RIGHT - 40, len(trend))
    down = (_HEIGHT - _TOP - _BOTTOM) / (100 - least)
    low, score, high = ((100 - trend[name].to_numpy(dtype=float)) * down + _TOP for name in ("low", "score", "high"))
    points = [f"{a:.1f},{b:.1f}" for a, b in zip(x, score, strict=True)]
    band = [f"{a:.1f},{b:.1f}" for a, b in [*zip(x, high, strict=True), *zip(x[::-1], low[::-1], strict=True)]]
    values = [f"{value:.1f}" for value in trend["score"]]
    return "".join(
        [
            f'{SVG} viewBox="0 0 {_WIDTH} {_HEIGHT}">',
            *_axis(least, down),
            f'<path d="M{"L".join(band)}Z" fill="{LIGHT["accent"]}" opacity="0.18"/>',
            f'<path d="M{"L".join(points)}" fill="none" stroke="{LIGHT["accent"]}" stroke-width="3"/>',
            *(
                f'<circle cx="{a:.1f}" cy="{b:.1f}" r="5" fill="{LIGHT["accent"]}"/>'
                f'<text x="{a:.1f}" y="{c - 9:.1f}" {_text()} font-weight="700">{value}</text>'
                f'<text x="{a:.1f}" y="{_HEIGHT - 12}" {_text()}>{escape(label)}</text>'
                for a, b, c, value, label in zip(x, score, high, values, labels, strict=True)
            ),
            "</svg>",
        ]
    ).encode()


def _text() -> str:
    return f'font-size="13.5" text-anchor="middle" fill="{LIGHT["ink"]}"'


def _axis(least: float, down: float) -> list[str]:
    return [
        f'<path d="M{_LEFT},{y:.1f}H{_WIDTH - _RIGHT}" stroke="{LIGHT["border"]}" stroke-width="1"/>'
        f'<text x="{_LEFT - 10}" y="{y + 6:.1f}" font-size="16" text-anchor="end" fill="{LIGHT["line"]}">'
        f"{value:.0f}</text>"
        for value in np.arange(least, 101, 10)
        for y in [(100 - value) * down + _TOP]
    ]
