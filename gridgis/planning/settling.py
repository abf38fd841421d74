"""Settle sizes with the least change: chains first, then all moves at once where more households move than must."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gridgis.planning.board import Board, cost, excess, price_nodes, strange_households
from gridgis.planning.chains import settle_sizes
from gridgis.planning.leastmoves import least_moved
from gridgis.planning.mending import join_parts
from gridgis.planning.numbers import Rules, structure_excess
from gridgis.planning.renumbering import Seating
from gridgis.planning.transfers import transfer_nodes

Ints = npt.NDArray[np.int64]

_ROUNDS = 5
"""Times to solve all moves at once, each round from what the one before has found."""
_TRIES = 8
"""Times to settle sizes with chance between equal moves, where that cannot be solved at once."""


def settle_units(seating: Seating, rules: Rules, seed: Sequence[int]) -> Seating:
    """Make every unit connected, and its size keep the rules, with as few households moved as can be found.

    Parameters
    ----------
    seating
        Who is where; units need not be connected, nor in range.
    rules
        Sizes of a grid and of a micro-grid.
    seed
        Seed of chance.

    Returns
    -------
        The seating, of the same units.
    """
    board, price = seating.board, price_nodes(seating.board)
    joined = join_parts(board, seating.label, price)
    best = settle_sizes(board, joined, price, rules)
    start = joined
    for _ in range(_ROUNDS):
        if _no_better(board, best, rules):
            break
        found = _transfer(board, start, best, rules)
        if found is None:
            return Seating(board, _try_again(board, joined, best, rules, seed))
        found = settle_sizes(board, found, price, rules)
        if start is not joined and _rank(board, found, rules) >= _rank(board, best, rules):
            break
        best = start = min(best, found, key=lambda label: _rank(board, label, rules))
    return Seating(board, best)


def _rank(board: Board, label: Ints, rules: Rules) -> tuple[int, float]:
    return excess(board, label, rules), round(cost(price_nodes(board), label), 6)


def _fewest(board: Board, label: Ints, rules: Rules) -> int:
    """Compute the excess that the numbers of units cannot avoid."""
    structure = tuple(Seating(board, label).structure().values())
    return structure_excess(int(board.graph.households.sum()), structure, rules)


def _no_better(board: Board, label: Ints, rules: Rules) -> bool:
    """Say whether no labels of these units could be better: no more is out of range, or moves, than must."""
    moved = strange_households(board)[np.arange(board.graph.n), label].sum()
    least_out = excess(board, label, rules) <= _fewest(board, label, rules)
    return least_out and bool(moved <= least_moved(Seating(board, label), rules))


def _transfer(board: Board, start: Ints, best: Ints, rules: Rules) -> Ints | None:
    """Solve all moves at once, for the least excess that there can be, or else for no more than there is."""
    for left_out in sorted({_fewest(board, best, rules), excess(board, best, rules)}):
        found = transfer_nodes(board, start, price_nodes(board), rules, left_out)
        if found is not None:
            return found
    return None


def _try_again(board: Board, joined: Ints, best: Ints, rules: Rules, seed: Sequence[int]) -> Ints:
    price = price_nodes(board)
    for attempt in range(_TRIES):
        if _no_better(board, best, rules):
            break
        found = settle_sizes(board, joined, price, rules, np.random.default_rng([*seed, attempt]))
        best = min(best, found, key=lambda label: _rank(board, label, rules))
    return best
