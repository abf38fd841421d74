"""Edits of every kind, drawn by chance at the borders of a village's micro-grids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from gridgis.model.tiers import GRID, MICRO_GRID
from gridgis.redraw.draft import Draft
from gridgis.redraw.edits import (
    Create,
    Dissolve,
    Edit,
    Lock,
    Merge,
    Move,
    Paint,
    Rename,
    Reshape,
    Split,
    SplitEvenly,
)

RULES = GRID, MICRO_GRID


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
