"""Compiled loops that better a cut: border nodes moved ever more choosily, and units moved to where they serve more."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

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
    excess,
    far_m,
    holds_without,
    move,
    pop,
    push,
    put,
    recentre,
    total_excess,
    walk_m,
)

_NOWHERE = -1
_FIRST = -1e18
_TRIES = 3
_TWO_MEANS_ROUNDS = 4
_GRID_ROUND = 4
_HOPEFUL = 0.6


class Cooling(NamedTuple):
    """How annealing goes: every pair is the value at the first and at the last sweep, geometric in between.

    ``hot_m``, ``cold_m`` are the heat, ``excess_first_m``, ``excess_last_m`` the price of a household out of range;
    ``border`` and ``grid_weight`` what a metre of border and a metre to the middle of the grid count beside a metre to
    the middle of the micro-grid; ``head_m`` the price of a micro-grid in which no eligible head lives.
    """

    sweeps: int
    hot_m: float
    cold_m: float
    excess_first_m: float
    excess_last_m: float
    border: float
    grid_weight: float
    head_m: float


class Luck(NamedTuple):
    """The state of the random numbers, and arrays to search with."""

    state: State
    stamp: Ints
    queue: Ints


class Part(NamedTuple):
    """The part of the land that is worked on: units that take part, all their nodes, and scratch for border nodes."""

    active: Bools
    nodes: Ints
    edge: Ints


class Saved(NamedTuple):
    """Both tiers as they were."""

    micro: Tier
    grid: Tier
    parent: Ints


@njit(cache=True, nogil=True)
def _price_of_move(net: Net, tier: Tier, v: int, b: int, dear: float, border: float) -> float:
    """Add up what moving ``v`` to unit ``b`` costs in size and border; nothing where it is there already."""
    a = tier.label[v]
    if a == b:
        return 0.0
    n = net.households[v]
    over = excess(tier, a, -n) + excess(tier, b, n) - excess(tier, a, 0) - excess(tier, b, 0)
    cost = dear * over
    for e in range(net.start[v], net.start[v + 1]):
        unit = tier.label[net.end[e]]
        if unit == a:
            cost += border * net.border_m[e]
        elif unit == b:
            cost -= border * net.border_m[e]
    return cost


@njit(cache=True, nogil=True)
def _walk_change(net: Net, tier: Tier, v: int, b: int) -> float:
    a = tier.label[v]
    return walk_m(net, v, tier.x[b], tier.y[b]) - walk_m(net, v, tier.x[a], tier.y[a])


@njit(cache=True, nogil=True)
def _heads_change(net: Net, tier: Tier, v: int, b: int) -> int:
    """Count the units that come to have no head when ``v`` moves, less those that come to have one."""
    if net.head[v] == 0:
        return 0
    return int(tier.heads[tier.label[v]] == net.head[v]) - int(tier.heads[b] == 0)


@njit(cache=True, nogil=True)
def _try_move(net: Net, both: Both, v: int, b: int, prices: tuple[float, float, Cooling], luck: Luck) -> None:
    """Move ``v`` to micro-grid ``b`` if chance allows it and both of its units stay connected without it."""
    dear, heat, cooling = prices
    micro, grid, parent = both.micro, both.grid, both.parent
    across = grid.label[v] != parent[b]
    if micro.nodes[micro.label[v]] == 1 or (across and (net.kept[v] or grid.nodes[grid.label[v]] == 1)):
        return
    cost = _price_of_move(net, micro, v, b, dear, cooling.border) + _walk_change(net, micro, v, b)
    cost += cooling.head_m * _heads_change(net, micro, v, b)
    if across:
        cost += _price_of_move(net, grid, v, parent[b], dear, cooling.border)
        cost += cooling.grid_weight * _walk_change(net, grid, v, parent[b])
    if cost > 0.0 and draw(luck.state) >= math.exp(-cost / heat):
        return
    if not holds_without(net, micro.label, v, luck.stamp, luck.queue):
        return
    if across:
        if not holds_without(net, grid.label, v, luck.stamp, luck.queue):
            return
        move(net, grid, v, parent[b])
    move(net, micro, v, b)


@njit(cache=True, nogil=True)
def _list_edge(net: Net, label: Ints, part: Part) -> int:
    """List the nodes that border another unit; nobody moves over a bridge."""
    count = 0
    for v in part.nodes:
        for e in range(net.start[v], net.start[v + 1]):
            if net.passable[e] and label[net.end[e]] != label[v]:
                part.edge[count] = v
                count += 1
                break
    return count


@njit(cache=True, nogil=True)
def _draw_neighbour(net: Net, label: Ints, v: int, active: Bools, state: State) -> int:
    """Draw another unit that takes part and borders ``v``; -1 for none."""
    first = net.start[v]
    degree = net.start[v + 1] - first
    step = draw_below(degree, state)
    for i in range(degree):
        e = first + (step + i) % degree
        unit = label[net.end[e]]
        if net.passable[e] and unit != label[v] and active[unit]:
            return int(unit)
    return _NOWHERE


@njit(cache=True, nogil=True)
def _sweep(net: Net, both: Both, part: Part, cooling: Cooling, luck: Luck) -> None:
    label = both.micro.label
    for sweep in range(cooling.sweeps):
        done = sweep / cooling.sweeps
        heat = cooling.hot_m * (cooling.cold_m / cooling.hot_m) ** done
        dear = cooling.excess_first_m * (cooling.excess_last_m / cooling.excess_first_m) ** done
        count = _list_edge(net, label, part)
        for _ in range(count):
            v = part.edge[draw_below(count, luck.state)]
            b = _draw_neighbour(net, label, v, part.active, luck.state)
            if b != _NOWHERE:
                _try_move(net, both, v, b, (dear, heat, cooling), luck)
        recentre(net, both.micro, part.nodes, 1)
        # a grid is far bigger than the part of the land worked on: it is recentred with the whole of it only
        if cooling.grid_weight > 0.0 and sweep % _GRID_ROUND == 0 and len(part.nodes) == len(net.x):
            recentre(net, both.grid, part.nodes, 1)


@njit(cache=True, nogil=True)
def _nest(micro: Tier, grid: Tier) -> Both:
    parent = np.zeros(len(micro.x), dtype=np.int64)
    for v in range(len(micro.label)):
        parent[micro.label[v]] = grid.label[v]
    return Both(micro, grid, parent)


@njit(cache=True, nogil=True)
def anneal(net: Net, micro: Tier, grid: Tier, cooling: Cooling, state: State) -> None:
    """Move border nodes between units of both tiers at once, ever more choosily; units stay connected throughout.

    The cost of a plan is the walk to the centres, plus the households out of range times a growing penalty, plus the
    length of the borders times a weight.

    Parameters
    ----------
    net
        The graph.
    micro, grid
        Both tiers, nested; changed in place. For a single tier, ``grid`` is one unit without bounds.
    cooling
        The schedule.
    state
        State of the random numbers, not 0; changed in place.

    Source: S. Kirkpatrick, C. Gelatt and M. Vecchi, Optimization by simulated annealing, Science 220, 1983.
    """
    n = len(net.x)
    luck = Luck(state, np.zeros(n + 1, dtype=np.int64), np.empty(n + 1, dtype=np.int64))
    part = Part(np.ones(len(micro.x), dtype=np.bool_), np.arange(n), np.empty(n, dtype=np.int64))
    _sweep(net, _nest(micro, grid), part, cooling, luck)


@njit(cache=True, nogil=True)
def _cost(net: Net, both: Both, nodes: Ints, cooling: Cooling) -> float:
    """Add up the cost of a part of the land."""
    micro, grid = both.micro, both.grid
    total = cooling.excess_last_m * (total_excess(micro) + total_excess(grid))
    total += cooling.head_m * float((micro.heads == 0).sum())
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


@njit(cache=True, nogil=True)
def _copy_tier(tier: Tier, other: Tier, nodes: Ints) -> None:
    for v in nodes:
        other.label[v] = tier.label[v]
    other.x[:] = tier.x
    other.y[:] = tier.y
    other.size[:] = tier.size
    other.nodes[:] = tier.nodes
    other.heads[:] = tier.heads


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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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
def explore(net: Net, micro: Tier, grid: Tier, cooling: Cooling, plan: tuple[int, float, int], state: State) -> None:
    """Better a cut by kicks: heat a neighbourhood, or move a micro-grid to where it saves more walk; keep what betters.

    Parameters
    ----------
    net
        The graph.
    micro, grid
        Both tiers, nested; changed in place. For a single tier, ``grid`` is one unit without bounds.
    cooling
        The schedule of each kick.
    plan
        Number of kicks; share of those that move a unit; and how far from it, in units, its neighbourhood reaches.
    state
        State of the random numbers, not 0; changed in place.
    """
    kicks, moves, hops = plan
    n = len(net.x)
    units = len(micro.x)
    both = _nest(micro, grid)
    saved = Saved(_twin(micro), _twin(grid), both.parent.copy())
    luck = Luck(state, np.zeros(n + 1, dtype=np.int64), np.empty(n + 1, dtype=np.int64))
    heap = np.empty(2 * len(net.end) + 2), np.empty(2 * len(net.end) + 2, dtype=np.int64)
    edge, scratch = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    walk, leave = np.empty(units), np.empty(units)
    stale = True
    for _ in range(kicks):
        if stale:
            _worth(net, both, walk, leave)
            stale = False
        a = b = draw_below(units, state)
        moved = draw(state) < moves
        if moved:
            a = _choose(leave, -1.0, state)
            b = _choose(walk, 1.0, state)
            siblings = (both.parent == both.parent[a]).sum()
            if a == b or siblings == 1 or micro.nodes[b] == 1 or leave[a] > _HOPEFUL * walk[b]:
                continue
        active = np.zeros(units, dtype=np.bool_)
        active[a] = True
        active[b] = True
        part = Part(active, _activate(net, micro.label, active, hops, scratch), edge)
        before = _cost(net, both, part.nodes, cooling)
        _copy_tier(micro, saved.micro, part.nodes)
        _copy_tier(grid, saved.grid, part.nodes)
        saved.parent[:] = both.parent
        better = not moved or _resettle(net, both, (a, b), part.nodes, luck, heap)
        if better:
            _sweep(net, both, part, cooling, luck)
            recentre(net, micro, part.nodes, 2)
            better = _cost(net, both, part.nodes, cooling) < before
        if better:
            stale = True
        else:
            _copy_tier(saved.micro, micro, part.nodes)
            _copy_tier(saved.grid, grid, part.nodes)
            both.parent[:] = saved.parent
