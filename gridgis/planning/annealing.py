"""Compiled loops that better a cut: border nodes moved between units, ever more choosily."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from gridgis.planning.kernels import (
    Bools,
    Both,
    Ints,
    Net,
    State,
    Tier,
    draw,
    draw_below,
    excess,
    holds_without,
    loop,
    move,
    recentre,
    walk_m,
)

_NOWHERE = -1
_GRID_ROUND = 4


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


@loop
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


@loop
def _walk_change(net: Net, tier: Tier, v: int, b: int) -> float:
    a = tier.label[v]
    return walk_m(net, v, tier.x[b], tier.y[b]) - walk_m(net, v, tier.x[a], tier.y[a])


@loop
def _heads_change(net: Net, tier: Tier, v: int, b: int) -> int:
    """Count the units that come to have no head when ``v`` moves, less those that come to have one."""
    if net.head[v] == 0:
        return 0
    return int(tier.heads[tier.label[v]] == net.head[v]) - int(tier.heads[b] == 0)


@loop
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


@loop
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


@loop
def _sweep_once(net: Net, both: Both, part: Part, prices: tuple[float, float, Cooling], luck: Luck) -> None:
    """Try border nodes at random: move each to a neighbouring unit if chance allows it and both its units hold without.

    It stands in one piece, for a call hands on hundreds of numbers.
    """
    dear, heat, cooling = prices
    micro, grid, parent = both
    links = net.start, net.end
    label = micro.label
    count = _list_edge(net, label, part)
    for _ in range(count):
        v = part.edge[draw_below(count, luck.state)]
        b = _draw_neighbour(net, label, v, part.active, luck.state)
        if b == _NOWHERE or micro.nodes[label[v]] == 1:
            continue
        across = grid.label[v] != parent[b]
        if across and (net.kept[v] or grid.nodes[grid.label[v]] == 1):
            continue
        cost = _price_of_move(net, micro, v, b, dear, cooling.border) + _walk_change(net, micro, v, b)
        cost += cooling.head_m * _heads_change(net, micro, v, b)
        if across:
            cost += _price_of_move(net, grid, v, parent[b], dear, cooling.border)
            cost += cooling.grid_weight * _walk_change(net, grid, v, parent[b])
        if cost > 0.0 and draw(luck.state) >= math.exp(-cost / heat):
            continue
        if not holds_without(links, label, v, luck.stamp, luck.queue):
            continue
        if across:
            if not holds_without(links, grid.label, v, luck.stamp, luck.queue):
                continue
            move(net, grid, v, parent[b])
        move(net, micro, v, b)


@njit(cache=True, nogil=True)
def sweep_edge(net: Net, both: Both, part: Part, cooling: Cooling, luck: Luck) -> None:
    """Move border nodes of a part of the land, sweep by sweep, while it cools; recentre the units."""
    for sweep in range(cooling.sweeps):
        done = sweep / cooling.sweeps
        heat = cooling.hot_m * (cooling.cold_m / cooling.hot_m) ** done
        dear = cooling.excess_first_m * (cooling.excess_last_m / cooling.excess_first_m) ** done
        _sweep_once(net, both, part, (dear, heat, cooling), luck)
        recentre(net, both.micro, part.nodes, 1)
        # a grid is far bigger than the part of the land worked on: it is recentred with the whole of it only
        if cooling.grid_weight > 0.0 and sweep % _GRID_ROUND == 0 and len(part.nodes) == len(net.x):
            recentre(net, both.grid, part.nodes, 1)


@njit(cache=True, nogil=True)
def nest(micro: Tier, grid: Tier) -> Both:
    """Find the grid of each micro-grid."""
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
    sweep_edge(net, nest(micro, grid), part, cooling, luck)
