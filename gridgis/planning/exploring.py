"""Compiled loops that better a cut by kicks: a neighbourhood heated, or a unit moved to where it serves more."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from gridgis.planning.annealing import Cooling, Luck, Part, nest, sweep_edge
from gridgis.planning.kernels import (
    Bools,
    Both,
    Floats,
    Ints,
    Net,
    State,
    Tier,
    draw,
    draw_below,
    far_m,
    loop,
    pop,
    push,
    put,
    recentre,
    total_excess,
    walk_m,
)

_NOWHERE = -1
_TRIES = 3
_TWO_MEANS_ROUNDS = 4
_HOPEFUL = 0.6


class Kicks(NamedTuple):
    """How a cut is kicked.

    Parameters
    ----------
    number
        How many kicks.
    moves
        Share of those that move a micro-grid; the others heat a neighbourhood.
    hops
        How far from it, in micro-grids, the neighbourhood of a kick reaches.
    slack_m
        How much worse the first kicks may make a cut and yet be kept; it shrinks to nothing with the last.
    """

    number: int
    moves: float
    hops: int
    slack_m: float


class Saved(NamedTuple):
    """Both tiers as they were."""

    micro: Tier
    grid: Tier
    parent: Ints


@loop
def _cost(net: Net, both: Both, nodes: Ints, cooling: Cooling) -> float:
    """Add up the cost of a part of the land."""
    micro, grid = both.micro, both.grid
    total = cooling.excess_last_m * (total_excess(micro) + total_excess(grid))
    for u in range(len(micro.heads)):
        total += cooling.head_m * int(micro.heads[u] == 0)
    for v in nodes:
        u = micro.label[v]
        g = grid.label[v]
        total += walk_m(net, v, micro.x[u], micro.y[u])
        if cooling.grid_weight > 0.0:
            total += cooling.grid_weight * walk_m(net, v, grid.x[g], grid.y[g])
        for e in range(net.start[v], net.start[v + 1]):
            w = net.end[e]
            # an edge inside the part is met from both of its ends
            total += 0.5 * cooling.border * net.border_m[e] * (int(micro.label[w] != u) + int(grid.label[w] != g))
    return total


@loop
def _copy_tier(tier: Tier, other: Tier, nodes: Ints) -> None:
    for v in nodes:
        other.label[v] = tier.label[v]
    for u in range(len(tier.x)):
        other.x[u] = tier.x[u]
        other.y[u] = tier.y[u]
        other.size[u] = tier.size[u]
        other.nodes[u] = tier.nodes[u]
        other.heads[u] = tier.heads[u]


@njit(cache=True, nogil=True)
def _twin(tier: Tier) -> Tier:
    counts = tier.size.copy(), tier.nodes.copy(), tier.heads.copy()
    return Tier(tier.label.copy(), tier.x.copy(), tier.y.copy(), tier.low, tier.high, counts[0], counts[1], counts[2])


@njit(cache=True, nogil=True)
def _worth(net: Net, both: Both, walk: Floats, leave: Floats) -> None:
    """Add up each micro-grid's walk, and how much farther its households would walk to the next of their grid."""
    micro, parent = both.micro, both.parent
    order = np.argsort(parent, kind="mergesort")
    first = np.searchsorted(parent[order], np.arange(len(both.grid.x) + 1))
    walk[:] = 0.0
    leave[:] = 0.0
    for v in range(len(net.x)):
        u = micro.label[v]
        here_m = far_m(net, v, micro.x[u], micro.y[u])
        next_m = np.inf
        for i in range(first[parent[u]], first[parent[u] + 1]):
            if order[i] != u:
                next_m = min(next_m, far_m(net, v, micro.x[order[i]], micro.y[order[i]]))
        walk[u] += net.households[v] * here_m
        leave[u] += net.households[v] * (next_m - here_m)


@loop
def _choose(worth: Floats, sign: float, state: State) -> int:
    """Draw a few units and choose the one that is worth most (``sign`` 1) or least (-1)."""
    best = draw_below(len(worth), state)
    for _ in range(_TRIES):
        other = draw_below(len(worth), state)
        if sign * worth[other] > sign * worth[best]:
            best = other
    return best


@njit(cache=True, nogil=True)
def _activate(net: Net, label: Ints, active: Bools, hops: int, scratch: Ints) -> Ints:
    """Let the neighbours of the units that take part take part too, ``hops`` times; list the nodes of them all."""
    for _ in range(hops):
        before = active.copy()
        for v in range(len(label)):
            if before[label[v]]:
                for e in range(net.start[v], net.start[v + 1]):
                    active[label[net.end[e]]] = True
    count = 0
    for v in range(len(label)):
        if active[label[v]]:
            scratch[count] = v
            count += 1
    return scratch[:count]


@loop
def _draw_far(net: Net, inside: Ints, x: float, y: float, state: State) -> int:
    """Draw one of some nodes with a probability proportional to the walk of its households to a point."""
    total = 0.0
    for v in inside:
        total += net.households[v] * far_m(net, v, x, y)
    left = draw(state) * total
    for v in inside:
        left -= net.households[v] * far_m(net, v, x, y)
        if left < 0.0:
            return int(v)
    return int(inside[-1])


@njit(cache=True, nogil=True)
def _part_in_two(net: Net, inside: Ints, tier: Tier, units: tuple[int, int], state: State) -> tuple[int, int]:
    """Put the centres of two units among some nodes, by two-means; return the node nearest to each."""
    a, b = units
    far = _draw_far(net, inside, tier.x[b], tier.y[b], state)
    near = _draw_far(net, inside, net.x[far], net.y[far], state)
    tier.x[a], tier.y[a] = net.x[far], net.y[far]
    tier.x[b], tier.y[b] = net.x[near], net.y[near]
    for _ in range(_TWO_MEANS_ROUNDS):
        sums = np.full((3, 2), 0.001)
        sums[1, 0], sums[2, 0] = 0.001 * tier.x[a], 0.001 * tier.y[a]
        sums[1, 1], sums[2, 1] = 0.001 * tier.x[b], 0.001 * tier.y[b]
        for v in inside:
            side = int(far_m(net, v, tier.x[a], tier.y[a]) >= far_m(net, v, tier.x[b], tier.y[b]))
            sums[0, side] += net.households[v]
            sums[1, side] += net.households[v] * net.x[v]
            sums[2, side] += net.households[v] * net.y[v]
        tier.x[a], tier.y[a] = sums[1, 0] / sums[0, 0], sums[2, 0] / sums[0, 0]
        tier.x[b], tier.y[b] = sums[1, 1] / sums[0, 1], sums[2, 1] / sums[0, 1]
    seed_a = inside[0]
    for v in inside:
        if far_m(net, v, tier.x[a], tier.y[a]) < far_m(net, seed_a, tier.x[a], tier.y[a]):
            seed_a = v
    seed_b = inside[0] if inside[0] != seed_a else inside[1]
    for v in inside:
        if v != seed_a and far_m(net, v, tier.x[b], tier.y[b]) < far_m(net, seed_b, tier.x[b], tier.y[b]):
            seed_b = v
    return int(seed_a), int(seed_b)


@loop
def _grow_over(net: Net, both: Both, free: Ints, keys: Floats, items: Ints) -> bool:
    """Let the micro-grids grow over nodes of their grid that are in none; say whether none is left."""
    micro, grid, parent = both.micro, both.grid, both.parent
    units = len(micro.x)
    size = 0
    for v in free:
        for e in range(net.start[v], net.start[v + 1]):
            u = micro.label[net.end[e]]
            if micro.label[v] == _NOWHERE and u != _NOWHERE and net.passable[e] and parent[u] == grid.label[v]:
                size = push(keys, items, size, far_m(net, v, micro.x[u], micro.y[u]), v * units + u)
    left = 0
    for v in free:
        left += int(micro.label[v] == _NOWHERE)
    while size > 0:
        item = items[0]
        size = pop(keys, items, size)
        v = item // units
        u = item % units
        if micro.label[v] != _NOWHERE:
            continue
        put(net, micro, v, u)
        left -= 1
        for e in range(net.start[v], net.start[v + 1]):
            w = net.end[e]
            if micro.label[w] == _NOWHERE and net.passable[e] and parent[u] == grid.label[w]:
                size = push(keys, items, size, far_m(net, w, micro.x[u], micro.y[u]), w * units + u)
    return left == 0


@njit(cache=True, nogil=True)
def _resettle(net: Net, both: Both, units: tuple[int, int], nodes: Ints, luck: Luck, heap: tuple[Floats, Ints]) -> bool:
    """Dissolve micro-grid a among its neighbours and found it anew in a half of b; say whether that can be done."""
    a, b = units
    micro = both.micro
    inside = nodes[micro.label[nodes] == b]
    free = nodes[(micro.label[nodes] == a) | (micro.label[nodes] == b)]
    seed_a, seed_b = _part_in_two(net, inside, micro, units, luck.state)
    for v in free:
        micro.label[v] = _NOWHERE
    for unit in units:
        micro.size[unit] = 0
        micro.nodes[unit] = 0
        micro.heads[unit] = 0
    both.parent[a] = both.parent[b]
    put(net, micro, seed_a, a)
    put(net, micro, seed_b, b)
    return _grow_over(net, both, free, heap[0], heap[1])


@njit(cache=True, nogil=True)
def explore(net: Net, micro: Tier, grid: Tier, cooling: Cooling, kicks: Kicks, state: State) -> None:
    """Better a cut by kicks: heat a neighbourhood, or move a micro-grid to where it saves more walk; keep the best.

    Parameters
    ----------
    net
        The graph.
    micro, grid
        Both tiers, nested; changed in place. For a single tier, ``grid`` is one unit without bounds.
    cooling
        The schedule of each kick.
    kicks
        How many kicks, and of what kind.
    state
        State of the random numbers, not 0; changed in place.

    Source: G. Dueck and T. Scheuer, Threshold accepting, Journal of Computational Physics 90, 1990.
    """
    n = len(net.x)
    units = len(micro.x)
    both = nest(micro, grid)
    saved = Saved(_twin(micro), _twin(grid), both.parent.copy())
    luck = Luck(state, np.zeros(n + 1, dtype=np.int64), np.empty(n + 1, dtype=np.int64))
    heap = np.empty(2 * len(net.end) + 2), np.empty(2 * len(net.end) + 2, dtype=np.int64)
    edge, scratch = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    walk, leave = np.empty(units), np.empty(units)
    everything = np.arange(n)
    best = Saved(_twin(micro), _twin(grid), both.parent.copy())
    now_m = best_m = 0.0
    stale = True
    for kick in range(kicks.number):
        if stale:
            _worth(net, both, walk, leave)
            stale = False
        a = b = draw_below(units, state)
        moved = draw(state) < kicks.moves
        if moved:
            a = _choose(leave, -1.0, state)
            b = _choose(walk, 1.0, state)
            siblings = (both.parent == both.parent[a]).sum()
            if a == b or siblings == 1 or micro.nodes[b] == 1 or leave[a] > _HOPEFUL * walk[b]:
                continue
        active = np.zeros(units, dtype=np.bool_)
        active[a] = True
        active[b] = True
        part = Part(active, _activate(net, micro.label, active, kicks.hops, scratch), edge)
        before = _cost(net, both, part.nodes, cooling)
        _copy_tier(micro, saved.micro, part.nodes)
        _copy_tier(grid, saved.grid, part.nodes)
        saved.parent[:] = both.parent
        after = np.inf
        if not moved or _resettle(net, both, (a, b), part.nodes, luck, heap):
            sweep_edge(net, both, part, cooling, luck)
            recentre(net, micro, part.nodes, 2)
            after = _cost(net, both, part.nodes, cooling)
        if after < before + kicks.slack_m * (1.0 - kick / kicks.number):
            stale = True
            now_m += after - before
        else:
            _copy_tier(saved.micro, micro, part.nodes)
            _copy_tier(saved.grid, grid, part.nodes)
            both.parent[:] = saved.parent
        if now_m < best_m:
            best_m = now_m
            _copy_tier(micro, best.micro, everything)
            _copy_tier(grid, best.grid, everything)
    _copy_tier(best.micro, micro, everything)
    _copy_tier(best.grid, grid, everything)
