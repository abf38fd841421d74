"""How many households must move at least: a linear programme over sizes and neighbours, solved exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import block_array, coo_array, csr_array, eye_array, kron

from gridgis.planning.board import Board, excess, first_labels, price_nodes, strange_households
from gridgis.planning.graph import edge_list
from gridgis.planning.numbers import Rules
from gridgis.planning.renumbering import Seating

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

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
        Households that any legal assignment of homes to these units moves which leaves no more of them out of range.
        Of all that legality asks, the bound knows the sizes, and that a home outside its unit's land has a neighbour
        in the unit; homes need not be whole.

    Source: a transport problem with side constraints; solved by HiGHS (Q. Huangfu and J. Hall, Parallelizing the dual
    revised simplex method, 2018).
    """
    board = seating.board
    alive = np.unique(seating.label)
    strange = strange_households(board)[:, alive]
    if len(alive) == 1:
        return int(strange.sum())
    left_out = excess(board, seating.label, rules)
    free = _free_places(board, alive, strange)
    if left_out > 0:
        # a unit below its least may be one node with no neighbour in it
        free &= board.graph.households[:, None] + left_out < rules[1].low
    item, weight, costs = _gather_items(board, strange, free)
    n, units = costs.shape
    sizes, low, high = _size_rows(weight, np.array(board.parent)[alive], rules)
    slack = eye_array(len(low))
    upper = [[sizes, -slack], [-sizes, -slack], [None, csr_array(np.ones((1, len(low))))]]
    support = _support_rows(board, free, item, n)
    if support.shape[0] > 0:
        upper.append([support, None])
    solved = linprog(
        np.concatenate([costs.ravel(), np.zeros(len(low))]),
        A_ub=block_array(upper, format="csr"),
        b_ub=np.concatenate([high, -low, [left_out], np.zeros(support.shape[0])]),
        A_eq=block_array([[kron(eye_array(n), np.ones((1, units))), csr_array((n, len(low)))]], format="csr"),
        b_eq=np.ones(n),
    )
    return int(np.ceil(solved.fun - _ROUNDING))


def _free_places(board: Board, alive: Ints, strange: Floats) -> Bools:
    """Find the units, other than that of its land, that a node can be in without a household moving."""
    at_home = first_labels(board, price_nodes(board))[:, None] == alive[None, :]
    free: Bools = (strange == 0) & ~at_home
    return free


def _gather_items(board: Board, strange: Floats, free: Bools) -> tuple[Ints, Floats, Floats]:
    """Take the nodes that may move freely, and their neighbours, one by one, and the rest by what they cost.

    Returns
    -------
        Item of each node; households of each item; households that move, shape (items, units).
    """
    a, b, _ = edge_list(board.graph)
    lone = np.flatnonzero(free.any(axis=1))
    single = np.isin(np.arange(board.graph.n), np.append(lone, b[np.isin(a, lone)]))
    number = np.where(single, np.arange(1, board.graph.n + 1), 0)
    alike = np.column_stack([number, board.graph.households, strange])
    _, item = np.unique(alike, axis=0, return_inverse=True)
    item = item.ravel().astype(np.int64)
    costs = np.zeros((int(item.max()) + 1, strange.shape[1]))
    np.add.at(costs, item, strange)
    return item, np.bincount(item, board.graph.households).astype(np.float64), costs


def _size_rows(weight: Floats, parent: Ints, rules: Rules) -> tuple[csr_array, Floats, Floats]:
    """Add up the households of each micro-grid and of each grid; with their least and their most."""
    units = len(parent)
    grid = np.unique(parent, return_inverse=True)[1]
    member = coo_array((np.ones(units), (grid, np.arange(units)))).tocsr()
    micro = kron(csr_array(weight[None, :]), eye_array(units), format="csr")
    counts = (rules[1], units), (rules[0], member.shape[0])
    low = np.concatenate([np.full(many, float(rule.low)) for rule, many in counts])
    high = np.concatenate([np.full(many, float(rule.high)) for rule, many in counts])
    return block_array([[micro], [member @ micro]], format="csr"), low, high


def _support_rows(board: Board, free: Bools, item: Ints, items: int) -> csr_array:
    """Ask of every free node that a neighbour is in the unit that it goes to."""
    graph, units = board.graph, free.shape[1]
    node, unit = np.nonzero(free)
    many = np.diff(graph.start)[node]
    rows = np.repeat(np.arange(len(node)), many)
    near = [graph.end[graph.start[v] : graph.start[v + 1]] for v in node.tolist()]
    others = np.concatenate(near) if near else np.empty(0, dtype=np.int64)
    columns = np.concatenate([item[node] * units + unit, item[others] * units + np.repeat(unit, many)])
    signs = np.concatenate([np.ones(len(node)), -np.ones(len(others))])
    rows = np.concatenate([np.arange(len(node)), rows])
    return coo_array((signs, (rows, columns)), shape=(len(node), items * units)).tocsr()
