"""Who borders on some land, and may take it; stray pieces join the neighbour with the longest border."""

from __future__ import annotations

import numpy as np

from gridgis.redraw.draft import Draft, Ints
from gridgis.redraw.laws import new_strays
from gridgis.redraw.units import give_cells


def by_border(draft: Draft, tier: str, cells: Ints, unit: str) -> list[str]:
    """List the units around some cells of a unit that locks let take them, the longest border first."""
    number, codes = draft.numbers(tier)
    a, b = draft.edges
    ours = draft.cells.index.isin(cells)
    ends = np.append(a, b), np.append(b, a)
    edge = ours[ends[0]] & ~ours[ends[1]]
    border_m = np.tile(draft.mesh.length_m, 2)[edge]
    length_m = np.bincount(number[ends[1][edge]] + 1, border_m, len(codes) + 1)[1:]
    around = [codes[other] for other in np.argsort(-length_m, kind="stable").tolist() if length_m[other] > 0]
    return [code for code in around if code != unit and _may_change(draft, tier, unit, code)]


def _may_change(draft: Draft, tier: str, one: str, other: str) -> bool:
    """Say whether locks let land go from one unit to another."""
    if tier == "grid":
        return not draft.grids["locked"].loc[[one, other]].any()
    grids = {draft.grid_of(one), draft.grid_of(other)}
    locked = draft.micro_grids["locked"].loc[[one, other]].any()
    return not locked and (len(grids) == 1 or not draft.grids["locked"].loc[list(grids)].any())


def join_new_strays(before: Draft, after: Draft) -> Draft:
    """Give the pieces that were cut off micro-grids to their neighbours in the same grid.

    Parameters
    ----------
    before, after
        The village before and after land was divided; units without land are retired.
    """
    for stray in new_strays(before, after):
        if stray.tier == "micro_grid":
            cells = np.array(stray.cells, dtype=np.int64)
            grid = after.grid_of(stray.unit)
            heirs = [code for code in by_border(after, "micro_grid", cells, stray.unit) if after.grid_of(code) == grid]
            after = give_cells(after, cells, heirs[0]) if heirs else after
    return after
