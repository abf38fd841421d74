"""The linear programme behind a proof: shares of items in units around middles, connected as far as walls tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array

from gridgis.planning.questions import Case, Ground
from gridgis.planning.separators import Wall

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_ABSENT = -1
_DEAR = 4.0
_NOT = 1e9


@dataclass(frozen=True)
class Restriction:
    """The part of the programme that is written down.

    Parameters
    ----------
    middles
        Which places are considered as middles.
    present
        Shape (items, places): which shares are considered.
    rows
        Middle and wall, one row each: of the wall there is at least as much in the unit as of its head.
    """

    middles: Bools
    present: Bools
    rows: Sequence[tuple[int, Wall]]


@dataclass(frozen=True)
class Solution:
    """The best shares, and the prices that prove it.

    Parameters
    ----------
    cost_m
        Metres, summed over households.
    share
        Shape (items, places).
    worth_m
        What an item pays to be in a unit.
    bar_m
        For each place what a unit around it must cost, its items' worth taken off, to change nothing.
    reduced_m
        Shape (items, places): what a share costs beyond its worth; meant for the middles considered.
    idle
        Which rows have no price.
    lacking
        Whether some item is in no unit, or some unit or quota is missing.
    """

    cost_m: float
    share: Floats
    worth_m: Floats
    bar_m: Floats
    reduced_m: Floats
    idle: Bools
    lacking: bool


@dataclass(frozen=True)
class _Table:
    """Coefficients at hand: where each share stands among the columns, and each row's coefficients."""

    column: Ints
    items: Ints
    places: Ints
    upper: csr_array
    limit: Floats
    middles: Ints
    walls: tuple[Ints, Ints, Ints, Ints]


def solve_programme(ground: Ground, case: Case, known: Restriction) -> Solution:
    """Find the shares that walk least.

    Parameters
    ----------
    ground
        Items and places.
    case
        Which plans.
    known
        What is written down.

    Source: the p-median formulation of A. W. Neebe and M. R. Rao, An algorithm for the fixed-charge assigning users to
    sources problem, JORS 34 (1983); solved by HiGHS (Q. Huangfu and J. Hall, Parallelizing the dual revised simplex
    method, 2018).
    """
    table = _write_down(ground, case, known)
    items, shares = len(ground.size), len(table.items)
    dear = _DEAR * float((ground.far_m.max(axis=1) / ground.size).max()) * ground.size
    spare = 1 + len(case.quotas)
    own = table.column[ground.own][table.middles]
    rows = np.concatenate([table.items, np.arange(items), np.full(len(own) + 1, items)])
    columns = np.concatenate([np.arange(shares + items), own, [shares + items]])
    equal = coo_array((np.ones(len(rows)), (rows, columns)), shape=(items + 1, shares + items + spare))
    solved = linprog(
        np.concatenate([ground.far_m[table.items, table.places], dear, np.full(spare, dear.sum())]),
        A_ub=table.upper,
        b_ub=table.limit,
        A_eq=equal.tocsr(),
        b_eq=np.append(np.ones(items), ground.units),
    )
    share = np.zeros(ground.far_m.shape)
    share[table.items, table.places] = solved.x[:shares]
    prices = solved.eqlin.marginals, solved.ineqlin.marginals
    lacking = bool(solved.x[shares:].sum() > 1e-6)  # noqa: PLR2004
    return _read_prices(ground, case, table, (float(solved.fun), share, lacking), prices)


def assign_items(ground: Ground, places: Ints, rows: Sequence[tuple[int, Wall]]) -> Ints | None:
    """Find whose each item is when the middles are known, no item in two units.

    Parameters
    ----------
    ground
        Items and places.
    places
        The middles, one a unit.
    rows
        Middle and wall, as in a restriction.

    Returns
    -------
        The place around which each item is in a unit, at the shortest walk; None where sizes or walls forbid all.
    """
    everywhere = np.ones(ground.far_m.shape, dtype=np.bool_)
    middles = np.isin(np.arange(len(ground.home)), places)
    table = _write_down(ground, Case((), everywhere), Restriction(middles, everywhere, rows))
    shares = len(table.items)
    once = coo_array((np.ones(shares), (table.items, np.arange(shares))), shape=(len(ground.size), shares))
    least = np.zeros(shares)
    least[table.column[ground.own][table.middles]] = 1.0
    solved = milp(
        ground.far_m[table.items, table.places],
        integrality=np.ones(shares),
        bounds=Bounds(least, 1.0),
        constraints=[
            LinearConstraint(once.tocsr(), 1.0, 1.0),
            LinearConstraint(table.upper[:, :shares], -np.inf, table.limit),
        ],
    )
    if solved.x is None:
        return None
    share = np.zeros(ground.far_m.shape)
    share[table.items, table.places] = solved.x
    around: Ints = share.argmax(axis=1)
    return around


def _write_down(ground: Ground, case: Case, known: Restriction) -> _Table:
    """Write down sizes, walls and quotas, in this order, as rows that must not exceed their limit."""
    able = known.middles & case.allowed[ground.own]
    present = known.present & case.allowed & able
    present[ground.own] = able
    items, places = np.nonzero(present)
    column = np.full(present.shape, _ABSENT)
    column[items, places] = np.arange(len(items))
    middles = np.flatnonzero(able)
    number = np.cumsum(able) - 1
    own, low, high = column[ground.own], *ground.window
    many, size = len(middles), ground.size[items]
    each, mine = np.arange(many), own[middles]
    parts = [
        (number[places], np.arange(len(items)), -size),
        (each, mine, np.full(many, low)),
        (number[places] + many, np.arange(len(items)), size),
        (each + many, mine, np.full(many, -high)),
    ]
    walls = _list_walls(known.rows)
    parts += _wall_parts(column, walls, 2 * many)
    first = 2 * many + len(known.rows)
    limit = np.zeros(first + 2 * len(case.quotas))
    spare = len(items) + len(ground.size) + 1
    for mask, least, most in case.quotas:
        mine = own[middles[mask[middles]]]
        parts += [(np.full(len(mine), first), mine, np.ones(len(mine)))]
        parts += [(np.full(len(mine) + 1, first + 1), np.append(mine, spare), -np.ones(len(mine) + 1))]
        limit[first], limit[first + 1] = most, -least
        first, spare = first + 2, spare + 1
    rows, columns, values = (np.concatenate(some) for some in zip(*parts, strict=True))
    upper = coo_array((values, (rows, columns)), shape=(len(limit), spare)).tocsr()
    return _Table(column, items, places, upper, limit, middles, walls)


def _list_walls(rows: Sequence[tuple[int, Wall]]) -> tuple[Ints, Ints, Ints, Ints]:
    """List middle and head of each row, and row and item of each part of a wall."""
    middle = np.array([one for one, _ in rows], dtype=np.int64)
    head = np.array([wall.head for _, wall in rows], dtype=np.int64)
    row = np.repeat(np.arange(len(rows)), [len(wall.items) for _, wall in rows])
    item = np.array([item for _, wall in rows for item in wall.items], dtype=np.int64)
    return middle, head, row, item


def _wall_parts(column: Ints, walls: tuple[Ints, Ints, Ints, Ints], first: int) -> list[tuple[Ints, Ints, Floats]]:
    middle, head, row, item = walls
    heads, parts = column[head, middle], column[item, middle[row]]
    rows = np.flatnonzero(heads != _ABSENT)
    kept = np.flatnonzero(parts != _ABSENT)
    return [
        (first + rows, heads[rows], np.ones(len(rows))),
        (first + row[kept], parts[kept], -np.ones(len(kept))),
    ]


def _read_prices(
    ground: Ground, case: Case, table: _Table, found: tuple[float, Floats, bool], prices: tuple[Floats, Floats]
) -> Solution:
    cost_m, share, lacking = found
    equal, upper = prices
    middle, head, row, item = table.walls
    many, rows = len(table.middles), len(middle)
    worth_m = equal[: len(ground.size)]
    bar_m = np.full(len(ground.home), equal[-1])
    for (mask, _, _), most, least in zip(
        case.quotas, upper[2 * many + rows :: 2], upper[2 * many + rows + 1 :: 2], strict=True
    ):
        bar_m[mask] += most - least
    sizes = np.zeros(len(ground.home))
    sizes[table.middles] = upper[many : 2 * many] - upper[:many]
    reduced_m = ground.far_m - worth_m[:, None] - ground.size[:, None] * sizes
    price = upper[2 * many : 2 * many + rows]
    np.add.at(reduced_m, (head, middle), -price)
    np.add.at(reduced_m, (item, middle[row]), price[row])
    return Solution(cost_m, share, worth_m, bar_m, reduced_m, price > -1 / _NOT, lacking)


def price_middles(ground: Ground, case: Case, worth_m: Floats) -> Floats:
    """Bound what a unit around each place costs, its items' worth taken off, connected or not.

    Parameters
    ----------
    ground, case
        As for :func:`solve_programme`.
    worth_m
        Worth of each item.

    Returns
    -------
        Metres for each place: its own item in the unit, the last of the others in part.
    """
    low, high = ground.window
    rate = np.where(case.allowed, (ground.far_m - worth_m[:, None]) / ground.size[:, None], _NOT)
    own = rate[ground.own].copy()
    rate[ground.own] = -_NOT
    order = np.argsort(rate, axis=0, kind="stable")
    rate = np.take_along_axis(rate, order, 0)
    rate[0] = own
    size = ground.size[order]
    before = np.cumsum(size, axis=0) - size
    wanted, needed = (np.clip(np.minimum(size, most - before), 0, None) for most in (high, low))
    cost: Floats = (np.where(rate < 0, wanted, needed) * rate).sum(axis=0)
    return cost
