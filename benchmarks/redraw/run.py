"""Measure every operation of a redraw on two villages, and write docs/redraw-benchmark.md.

An edit is timed from the planner's wish to its effect in words; apart from it the drawing of the village's units, as
the page shows and the store keeps them. The first edit of each kind is not counted: compiled loops are loaded with it.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import shapely

from gridgis.demo import find_demo, read_demo
from gridgis.exchange.inputs import Inputs, read_inputs
from gridgis.geo.places import land_and_people
from gridgis.model.layers import Layers
from gridgis.model.settings import Settings
from gridgis.model.tiers import GRID, MICRO_GRID
from gridgis.planning.plan import PlanRequest, make_plan
from gridgis.redraw.apply import apply_edit
from gridgis.redraw.change import apply_change, invert
from gridgis.redraw.draft import Draft
from gridgis.redraw.drawing import draw_units
from gridgis.redraw.edits import (
    Create,
    Dissolve,
    Edit,
    Lock,
    MakeLegal,
    Merge,
    Move,
    Paint,
    RefusedError,
    Rename,
    Reshape,
    Split,
    SplitEvenly,
)
from gridgis.redraw.planfile import open_plan
from gridgis.redraw.problems import problems

RULES = GRID, MICRO_GRID
EDITS = 15
TRIES = 200
TABLE = Path(__file__).parents[2] / "docs" / "redraw-benchmark.md"
CASES = Path(__file__).parents[2] / "data" / "cases"
HEAD = (
    "`make benchmark-redraw` wrote this on {on}: Python {python}, {machine}; milliseconds, the median and the worst of "
    f"up to {EDITS} edits of each kind after a first. An edit is timed with all its laws checked and its effect told; "
    "*drawn* is the drawing of all units of the village after it. Machines are noisy: read the ratios."
)


def demo_draft() -> Draft:
    """Open the demo's village with the most households of all that have no more than 900."""
    layers = read_demo(find_demo()).sound()
    sizes = land_and_people(layers)[1]["village_code"].value_counts()
    code = sizes[sizes <= 900].index[0]  # noqa: PLR2004 — a village as large as they are
    return open_plan(make_plan(layers, PlanRequest()), layers)[str(code)]


def maumere_draft() -> Draft:
    """Open a real place of 3,492 households as one village."""
    layers: Layers = read_inputs(Inputs(CASES / "maumere.gpkg"), Settings()).sound()
    return open_plan(make_plan(layers, PlanRequest()), layers)["maumere"]


def border_pairs(draft: Draft, rng: np.random.Generator) -> Iterator[tuple[int, str, str]]:
    """Draw cells at borders between micro-grids, with the unit on either side."""
    codes = draft.cells["micro_grid_code"].to_numpy(dtype=object)
    a, b = draft.edges
    for row in rng.permutation(np.flatnonzero(codes[a] != codes[b])).tolist():
        yield int(draft.cells.index[a[row]]), codes[a[row]], codes[b[row]]


def crossing(draft: Draft, cells: np.ndarray, rng: np.random.Generator) -> shapely.Geometry:
    """Draw a line across some land."""
    land = shapely.total_bounds(draft.cells.geometry.loc[cells].to_numpy())
    middle, reach = (land[:2] + land[2:]) / 2, land[2:] - land[:2]
    angle = rng.uniform(0, np.pi)
    turn = np.array([np.cos(angle), np.sin(angle)]) * reach
    return shapely.LineString([middle - turn, middle + rng.normal(0, 0.05, 2) * reach, middle + turn])


def around(draft: Draft, cell: int, metres: float = 60.0) -> shapely.Geometry:
    """Draw a rectangle around a cell."""
    place = draft.cells.geometry.loc[[cell]].to_crs(draft.mesh.metric).centroid.buffer(metres, cap_style="square")
    return place.to_crs(draft.cells.crs).iloc[0]


@dataclass(frozen=True)
class Spot:
    """A cell at a border, the micro-grids on both sides of it, and a source of chance."""

    draft: Draft
    cell: int
    here: str
    there: str
    rng: np.random.Generator

    def line(self, unit: str) -> shapely.Geometry:
        """Draw a line across a unit."""
        return crossing(self.draft, self.draft.cells_of(unit), self.rng)

    def stroke(self) -> shapely.Geometry:
        """Draw a brush stroke around the cell."""
        return shapely.LineString(around(self.draft, self.cell, 15).exterior.coords)

    @property
    def grid(self) -> str:
        """Look up the grid of this side."""
        return self.draft.grid_of(self.here)


KINDS: dict[str, Callable[[Spot], Edit]] = {
    "move a cell": lambda at: Move(cells=(at.cell,), to=at.there),
    "paint with a brush": lambda at: Paint(brush=at.stroke(), width_m=10, to=at.there),
    "cut out an area": lambda at: Paint(area=around(at.draft, at.cell), cut=True, to=at.there),
    "split along a line": lambda at: Split(unit=at.here, line=at.line(at.here)),
    "split a grid along a line": lambda at: Split(unit=at.grid, line=at.line(at.grid)),
    "split evenly": lambda at: SplitEvenly(unit=at.here),
    "draw a border anew": lambda at: Reshape(units=(at.here, at.there), line=at.line(at.here)),
    "merge": lambda at: Merge(units=(at.here, at.there)),
    "new unit": lambda at: Create(area=around(at.draft, at.cell), grid=at.grid, cut=True),
    "dissolve": lambda at: Dissolve(unit=at.here),
    "rename": lambda at: Rename(unit=at.here, name=f"{at.here} anew"),
    "lock all": lambda _: Lock(),
}


def edits_of(kind: str, draft: Draft, rng: np.random.Generator) -> Iterator[Edit]:
    """Draw edits of a kind, legal or not."""
    for cell, here, there in border_pairs(draft, rng):
        yield KINDS[kind](Spot(draft, cell, here, there, rng))


def measure(draft: Draft, some: Iterator[Edit]) -> dict[str, list[float]]:
    """Time edits, their undoing, and the drawing after each."""
    times: dict[str, list[float]] = {"edit": [], "undo": [], "drawn": []}
    for one in some:
        began = time.perf_counter()
        try:
            done = apply_edit(draft, one, RULES)
            done.effect.messages()
        except RefusedError:
            continue
        after = time.perf_counter()
        apply_change(done.draft, invert(done.change))
        undone = time.perf_counter()
        draw_units(done.draft)
        for name, seconds in zip(times, (after - began, undone - after, time.perf_counter() - undone), strict=True):
            times[name].append(1000 * seconds)
        if len(times["edit"]) > EDITS:
            break
    return times


def repairs_of(draft: Draft, rng: np.random.Generator) -> Iterator[tuple[Draft, Edit]]:
    """Break the rule of a unit by merging, and ask for the repair."""
    for _, here, there in border_pairs(draft, rng):
        if draft.grid_of(here) == draft.grid_of(there):
            try:
                broken = apply_edit(draft, Merge(units=(here, there)), RULES).draft
            except RefusedError:
                continue
            wrong = [one.unit for one in problems(broken, RULES) if one.unit in {here, there}]
            if wrong:
                yield broken, MakeLegal(unit=wrong[0])


def row(name: str, times: dict[str, list[float]]) -> str:
    """Write a row of the table; the first edit does not count."""
    figures = [f"{statistics.median(some[1:]):.0f} / {max(some[1:]):.0f}" for some in times.values() if len(some) > 1]
    return f"| {name} | {' | '.join(figures or ['–'] * len(times))} |"


def tables() -> Iterator[str]:
    """Measure both places."""
    for draft in (demo_draft(), maumere_draft()):
        people, name = int(draft.cells["households"].sum()), draft.village.name
        counted = f"{people:,} households in {len(draft.cells):,} cells, {len(draft.micro_grids)} micro-grids"
        yield f"\n## {name}: {counted}\n"
        yield "| edit | edit | undo | drawn |\n|---|---|---|---|"
        for kind in KINDS:
            rng = np.random.default_rng(1448)
            yield row(kind, measure(draft, islice(edits_of(kind, draft, rng), TRIES)))
        found: dict[str, list[float]] = {"edit": [], "undo": [], "drawn": []}
        for broken, one in islice(repairs_of(draft, np.random.default_rng(1448)), EDITS):
            for column, some in measure(broken, iter([one])).items():
                found[column] += some
        yield row("make legal", found)


def main() -> None:
    """Measure, and write the page."""
    on = datetime.now(UTC).astimezone().date()
    head = HEAD.format(on=on, python=platform.python_version(), machine=platform.machine())
    lines = ["# What a redraw costs", "", head]
    for line in tables():
        print(line, flush=True)
        lines.append(line)
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
