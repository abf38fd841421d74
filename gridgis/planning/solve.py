"""Both tiers of one village: grids first, micro-grids inside them, then both polished together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gridgis.model.tiers import SizeRange
from gridgis.planning import kernels
from gridgis.planning.graph import Graph, contract, edge_list, node_pieces, subgraph
from gridgis.planning.shares import Share, Totals, share_units, size_window
from gridgis.planning.tiers import (
    Bounds,
    Cut,
    Effort,
    Schedule,
    atoms_of,
    cooling_of,
    cut_atoms,
    judge,
    mean_walk_m,
    net_of,
    side_by_side,
    state_of,
    tier_of,
    whole_groups,
)

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_ANY_SIZE = SizeRange(1, 10**9)
_GRID_WEIGHT = 0.3


@dataclass(frozen=True)
class Units:
    """The grid and the micro-grid of each node, each numbered from 0; a micro-grid lies in one grid."""

    grid: Ints
    micro: Ints


@dataclass(frozen=True)
class Rules:
    """Sizes of both tiers."""

    grid: SizeRange
    micro: SizeRange


def split_land(graph: Graph, low: int) -> list[Ints]:
    """Split a graph into the pieces of land that are planned on their own.

    Parameters
    ----------
    graph
        The graph; bridges join its pieces.
    low
        Households of a unit, at least: a piece with fewer goes with the piece its bridge leads to.

    Returns
    -------
        Nodes of each piece, ascending; one piece where none is big enough.
    """
    piece = node_pieces(graph)
    size = np.bincount(piece, graph.households)
    home = np.where(size >= low, np.arange(len(size)), -1)
    if (home >= 0).sum() <= 1:
        return [np.arange(graph.n)]
    a, b, _ = edge_list(graph)
    apart = piece[a] != piece[b]
    links = sorted(zip(piece[a[apart]].tolist(), piece[b[apart]].tolist(), strict=True))
    while (home < 0).any():
        here, there = next(link for link in links if home[link[0]] >= 0 > home[link[1]])
        home[there] = home[here]
    owner = home[piece]
    return [np.flatnonzero(owner == one) for one in np.unique(owner)]


def solve_land(graph: Graph, share: Share, rules: Rules, effort: Effort, seed: Sequence[int]) -> Units:
    """Cut one piece of land into grids and micro-grids.

    Parameters
    ----------
    graph
        Its graph, connected over borders and bridges.
    share
        How many of each.
    rules
        Sizes.
    effort
        How hard to try.
    seed
        The same seed gives the same units.
    """
    bounds = _grid_bounds(share, rules), _bounds([rules.micro] * share.micro_grids)
    found: list[tuple[tuple[int, float], Units]] = []
    for attempt in range(effort.tries):
        units = _solve_once(graph, bounds, rules, effort, np.random.default_rng([*seed, attempt]))
        found.append((_rank(graph, units, rules), units))
        if found[-1][0][0] <= share.excess:
            break
    return min(found, key=lambda one: one[0])[1]


def _grid_bounds(share: Share, rules: Rules) -> Bounds:
    each, extra = divmod(share.micro_grids, share.grids)
    return _bounds([size_window(rules.grid, rules.micro, each + (unit < extra)) for unit in range(share.grids)])


def _solve_once(
    graph: Graph, bounds: tuple[Bounds, Bounds], rules: Rules, effort: Effort, rng: np.random.Generator
) -> Units:
    grids, micro_grids = len(bounds[0].low), len(bounds[1].low)
    cut = cut_atoms(graph, bounds[0], effort, rng)
    lands = [nodes for unit in range(grids) for nodes in _lands_of_grid(graph, cut.label == unit, rules.micro)]
    if len(lands) > micro_grids:
        lands = [np.flatnonzero(cut.label == unit) for unit in range(grids)]
    sizes = [int(graph.households[nodes].sum()) for nodes in lands]
    shares = share_units(
        sizes, [len(nodes) for nodes in lands], (_ANY_SIZE, rules.micro), Totals(len(lands), micro_grids)
    )
    micro = np.zeros(graph.n, dtype=np.int64)
    first = 0
    alone = replace(effort, threads=1)

    def cut_land(case: tuple[Ints, Share, np.random.Generator]) -> Cut:
        nodes, one, chance = case
        return cut_atoms(subgraph(graph, nodes), _bounds([rules.micro] * one.micro_grids), alone, chance)

    cuts = side_by_side(cut_land, list(zip(lands, shares, rng.spawn(len(lands)), strict=True)), effort)
    for nodes, one, inner in zip(lands, shares, cuts, strict=True):
        micro[nodes] = first + inner.label
        first += one.micro_grids
    polished = _polish(graph, Units(cut.label, micro), bounds, effort, rng)
    return min(Units(cut.label, micro), polished, key=lambda units: _rank(graph, units, rules))


def _lands_of_grid(graph: Graph, inside: Bools, micro: SizeRange) -> list[Ints]:
    nodes = np.flatnonzero(inside)
    return [nodes[part] for part in split_land(subgraph(graph, nodes), micro.low)]


def _bounds(rules: Sequence[SizeRange]) -> Bounds:
    return Bounds(
        np.array([rule.low for rule in rules], dtype=np.int64), np.array([rule.high for rule in rules], dtype=np.int64)
    )


def _polish(
    graph: Graph, units: Units, bounds: tuple[Bounds, Bounds], effort: Effort, rng: np.random.Generator
) -> Units:
    """Anneal both tiers at once; natural villages that are whole stay whole."""
    atom = atoms_of(graph, whole_groups(graph, units.micro))
    atoms = contract(graph, atom)
    first = np.unique(atom, return_index=True)[1]
    kept = (atoms.group >= 0) & np.append(whole_groups(graph, units.grid), [False])[atoms.group]
    grid = tier_of(atoms, units.grid[first], bounds[0])
    micro = tier_of(atoms, units.micro[first], bounds[1])
    schedule = Schedule(2 * effort.sweeps, (0.2, 0.01), (10.0, 100.0))
    cooling = cooling_of(schedule, mean_walk_m(atoms, micro), effort.border, _GRID_WEIGHT)
    kernels.anneal(net_of(atoms, kept), micro, grid, cooling, state_of(rng))
    return Units(grid.label[atom], micro.label[atom])


def _rank(graph: Graph, units: Units, rules: Rules) -> tuple[int, float]:
    """Order results, the best first: households out of range in both tiers, then walks."""
    grid = judge(graph, units.grid, _bounds([rules.grid] * (int(units.grid.max()) + 1)))
    micro = judge(graph, units.micro, _bounds([rules.micro] * (int(units.micro.max()) + 1)))
    return grid.excess + micro.excess, micro.walk_m + _GRID_WEIGHT * grid.walk_m
