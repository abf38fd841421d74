"""Make units connected again: a stray part is joined by a path or given to a neighbour, whichever moves fewer."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gridgis.planning.board import Board, neighbours_of, parts_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_A_NODE = 1e-3
"""What a path costs for each node besides the households that move."""

Near = Sequence[Sequence[tuple[int, bool]]]


def join_parts(board: Board, label: Ints, price: Floats) -> Ints:
    """Make every micro-grid, and then every grid, one connected piece.

    Parameters
    ----------
    board
        The village.
    label
        Micro-grid of each node.
    price
        Shape (nodes, micro-grids): cost of a node in a micro-grid.

    Returns
    -------
        Labels. A unit keeps the part that is dearest to move; every round leaves fewer parts, so it ends.
    """
    near = neighbours_of(board.graph)
    label = label.copy()
    patience = board.units
    while True:
        stray = _find_stray(board, label, near, price)
        if stray is None:
            return label
        main, part = stray
        given, given_cost = _give(board, label, near, price, part)
        path, path_cost = _path(board, label, near, price, (main, part))
        if path and path_cost < given_cost and patience > 0:
            # a path may cut another unit in two: it is not tried for ever
            patience -= 1
            label[path] = label[path[-1]]
        else:
            label[part] = given


def _find_stray(board: Board, label: Ints, near: Near, price: Floats) -> tuple[list[int], list[int]] | None:
    """Find a part that is apart from the rest of its micro-grid, or a micro-grid that is apart from its grid."""
    for unit in np.unique(label).tolist():
        parts = parts_of(near, np.flatnonzero(label == unit).tolist())
        if len(parts) > 1:
            ranked = sorted(parts, key=lambda part: _worth(part, unit, price, board))
            return ranked[-1], ranked[0]
    parent = np.array(board.parent)
    for grid in np.unique(parent[label]).tolist():
        parts = parts_of(near, np.flatnonzero(parent[label] == grid).tolist())
        if len(parts) > 1:
            ranked = sorted(parts, key=lambda part: _worth(part, int(label[part[0]]), price, board))
            unit = int(label[ranked[0][0]])
            stray = [v for v in ranked[0] if label[v] == unit]
            return ranked[-1], stray
    return None


def _worth(part: list[int], unit: int, price: Floats, board: Board) -> tuple[float, int, int]:
    """Value a part of a unit by what it would cost at least to have it elsewhere; ties by households, then place."""
    others = np.delete(price[part], unit, axis=1)
    lost = others.min(axis=1) - price[part, unit] if others.shape[1] else np.ones(len(part))
    return float(lost.sum()), int(board.graph.households[part].sum()), -part[0]


def _give(board: Board, label: Ints, near: Near, price: Floats, part: list[int]) -> tuple[int, float]:
    """Find the neighbouring unit in which a stray part costs least; over bridges only where there is no border."""
    here = int(label[part[0]])
    inside = set(part)
    around = {(not real, int(label[other])) for v in part for other, real in near[v] if other not in inside}
    open_ones = {one for one in around if one[1] != here and board.may_change(here, one[1])} or {
        one for one in around if one[1] != here
    }
    return min(
        ((unit, float((price[part, unit] - price[part, here]).sum()) + 1e6 * bridge) for bridge, unit in open_ones),
        key=lambda one: (one[1], one[0]),
    )


def _path(
    board: Board, label: Ints, near: Near, price: Floats, stray: tuple[list[int], list[int]]
) -> tuple[list[int], float]:
    """Find the nodes in between that it costs least to take over so that a stray part is joined to the rest."""
    main, part = stray
    goal = set(part)
    far = dict.fromkeys(main, 0.0)
    before: dict[int, int] = {}
    heap = [(0.0, v) for v in main]
    while heap:
        so_far, v = heapq.heappop(heap)
        if so_far > far[v]:
            continue
        if v in goal:
            found = []
            while v in before:
                v = before[v]
                found.append(v)
            return found, so_far
        first = v
        while first in before:
            first = before[first]
        unit = int(label[first])
        for other, real in near[v]:
            free = other in goal or board.may_change(int(label[other]), unit)
            # no node is cheaper than nothing, or the search would go round in circles
            dear = 0.0 if other in goal else max(float(price[other, unit] - price[other, label[other]]), 0.0) + _A_NODE
            step = so_far + dear
            if real and free and step < far.get(other, np.inf):
                far[other], before[other] = step, v
                heapq.heappush(heap, (step, other))
    return [], np.inf
