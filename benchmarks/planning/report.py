"""The table that the benchmark writes: median and spread of every figure, and every run that came to nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

OURS = "gridgis"
PACE = "k-means-constrained"
PLANNERS = (OURS, PACE, f"{PACE}, one start", "GerryChain", "METIS", "METIS, border lengths")
HEAD = """# Planning beside the peers

`make benchmark-planning` wrote this on {on}: {seeds} seeds, {machine}, Python {python}, one thread. A figure is the
median [least–most] over the seeds; every planner was asked for the same units of the same place in the same run.
Seconds are noisy and differ from machine to machine: read the ratios.

* **legal**: runs in which every unit is in its range (grids 300–500, micro-grids 50–100 households) and in one piece,
  and every micro-grid lies in one grid.
* **walk**: mean distance from a household to the medoid of its unit, as the crow flies.
* **cut**: natural villages in several units although one unit could hold them.
* **shape**: mean of Polsby–Popper (4π area / perimeter²; 1 is a circle), on cells, before outlines are simplified.
* **CPU**: user and system seconds of both tiers, from points or graph in memory to labels; the ratio is to
  k-means-constrained, seed by seed. **memory**: what this adds at its peak; **process**: the peak of the
  whole process, its imports (and, for gridgis, the cutting of the land) included.

The peers, called as a fair user would call them:

* **k-means-constrained** {k_means} on the households' points, with `size_min` and `size_max`; grids first, then in each
  grid its share of micro-grids. As it comes it takes the best of ten starts; with `n_init=1` it is quick. It knows
  neither land nor natural villages: a cell takes the commonest label of its households.
* **GerryChain** {gerrychain}, `recursive_tree_part` on the graph that we plan on, with a surcharge on borders between
  natural villages; both tiers as above.
* **METIS** (pymetis {pymetis}) on that graph, units in one piece, as much imbalance as the narrower side of the range
  allows; first with every edge alike (shorter walks), then weighted by length of border (better shapes); both tiers as
  above.
"""
_FIGURES: dict[str, tuple[str, int | None]] = {
    "walk grid, m": ("grid_walk_m", 1),
    "walk micro, m": ("micro_walk_m", 1),
    "cut grid": ("grid_cut_avoidable", None),
    "cut micro": ("micro_cut_avoidable", None),
    "shape grid": ("grid_polsby_popper", 3),
    "shape micro": ("micro_polsby_popper", 3),
    "CPU, s": ("cpu_s", 2),
    "CPU ratio": ("cpu_ratio", 2),
    "memory, MB": ("more_mb", 0),
    "process, MB": ("peak_mb", 0),
}
_LAWS: dict[str, tuple[str, int | None]] = {
    "grids in range, %": ("grid_in_range_pct", 1),
    "micro-grids in range, %": ("micro_in_range_pct", 1),
    "grids in one piece, %": ("grid_connected_pct", 1),
    "micro-grids in one piece, %": ("micro_connected_pct", 1),
    "nested, %": ("nested_pct", 0),
}
_WHOLE = {
    "first call, s": ("warm_s", 2),
    "whole plan, CPU s": ("plan_s", 2),
    "process, MB": ("plan_mb", 0),
    "lawful as drawn, %": ("lawful_pct", 0),
}


def add_ratios(runs: pd.DataFrame) -> pd.DataFrame:
    """Put each run's CPU beside that of k-means-constrained at the same place and seed."""
    pace = runs[runs["planner"] == PACE].set_index(["place", "seed"])["cpu_s"]
    beside = pace.reindex(pd.MultiIndex.from_frame(runs[["place", "seed"]])).to_numpy()
    return runs.assign(cpu_ratio=runs["cpu_s"] / beside)


def spread(figures: pd.Series, digits: int | None) -> str:
    """Write median and spread; without ``digits``, as short as they are.

    Examples
    --------
    >>> spread(pd.Series([1.0, 2.0, 4.0]), 1)
    '2.0 [1.0–4.0]'
    >>> spread(pd.Series([3.0, 3.0]), 0)
    '3'
    >>> spread(pd.Series([0, 1]), None)
    '0.5 [0–1]'
    """
    known = figures.dropna().astype(float)
    if known.empty:
        return "–"
    form = "g" if digits is None else f".{digits}f"
    least, middle, most = (format(number, form) for number in (known.min(), known.median(), known.max()))
    return middle if least == most else f"{middle} [{least}–{most}]"


def write_report(runs: pd.DataFrame, places: dict[str, str], head: str, charts: Sequence[tuple[str, str]]) -> str:
    """Write the report.

    Parameters
    ----------
    runs
        A row a run: ``place``, ``planner``, ``seed``, ``failure`` (None or why there are no labels), ``legal`` and the
        figures.
    places
        Title of each place.
    head
        What stands before the tables.
    charts
        What each chart shows, and its file.
    """
    runs = add_ratios(runs)
    lines = [head]
    lines += [f"![{text}]({file})\n" for text, file in charts]
    for place, title in places.items():
        here = runs[runs["place"] == place]
        lines += [f"## {title}\n", _table(here, _FIGURES, legal=True)]
        lines += [_table(here, _LAWS, legal=False)]
        lines += [f"* {failure}" for failure in _failures(here)]
        lines += [""]
    ours = runs[runs["planner"] == OURS]
    lines += ["## Our plan as a whole\n", _WHOLE_TEXT, _by_place(ours, places)]
    return "\n".join(lines)


_WHOLE_TEXT = """From layers in memory to the finished plan: cutting the land, both tiers, outlines, explanation. The
first call in a process loads the compiled loops (on a new machine it compiles them, once).
"""


def _table(runs: pd.DataFrame, columns: dict[str, tuple[str, int | None]], *, legal: bool) -> str:
    head = ["planner", *(["legal"] if legal else []), *columns]
    rows = []
    for planner in PLANNERS:
        here = runs[runs["planner"] == planner]
        lawful = [f"{int(here['legal'].sum())} of {len(here)}"] if legal else []
        rows.append([planner, *lawful, *(spread(here[name], digits) for name, digits in columns.values())])
    return _markdown(head, rows)


def _by_place(ours: pd.DataFrame, places: dict[str, str]) -> str:
    rows = [
        [place, *(spread(ours.loc[ours["place"] == place, name], digits) for name, digits in _WHOLE.values())]
        for place in places
    ]
    return _markdown(["place", *_WHOLE], rows)


def _failures(runs: pd.DataFrame) -> list[str]:
    failed = runs.dropna(subset="failure").groupby(["planner", "failure"], sort=True)["seed"]
    return [f"{planner}, seeds {', '.join(map(str, seeds))}: {why}" for (planner, why), seeds in failed]


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
