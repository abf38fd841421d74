"""Found and dissolve units: cut off the least that a new one needs, hand on what an old one leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgis.model.tiers import WEIGHTS, SizeRange
from gridgis.planning.board import Board, spread_labels, with_units
from gridgis.planning.cutting import cut_tier, refine_cut
from gridgis.planning.graph import NONE, edge_list, subgraph
from gridgis.planning.numbers import Rules, Step, Structure
from gridgis.planning.tiers import Bounds, Effort, Search

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Seating:
    """A board and the micro-grid of each of its nodes; a unit without a node is dissolved."""

    board: Board
    label: Ints

    def micro_grids_of(self, grid: int) -> list[int]:
        """List the living micro-grids of a grid."""
        return [unit for unit in np.unique(self.label).tolist() if self.board.parent[unit] == grid]

    def size(self, units: Sequence[int]) -> int:
        """Count the households of some micro-grids."""
        return int(self.board.graph.households[np.isin(self.label, units)].sum())

    def structure(self) -> dict[int, int]:
        """Count the living micro-grids of each living grid."""
        parents = [self.board.parent[unit] for unit in np.unique(self.label).tolist()]
        return {grid: parents.count(grid) for grid in sorted(set(parents))}

    def free_structure(self) -> Structure:
        """Count the micro-grids of each grid that is not locked."""
        return tuple(many for grid, many in self.structure().items() if grid not in self.board.locked_grids)


def take_steps(seating: Seating, steps: Sequence[Step], rules: Rules, rng: np.random.Generator) -> Seating:
    """Change the numbers of units.

    Parameters
    ----------
    seating
        Who is where.
    steps
        As :func:`gridgis.planning.numbers.choose_steps` gives them; each is done where it moves fewest households.
    rules
        Sizes of a grid and of a micro-grid.
    rng
        Source of chance.

    Returns
    -------
        The seating. Micro-grids need not be connected, nor in range. A step that locks leave no place for is left out.
    """
    for step in steps:
        grids = [
            grid
            for grid, many in seating.structure().items()
            if many == step.many and grid not in seating.board.locked_grids
        ]
        by_size = sorted(grids, key=lambda grid: (seating.size(seating.micro_grids_of(grid)), -grid))
        if not by_size:
            continue
        if step.kind == "add":
            seating = _add(seating, by_size[-1], rules[1], rng)
        elif step.kind == "drop":
            seating = _drop(seating, by_size[0])
        elif step.kind == "split":
            seating = _split(seating, by_size[-1], step, rules, rng)
        else:
            seating = _merge(seating, by_size, step.other)
    return seating


def _add(seating: Seating, grid: int, micro: SizeRange, rng: np.random.Generator) -> Seating:
    """Cut a new micro-grid off the largest one of a grid."""
    board, label = seating.board, seating.label
    fit = [
        unit
        for unit in seating.micro_grids_of(grid)
        if unit not in board.locked and np.count_nonzero(label == unit) > 1
    ]
    if not fit:
        return seating
    unit = max(fit, key=lambda one: (seating.size([one]), -one))
    nodes = np.flatnonzero(label == unit)
    part = _cut_off(board, nodes, micro.low, rng)
    label = label.copy()
    label[part] = board.units
    return Seating(with_units(board, [grid]), label)


def _drop(seating: Seating, grid: int) -> Seating:
    """Hand the land of the smallest micro-grid of a grid on to its neighbours there."""
    units = seating.micro_grids_of(grid)
    free = [unit for unit in units if unit not in seating.board.locked]
    heirs = np.flatnonzero(np.isin(seating.label, free))
    if len(free) < 2:  # noqa: PLR2004 — one must be left to take the land
        return seating
    unit = min(free, key=lambda one: (seating.size([one]), one))
    label = np.where(seating.label == unit, NONE, seating.label)
    label = spread_labels(seating.board.graph, label, [v for v in heirs.tolist() if label[v] != NONE])
    return seating if (label == NONE).any() else Seating(seating.board, label)


def _split(seating: Seating, grid: int, step: Step, rules: Rules, rng: np.random.Generator) -> Seating:
    """Cut a new grid off a grid, with as many new micro-grids as it takes over."""
    board = seating.board
    units = seating.micro_grids_of(grid)
    if any(unit in board.locked for unit in units):
        return seating
    nodes = np.flatnonzero(np.isin(seating.label, units))
    if len(nodes) < step.many + (step.many == 1):
        return seating
    part = _cut_off(board, nodes, max(rules[0].low, rules[1].low * step.other), rng)
    many = min(step.other, len(part))
    size = board.graph.households[part].sum()
    label = seating.label.copy()
    label[part] = board.units + _cut(board, part, _even(int(size), many), rng)
    new_grid = len(board.grid_codes)
    done = Seating(with_units(board, [new_grid] * many, new_grids=1), label)
    wanted = max(step.many - step.other, 1)
    while len(done.micro_grids_of(grid)) != wanted:
        before = done
        surplus = len(done.micro_grids_of(grid)) > wanted
        done = _drop(done, grid) if surplus else _add(done, grid, rules[1], rng)
        if done is before:
            break
    return done


def _merge(seating: Seating, grids: Sequence[int], other: int) -> Seating:
    """Put the smallest grid that can go into the smallest neighbour of ``other`` micro-grids, or of any."""
    board, label = seating.board, seating.label
    parent = np.array(board.parent)
    structure = seating.structure()
    a, b, _ = edge_list(board.graph)
    for grid in grids:
        units = seating.micro_grids_of(grid)
        if any(unit in board.locked for unit in units):
            continue
        around = set(parent[label[b[parent[label[a]] == grid]]].tolist()) - {grid, *board.locked_grids}
        if not around:
            continue
        heir = min(around, key=lambda one: (structure[one] != other, seating.size(seating.micro_grids_of(one)), one))
        label = label.copy()
        for number, unit in enumerate(units):
            label[seating.label == unit] = board.units + number
        return Seating(with_units(board, [heir] * len(units)), label)
    return seating


def _cut_off(board: Board, nodes: Ints, households: int, rng: np.random.Generator) -> Ints:
    """Cut about so many households, at most half of them, off some nodes."""
    whole = int(board.graph.households[nodes].sum())
    part = min(households, whole // 2)
    slack = max(part // 20, 1)
    bounds = Bounds(np.array([whole - part - slack, part]), np.array([whole - part, part + slack]))
    off: Ints = nodes[_cut(board, nodes, bounds, rng) == 1]
    return off


def _cut(board: Board, nodes: Ints, bounds: Bounds, rng: np.random.Generator) -> Ints:
    graph = subgraph(board.graph, nodes)
    search = Search(Effort(), WEIGHTS, rng)
    return refine_cut(graph, cut_tier(graph, bounds, search), bounds, search).label


def _even(households: int, parts: int) -> Bounds:
    return Bounds(np.full(parts, households // parts), np.full(parts, -(-households // parts)))
