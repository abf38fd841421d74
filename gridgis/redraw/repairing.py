"""Make a unit legal with as little change as can be found: stray pieces first, then its size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgis.geo.topology import pieces
from gridgis.planning.numbers import Rules
from gridgis.redraw.bordering import by_border, join_new_strays
from gridgis.redraw.choosing import check_unit
from gridgis.redraw.draft import Draft, Floats, Ints
from gridgis.redraw.edits import MakeLegal, Merge, RefusedError, SplitEvenly
from gridgis.redraw.laws import find_strays, new_strays
from gridgis.redraw.moving import hand_on, merge_units, places_m
from gridgis.redraw.units import give_cells, hang_micro_grid, retire_empty

Bools = npt.NDArray[np.bool_]

_ROUNDS = 4


@dataclass(frozen=True)
class _Rows:
    """The cells of a draft as arrays: unit and parent of each, by number, households, places, and who borders whom."""

    unit: Ints
    codes: tuple[str, ...]
    people: Ints
    places_m: Floats
    a: Ints
    b: Ints
    length_m: Floats


def make_legal(draft: Draft, edit: MakeLegal, rules: Rules) -> Draft:
    """Repair the broken rule of a unit; see :class:`gridgis.redraw.edits.MakeLegal`.

    Households go over the unit's borders, to or from the neighbour that makes fewest of them move; where no neighbour
    has room, a unit that is too small joins one.

    Raises
    ------
    RefusedError
        If the unit keeps its rules, or no repair was found.
    """
    unit = check_unit(draft, edit.unit)
    tier = "grid" if unit in draft.grids.index else "micro_grid"
    rule = rules[0] if tier == "grid" else rules[1]
    mended = _join_strays(draft, tier, unit)
    if mended is draft and rule.excess(int(draft.sizes(tier)[unit])) == 0:
        raise RefusedError("redraw.refused.legal", code=unit)
    for _ in range(_ROUNDS):
        over = _excess(mended, rules)
        if rule.excess(int(mended.sizes(tier).get(unit, rule.low))) == 0:
            return mended
        tried = [join_new_strays(mended, retire_empty(one)) for one in _repairs(mended, tier, unit, rules)]
        ranked = [(_excess(one, rules), _moved(mended, one), one) for one in tried if not new_strays(mended, one)]
        better = [one for one in ranked if one[0] < over]
        if not better:
            break
        mended = min(better, key=lambda one: one[:2])[2]
    if mended is draft:
        raise RefusedError("redraw.refused.no_repair", code=unit, n=rule.excess(int(draft.sizes(tier)[unit])))
    return mended


def _excess(draft: Draft, rules: Rules) -> int:
    """Count the households out of range in both tiers."""
    retired = retire_empty(draft)
    tiers = zip(("grid", "micro_grid"), rules, strict=True)
    return sum(rule.excess(int(n)) for tier, rule in tiers for n in retired.sizes(tier))


def _moved(before: Draft, after: Draft) -> int:
    differs = (before.cells["micro_grid_code"] != after.cells["micro_grid_code"]).to_numpy()
    return int(before.cells["households"].to_numpy()[differs].sum())


def _join_strays(draft: Draft, tier: str, unit: str) -> Draft:
    """Give stray pieces of a unit to the neighbours that they share the longest border with."""
    for stray in find_strays(draft):
        if (stray.tier, stray.unit) != (tier, unit):
            continue
        cells = np.array(stray.cells, dtype=np.int64)
        heirs = by_border(draft, tier, cells, unit)
        if heirs:
            inside = [heirs[0]] if tier == "micro_grid" else draft.micro_grids_of(heirs[0])
            draft = hand_on(draft, cells, inside)
    return draft


def _rows_of(draft: Draft, tier: str) -> _Rows:
    unit, codes = draft.numbers(tier)
    a, b = draft.edges
    people = draft.cells["households"].to_numpy(dtype=np.int64)
    return _Rows(unit, codes, people, places_m(draft), a, b, draft.mesh.length_m)


def _repairs(draft: Draft, tier: str, unit: str, rules: Rules) -> Iterator[Draft]:
    """Try what could repair a unit's size: land to or from each neighbour, joining one as a whole, or a split."""
    rule = rules[0] if tier == "grid" else rules[1]
    sizes = draft.sizes(tier)
    size = int(sizes[unit])
    rows = _rows_of(draft, tier)
    for other in by_border(draft, tier, draft.cells_of(unit), unit):
        theirs = int(sizes[other])
        pair, have, room = (unit, other), size, rule.high - theirs
        if size < rule.low:
            pair, have, room = (other, unit), theirs, rule.high - size
            if size <= rule.high - theirs:
                yield merge_units(draft, Merge(units=(unit, other), keep=other))
        least = size - rule.high if size > rule.high else rule.low - size
        wanted = min(least, room, have - rule.low), min(room, have - rule.low)
        if tier == "grid":
            yield from _hang_over(draft, pair, wanted)
        if wanted[0] > 0:
            cells = _transfer(draft, rows, pair, wanted)
            if len(cells) > 0:
                yield _give(draft, tier, cells, pair[1])
    if size >= 2 * rule.low and size > rule.high:
        # compiled loops cost a second of start: whoever does not split does not pay for them
        from gridgis.redraw.evenly import split_evenly  # noqa: PLC0415

        yield split_evenly(draft, SplitEvenly(unit=unit), rules)


def _hang_over(draft: Draft, pair: tuple[str, str], wanted: tuple[int, int]) -> Iterator[Draft]:
    """Put each micro-grid of one grid that borders on another, and is not too big, into that one."""
    giver, taker = pair
    sizes = draft.sizes("micro_grid")
    locked = draft.micro_grids["locked"]
    for code in (one for one in draft.micro_grids_of(giver) if sizes[one] <= wanted[1] and not locked[one]):
        tried = retire_empty(hang_micro_grid(draft, code, taker)[0])
        if not new_strays(draft, tried):
            yield tried


def _give(draft: Draft, tier: str, cells: Ints, unit: str) -> Draft:
    if tier == "micro_grid":
        return give_cells(draft, cells, unit)
    return hand_on(draft, cells, draft.micro_grids_of(unit))


def _transfer(draft: Draft, rows: _Rows, pair: tuple[str, str], wanted: tuple[int, int]) -> Ints:
    """Choose cells that go from one unit to another, nearest first, until enough households do.

    Parameters
    ----------
    draft, rows
        The village.
    pair
        Giver and taker.
    wanted
        Households to move at least, and at most.

    Returns
    -------
        Cells; the giver stays in one piece, what would be cut off it goes along. None where it cannot be done.
    """
    giver, taker = (rows.codes.index(code) for code in pair)
    here = np.flatnonzero(np.isin(rows.unit, [giver, taker]))
    rows = _only(rows, here)
    left, taken = rows.unit == giver, rows.unit == taker
    parts = _count_pieces(rows, left)
    near = _near(rows)
    middle = np.average(rows.places_m[taken], axis=0, weights=np.maximum(rows.people[taken], 1e-9))
    far_m = np.hypot(*(rows.places_m - middle).T)
    moved = np.zeros(len(left), dtype=bool)
    barred = np.zeros(len(left), dtype=bool)
    while rows.people[moved].sum() < wanted[0]:
        edge = np.append(rows.b[taken[rows.a] & left[rows.b]], rows.a[taken[rows.b] & left[rows.a]])
        edge = np.unique(edge[~barred[edge]])
        if len(edge) == 0:
            return np.empty(0, dtype=np.int64)
        cell = edge[np.lexsort((edge, np.round(far_m[edge], 2)))[0]]
        step = _with_cut_off(rows, near, left, int(cell), parts)
        if rows.people[moved].sum() + rows.people[step].sum() > wanted[1] or step.sum() == left.sum():
            barred[cell] = True
            continue
        moved, left, taken = moved | step, left & ~step, taken | step
    cells: Ints = draft.cells.index.to_numpy(dtype=np.int64)[here[moved]]
    return cells


def _only(rows: _Rows, here: Ints) -> _Rows:
    """Keep some rows, ascending, and the borders among them."""
    number = np.full(len(rows.unit), -1, dtype=np.int64)
    number[here] = np.arange(len(here))
    a, b = number[rows.a], number[rows.b]
    inner = (a >= 0) & (b >= 0)
    borders = a[inner], b[inner], rows.length_m[inner]
    return _Rows(rows.unit[here], rows.codes, rows.people[here], rows.places_m[here], *borders)


def _near(rows: _Rows) -> list[list[int]]:
    """List the rows that border on each row."""
    near: list[list[int]] = [[] for _ in range(len(rows.unit))]
    for one, other in zip(rows.a.tolist(), rows.b.tolist(), strict=True):
        near[one].append(other)
        near[other].append(one)
    return near


def _count_pieces(rows: _Rows, inside: Bools) -> int:
    return len(np.unique(_label_pieces(rows, inside)[inside]))


def _label_pieces(rows: _Rows, inside: Bools) -> Ints:
    kept = inside[rows.a] & inside[rows.b]
    return pieces(len(inside), rows.a[kept], rows.b[kept])


def _with_cut_off(rows: _Rows, near: Sequence[Sequence[int]], left: Bools, cell: int, parts: int) -> Bools:
    """Take a cell away, and with it what it alone joined to the rest: all but the piece of most households."""
    step = np.zeros(len(left), dtype=bool)
    step[cell] = True
    ring = [other for other in near[cell] if left[other]]
    if _joined(near, ring):
        return step
    rest = left & ~step
    label = _label_pieces(rows, rest)
    if len(np.unique(label[rest])) <= parts:
        return step
    people = [(int(rows.people[rest & (label == one)].sum()), one) for one in np.unique(label[ring]).tolist()]
    kept = max(people)[1]
    return step | (rest & np.isin(label, [one for _, one in people if one != kept]))


def _joined(near: Sequence[Sequence[int]], ring: Sequence[int]) -> bool:
    """Say whether some cells are in one piece by themselves."""
    left, fringe = set(ring[1:]), list(ring[:1])
    for cell in fringe:
        found = left.intersection(near[cell])
        left -= found
        fringe += found
    return not left
