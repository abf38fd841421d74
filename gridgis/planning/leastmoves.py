"""How many households must move at least: a linear programme over sizes alone, solved exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import coo_array

from gridgis.planning.board import Board, excess
from gridgis.planning.graph import NONE
from gridgis.planning.numbers import Rules
from gridgis.planning.renumbering import Seating

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_ROUNDING = 1e-6


def least_moved(seating: Seating, rules: Rules) -> int:
    """Bound the households that change micro-grid from below.

    Parameters
    ----------
    seating
        A finished seating.
    rules
        Sizes of a grid and of a micro-grid.

    Returns
    -------
        Households that any assignment of homes to these units moves which leaves no more households out of range.
        Units need not be connected and homes not be whole, so that no plan moves fewer.

    Source: a transport problem; solved by HiGHS (Q. Huangfu, J. Hall, Parallelizing the dual revised simplex method,
    2018).
    """
    board = seating.board
    alive = np.unique(seating.label)
    kinds, weight = _kinds(board)
    if len(alive) == 1 or len(kinds) == 0:
        return _forced(kinds, weight, alive)
    own, there = kinds[:, :1], kinds[:, 1:]
    strange = ((own != NONE) & (alive != own) & (alive != there)).astype(np.float64)
    n, units = strange.shape
    parent = np.unique(np.array(board.parent)[alive], return_inverse=True)[1]
    sizes = _size_rows(n, parent)
    tiers = (rules[1], units), (rules[0], int(parent.max()) + 1)
    low = np.concatenate([np.full(many, rule.low) for rule, many in tiers])
    high = np.concatenate([np.full(many, rule.high) for rule, many in tiers])
    slack = len(low)
    # each size may leave its range by a slack; all slacks together by no more than the plan does
    upper = np.vstack([np.hstack([side * sizes, -np.eye(slack)]) for side in (1, -1)])
    budget = np.concatenate([np.zeros(n * units), np.ones(slack)])[None, :]
    shared = np.repeat(np.arange(n), units)
    whole = coo_array((np.ones(n * units), (shared, np.arange(n * units))), shape=(n, n * units + slack))
    solved = linprog(
        np.concatenate([strange.ravel(), np.zeros(slack)]),
        A_ub=np.vstack([upper, budget]),
        b_ub=np.concatenate([high, -low, [excess(board, seating.label, rules)]]),
        A_eq=whole.tocsr(),
        b_eq=weight,
    )
    return int(np.ceil(solved.fun - _ROUNDING))


def _kinds(board: Board) -> tuple[Ints, Ints]:
    """Group homes by what the plan in force says of them; columns ``own`` and ``there``."""
    told = np.column_stack([board.homes.own, board.homes.there])
    kinds, of = np.unique(told, axis=0, return_inverse=True)
    return kinds, np.bincount(of.ravel(), board.homes.households, len(kinds)).astype(np.int64)


def _forced(kinds: Ints, weight: Ints, alive: Ints) -> int:
    """Count who moves where there is one unit only."""
    moved = (kinds[:, 0] != NONE) & ~np.isin(kinds, alive).any(axis=1)
    return int(weight[moved].sum())


def _size_rows(kinds: int, parent: Ints) -> Floats:
    """Make the rows that add up the homes of each micro-grid, and of each grid."""
    units = len(parent)
    column = np.tile(np.arange(units), kinds)
    rows = np.vstack([column == unit for unit in range(units)] + [parent[column] == grid for grid in np.unique(parent)])
    return rows.astype(np.float64)
