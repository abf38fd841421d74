"""The nearest legal edit to one that would leave stray pieces: what is cut off comes along, what lies between too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gridgis.redraw.draft import Draft, Ints
from gridgis.redraw.edits import Create, Edit, Merge, Move, Paint
from gridgis.redraw.laws import Stray, find_strays

Attempt = Callable[[Edit], Draft | None]

_ROUNDS = 5
_MOST_STRAYS = 8
"""An edit that leaves more stray pieces than these is not near to a legal one."""


def nearest_legal(draft: Draft, edit: Edit, after: Draft, strays: list[Stray], attempt: Attempt) -> Edit | None:
    """Find the nearest edit that keeps all units in one piece.

    Parameters
    ----------
    draft
        The village before the edit.
    edit
        The edit that was refused.
    after, strays
        What it would have made, and the stray pieces in it.
    attempt
        Tries an edit: the village after it, or None where another law forbids it.

    Returns
    -------
        An edit that was tried and keeps every law; None where none was found.
    """
    if isinstance(edit, Move | Paint | Create) and (not isinstance(edit, Move) or edit.units is None):
        return _widen(draft, edit, after, strays, attempt)
    if isinstance(edit, Merge):
        return _merge_between(draft, edit, attempt)
    return None


def _widen(
    draft: Draft, edit: Move | Paint | Create, after: Draft, strays: list[Stray], attempt: Attempt
) -> Edit | None:
    cells = _given(draft, after)
    for _ in range(_ROUNDS):
        if len(strays) > _MOST_STRAYS:
            return None
        for stray in strays:
            piece = np.array(stray.cells, dtype=np.int64)
            piece = piece[np.isin(piece, draft.cells.index)]
            loose = piece[np.isin(piece, cells)]
            if len(loose) == 0:
                cells = np.union1d(cells, piece)
            elif len(loose) < after.cells_of(stray.unit).size:
                goal = np.setdiff1d(after.cells_of(stray.unit), np.array(stray.cells))
                cells = np.union1d(cells, _path(draft, loose, goal[np.isin(goal, draft.cells.index)]))
        wider: Edit
        numbers = tuple(cells.tolist())
        if isinstance(edit, Create):
            wider = Create(cells=numbers, grid=edit.grid, name=edit.name)
        else:
            wider = type(edit)(cells=numbers, to=edit.to)
        tried = attempt(wider)
        if tried is None:
            return None
        old = {(one.tier, one.unit, one.cells) for one in find_strays(draft)}
        strays = [one for one in find_strays(tried) if (one.tier, one.unit, one.cells) not in old]
        if not strays:
            return wider
        after = tried
    return None


def _given(draft: Draft, after: Draft) -> Ints:
    """List the cells, as they were before, of which the edit gives any part to another unit."""
    was, is_now = draft.cells["micro_grid_code"], after.cells["micro_grid_code"]
    kept = was.index.intersection(is_now.index)
    moved: Ints = kept.to_numpy(dtype=np.int64)[(was.loc[kept] != is_now.loc[kept]).to_numpy()]
    old, new = (some.cells.drop(index=kept) for some in (draft, after))
    if len(old) == 0:
        return moved
    before = old.index.to_numpy(dtype=np.int64)
    part, row = old.sindex.query(new.geometry.representative_point(), predicate="intersects")
    differs = old["micro_grid_code"].to_numpy(dtype=object)[row] != new["micro_grid_code"].to_numpy(dtype=object)[part]
    cells: Ints = np.union1d(moved, before[row[differs]])
    return cells


def _path(draft: Draft, start: Ints, goal: Ints) -> Ints:
    """Find the cells between two pieces of land on which the fewest households live; none where no land joins them."""
    ids = draft.cells.index.to_numpy(dtype=np.int64)
    people = draft.cells["households"].to_numpy(dtype=np.float64) + 0.01
    a, b = draft.edges
    prices = np.append(people[b], people[a])
    links = coo_array((prices, (np.append(a, b), np.append(b, a))), shape=(len(ids), len(ids))).tocsr()
    far, before, _ = dijkstra(links, indices=np.searchsorted(ids, start), min_only=True, return_predecessors=True)
    ends = np.searchsorted(ids, goal)
    if len(ends) == 0 or not np.isfinite(far[ends]).any():
        return start[:0]
    row, path = int(ends[np.argmin(far[ends])]), []
    while before[row] >= 0:
        row = int(before[row])
        path.append(row)
    between: Ints = ids[path]
    return between


def _merge_between(draft: Draft, edit: Merge, attempt: Attempt) -> Edit | None:
    """Merge the units between as well."""
    first = edit.units[0]
    between = _path(draft, draft.cells_of(first), draft.cells_of(edit.units[-1]))
    grids = first in draft.grids.index
    codes = draft.cells["micro_grid_code"].loc[between]
    codes = codes.map(draft.micro_grids["grid_code"]) if grids else codes
    units = tuple(dict.fromkeys([*edit.units, *codes.dropna().tolist()]))
    wider = Merge(units=units, keep=edit.keep)
    tried = attempt(wider) if len(units) > len(edit.units) else None
    if tried is None:
        return None
    old = {(one.tier, one.unit, one.cells) for one in find_strays(draft)}
    return None if {(one.tier, one.unit, one.cells) for one in find_strays(tried)} - old else wider
