"""The laws that no edit may break: land stays assigned, units stay in one piece, locked territory stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gridgis.geo.topology import pieces
from gridgis.redraw.change import Change
from gridgis.redraw.draft import Draft, Ints
from gridgis.redraw.edits import RefusedError


@dataclass(frozen=True)
class Stray:
    """A piece of a unit that has no border with the rest of it.

    Parameters
    ----------
    tier, unit
        ``"grid"`` or ``"micro_grid"``, and the unit's code.
    cells
        Its cells, ascending.
    households
        Households on it.
    """

    tier: str
    unit: str
    cells: tuple[int, ...]
    households: int


@lru_cache(maxsize=8)
def find_strays(draft: Draft) -> tuple[Stray, ...]:
    """Find the stray pieces of all units.

    Returns
    -------
        By tier, unit and first cell. Of a unit's pieces, the one with most households is its own; an exclave that lies
        in it as a whole is no stray piece, for no unit of that village could be in one piece with it.
    """
    a, b = draft.edges
    land = pieces(len(draft.cells), a, b)
    return tuple(stray for tier in ("grid", "micro_grid") for stray in _strays_of(draft, tier, land))


def _strays_of(draft: Draft, tier: str, land: Ints) -> Iterator[Stray]:
    unit, codes = draft.numbers(tier)
    a, b = draft.edges
    inside = unit[a] == unit[b]
    piece = pieces(len(unit), a[inside], b[inside])
    first = np.unique(piece, return_index=True)[1]
    cells = np.bincount(piece)
    people = np.bincount(piece, draft.cells["households"].to_numpy()).astype(np.int64)
    part = (unit[first] >= 0) & (cells != np.bincount(land)[land[first]])
    order = np.lexsort((np.arange(len(first)), -cells, -people, unit[first]))
    order = order[part[order]]
    repeated = np.zeros(len(order), dtype=bool)
    repeated[1:] = unit[first[order[1:]]] == unit[first[order[:-1]]]
    ids = draft.cells.index.to_numpy(dtype=np.int64)
    for one in order[repeated].tolist():
        rows = np.flatnonzero(piece == one)
        yield Stray(tier, codes[unit[rows[0]]], tuple(ids[rows].tolist()), int(people[one]))


def check_locks(before: Draft, after: Draft, change: Change) -> None:
    """Refuse a change that moves land out of or into a locked unit.

    Raises
    ------
    RefusedError
        Naming the locked units.
    """
    pairs = moved_land(before, after, change)
    locked = {code for table in (before.grids, before.micro_grids) for code in table.index[table["locked"]]}
    hit: set[str] = set()
    for old, new in pairs:
        grids = {_grid(before, old), _grid(after, new)}
        hit |= locked & ({old, new} | (grids if len(grids) > 1 else set()))
    if hit:
        raise RefusedError("redraw.refused.locked", n=len(hit), codes=", ".join(sorted(hit)))


def moved_land(before: Draft, after: Draft, change: Change) -> set[tuple[str | None, str | None]]:
    """List from which micro-grid to which land goes; a cell that was cut off another comes from that one's."""
    pairs = {pair for cell, pair in change.assigned.items() if cell not in change.removed and cell not in change.added}
    parent, part = trace_parts(before, after, change)
    was = before.cells["micro_grid_code"].reindex(parent).tolist()
    is_now = after.cells["micro_grid_code"].reindex(part).tolist()
    return pairs | {(one, other) for one, other in zip(was, is_now, strict=True) if one != other}


def trace_parts(before: Draft, after: Draft, change: Change) -> tuple[Ints, Ints]:
    """Trace each new cell to the one that it is a part of; numbers of both, row by row."""
    old, new = (np.fromiter(some, dtype=np.int64) for some in (change.removed, change.added))
    if len(new) == 0:
        return old, new
    inner = after.cells.geometry.loc[new].representative_point()
    part, parent = before.cells.geometry.loc[old].sindex.query(inner, predicate="intersects")
    return old[parent], new[part]


def _grid(draft: Draft, micro_grid: str | None) -> str | None:
    return None if micro_grid is None else draft.grid_of(micro_grid)


def check_assigned(before: Draft, after: Draft) -> None:
    """Refuse a change that leaves land without a unit which had one.

    Raises
    ------
    RefusedError
        With the number of cells.
    """
    blank, was_blank = (draft.cells.index[draft.cells["micro_grid_code"].isna()] for draft in (after, before))
    left = blank.difference(was_blank)
    if len(left) > 0:
        raise RefusedError("redraw.refused.unassigned", n=len(left))


def new_strays(before: Draft, after: Draft) -> list[Stray]:
    """List the stray pieces of units that have more of them than before."""
    found = find_strays(after)
    old, new = (Counter((stray.tier, stray.unit) for stray in some) for some in (find_strays(before), found))
    return [one for one in found if new[one.tier, one.unit] > old[one.tier, one.unit]]


def cells_of_stray(stray: Stray) -> Ints:
    """List the cells of a stray piece as an array."""
    return np.array(stray.cells, dtype=np.int64)
