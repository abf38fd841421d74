"""The trend of a score as a line with the band of its intervals."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from gridgis.ledger.periods import period_named
from gridgis.views.parts import show_note
from gridgis.views.scene import Scene

_HEIGHT = 210
_ACCENT = {False: "#0F6E6A", True: "#4DB6AC"}
_LEAST = 2


def show_trend(scene: Scene, name: str, trend: pd.DataFrame) -> None:
    """Show how a unit's score went.

    Parameters
    ----------
    scene
        What the page is given.
    name
        What the unit is called.
    trend
        Result of :func:`gridgis.ledger.reviews.trends.trend_of`.
    """
    known = trend.dropna(subset=["score"])
    show_note(scene.say("review.trend", unit=name))
    if len(known) < _LEAST:
        show_note(scene.say("review.trend_short"))
        return
    labels = [period_named(str(key)).words(scene.lang) for key in known.index]
    rows = known[["score", "low", "high"]].assign(period=labels)
    colour = _ACCENT[scene.dark]
    across = alt.X("period:N", sort=labels, title=None, axis=alt.Axis(labelAngle=0, labelLimit=180, labelOverlap=True))
    scale = alt.Scale(domain=[max(known["low"].min() // 10 * 10 - 10, 0), 100])
    score = alt.Y("score:Q", title=scene.say("review.trend.score"), scale=scale)
    tips = [
        alt.Tooltip("period:N", title=scene.say("review.trend.period")),
        *(
            alt.Tooltip(f"{column}:Q", title=scene.say(f"review.{column}"), format=".1f")
            for column in ("score", "low", "high")
        ),
    ]
    base = alt.Chart(rows).encode(across)
    band = base.mark_area(opacity=0.2, color=colour).encode(alt.Y("low:Q", scale=scale, title=None), alt.Y2("high:Q"))
    line = base.mark_line(color=colour, point=alt.OverlayMarkDef(color=colour, size=60)).encode(score, tooltip=tips)
    st.altair_chart((band + line).properties(height=_HEIGHT), width="stretch")
