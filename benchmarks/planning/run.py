"""Run us and the peers on the real places, the same units each, and write docs/planning-benchmark.md with its charts.

Usage: ``python -m benchmarks.planning.run [--seeds 10] [--places maumere oberland]``. The peers live in an environment
of their own, ``.venv-peers``; ``make benchmark-planning`` makes it from ``peers.lock``. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.planning.charts import draw_cpu, draw_walks
from benchmarks.planning.measures import Figures, measure_labels
from benchmarks.planning.places import PLACES, Place, make_place, read_layers, request_of
from benchmarks.planning.problem import save_problem
from benchmarks.planning.report import HEAD, PLANNERS, write_report

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PEERS = ROOT / ".venv-peers" / "bin" / "python"
LIMIT_S = 600
"""A run that takes longer, by the clock on the wall, is broken off and recorded as such."""
ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB_MAXIMUM", "NUMEXPR")
}
_COSTS = ("cpu_s", "more_mb", "peak_mb", "warm_s", "plan_s", "plan_mb")
_TITLES = "{place}: {households:,} households, grids: {grids}, micro-grids: {micro_grids}"


def command_of(planner: str, place: str, problem: Path, seed: int, out: Path) -> list[str]:
    """Name the command that runs a planner once."""
    told = [str(problem), str(seed), str(out)]
    package = "benchmarks.planning"
    return {
        PLANNERS[0]: [sys.executable, "-m", f"{package}.ours", place, str(seed), str(out)],
        PLANNERS[1]: [str(PEERS), "-m", f"{package}.peers.k_means", *told, "10"],
        PLANNERS[2]: [str(PEERS), "-m", f"{package}.peers.k_means", *told, "1"],
        PLANNERS[3]: [str(PEERS), "-m", f"{package}.peers.gerry_chain", *told],
        PLANNERS[4]: [str(PEERS), "-m", f"{package}.peers.metis", *told, "edges"],
        PLANNERS[5]: [str(PEERS), "-m", f"{package}.peers.metis", *told, "borders"],
    }[planner]


def run_once(command: list[str], out: Path) -> str | None:
    """Run a planner in a process of its own; say why there are no labels, if there are none."""
    out.unlink(missing_ok=True)
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not done within {LIMIT_S} s"
    if done.returncode == 0:
        return None
    return (done.stderr.splitlines() or [f"ended with {done.returncode}"])[-1]


def row_of(place: Place, out: Path) -> dict[str, object]:
    """Read what a planner wrote, and measure it."""
    with np.load(out) as found:
        figures = measure_labels(place, found["grid"], found["micro"])
        costs = {name: float(found[name]) for name in _COSTS if name in found}
        lawful = {"lawful_pct": 100.0 * bool(found["lawful"])} if "lawful" in found else {}
    return _flat(figures) | costs | lawful


def _flat(figures: Figures) -> dict[str, object]:
    tiers = {"grid": figures.grid, "micro": figures.micro}
    flat = {f"{tier}_{name}": value for tier, some in tiers.items() for name, value in asdict(some).items()}
    return flat | {"nested_pct": 100.0 * figures.nested, "legal": figures.legal}


def run_place(name: str, place: Place, seeds: int, folder: Path) -> list[dict[str, object]]:
    """Run every planner on a place, seed by seed, so that what disturbs the machine disturbs all."""
    problem, out = folder / f"{name}.npz", folder / "labels.npz"
    save_problem(place.problem, problem)
    rows = []
    for seed in range(seeds):
        for planner in PLANNERS:
            failure = run_once(command_of(planner, name, problem, seed, out), out)
            found = row_of(place, out) if failure is None else {"legal": False}
            rows.append({"place": name, "planner": planner, "seed": seed, "failure": failure} | found)
            said = failure or f"{found['grid_walk_m']:.1f} / {found['micro_walk_m']:.1f} m, {found['cpu_s']:.2f} s"
            print(f"{name}, seed {seed}, {planner}: {said}", flush=True)
    return rows


def head_text(seeds: int) -> str:
    """Say what ran where, without naming anything of the machine but its kind."""
    asked = (
        "from importlib.metadata import version as v; print(*map(v, ['k-means-constrained', 'gerrychain', 'pymetis']))"
    )
    done = subprocess.run([str(PEERS), "-c", asked], capture_output=True, text=True, check=True)
    k_means, gerrychain, pymetis = done.stdout.split()
    return HEAD.format(
        on=date.today(),  # noqa: DTZ011
        seeds=seeds,
        machine=f"{platform.machine()} with {os.cpu_count()} cores",
        python=platform.python_version(),
        k_means=k_means,
        gerrychain=gerrychain,
        pymetis=pymetis,
    )


def write_charts(runs: pd.DataFrame, folder: Path) -> list[tuple[str, str]]:
    """Draw the charts into docs/."""
    charts = {
        "planning-walk.svg": ("Walks by planner and place", draw_walks(runs)),
        "planning-cpu.svg": ("CPU seconds by planner and place", draw_cpu(runs)),
    }
    for file, (_, chart) in charts.items():
        spec = folder / "chart.json"
        spec.write_text(json.dumps(chart.to_dict()), encoding="utf-8")
        command = [str(PEERS), "-m", "benchmarks.planning.peers.draw", str(spec), str(DOCS / file)]
        subprocess.run(command, cwd=ROOT, check=True)
    return [(text, file) for file, (text, _) in charts.items()]


def main() -> None:
    """Run all, and write table and charts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--places", nargs="+", choices=PLACES, default=list(PLACES))
    asked = parser.parse_args()
    rows, titles = [], {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for place_name in asked.places:
            place = make_place(read_layers(place_name), request_of(place_name))
            grids, micro_grids = PLACES[place_name]
            titles[place_name] = _TITLES.format(
                place=place_name.capitalize(),
                households=int(place.households.sum()),
                grids=grids,
                micro_grids=micro_grids,
            )
            rows += run_place(place_name, place, asked.seeds, folder)
        runs = pd.DataFrame(rows)
        report = write_report(runs, titles, head_text(asked.seeds), write_charts(runs, folder))
    (DOCS / "planning-benchmark.md").write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
