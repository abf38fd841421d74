"""Charts of the benchmark: a dot a run, a tick at the median."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from benchmarks.planning.report import PLANNERS

_VERDICTS = {True: "legal", False: "not legal"}
_COLOURS = alt.Scale(domain=list(_VERDICTS.values()), range=["#1f6f8b", "#d1792f"])
_TIERS = {"grid_walk_m": "grids", "micro_walk_m": "micro-grids"}


def draw_walks(runs: pd.DataFrame) -> alt.FacetChart:
    """Draw the walks of both tiers by place; the further left, the better."""
    done = runs[runs["failure"].isna()]
    long = done.melt(["place", "planner", "legal"], list(_TIERS), "tier", "figure")
    long = long.assign(tier=long["place"] + ", " + long["tier"].map(_TIERS))
    # with one grid there is nothing to choose
    alike = long.groupby("tier")["figure"].transform("nunique") == 1
    return _facets(long[~alike], "tier", "walk, m", alt.Scale(zero=False))


def draw_cpu(runs: pd.DataFrame) -> alt.FacetChart:
    """Draw the CPU seconds of both tiers by place, on a scale of powers of ten."""
    done = runs[runs["failure"].isna()].assign(figure=runs["cpu_s"])
    return _facets(done, "place", "CPU of both tiers, s", alt.Scale(type="log"))


def _facets(runs: pd.DataFrame, by: str, title: str, scale: alt.Scale) -> alt.FacetChart:
    runs = runs[[by, "planner", "legal", "figure"]].assign(
        legal=runs["legal"].map(_VERDICTS),
        middle=runs.groupby([by, "planner"])["figure"].transform("median"),
    )
    base = alt.Chart().encode(y=alt.Y("planner:N").sort(list(PLANNERS)).title(None))
    axis: dict[str, Any] = {"title": title, "scale": scale, "axis": alt.Axis(tickCount=5)}
    dots = base.mark_circle(size=45, opacity=0.6).encode(
        x=alt.X("figure:Q", **axis),
        color=alt.Color("legal:N").scale(_COLOURS).title(None).legend(orient="top"),
    )
    middles = base.mark_tick(thickness=2, color="black", size=16).encode(x=alt.X("middle:Q", **axis))
    return (
        alt.layer(dots, middles, data=runs)
        .properties(width=230, height=130)
        .facet(alt.Facet(f"{by}:N").title(None).sort(list(dict.fromkeys(runs[by]))), columns=2)
        .resolve_scale(x="independent")
        .configure(background="white")
    )
