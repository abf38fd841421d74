"""The board that replanning moves on: one village's nodes, its units, and what each node costs in each unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gridgis.model.tiers import SizeRange
from gridgis.planning.graph import NONE, Graph, edge_list

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ELSEWHERE = -2
"""The unit of a household that was in another village."""
GRID_PRICE = 0.01
"""A household that changes its grid, beside one that changes its micro-grid."""
TERRITORY_PRICE = 1e-4
"""A household that may go anywhere, but lives in a unit's territory."""


@dataclass(frozen=True)
class Homes:
    """The homes of a village: node, households, and what the plan in force says of them, by units' numbers.

    Parameters
    ----------
    node, households
        Of each home.
    own
        Unit that the household was in; -1 for a new household, -2 for one that was in a unit of another village.
    there
        Unit in whose territory the home lies; -1 for none.
    """

    node: Ints
    households: Ints
    own: Ints
    there: Ints


@dataclass(frozen=True)
class Board:
    """One village.

    Parameters
    ----------
    graph
        Its graph.
    homes
        Who lives there.
    parent
        Grid of each micro-grid, by number.
    codes, grid_codes
        Codes of micro-grids and of grids; empty for a new one.
    locked, locked_grids
        Micro-grids and grids, by number, whose territory stays.
    """

    graph: Graph
    homes: Homes
    parent: tuple[int, ...]
    codes: tuple[str, ...]
    grid_codes: tuple[str, ...]
    locked: frozenset[int] = frozenset()
    locked_grids: frozenset[int] = frozenset()

    @property
    def units(self) -> int:
        """Count the micro-grids, those without a node among them."""
        return len(self.parent)

    def may_change(self, unit: int, other: int) -> bool:
        """Say whether a node may go from one micro-grid to another."""
        if unit in self.locked or other in self.locked:
            return False
        here, there = self.parent[unit], self.parent[other]
        return here == there or not {here, there} & self.locked_grids


def strange_households(board: Board) -> Floats:
    """Count the households of each node that would move in each micro-grid, shape (nodes, micro-grids).

    A household moves if it is neither in the unit it was in nor in the one whose land it lives in; a household that
    was nowhere does not.
    """
    homes, units = board.homes, np.arange(board.units)
    own, there = homes.own[:, None], homes.there[:, None]
    strange = np.zeros((board.graph.n, board.units))
    moves = (own != NONE) & (units != own) & (units != there)
    np.add.at(strange, homes.node, homes.households[:, None] * moves)
    return strange


def price_nodes(board: Board) -> Floats:
    """Price each node in each micro-grid.

    Returns
    -------
        Shape (nodes, micro-grids): households that would move, with a small part for those that change grid, and a
        smaller one for those that are not in the unit whose land they live in.
    """
    homes, units = board.homes, np.arange(board.units)
    # the two places behind the last are for households that were elsewhere, and for those that were nowhere
    parent = np.append(np.array(board.parent, dtype=np.int64), [ELSEWHERE, NONE])
    own, there = homes.own[:, None], homes.there[:, None]
    strange_grid = (own != NONE) & (parent[units] != parent[own]) & (parent[units] != parent[there])
    elsewhere = (there != NONE) & (units != there)
    price = strange_households(board)
    np.add.at(price, homes.node, homes.households[:, None] * (GRID_PRICE * strange_grid + TERRITORY_PRICE * elsewhere))
    return price


def first_labels(board: Board, price: Floats) -> Ints:
    """Put each node into the micro-grid in which it costs least; nodes of nobody's land go with their neighbours."""
    told = np.zeros(board.graph.n, dtype=bool)
    told[board.homes.node[(board.homes.there >= 0) | (board.homes.own >= 0)]] = True
    label = np.where(told, np.argmin(price, axis=1), NONE)
    return spread_labels(board.graph, label)


def spread_labels(graph: Graph, label: Ints, nodes: Iterable[int] | None = None) -> Ints:
    """Give unlabelled nodes the label of the nearest labelled neighbour, step by step.

    Parameters
    ----------
    graph
        The graph.
    label
        Unit of each node; -1 for none. A node that no labelled node can be reached from keeps it.
    nodes
        Nodes to begin from; all labelled ones where None.
    """
    label = label.copy()
    fringe: list[int] = np.flatnonzero(label != NONE).tolist() if nodes is None else sorted(nodes)
    while fringe:
        reached: dict[int, tuple[float, int]] = {}
        for v in fringe:
            for other in graph.end[graph.start[v] : graph.start[v + 1]].tolist():
                if label[other] == NONE:
                    step = float(np.hypot(graph.x[v] - graph.x[other], graph.y[v] - graph.y[other])), int(label[v])
                    reached[other] = min(reached.get(other, step), step)
        for other, (_, unit) in reached.items():
            label[other] = unit
        fringe = sorted(reached)
    return label


def unit_sizes(board: Board, label: Ints) -> tuple[Ints, Ints]:
    """Count the households of each micro-grid and of each grid."""
    micro = np.bincount(label, board.graph.households, board.units).astype(np.int64)
    return micro, np.bincount(board.parent, micro, len(board.grid_codes)).astype(np.int64)


def excess(board: Board, label: Ints, rules: tuple[SizeRange, SizeRange]) -> int:
    """Count the households out of range in both tiers (rules of grid and micro-grid)."""
    micro, grid = unit_sizes(board, label)
    alive = np.bincount(label, minlength=board.units) > 0
    grids = np.unique(np.array(board.parent)[alive])
    return sum(rules[1].excess(int(n)) for n in micro[alive]) + sum(rules[0].excess(int(n)) for n in grid[grids])


def cost(price: Floats, label: Ints) -> float:
    """Add up what the nodes cost where they are."""
    return float(price[np.arange(len(label)), label].sum())


def neighbours_of(graph: Graph) -> list[list[tuple[int, bool]]]:
    """List each node's neighbours, and whether they share a border; a bridge is none."""
    a, b, border_m = edge_list(graph)
    found: list[list[tuple[int, bool]]] = [[] for _ in range(graph.n)]
    for v, other, length_m in zip(a.tolist(), b.tolist(), border_m.tolist(), strict=True):
        found[v].append((other, length_m > 0))
    return found


def parts_of(near: Sequence[Sequence[tuple[int, bool]]], nodes: Iterable[int]) -> list[list[int]]:
    """Split nodes into connected parts, the part of the lowest node first."""
    left = set(nodes)
    parts = []
    for first in sorted(left):
        if first not in left:
            continue
        left.discard(first)
        part = [first]
        for v in part:
            for other, _ in near[v]:
                if other in left:
                    left.discard(other)
                    part.append(other)
        parts.append(part)
    return parts


def with_units(board: Board, parents: Sequence[int], new_grids: int = 0) -> Board:
    """Add new micro-grids, and new grids, to a board."""
    return replace(
        board,
        parent=(*board.parent, *parents),
        codes=(*board.codes, *[""] * len(parents)),
        grid_codes=(*board.grid_codes, *[""] * new_grids),
    )
