"""Measure the store, the ledger and the planner on a county of invented households, and write docs/benchmarks.md.

Each measurement runs in a process of its own, so that its peak of memory is its own; where a well-known way to the same
answer exists, it runs beside ours in the same run. Machines are noisy: read the ratios, not the seconds.
"""

from __future__ import annotations

import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from gridgis.demo import find_demo, plan_demo, read_demo
from gridgis.ledger.coverage import coverage_by_unit
from gridgis.ledger.overdue import Cadence, overdue_households
from gridgis.ledger.periods import Period, period_of
from gridgis.ledger.reviews.books import Records, ReviewRules
from gridgis.ledger.reviews.scores import Review, review_units
from gridgis.model.layers import Layers, empty_layer
from gridgis.model.weighing import ReviewWeights
from gridgis.store.database import open_store
from gridgis.store.observing import read_records
from gridgis.store.reading import data_version, read_households, read_visits
from gridgis.store.scope import Reader
from gridgis.store.writing import import_layers

HOUSEHOLDS, VISITS, SIDE = 110_000, 400_000, 13
TODAY = date(2026, 11, 22)
RUNS = 5
READER = Reader.of_township("benchmark")
HEAD = (
    "`make benchmark` wrote this on {on}: Python {python}, {machine}; a county of "
    f"{HOUSEHOLDS:,} invented households and {VISITS:,} visits; the median of {RUNS} runs after a first. "
    "Memory is what a task adds to the peak of its process, in which county and demo township lie already. "
    "Read the ratios: machines differ and are noisy."
)
TABLE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def make_county() -> Layers:
    """Invent a county: villages as a chessboard, households anywhere in them, visits on any day of a year."""
    rng = np.random.default_rng(1448)
    corners = [(112 + x / 50, 37 + y / 50) for x in range(SIDE) for y in range(SIDE)]
    codes = [f"140121{number:06d}" for number in range(len(corners))]
    shapes = [shapely.box(x, y, x + 0.02, y + 0.02) for x, y in corners]
    villages = gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=shapes, crs=4490)
    home = rng.integers(len(corners), size=HOUSEHOLDS)
    places = np.array(corners)[home] + rng.uniform(0.001, 0.019, (HOUSEHOLDS, 2))
    ids = pd.Series([f"{codes[village]}{number:06d}" for number, village in enumerate(home)], dtype="str")
    households = gpd.GeoDataFrame(
        {"household_id": ids, "village_code": np.array(codes)[home], "households": 1},
        geometry=shapely.points(places),
        crs=4490,
    )
    days = pd.Timestamp(TODAY) - pd.to_timedelta(rng.integers(365, size=VISITS), unit="D")
    visits = pd.DataFrame(
        {
            "visit_id": [f"v{number}" for number in range(VISITS)],
            "household_id": ids.to_numpy()[rng.integers(HOUSEHOLDS, size=VISITS)],
            "visited_on": days.astype("datetime64[s]"),
            "by": [f"m{number % 500}" for number in range(VISITS)],
            "outcome": rng.choice(["met", "unreachable"], VISITS, p=[0.96, 0.04]),
        }
    )
    return Layers(villages=villages, households=_whole(households, "households"), visits=_whole(visits, "visits"))


def _whole(table: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Put a table into the columns and types of its contract."""
    empty = empty_layer(layer, 4490)
    whole = table.reindex(columns=empty.columns)
    kinds = {name: kind for name, kind in empty.dtypes.items() if name != "geometry"}
    return whole.astype(kinds)


def plain_coverage(households: pd.DataFrame, visits: pd.DataFrame, period: Period) -> pd.Series:
    """Count covered households the way one writes it first: merge, then group."""
    days = visits["visited_on"]
    met = visits[(days >= str(period.start)) & (days <= str(period.end)) & (visits["outcome"] == "met")]
    flagged = households.merge(met[["household_id"]].drop_duplicates(), how="left", indicator=True)
    return (flagged["_merge"] == "both").groupby(flagged["village_code"]).mean()


def plain_overdue(households: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """List overdue households the way one writes it first: last visit by group, then merge."""
    last = visits[visits["outcome"] == "met"].groupby("household_id")["visited_on"].max().rename("last")
    joined = households.merge(last, left_on="household_id", right_index=True, how="left")
    days = (pd.Timestamp(TODAY) - joined["last"]).dt.days
    return joined[days.isna() | (days > 30)].assign(days=days).sort_values("days", ascending=False)  # noqa: PLR2004


def _records(county: Layers) -> Records:
    """Put the county's layers together as what reviews are made from; nobody is in post, and nothing was asked for."""
    return Records(
        households=county.households.assign(grid_code=None, micro_grid_code=None),
        visits=county.visits,
        services=empty_layer("services", 4490),
        members=empty_layer("members"),
        appointments=_none(("member_id", "post", "unit_code"), ("from_on", "until_on")),
        certifications=_none(("member_id", "step", "passed", "number"), ("on", "expires_on")),
        situations=_none(("household_id",), ("recorded_on",)),
        scores=pd.DataFrame(columns=["period", "unit_code", "score", "most"]),
        villages=county.villages,
        grids=None,
        micro_grids=None,
    )


def _none(texts: tuple[str, ...], days: tuple[str, ...]) -> pd.DataFrame:
    kinds = dict.fromkeys(texts, "str") | dict.fromkeys(days, "M8[s]")
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def review_year(records: Records) -> Review:
    """Review all villages in the year up to today."""
    period = period_of("year", TODAY).until(TODAY)
    return review_units(records.open(period, "village_code", ReviewRules()), ReviewWeights())


def tasks(path: str) -> dict[str, Callable[[], object]]:
    """Prepare what is measured, by name; a name that ends in a peer's is that peer's way to the same answer."""
    county = make_county()
    layer, visits = county.households, county.visits
    services = empty_layer("services", 4490)
    month = period_of("month", TODAY)
    store = open_store(path)
    demo = read_demo(find_demo()).layers
    return {
        "store: bring a county in (once)": lambda: import_layers(store, county, who="benchmark", synthetic=True),
        "store: read the data version": lambda: data_version(store),
        "store: read households": lambda: read_households(store, READER),
        "store: read households | pyogrio": lambda: pyogrio.read_dataframe(path, layer="households"),
        "store: read visits": lambda: read_visits(store, READER),
        "store: read visits | pyogrio": lambda: pyogrio.read_dataframe(path, layer="visits"),
        "ledger: coverage by village": lambda: coverage_by_unit(layer, visits, services, month, "village_code"),
        "ledger: coverage by village | pandas": lambda: plain_coverage(layer, visits, month),
        "ledger: overdue households": lambda: overdue_households(layer, visits, TODAY, Cadence()),
        "ledger: overdue households | pandas": lambda: plain_overdue(layer, visits),
        "ledger: a year's review of the villages": lambda: review_year(_records(county)),
        "store: read and review a year": lambda: review_year(read_records(store, READER, None)),
        "planning: the demo township, 24 and 78 units": lambda: plan_demo(demo),
    }


def measure(name: str, path: str) -> None:
    """Run one task and print its seconds and its peak of memory."""
    task = tasks(path)[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = []
    once = name.endswith("(once)")
    for _ in range(1 if once else RUNS + 1):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    # the first run fills caches and compiles
    counted = seconds if once else seconds[1:]
    more_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"seconds": counted, "more_mb": more_mb}))


def main() -> None:
    """Measure every task and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "county.gpkg")
        rows: dict[str, dict[str, float]] = {}
        for name in tasks(path):
            print(name, flush=True)
            command = [sys.executable, __file__, name, path]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found = json.loads(done.stdout.splitlines()[-1])
            rows[name] = {"s": statistics.median(found["seconds"]), "more": found["more_mb"]}
    TABLE.write_text(_table(rows), encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))


def _table(rows: dict[str, dict[str, float]]) -> str:
    lines = [
        "# Benchmarks",
        "",
        HEAD.format(on=date.today(), python=platform.python_version(), machine=platform.machine()),  # noqa: DTZ011
        "",
        "| what | ours, s | more MB | peer | peer, s | ours / peer |",
        "|---|---|---|---|---|---|",
    ]
    for name, ours in rows.items():
        if " | " in name:
            continue
        peer = next((other for other in rows if other.startswith(f"{name} | ")), None)
        beside = ["", "", ""]
        if peer is not None:
            beside = [peer.partition(" | ")[2], f"{rows[peer]['s']:.4f}", f"{ours['s'] / rows[peer]['s']:.2f}"]
        lines.append(f"| {name} | {ours['s']:.4f} | {ours['more']:.0f} | {' | '.join(beside)} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(*sys.argv[1:])
    else:
        main()
