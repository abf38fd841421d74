"""Least change by integer programming: all moves of border nodes at once, no unit falling apart.

Each micro-grid has a root, and its nodes and those near it are put in order from the root outwards. A node can be in a
micro-grid only if a neighbour before it in the order is as well: so whatever is chosen hangs together, without a
constraint that would have to be found later. Other orders allow other choices; a second round, ordered by what the
first has found, takes what the first could not.

Source: R. Carvajal, M. Constantino, M. Goycoolea, J. Vielma, A. Weintraub, Imposing connectivity constraints in forest
planning models, Operations Research 61, 2013; solved by HiGHS (Q. Huangfu and J. Hall, 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, vstack

from gridgis.planning.board import Board, neighbours_of, parts_of
from gridgis.planning.graph import NONE, edge_list
from gridgis.planning.numbers import Rules

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_REACHES = (3, 2, 1)
"""Nodes that a micro-grid may reach beyond its border in one round: the first that leaves few choices enough."""
_MANY_CHOICES = 3_000
"""Choices of a unit for a node that are soon searched."""
_MOST_CHOICES = 30_000
"""Choices from which on a village is too large to be solved at once."""
_GAP = 5e-3
_SEARCHED = 200


@dataclass(frozen=True)
class _Choices:
    """Which node can be in which unit: pairs by node, the number of each pair (-1 for none), and what is on offer.

    ``units`` are the living micro-grids, by which the columns of ``number`` and ``order`` and ``unit`` count.
    """

    units: Ints
    roots: Ints
    order: Ints
    node: Ints
    unit: Ints
    number: Ints


@dataclass(frozen=True)
class _Rows:
    """Constraints: where each factor stands, and what each row must be at least and at most."""

    row: Ints
    column: Ints
    factor: Floats
    low: Floats
    high: Floats


def transfer_nodes(board: Board, label: Ints, price: Floats, rules: Rules, left_out: int) -> Ints | None:
    """Find the cheapest labels near those given that leave no more than some households out of range.

    Parameters
    ----------
    board
        The village.
    label
        Micro-grid of each node; each connected.
    price
        Shape (nodes, micro-grids): cost of a node in a micro-grid.
    rules
        Sizes of a grid and of a micro-grid.
    left_out
        Households that may be out of range, of both tiers together.

    Returns
    -------
        Labels, in which every unit is connected; None where there are none so near, or the village is too large.
    """
    choices = _list_choices(board, label, price)
    if len(choices.units) == 1 or len(choices.node) > _MOST_CHOICES:
        return None
    parts = [_once_rows(board, choices), *_size_rows(board, choices, rules, left_out), _order_rows(board, choices)]
    pairs, width = len(choices.node), _width(board, choices)
    matrix = [coo_array((rows.factor, (rows.row, rows.column)), shape=(len(rows.low), width)) for rows in parts]
    limits = (np.concatenate([getattr(rows, side) for rows in parts]) for side in ("low", "high"))
    solved = milp(
        np.append(price[choices.node, choices.units[choices.unit]], np.zeros(width - pairs)),
        integrality=np.repeat([1, 0], [pairs, width - pairs]),
        bounds=Bounds(0, np.repeat([1.0, float(left_out)], [pairs, width - pairs])),
        constraints=LinearConstraint(vstack(matrix, format="csr"), *limits),
        options={"mip_rel_gap": _GAP, "node_limit": _SEARCHED},
    )
    if solved.x is None:
        return None
    taken = np.flatnonzero(solved.x[:pairs] > 0.5)  # noqa: PLR2004 — whole numbers, but for rounding
    found = label.copy()
    found[choices.node[taken]] = choices.units[choices.unit[taken]]
    return found if _grids_hang_together(board, found) else None


def _width(board: Board, choices: _Choices) -> int:
    """Count the variables: choices, then what each micro-grid, then each grid, is out of range."""
    return len(choices.node) + len(choices.units) + len(board.grid_codes)


def _list_choices(board: Board, label: Ints, price: Floats) -> _Choices:
    """Let every node go to the units nearby; a root stays."""
    units = np.unique(label)
    roots = _find_roots(board, label, price, units)
    order = np.empty((board.graph.n, len(units)), dtype=np.int64)
    far = np.empty_like(order)
    for number, unit in enumerate(units.tolist()):
        mine = label == unit
        steps = _count_steps(board, mine)
        order[:, number] = _rank(board, mine, int(roots[number]), steps)
        free = np.array([board.may_change(other, unit) or other == unit for other in units.tolist()])
        far[:, number] = np.where(free[np.searchsorted(units, label)], steps, board.graph.n)
    far[roots] = np.where(np.eye(len(units), dtype=bool), 0, board.graph.n)
    few = (reach for reach in _REACHES if np.count_nonzero(far <= reach) <= _MANY_CHOICES)
    offered = far <= next(few, _REACHES[-1])
    node, unit_of = (ends.astype(np.int64) for ends in np.nonzero(offered))
    numbers = np.full(offered.shape, NONE, dtype=np.int64)
    numbers[node, unit_of] = np.arange(len(node))
    return _Choices(units, roots, order, node, unit_of, numbers)


def _find_roots(board: Board, label: Ints, price: Floats, units: Ints) -> Ints:
    """Find the node of each unit that is deepest inside, of those that belong there."""
    a, b, _ = edge_list(board.graph)
    border = np.zeros(board.graph.n, dtype=bool)
    border[a[label[a] != label[b]]] = True
    depth = _count_steps(board, border)
    strange = price[np.arange(board.graph.n), label] > price.min(axis=1)
    ranked = np.lexsort((np.arange(board.graph.n), -depth, strange, label))
    roots: Ints = ranked[np.searchsorted(label[ranked], units)]
    return roots


def _rank(board: Board, mine: Bools, root: int, steps: Ints) -> Ints:
    """Put the nodes in order from a root outwards: those of the unit by steps inside it, then the others."""
    graph = board.graph
    start = np.zeros(graph.n, dtype=bool)
    start[root] = True
    inside = _count_steps(board, start, mine)
    far_m = np.hypot(graph.x - graph.x[root], graph.y - graph.y[root])
    rank = np.empty(graph.n, dtype=np.int64)
    rank[np.lexsort((far_m, np.where(mine, inside, steps), ~mine))] = np.arange(graph.n)
    return rank


def _count_steps(board: Board, start: Bools, within: Bools | None = None) -> Ints:
    """Count the steps from some nodes to all others, by way of nodes within only; as many as nodes for none."""
    a, b, _ = edge_list(board.graph)
    if within is not None:
        a, b = a[within[a] & within[b]], b[within[a] & within[b]]
    steps = np.where(start, 0, board.graph.n)
    reached = start
    for step in range(1, board.graph.n):
        following = np.zeros_like(start)
        following[b[reached[a]]] = True
        reached = following & (steps == board.graph.n)
        if not reached.any():
            break
        steps[reached] = step
    return steps


def _once_rows(board: Board, choices: _Choices) -> _Rows:
    """Ask that every node is in one unit."""
    once = np.ones(board.graph.n)
    return _Rows(choices.node, np.arange(len(choices.node)), np.ones(len(choices.node)), once, once)


def _size_rows(board: Board, choices: _Choices, rules: Rules, left_out: int) -> list[_Rows]:
    """Ask of every unit that its households are in range, but for some."""
    pairs, grid_of = len(choices.node), np.array(board.parent)[choices.units]
    weight = board.graph.households[choices.node].astype(np.float64)
    grids = np.unique(grid_of)
    parts = []
    first = pairs
    for unit, many, rule in (
        (choices.unit, len(choices.units), rules[1]),
        (np.searchsorted(grids, grid_of)[choices.unit], len(grids), rules[0]),
    ):
        row, column = np.append(unit, np.arange(many)), np.append(np.arange(pairs), first + np.arange(many))
        for sign, low, high in ((1.0, float(rule.low), np.inf), (-1.0, -np.inf, float(rule.high))):
            factor = np.append(weight, np.full(many, sign))
            parts.append(_Rows(row, column, factor, np.full(many, low), np.full(many, high)))
        first += many
    out = np.arange(pairs, first)
    whole = _Rows(np.zeros(len(out), dtype=np.int64), out, np.ones(len(out)), np.zeros(1), np.full(1, float(left_out)))
    return [*parts, whole]


def _order_rows(board: Board, choices: _Choices) -> _Rows:
    """Ask of every node in a unit, but the root, that a neighbour before it is in the unit as well."""
    a, b, _ = edge_list(board.graph)
    edge, unit = np.nonzero(choices.order[b] < choices.order[a])
    here, before = choices.number[a[edge], unit], choices.number[b[edge], unit]
    both = (here != NONE) & (before != NONE)
    asked = np.flatnonzero(choices.roots[choices.unit] != choices.node)
    row = np.full(len(choices.node), NONE, dtype=np.int64)
    row[asked] = np.arange(len(asked))
    here, before = row[here[both]], before[both]
    before, here = before[here != NONE], here[here != NONE]
    factor = np.repeat([1.0, -1.0], [len(asked), len(here)])
    high = np.zeros(len(asked))
    return _Rows(np.append(row[asked], here), np.append(asked, before), factor, np.full(len(asked), -np.inf), high)


def _grids_hang_together(board: Board, label: Ints) -> bool:
    near, grid = neighbours_of(board.graph), np.array(board.parent)[label]
    return all(len(parts_of(near, np.flatnonzero(grid == one).tolist())) == 1 for one in np.unique(grid).tolist())
