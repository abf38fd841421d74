"""New borders: split a unit along a line or evenly, and draw the border between two units anew."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from gridgis.planning.numbers import Rules
from gridgis.redraw.choosing import check_unit
from gridgis.redraw.cutting import cut_cells, label_sides
from gridgis.redraw.draft import Draft, Floats, Ints
from gridgis.redraw.edits import RefusedError, Reshape, Split
from gridgis.redraw.lines import extend_line
from gridgis.redraw.moving import hand_on
from gridgis.redraw.units import found_grid, found_micro_grid, give_cells, hang_micro_grid

Bools = npt.NDArray[np.bool_]


def split_unit(draft: Draft, edit: Split, rules: Rules) -> Draft:
    """Split a unit along a line; see :class:`gridgis.redraw.edits.Split`."""
    unit = check_unit(draft, edit.unit)
    cut = cut_cells(draft, draft.cells_of(unit), edit.line)
    cells = cut.cells_of(unit)
    rule = rules[0] if unit in draft.grids.index else rules[1]
    side = _join_small(cut, cells, label_sides(cut, cells, edit.line), rule.low)
    if side.max() == 0:
        longer = extend_line(draft, draft.cells_of(unit), edit.line)
        alternative = None if longer is None else Split(unit=unit, line=longer)
        raise RefusedError("redraw.refused.line", alternative=alternative, code=unit)
    parts = [cells[side == one] for one in range(int(side.max()) + 1)]
    if unit in draft.micro_grids.index:
        for part in parts[1:]:
            cut, new = found_micro_grid(cut, cut.grid_of(unit))
            cut = give_cells(cut, part, new)
        return cut
    for part in parts[1:]:
        cut = split_off_grid(cut, part, rules)
    return cut


def _join_small(draft: Draft, cells: Ints, side: Ints, low: int) -> Ints:
    """Order the sides of a line, the one of most households first, and join those too small to be parts to others.

    A line across a ragged unit cuts off more than it means to: the two largest sides count, and what could be a unit.
    """
    people = np.bincount(side, draft.cells["households"].loc[cells].to_numpy())
    area = np.bincount(side, shapely.area(draft.cells.geometry.loc[cells].to_numpy()))
    order = np.lexsort((-area, -people))
    parts = [int(one) for rank, one in enumerate(order) if rank < 2 or people[one] >= low]  # noqa: PLR2004 — two sides
    rank = np.full(len(people), -1, dtype=np.int64)
    rank[parts] = np.arange(len(parts))
    return spread(draft, cells, rank[side])


def spread(draft: Draft, cells: Ints, label: Ints) -> Ints:
    """Give cells without a label, -1, the one of the neighbours with which they share the longest border."""
    label = label.copy()
    mesh = draft.mesh
    inner = np.isin(mesh.a, cells) & np.isin(mesh.b, cells)
    a, b, length_m = np.searchsorted(cells, mesh.a[inner]), np.searchsorted(cells, mesh.b[inner]), mesh.length_m[inner]
    ends = np.append(a, b), np.append(b, a)
    length_m = np.tile(length_m, 2)
    while (label < 0).any():
        edge = (label[ends[0]] < 0) & (label[ends[1]] >= 0)
        if not edge.any():
            label[label < 0] = 0
            break
        pairs, pair = np.unique(np.column_stack([ends[0][edge], label[ends[1][edge]]]), axis=0, return_inverse=True)
        border_m = np.bincount(pair, length_m[edge], len(pairs))
        order = np.lexsort((pairs[:, 1], -border_m, pairs[:, 0]))
        cell, first = np.unique(pairs[order, 0], return_index=True)
        label[cell] = pairs[order[first], 1]
    return label


def split_off_grid(draft: Draft, part: Ints, rules: Rules) -> Draft:
    """Make a part of a grid a grid of its own.

    Micro-grids inside go along. One that is cut becomes two, or its smaller half joins others on its side where it is
    too small to be a unit.
    """
    units = draft.cells["micro_grid_code"].loc[part]
    old = draft.grid_of(units.iloc[0])
    people = draft.cells["households"]
    draft, grid = found_grid(draft)
    hung: list[str] = []
    small: list[Ints] = []
    left: dict[str, Ints] = {}
    for unit in units.unique().tolist():
        mine = part[(units == unit).to_numpy()]
        rest = np.setdiff1d(draft.cells_of(unit), mine)
        if len(rest) == 0:
            draft, code = hang_micro_grid(draft, unit, grid)
            hung.append(code)
            continue
        here, there = int(people.loc[mine].sum()), int(people.loc[rest].sum())
        if here < rules[1].low and here <= there:
            small.append(mine)
            continue
        draft, code = found_micro_grid(draft, grid)
        draft = give_cells(draft, mine, code)
        hung.append(code)
        if there < rules[1].low:
            left[unit] = rest
    if not hung:
        draft, code = found_micro_grid(draft, grid)
        return give_cells(draft, np.concatenate(small), code)
    draft = hand_on(draft, np.sort(np.concatenate(small)), hung) if small else draft
    heirs = [code for code in draft.micro_grids_of(old) if code not in left and len(draft.cells_of(code)) > 0]
    return hand_on(draft, np.sort(np.concatenate(list(left.values()))), heirs) if left and heirs else draft


def reshape_border(draft: Draft, edit: Reshape) -> Draft:
    """Draw the border between two units anew; see :class:`gridgis.redraw.edits.Reshape`."""
    one, other = (check_unit(draft, unit) for unit in edit.units)
    if one == other or (one in draft.grids.index) != (other in draft.grids.index):
        raise RefusedError("redraw.refused.reshape")
    both = np.union1d(draft.cells_of(one), draft.cells_of(other))
    cut = cut_cells(draft, both, edit.line)
    mine, theirs = cut.cells_of(one), cut.cells_of(other)
    both = np.union1d(mine, theirs)
    side = label_sides(cut, both, edit.line)
    area = shapely.area(cut.cells.geometry.loc[both].to_numpy())
    ours = np.isin(both, mine)
    if side.max() > 0:
        flips = _divide(side, area, ours)
    else:
        flips = np.zeros(len(both), dtype=bool)
        for unit, rows in ((mine, ours), (theirs, ~ours)):
            part = label_sides(cut, unit, edit.line)
            flips[rows] = part != np.argmax(np.bincount(part, area[rows]))
    if not flips.any():
        longer = extend_line(draft, draft.cells_of(one), edit.line)
        longer = extend_line(draft, draft.cells_of(other), edit.line) if longer is None else longer
        alternative = None if longer is None else Reshape(units=edit.units, line=longer)
        raise RefusedError("redraw.refused.border", alternative=alternative, one=one, other=other)
    return _hand_over(_hand_over(cut, both[flips & ours], other), both[flips & ~ours], one)


def _divide(side: Ints, area: Floats, ours: Bools) -> Bools:
    """Give every side of the line to the unit that keeps more of its own land by it, and say which cells change."""
    here, there = (np.bincount(side, area * rows / (area * rows).sum()) for rows in (ours, ~ours))
    to_us = here >= there
    if to_us.all() or not to_us.any():
        # each of the two has a side: the one at which it costs least
        to_us[np.argmin(here - there) if to_us.all() else np.argmax(here - there)] ^= True
    flips: Bools = to_us[side] != ours
    return flips


def _hand_over(draft: Draft, cells: Ints, unit: str) -> Draft:
    if len(cells) == 0:
        return draft
    if unit in draft.micro_grids.index:
        return give_cells(draft, cells, unit)
    return hand_on(draft, cells, draft.micro_grids_of(unit))
