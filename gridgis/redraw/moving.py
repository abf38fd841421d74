"""Land from unit to unit: move and paint, fill, swap, create, dissolve and merge."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
import shapely

from gridgis.redraw.choosing import check_unit, choose_cells
from gridgis.redraw.draft import Draft, Floats, Ints
from gridgis.redraw.edits import Create, Dissolve, Fill, Merge, Move, Paint, RefusedError, Swap
from gridgis.redraw.units import found_grid, found_micro_grid, give_cells, hang_micro_grid

_PAIR = 2


def move_land(draft: Draft, edit: Move | Paint) -> Draft:
    """Give land to a unit; see :class:`gridgis.redraw.edits.Move`."""
    check_unit(draft, edit.to)
    if edit.to in draft.micro_grids.index:
        draft, cells = choose_cells(draft, edit)
        return give_cells(draft, cells, edit.to)
    if edit.units is not None and all(unit in draft.micro_grids.index for unit in edit.units):
        for unit in edit.units:
            draft = hang_micro_grid(draft, unit, edit.to)[0]
        return draft
    draft, cells = choose_cells(draft, edit)
    heirs = draft.micro_grids_of(edit.to)
    strange = cells[~draft.cells["micro_grid_code"].loc[cells].isin(heirs).to_numpy()]
    if len(strange) == 0:
        raise RefusedError("redraw.refused.nothing")
    return hand_on(draft, strange, heirs)


def fill_land(draft: Draft, edit: Fill) -> Draft:
    """Give land that no unit has to the units around it; see :class:`gridgis.redraw.edits.Fill`."""
    blank = draft.cells.index.to_numpy(dtype=np.int64)[draft.cells["micro_grid_code"].isna().to_numpy()]
    if len(blank) == 0:
        raise RefusedError("redraw.refused.nothing")
    if edit.to is not None and check_unit(draft, edit.to) in draft.micro_grids.index:
        return give_cells(draft, blank, edit.to)
    heirs = draft.micro_grids.index.tolist() if edit.to is None else draft.micro_grids_of(edit.to)
    return hand_on(draft, blank, heirs)


def swap_land(draft: Draft, edit: Swap) -> Draft:
    """Swap land between two units; see :class:`gridgis.redraw.edits.Swap`."""
    if edit.units is not None:
        one, other = (check_unit(draft, unit) for unit in edit.units)
        if not {one, other} <= set(draft.micro_grids.index):
            raise RefusedError("redraw.refused.swap")
        grids = draft.grid_of(one), draft.grid_of(other)
        if grids[0] == grids[1]:
            raise RefusedError("redraw.refused.nothing")
        return hang_micro_grid(hang_micro_grid(draft, one, grids[1])[0], other, grids[0])[0]
    sides = [choose_cells(draft, Move(cells=cells, to=""))[1] for cells in edit.cells or ()]
    units = [draft.cells["micro_grid_code"].loc[cells].unique().tolist() for cells in sides]
    if any(len(some) != 1 for some in units) or units[0] == units[1]:
        raise RefusedError("redraw.refused.swap")
    return give_cells(give_cells(draft, sides[0], units[1][0]), sides[1], units[0][0])


def create_unit(draft: Draft, edit: Create) -> Draft:
    """Make a new unit of land; see :class:`gridgis.redraw.edits.Create`."""
    draft, cells = choose_cells(draft, edit)
    if edit.grid is None:
        draft, grid = found_grid(draft, edit.name)
        draft, unit = found_micro_grid(draft, grid)
    else:
        if edit.grid not in draft.grids.index:
            raise RefusedError("redraw.refused.unit", code=edit.grid, village=draft.village.name)
        draft, unit = found_micro_grid(draft, edit.grid, edit.name)
    return give_cells(draft, cells, unit)


def dissolve_unit(draft: Draft, edit: Dissolve) -> Draft:
    """Hand a unit's land on to its neighbours; see :class:`gridgis.redraw.edits.Dissolve`."""
    unit = check_unit(draft, edit.unit)
    if edit.into is not None:
        return merge_units(draft, Merge(units=(unit, edit.into), keep=edit.into))
    if unit in draft.micro_grids.index:
        inside = [code for code in draft.micro_grids_of(draft.grid_of(unit)) if code != unit]
        free = _free(draft, inside) or _free(draft, [code for code in draft.micro_grids.index if code != unit])
        return hand_on(draft, draft.cells_of(unit), free)
    rest = [code for code in draft.grids.index if code != unit and not draft.grids["locked"].loc[code]]
    left = draft.micro_grids_of(unit)
    while left:
        touching = [(length_m, one, grid) for one in left for grid, length_m in _around(draft, one) if grid in rest]
        if not touching:
            raise RefusedError("redraw.refused.no_heir", code=unit)
        _, one, grid = max(touching)
        draft = hang_micro_grid(draft, one, grid)[0]
        left.remove(one)
    return draft


def merge_units(draft: Draft, edit: Merge) -> Draft:
    """Merge units of one tier; see :class:`gridgis.redraw.edits.Merge`."""
    units = list(dict.fromkeys(check_unit(draft, unit) for unit in edit.units))
    tiers = {unit in draft.grids.index for unit in units}
    if len(tiers) > 1 or len(units) < _PAIR or (edit.keep is not None and edit.keep not in units):
        raise RefusedError("redraw.refused.merge")
    sizes = draft.sizes("grid" if tiers == {True} else "micro_grid")
    keep = edit.keep or max(units, key=lambda unit: (sizes[unit], -units.index(unit)))
    for unit in units:
        if unit == keep:
            continue
        if keep in draft.micro_grids.index:
            draft = give_cells(draft, draft.cells_of(unit), keep)
            continue
        for micro_grid in draft.micro_grids_of(unit):
            draft = hang_micro_grid(draft, micro_grid, keep)[0]
    return draft


def _free(draft: Draft, units: Sequence[str]) -> list[str]:
    """Leave out units that are locked, or lie in a locked grid."""
    locked = draft.micro_grids["locked"] | draft.micro_grids["grid_code"].map(draft.grids["locked"])
    return [unit for unit in units if not locked[unit]]


def _around(draft: Draft, unit: str) -> list[tuple[str, float]]:
    """List the grids that a micro-grid borders on, with the metres of border."""
    unit_of = draft.cells["micro_grid_code"].to_numpy(dtype=object)
    a, b = (unit_of[rows] for rows in draft.edges)
    lengths_m: dict[str, float] = {}
    for ours, theirs in ((a, b), (b, a)):
        rows = (ours == unit) & (theirs != unit)
        for other, length_m in zip(theirs[rows].tolist(), draft.mesh.length_m[rows].tolist(), strict=True):
            if other is not None:
                grid = draft.grid_of(other)
                lengths_m[grid] = lengths_m.get(grid, 0.0) + length_m
    return sorted(lengths_m.items())


def hand_on(draft: Draft, cells: Ints, heirs: Sequence[str]) -> Draft:
    """Give each of some cells to one of several micro-grids, over borders, to the one whose middle is nearest.

    Parameters
    ----------
    draft
        The village.
    cells
        The cells to give away.
    heirs
        Micro-grids to give them to; their own cells among ``cells`` do not count as theirs.

    Raises
    ------
    RefusedError
        If a cell cannot be reached from any heir.
    """
    ids = draft.cells.index.to_numpy(dtype=np.int64)
    codes = draft.cells["micro_grid_code"].to_numpy(dtype=object, copy=True)
    rows = np.searchsorted(ids, cells)
    given = np.zeros(len(ids), dtype=bool)
    given[rows] = True
    places = places_m(draft)
    people = np.maximum(draft.cells["households"].to_numpy(), 1e-9)
    owners = {unit: (codes == unit) & ~given for unit in heirs}
    middles = {
        unit: np.average(places[mine], axis=0, weights=people[mine]) for unit, mine in owners.items() if mine.any()
    }
    near = near_cells(draft)
    heap: list[tuple[float, int, str]] = []

    def reach(row: int, unit: str) -> None:
        for other in near[row]:
            if given[other]:
                heapq.heappush(heap, (round(float(np.hypot(*(places[other] - middles[unit]))), 2), other, unit))

    for unit in middles:
        for row in np.flatnonzero(owners[unit]).tolist():
            reach(row, unit)
    while heap:
        _, row, unit = heapq.heappop(heap)
        if given[row]:
            given[row] = False
            codes[row] = unit
            reach(row, unit)
    if given.any():
        raise RefusedError("redraw.refused.out_of_reach", n=int(given.sum()))
    return give_cells(draft, cells, codes[rows])


def near_cells(draft: Draft) -> list[list[int]]:
    """List the rows of the cells that border on each cell, in the order of cells."""
    near: list[list[int]] = [[] for _ in range(len(draft.cells))]
    a, b = (rows.tolist() for rows in draft.edges)
    for one, other in zip(a, b, strict=True):
        near[one].append(other)
        near[other].append(one)
    return near


def places_m(draft: Draft) -> Floats:
    """Place each cell in metres, shape (n, 2): the mean of its households, or its middle where nobody lives."""
    bounds = shapely.bounds(draft.cells.geometry.to_numpy())
    places = draft.to_metres((bounds[:, :2] + bounds[:, 2:]) / 2)
    homes = draft.to_metres(shapely.get_coordinates(draft.households.geometry.to_numpy()))
    row = draft.cells.index.get_indexer(draft.households["cell_id"])
    weight = draft.households["households"].to_numpy(dtype=np.float64)
    total = np.bincount(row, weight, len(places))
    lived_in = total > 0
    for axis in (0, 1):
        # small numbers first: a mean of eastings would lose its last digits
        away = np.bincount(row, weight * (homes[:, axis] - places[row, axis]), len(places))
        places[lived_in, axis] += away[lived_in] / total[lived_in]
    return places
