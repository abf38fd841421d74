"""The planner's inner loops, compiled once and kept on disk: growth from centres, and annealing of border nodes."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
State = npt.NDArray[np.uint64]

_LLOYD_ROUNDS = 5
_RING = 1
_WHOLE_UNIT = 2


class Net(NamedTuple):
    """A graph as the compiled loops read it; see :class:`gridgis.planning.graph.Graph`."""

    start: Ints
    end: Ints
    border_m: Floats
    x: Floats
    y: Floats
    households: Ints
    kept: npt.NDArray[np.bool_]
    """Whether a node must stay in its grid."""


class Tier(NamedTuple):
    """Units of one tier, changed in place by annealing."""

    label: Ints
    """Unit of each node."""
    x: Floats
    y: Floats
    """Centres, in metres."""
    low: Ints
    high: Ints
    size: Ints
    """Households."""
    nodes: Ints
    """Number of nodes."""


class Both(NamedTuple):
    """Both tiers, nested: ``parent`` is the grid of each micro-grid."""

    micro: Tier
    grid: Tier
    parent: Ints


class Luck(NamedTuple):
    """The state of the random numbers, and arrays to search with."""

    state: State
    stamp: Ints
    queue: Ints


class Cooling(NamedTuple):
    """How annealing goes: every pair is the value at the first and at the last sweep, geometric in between."""

    sweeps: int
    hot_m: float
    cold_m: float
    excess_first_m: float
    excess_last_m: float
    border: float
    grid_weight: float


@njit(cache=True, nogil=True)
def _random(state: State) -> float:
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def _search(net: Net, label: Ints, v: int, stamp: Ints, queue: Ints, reach: int) -> int:
    """Count the ring nodes that the first of them reaches, over the ring (1) or the whole unit of ``v`` (2)."""
    ring = stamp[-1]
    seen = ring + reach
    stamp[v] = seen
    stamp[queue[0]] = seen
    head, tail, found = 0, 1, 1
    while head < tail:
        u = queue[head]
        head += 1
        for e in range(net.start[u], net.start[u + 1]):
            w = net.end[e]
            on_ring = stamp[w] >= ring
            if label[w] == label[v] and stamp[w] != seen and (on_ring or reach == _WHOLE_UNIT):
                found += on_ring
                stamp[w] = seen
                queue[tail] = w
                tail += 1
    return found


@njit(cache=True, nogil=True)
def _holds(net: Net, label: Ints, v: int, stamp: Ints, queue: Ints) -> bool:
    """Say whether the unit of ``v`` stays connected without it: by its ring of neighbours first, then by search."""
    stamp[-1] += 3
    ring = 0
    for e in range(net.start[v], net.start[v + 1]):
        w = net.end[e]
        if label[w] == label[v]:
            ring += 1
            stamp[w] = stamp[-1]
            queue[0] = w
    if ring <= 1:
        return ring == 1
    first = queue[0]
    if _search(net, label, v, stamp, queue, _RING) == ring:
        return True
    queue[0] = first
    return _search(net, label, v, stamp, queue, _WHOLE_UNIT) == ring


@njit(cache=True, nogil=True)
def _push(keys: Floats, items: Ints, size: int, key: float, item: int) -> int:
    i = size
    while i > 0:
        up = (i - 1) // 2
        if keys[up] < key or (keys[up] == key and items[up] <= item):
            break
        keys[i] = keys[up]
        items[i] = items[up]
        i = up
    keys[i] = key
    items[i] = item
    return size + 1


@njit(cache=True, nogil=True)
def _pop(keys: Floats, items: Ints, size: int) -> int:
    size -= 1
    key = keys[size]
    item = items[size]
    i = 0
    while True:
        down = 2 * i + 1
        if down >= size:
            break
        right = down + 1
        if right < size and (keys[right] < keys[down] or (keys[right] == keys[down] and items[right] < items[down])):
            down = right
        if key < keys[down] or (key == keys[down] and item <= items[down]):
            break
        keys[i] = keys[down]
        items[i] = items[down]
        i = down
    keys[i] = key
    items[i] = item
    return size


@njit(cache=True, nogil=True)
def _far_m(net: Net, v: int, x: float, y: float) -> float:
    step_x = net.x[v] - x
    step_y = net.y[v] - y
    return math.sqrt(step_x * step_x + step_y * step_y)


@njit(cache=True, nogil=True)
def grow(net: Net, seeds: Ints, x: Floats, y: Floats, price: Floats) -> Ints:
    """Grow regions best-first over borders, by distance to the region's centre plus the region's price.

    Parameters
    ----------
    net
        The graph, connected.
    seeds
        First node of each region, all different.
    x, y
        Centres of the regions.
    price
        Metres added to every distance to a region.

    Returns
    -------
        Region of each node; every region is connected.
    """
    units = len(seeds)
    label = np.full(len(net.x), -1, dtype=np.int64)
    keys = np.empty(len(net.end) + units + 1)
    items = np.empty(len(net.end) + units + 1, dtype=np.int64)
    size = 0
    for unit in range(units):
        size = _push(keys, items, size, -1e18, seeds[unit] * units + unit)
    while size > 0:
        item = items[0]
        size = _pop(keys, items, size)
        v = item // units
        unit = item % units
        if label[v] != -1:
            continue
        label[v] = unit
        for e in range(net.start[v], net.start[v + 1]):
            w = net.end[e]
            if label[w] == -1:
                key = _far_m(net, w, x[unit], y[unit]) + price[unit]
                size = _push(keys, items, size, key, w * units + unit)
    return label


@njit(cache=True, nogil=True)
def recentre(net: Net, tier: Tier, rounds: int) -> None:
    """Move each unit's centre towards the point of the least total walk, by Weiszfeld's iteration."""
    units = len(tier.x)
    for _ in range(rounds):
        total = np.zeros(units)
        sum_x = np.zeros(units)
        sum_y = np.zeros(units)
        for v in range(len(net.x)):
            u = tier.label[v]
            weight = net.households[v] / (1.0 + _far_m(net, v, tier.x[u], tier.y[u]))
            total[u] += weight
            sum_x[u] += weight * net.x[v]
            sum_y[u] += weight * net.y[v]
        for u in range(units):
            if total[u] > 0:
                tier.x[u] = sum_x[u] / total[u]
                tier.y[u] = sum_y[u] / total[u]


@njit(cache=True, nogil=True)
def _excess(tier: Tier, unit: int, more: int) -> int:
    size = tier.size[unit] + more
    return int(max(tier.low[unit] - size, size - tier.high[unit], 0))


@njit(cache=True, nogil=True)
def _nearest(net: Net, x: Floats, y: Floats, v: int) -> int:
    best = 0
    for unit in range(1, len(x)):
        if _far_m(net, v, x[unit], y[unit]) < _far_m(net, v, x[best], y[best]):
            best = unit
    return best


@njit(cache=True, nogil=True)
def _draw(chance: Floats, state: State) -> int:
    """Draw an index with a probability proportional to ``chance``."""
    left = _random(state) * chance.sum()
    for i in range(len(chance)):
        left -= chance[i]
        if left < 0.0:
            return i
    return int(np.argmax(chance))


@njit(cache=True, nogil=True)
def _spread(net: Net, x: Floats, y: Floats, state: State) -> Floats:
    """Choose centres far apart, move them to the middle of their households, and count these.

    Source: D. Arthur and S. Vassilvitskii, k-means++: the advantages of careful seeding, SODA 2007; S. Lloyd, 1982.
    """
    n = len(net.x)
    square = np.ones(n)
    chance = np.empty(n)
    for unit in range(len(x)):
        for v in range(n):
            chance[v] = square[v] * (net.households[v] + 0.001)
        chosen = _draw(chance, state)
        x[unit] = net.x[chosen]
        y[unit] = net.y[chosen]
        for v in range(n):
            far_m = _far_m(net, v, x[unit], y[unit])
            square[v] = far_m * far_m if unit == 0 else min(square[v], far_m * far_m)
    total = np.zeros(len(x))
    for _ in range(_LLOYD_ROUNDS):
        total[:] = 0.001
        sum_x = x * 0.001
        sum_y = y * 0.001
        for v in range(n):
            unit = _nearest(net, x, y, v)
            total[unit] += net.households[v]
            sum_x[unit] += net.households[v] * net.x[v]
            sum_y[unit] += net.households[v] * net.y[v]
        for unit in range(len(x)):
            x[unit] = sum_x[unit] / total[unit]
            y[unit] = sum_y[unit] / total[unit]
    return total


@njit(cache=True, nogil=True)
def _find_seeds(net: Net, x: Floats, y: Floats) -> Ints:
    """Find the node nearest to each centre, no node twice."""
    taken = np.zeros(len(net.x), dtype=np.bool_)
    seeds = np.empty(len(x), dtype=np.int64)
    for unit in range(len(x)):
        best = -1
        for v in range(len(net.x)):
            closer = best < 0 or _far_m(net, v, x[unit], y[unit]) < _far_m(net, best, x[unit], y[unit])
            if closer and not taken[v]:
                best = v
        seeds[unit] = best
        taken[best] = True
    return seeds


@njit(cache=True, nogil=True)
def spread_centres(net: Net, tier: Tier, state: State) -> None:
    """Spread the centres of a tier over the land; those of units that may be biggest go where most people are.

    Parameters
    ----------
    net
        The graph.
    tier
        The units; their centres are overwritten.
    state
        State of the random numbers, not 0; changed in place.
    """
    crowd = _spread(net, tier.x, tier.y, state)
    roomy = np.argsort(-(tier.low + tier.high), kind="mergesort")
    crowded = np.argsort(-crowd, kind="mergesort")
    x, y = tier.x.copy(), tier.y.copy()
    for rank in range(len(x)):
        tier.x[roomy[rank]] = x[crowded[rank]]
        tier.y[roomy[rank]] = y[crowded[rank]]


@njit(cache=True, nogil=True)
def grow_priced(net: Net, tier: Tier, rounds: int) -> Ints:
    """Grow regions from their centres, raising the price of those too big and lowering it of those too small.

    Parameters
    ----------
    net
        The graph, connected.
    tier
        The units with their centres; all but their bounds is overwritten.
    rounds
        How often to grow.

    Returns
    -------
        The label of the best round: the fewest households out of range, then the shortest walk.
    """
    units = len(tier.x)
    price = np.zeros(units)
    best = tier.label.copy()
    best_over = np.inf
    best_walk_m = np.inf
    for _ in range(rounds):
        tier.label[:] = grow(net, _find_seeds(net, tier.x, tier.y), tier.x, tier.y, price)
        tier.size[:] = 0
        walk_m = 0.0
        for v in range(len(net.x)):
            unit = tier.label[v]
            tier.size[unit] += net.households[v]
            walk_m += net.households[v] * _far_m(net, v, tier.x[unit], tier.y[unit])
        over = 0.0
        scale_m = walk_m / max(tier.size.sum(), 1)
        for unit in range(units):
            excess = _excess(tier, unit, 0)
            over += excess
            if tier.size[unit] > tier.high[unit]:
                price[unit] += scale_m * excess / tier.high[unit]
            else:
                price[unit] -= scale_m * excess / tier.low[unit]
        if over < best_over or (over == best_over and walk_m < best_walk_m):
            best_over = over
            best_walk_m = walk_m
            best[:] = tier.label
        recentre(net, tier, 3)
    return best


@njit(cache=True, nogil=True)
def _excess_change(tier: Tier, a: int, b: int, households: int) -> int:
    return _excess(tier, a, -households) + _excess(tier, b, households) - _excess(tier, a, 0) - _excess(tier, b, 0)


@njit(cache=True, nogil=True)
def _walk_change(net: Net, tier: Tier, v: int, a: int, b: int) -> float:
    farther_m = _far_m(net, v, tier.x[b], tier.y[b]) - _far_m(net, v, tier.x[a], tier.y[a])
    return float(net.households[v] * farther_m)


@njit(cache=True, nogil=True)
def _border_change(net: Net, v: int, label: Ints, a: int, b: int) -> float:
    change = 0.0
    for e in range(net.start[v], net.start[v + 1]):
        unit = label[net.end[e]]
        if unit == a:
            change += net.border_m[e]
        elif unit == b:
            change -= net.border_m[e]
    return change


@njit(cache=True, nogil=True)
def _move(net: Net, tier: Tier, v: int, b: int) -> None:
    a = tier.label[v]
    tier.label[v] = b
    tier.size[a] -= net.households[v]
    tier.size[b] += net.households[v]
    tier.nodes[a] -= 1
    tier.nodes[b] += 1


@njit(cache=True, nogil=True)
def _cost(net: Net, tier: Tier, v: int, b: int, dear: float, border: float) -> float:
    """Add up what moving ``v`` to unit ``b`` costs in one tier; nothing where it is there already."""
    a = tier.label[v]
    if a == b:
        return 0.0
    excess = dear * _excess_change(tier, a, b, net.households[v])
    return _walk_change(net, tier, v, a, b) + excess + border * _border_change(net, v, tier.label, a, b)


@njit(cache=True, nogil=True)
def _try_move(net: Net, both: Both, v: int, b: int, limits: tuple[float, float, Cooling], luck: Luck) -> None:
    """Move ``v`` to micro-grid ``b`` if chance allows it and both of its units stay connected without it."""
    dear, heat, cooling = limits
    micro, grid, parent = both.micro, both.grid, both.parent
    across = grid.label[v] != parent[b]
    if micro.nodes[micro.label[v]] == 1 or (across and (net.kept[v] or grid.nodes[grid.label[v]] == 1)):
        return
    cost = _cost(net, micro, v, b, dear, cooling.border)
    if across:
        # walks of a grid count by their weight, its size as much as a micro-grid's
        shared = _cost(net, grid, v, parent[b], dear, cooling.border)
        cost += shared + (cooling.grid_weight - 1.0) * _walk_change(net, grid, v, grid.label[v], parent[b])
    if cost > 0.0 and _random(luck.state) >= math.exp(-cost / heat):
        return
    if not _holds(net, micro.label, v, luck.stamp, luck.queue):
        return
    if across:
        if not _holds(net, grid.label, v, luck.stamp, luck.queue):
            return
        _move(net, grid, v, parent[b])
    _move(net, micro, v, b)


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
    """
    n = len(net.x)
    parent = np.zeros(len(micro.x), dtype=np.int64)
    for v in range(n):
        parent[micro.label[v]] = grid.label[v]
    both = Both(micro, grid, parent)
    luck = Luck(state, np.zeros(n + 1, dtype=np.int64), np.empty(n + 1, dtype=np.int64))
    for sweep in range(cooling.sweeps):
        part = sweep / cooling.sweeps
        heat = cooling.hot_m * (cooling.cold_m / cooling.hot_m) ** part
        dear = cooling.excess_first_m * (cooling.excess_last_m / cooling.excess_first_m) ** part
        for _ in range(n):
            v = int(_random(state) * n)
            degree = net.start[v + 1] - net.start[v]
            if degree > 0:
                e = net.start[v] + int(_random(state) * degree)
                b = micro.label[net.end[e]]
                # nobody moves over a bridge: where it leads is no neighbour
                if b != micro.label[v] and net.border_m[e] > 0.0:
                    _try_move(net, both, v, b, (dear, heat, cooling), luck)
        recentre(net, micro, 2)
        if cooling.grid_weight > 0.0:
            recentre(net, grid, 2)
