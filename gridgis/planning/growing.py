"""Compiled loops that make a first cut: clumps of neighbours, spread centres, regions grown by distance and price."""

from __future__ import annotations

import numpy as np
from numba import njit

from gridgis.planning.kernels import (
    Bools,
    Floats,
    Ints,
    Net,
    State,
    Tier,
    add_up,
    draw,
    excess,
    far_m,
    loop,
    pop,
    push,
    recentre,
    total_walk_m,
)

_NOWHERE = -1
_FIRST = -1e18
_EXCESS_WALKS = 3.0


@njit(cache=True, nogil=True)
def clump_nodes(households: Ints, a: Ints, b: Ints, most: int) -> Ints:
    """Join neighbours to clumps of at most ``most`` households, edge by edge in the order given.

    Parameters
    ----------
    households
        Of each node.
    a, b
        Ends of the edges, those to be joined first coming first.

    Returns
    -------
        Clump of each node, numbered in the order of their first nodes.
    """
    n = len(households)
    up = np.arange(n)
    weight = households.copy()
    for i in range(len(a)):
        u = a[i]
        v = b[i]
        while up[u] != u:
            up[u] = up[up[u]]
            u = up[u]
        while up[v] != v:
            up[v] = up[up[v]]
            v = up[v]
        if u != v and weight[u] + weight[v] <= most:
            up[v] = u
            weight[u] += weight[v]
    clump = np.empty(n, dtype=np.int64)
    number = np.full(n, _NOWHERE, dtype=np.int64)
    clumps = 0
    for v in range(n):
        u = v
        while up[u] != u:
            u = up[u]
        if number[u] == _NOWHERE:
            number[u] = clumps
            clumps += 1
        clump[v] = number[u]
    return clump


@loop
def _draw_by(chance: Floats, state: State) -> int:
    """Draw an index with a probability proportional to ``chance``."""
    left = draw(state) * chance.sum()
    for i in range(len(chance)):
        left -= chance[i]
        if left < 0.0:
            return i
    return int(np.argmax(chance))


@njit(cache=True, nogil=True)
def _give_room(net: Net, tier: Tier) -> None:
    """Swap centres so that those of the units that may be biggest are where most people are nearest to them."""
    units = len(tier.x)
    crowd = np.zeros(units, dtype=np.int64)
    for v in range(len(net.x)):
        nearest = 0
        for unit in range(1, units):
            if far_m(net, v, tier.x[unit], tier.y[unit]) < far_m(net, v, tier.x[nearest], tier.y[nearest]):
                nearest = unit
        crowd[nearest] += net.households[v]
    roomy = np.argsort(-(tier.low + tier.high), kind="mergesort")
    crowded = np.argsort(-crowd, kind="mergesort")
    x, y = tier.x.copy(), tier.y.copy()
    for rank in range(units):
        tier.x[roomy[rank]] = x[crowded[rank]]
        tier.y[roomy[rank]] = y[crowded[rank]]


@njit(cache=True, nogil=True)
def spread_centres(net: Net, tier: Tier, state: State) -> None:
    """Put the centres of a tier far apart; those of units that may be biggest go where most people are.

    Source: D. Arthur and S. Vassilvitskii, k-means++: the advantages of careful seeding, SODA 2007.
    """
    n = len(net.x)
    square = np.ones(n)
    chance = np.empty(n)
    for unit in range(len(tier.x)):
        for v in range(n):
            chance[v] = square[v] * (net.households[v] + 0.001)
        chosen = _draw_by(chance, state)
        tier.x[unit] = net.x[chosen]
        tier.y[unit] = net.y[chosen]
        for v in range(n):
            off_m = far_m(net, v, tier.x[unit], tier.y[unit])
            square[v] = off_m * off_m if unit == 0 else min(square[v], off_m * off_m)
    if (tier.low != tier.low[0]).any() or (tier.high != tier.high[0]).any():
        _give_room(net, tier)


@loop
def _nearest_free(net: Net, x: float, y: float, taken: Bools) -> int:
    best = _NOWHERE
    best_m = np.inf
    for v in range(len(net.x)):
        if not taken[v]:
            off_m = far_m(net, v, x, y)
            if off_m < best_m:
                best = v
                best_m = off_m
    return best


@njit(cache=True, nogil=True)
def grow(net: Net, tier: Tier, price: Floats, keys: Floats, items: Ints) -> None:
    """Grow the units of a tier best-first from the nodes nearest their centres, by distance to the centre plus price.

    Parameters
    ----------
    net
        The graph, connected, with at least as many nodes as units.
    tier
        Its label is overwritten; every unit is connected.
    price
        Metres added to every distance to a unit.
    keys, items
        Scratch for a heap of all edges and units.
    """
    units = len(tier.x)
    taken = np.zeros(len(net.x), dtype=np.bool_)
    tier.label[:] = _NOWHERE
    size = 0
    for unit in range(units):
        seed = _nearest_free(net, tier.x[unit], tier.y[unit], taken)
        taken[seed] = True
        size = push(keys, items, size, _FIRST, seed * units + unit)
    while size > 0:
        item = items[0]
        size = pop(keys, items, size)
        v = item // units
        unit = item % units
        if tier.label[v] != _NOWHERE:
            continue
        tier.label[v] = unit
        for e in range(net.start[v], net.start[v + 1]):
            w = net.end[e]
            if tier.label[w] == _NOWHERE:
                key = far_m(net, w, tier.x[unit], tier.y[unit]) + price[unit]
                size = push(keys, items, size, key, w * units + unit)


@njit(cache=True, nogil=True)
def grow_priced(net: Net, tier: Tier, rounds: int) -> None:
    """Grow units from their centres, raising the price of those too big and lowering it of those too small.

    Parameters
    ----------
    net
        The graph, connected.
    tier
        The units with their centres; left as in the best round, by walk and households out of range.
    rounds
        How often to grow.
    """
    n = len(net.x)
    units = len(tier.x)
    keys = np.empty(len(net.end) + units + 1)
    items = np.empty(len(net.end) + units + 1, dtype=np.int64)
    every = np.arange(n)
    price = np.zeros(units)
    label = tier.label.copy()
    x = tier.x.copy()
    y = tier.y.copy()
    best = np.inf
    for _ in range(rounds):
        grow(net, tier, price, keys, items)
        add_up(net, tier)
        walk = total_walk_m(net, tier)
        mean_m = walk / max(net.households.sum(), 1)
        cost = walk
        for unit in range(units):
            over = excess(tier, unit, 0)
            cost += _EXCESS_WALKS * mean_m * over
            if tier.size[unit] > tier.high[unit]:
                price[unit] += mean_m * min(over / tier.high[unit], 1.0)
            elif over > 0:
                price[unit] -= mean_m * min(over / tier.low[unit], 1.0)
        if cost < best:
            best = cost
            label[:] = tier.label
            x[:] = tier.x
            y[:] = tier.y
        recentre(net, tier, every, 2)
    tier.label[:] = label
    tier.x[:] = x
    tier.y[:] = y
    add_up(net, tier)
    recentre(net, tier, every, 3)
