"""Least change: move border nodes along chains of neighbouring units until sizes keep their rules, and no further.

A chain moves a node from a first unit to its neighbour, one from that to the next, and so on; units in between keep
their size. The best chain is found first (fewest households out of range, then fewest households moved) and applied if
every unit stays connected; it is the augmenting path of a minimum-cost flow between units, found on the nodes that may
move at that moment. A chain that undoes moves costs less than nothing, so the search also takes back what was not
needed.

Source: R. Ahuja, T. Magnanti, J. Orlin, Network Flows, 1993, chapter 9 (successive shortest paths).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gridgis.model.tiers import SizeRange
from gridgis.planning.board import Board, neighbours_of, parts_of, unit_sizes

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_EXCESS_PRICE = 1e6
_LEAST_GAIN = 1e-7
_WALK_PRICE = 1e-9
_LONGEST = 12
_LARGEST_PART = 12
_WEIGHTS = 6
_FAILURES = 40


class Move(NamedTuple):
    """Some nodes of one unit that can go to another together: what they weigh and what that costs."""

    price: float
    nodes: tuple[int, ...]
    unit: int
    to: int
    households: int


class _State(NamedTuple):
    """Where a chain stands: the unit that has just received, how much, and how much its grid has received."""

    unit: int
    received: int
    grid_received: int


@dataclass(frozen=True)
class _Sizes:
    """Sizes of both tiers and what they may be."""

    micro: list[int]
    grid: list[int]
    parent: tuple[int, ...]
    rules: tuple[SizeRange, SizeRange]

    def micro_change(self, unit: int, more: int) -> float:
        """Price the change of a micro-grid's excess."""
        rule, size = self.rules[1], self.micro[unit]
        return _EXCESS_PRICE * (rule.excess(size + more) - rule.excess(size))

    def grid_change(self, unit: int, more: int) -> float:
        """Price the change of the excess of a micro-grid's grid."""
        rule, size = self.rules[0], self.grid[self.parent[unit]]
        return _EXCESS_PRICE * (rule.excess(size + more) - rule.excess(size))


def settle_sizes(
    board: Board, label: Ints, price: Floats, rules: tuple[SizeRange, SizeRange], rng: np.random.Generator | None = None
) -> Ints:
    """Move nodes along chains while that brings households into range, or leaves fewer households moved.

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
    rng
        Source of chance between moves that cost the same; None takes those first that shorten the walk most.

    Returns
    -------
        Labels; every unit is connected, and no unit that had nodes is left without.
    """
    table = _Table(board, label.copy(), price, rng)
    banned: set[tuple[tuple[int, ...], int]] = set()
    while len(banned) < _FAILURES:
        micro, grid = unit_sizes(board, table.label)
        sizes = _Sizes(micro.tolist(), grid.tolist(), board.parent, rules)
        chain = _find_chain(sizes, table.moves(banned))
        if not chain:
            break
        if table.apply(chain):
            banned.clear()
        else:
            banned |= {(move.nodes, move.to) for move in chain}
    return table.label


class _Table:
    """Labels while nodes move; what may leave a unit is found once and again only when the unit has changed."""

    def __init__(self, board: Board, label: Ints, price: Floats, rng: np.random.Generator | None) -> None:
        self.board, self.label, self.price = board, label, price
        self.near = neighbours_of(board.graph)
        self.parent = np.array(board.parent)
        self.households = board.graph.households.tolist()
        weight = np.maximum(board.graph.households, 1)
        total = np.maximum(np.bincount(label, weight, board.units), 1)
        places = [np.bincount(label, weight * at, board.units) / total for at in (board.graph.x, board.graph.y)]
        far_m = np.hypot(board.graph.x[:, None] - places[0][None, :], board.graph.y[:, None] - places[1][None, :])
        tie = far_m if rng is None else far_m * rng.uniform(0.0, 2.0, far_m.shape)
        self.cost: list[list[float]] = (price + _WALK_PRICE * weight[:, None] * tie).tolist()
        self.leaving: dict[int, list[tuple[int, ...]]] = {}

    def moves(self, banned: set[tuple[tuple[int, ...], int]]) -> dict[int, list[Move]]:
        """List the cheapest moves of each unit to each neighbour, one a weight."""
        found: dict[int, list[Move]] = {}
        for unit in np.unique(self.label).tolist():
            if unit not in self.leaving:
                self.leaving[unit] = list(self._leaving(unit))
            best: dict[tuple[int, int], Move] = {}
            for nodes in self.leaving[unit]:
                for move in self._moves_of(unit, nodes):
                    key = move.to, move.households
                    if (nodes, move.to) not in banned and (key not in best or move < best[key]):
                        best[key] = move
            found[unit] = _lightest(best)
        return found

    def _leaving(self, unit: int) -> Iterator[tuple[int, ...]]:
        """Walk over the border nodes of a unit, each with the nodes that it would cut off from the rest."""
        if unit in self.board.locked:
            return
        inside = set(np.flatnonzero(self.label == unit).tolist())
        for v in sorted(inside):
            ring = [other for other, _ in self.near[v] if other in inside]
            if len(ring) == len(self.near[v]) or not ring:
                continue
            cut_off: list[int] = []
            if len(ring) > 1 and len(parts_of(self.near, ring)) > 1:
                parts = sorted(parts_of(self.near, inside - {v}), key=len)
                cut_off = [node for part in parts[:-1] for node in part]
            if len(cut_off) < _LARGEST_PART:
                yield (v, *sorted(cut_off))

    def _moves_of(self, unit: int, nodes: tuple[int, ...]) -> Iterator[Move]:
        label = self.label
        others = {int(label[other]) for v in nodes for other, real in self.near[v] if real and label[other] != unit}
        for to in sorted(others):
            if self.board.may_change(unit, to):
                price = sum(self.cost[v][to] - self.cost[v][unit] for v in nodes)
                yield Move(price, nodes, unit, to, sum(self.households[v] for v in nodes))

    def apply(self, chain: list[Move]) -> bool:
        """Make the moves of a chain if every unit stays in one piece; else change nothing."""
        label = self.label.copy()
        for move in chain:
            label[list(move.nodes)] = move.to
        touched = {unit for move in chain for unit in (move.unit, move.to)}
        if any(len(parts_of(self.near, np.flatnonzero(label == unit).tolist())) != 1 for unit in touched):
            return False
        grid = self.parent[label]
        for one in {self.board.parent[unit] for unit in touched}:
            if len(parts_of(self.near, np.flatnonzero(grid == one).tolist())) != 1:
                return False
        self.label = label
        for unit in touched:
            self.leaving.pop(unit, None)
        # whoever borders a node that moved may have gained or lost a border node
        for move in chain:
            for v in move.nodes:
                for other, _ in self.near[v]:
                    self.leaving.pop(int(label[other]), None)
        return True


def _lightest(best: dict[tuple[int, int], Move]) -> list[Move]:
    """Keep a few moves to each neighbour, those of the smallest weights."""
    kept: dict[int, list[Move]] = {}
    for to, households in sorted(best):
        some = kept.setdefault(to, [])
        if len(some) < _WEIGHTS:
            some.append(best[to, households])
    return [move for some in kept.values() for move in some]


def _find_chain(sizes: _Sizes, moves: dict[int, list[Move]]) -> list[Move]:
    """Find the best chain: the one that costs least, if that is less than nothing."""
    found: tuple[float, list[Move]] = (-_LEAST_GAIN, [])
    best: dict[_State, float] = {}
    layer: dict[_State, tuple[float, tuple[Move, ...]]] = {}
    for unit in moves:
        _extend(sizes, moves, (_State(unit, 0, 0), 0.0, ()), layer)
    for _ in range(_LONGEST):
        following: dict[_State, tuple[float, tuple[Move, ...]]] = {}
        for state, (price, chain) in layer.items():
            if price >= best.get(state, np.inf) - _LEAST_GAIN:
                continue
            best[state] = price
            whole = price + sizes.micro_change(state.unit, state.received)
            whole += sizes.grid_change(state.unit, state.grid_received)
            if whole < found[0]:
                found = whole, list(chain)
            found = min(found, _close(sizes, moves, state, (price, chain)), key=lambda one: one[0])
            _extend(sizes, moves, (state, price, chain), following)
        layer = following
        if not layer:
            break
    return found[1]


def _extend(
    sizes: _Sizes,
    moves: dict[int, list[Move]],
    reached: tuple[_State, float, tuple[Move, ...]],
    layer: dict[_State, tuple[float, tuple[Move, ...]]],
) -> None:
    """Lengthen a chain by one move to a unit that it has not visited."""
    state, so_far, chain = reached
    parent = sizes.parent
    visited = {move.unit for move in chain} | {state.unit}
    left = {parent[move.unit] for move in chain} - {parent[state.unit]}
    for move in moves[state.unit]:
        if move.to in visited or parent[move.to] in left:
            continue
        price = so_far + move.price + sizes.micro_change(state.unit, state.received - move.households)
        same = parent[move.to] == parent[state.unit]
        if not same:
            price += sizes.grid_change(state.unit, state.grid_received - move.households)
        key = _State(move.to, move.households, state.grid_received if same else move.households)
        if key not in layer or price < layer[key][0]:
            layer[key] = price, (*chain, move)


def _close(
    sizes: _Sizes, moves: dict[int, list[Move]], state: _State, reached: tuple[float, tuple[Move, ...]]
) -> tuple[float, list[Move]]:
    """Close a chain to a ring inside its grid: its first unit receives as well."""
    so_far, chain = reached
    first = chain[0]
    found: tuple[float, list[Move]] = (np.inf, [])
    if len({sizes.parent[move.to] for move in chain} | {sizes.parent[first.unit]}) > 1:
        return found
    for move in moves[state.unit]:
        if move.to == first.unit:
            price = so_far + move.price + sizes.micro_change(state.unit, state.received - move.households)
            price -= sizes.micro_change(first.unit, -first.households)
            price += sizes.micro_change(first.unit, move.households - first.households)
            if price < found[0]:
                found = price, [*chain, move]
    return found
