"""Charts of the benchmark: a mark a run, a tick at the median."""

from __future__ import annotations

import altair as alt
import pandas as pd

from benchmarks.planning.report import PLANNERS

_LEGAL, _NOT_LEGAL = "legal", "not legal"
_COLOURS = alt.Scale(domain=[_LEGAL, _NOT_LEGAL], range=["#1f6f8b", "#d1792f"])


def draw_walks(runs: pd.DataFrame) -> alt.FacetChart:
    """Draw the walks of both tiers by place; the further left, the better."""
    done = runs[runs["failure"].isna()]
    tiers = {"grid_walk_m": "grids", "micro_walk_m": "micro-grids"}
    long = done.melt(["place", "planner", "seed", "legal"], list(tiers), "tier", "walk_m")
    long = long.assign(tier=long["tier"].map(tiers))
    # with one grid there is nothing to choose
    shared = long.groupby(["place", "tier"])["walk_m"].transform("nunique") == 1
    return _facets(long[~shared], alt.X("walk_m:Q").title("walk, m").scale(zero=False), row="tier:N")


def draw_cpu(runs: pd.DataFrame) -> alt.FacetChart:
    """Draw the CPU seconds of both tiers by place, on a scale of powers of ten."""
    return _facets(runs[runs["failure"].isna()], alt.X("cpu_s:Q").title("CPU of both tiers, s").scale(type="log"))


def _facets(runs: pd.DataFrame, x: alt.X, row: str | None = None) -> alt.FacetChart:
    columns = [name for name in ("place", "tier", "planner", "legal", "walk_m", "cpu_s") if name in runs]
    runs = runs[columns].assign(legal=runs["legal"].map({True: _LEGAL, False: _NOT_LEGAL}))
    y = alt.Y("planner:N").sort(list(PLANNERS)).title(None)
    base = alt.Chart().encode(y=y)
    marks = base.mark_circle(size=45, opacity=0.7).encode(
        x=x, color=alt.Color("legal:N").scale(_COLOURS).title(None).legend(orient="top")
    )
    middle = base.mark_tick(thickness=2, color="black", size=18).encode(
        x=alt.X(f"median({x.shorthand.split(':')[0]}):Q").title(x.title if isinstance(x.title, str) else None)
    )
    faceted = {"column": alt.Column("place:N").title(None).sort(list(dict.fromkeys(runs["place"])))}
    if row is not None:
        faceted["row"] = alt.Row(row).title(None)
    return (
        alt.layer(marks, middle, data=runs)
        .properties(width=230, height=130)
        .facet(**faceted)
        .resolve_scale(x="independent")
        .configure(background="white")
    )
