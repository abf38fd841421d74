"""What the planner's compiled loops share: the graph and the tiers they read, walks, connection, random numbers, heaps.

The loops are compiled once and kept on disk.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
State = npt.NDArray[np.uint64]

Loop = TypeVar("Loop", bound=Callable[..., Any])

# arrays are handed on without counting references, which costs more than the loops; what is compiled so makes no arrays
_AS_LOOP: Any = {"cache": True, "nogil": True, "_nrt": False}
_RING = 1
_WHOLE_UNIT = 2


def loop(function: Loop) -> Loop:
    """Compile a loop that makes no arrays."""
    return cast("Loop", njit(**_AS_LOOP)(function))


class Net(NamedTuple):
    """A graph as the compiled loops read it; see :class:`gridgis.planning.graph.Graph`.

    ``passable`` is False for a bridge. ``border_m`` is what a border costs: its length, less what lies on the ground.
    The homes of node v are ``home[home_of[v]:home_of[v + 1]]`` in ``home_x``, ``home_y`` (metres) and ``home_weight``
    (households), so that the walk to a natural village that moves as one is counted house by house. ``kept`` says
    whether a node must stay in its grid, ``head`` how many people who could head a unit live there.
    """

    start: Ints
    end: Ints
    border_m: Floats
    passable: Bools
    x: Floats
    y: Floats
    households: Ints
    home_of: Ints
    home_x: Floats
    home_y: Floats
    home_weight: Floats
    kept: Bools
    head: Ints


class Tier(NamedTuple):
    """Units of one tier, changed in place: the unit of each node; centres, bounds, households, nodes, heads of each."""

    label: Ints
    x: Floats
    y: Floats
    low: Ints
    high: Ints
    size: Ints
    nodes: Ints
    heads: Ints


class Both(NamedTuple):
    """Both tiers, nested: ``parent`` is the grid of each micro-grid."""

    micro: Tier
    grid: Tier
    parent: Ints


@loop
def draw(state: State) -> float:
    """Draw a random number from 0 to 1; the state is not 0 and changes in place.

    Source: S. Vigna, An experimental exploration of Marsaglia's xorshift generators, scrambled, 2016 (xorshift64*).
    """
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@loop
def draw_below(n: int, state: State) -> int:
    """Draw a whole number from 0 to ``n`` - 1."""
    return int(draw(state) * n)


@loop
def far_m(net: Net, v: int, x: float, y: float) -> float:
    """Measure from the middle of a node to a point."""
    step_x = net.x[v] - x
    step_y = net.y[v] - y
    return math.sqrt(step_x * step_x + step_y * step_y)


@loop
def walk_m(net: Net, v: int, x: float, y: float) -> float:
    """Add up the walks of a node's households to a point."""
    total = 0.0
    for i in range(net.home_of[v], net.home_of[v + 1]):
        step_x = net.home_x[i] - x
        step_y = net.home_y[i] - y
        total += net.home_weight[i] * math.sqrt(step_x * step_x + step_y * step_y)
    return total


@loop
def total_walk_m(net: Net, tier: Tier) -> float:
    """Add up the walks of all households to the centres of their units."""
    total = 0.0
    for v in range(len(net.x)):
        total += walk_m(net, v, tier.x[tier.label[v]], tier.y[tier.label[v]])
    return total


@loop
def excess(tier: Tier, unit: int, more: int) -> int:
    """Count the households by which a unit with so many more is out of its range."""
    size = tier.size[unit] + more
    return int(max(tier.low[unit] - size, size - tier.high[unit], 0))


@loop
def total_excess(tier: Tier) -> int:
    """Count the households out of range in all units."""
    total = 0
    for unit in range(len(tier.x)):
        total += excess(tier, unit, 0)
    return total


@loop
def add_up(net: Net, tier: Tier) -> None:
    """Count households, nodes and heads of each unit anew."""
    tier.size[:] = 0
    tier.nodes[:] = 0
    tier.heads[:] = 0
    for v in range(len(net.x)):
        put(net, tier, v, tier.label[v])


@loop
def put(net: Net, tier: Tier, v: int, unit: int) -> None:
    """Put a node that is in no unit into one."""
    tier.label[v] = unit
    tier.size[unit] += net.households[v]
    tier.nodes[unit] += 1
    tier.heads[unit] += net.head[v]


@loop
def move(net: Net, tier: Tier, v: int, unit: int) -> None:
    """Move a node from its unit to another."""
    old = tier.label[v]
    tier.size[old] -= net.households[v]
    tier.nodes[old] -= 1
    tier.heads[old] -= net.head[v]
    put(net, tier, v, unit)


@njit(cache=True, nogil=True)
def recentre(net: Net, tier: Tier, nodes: Ints, rounds: int) -> None:
    """Move centres towards the points of the least total walk, of those units that ``nodes`` hold whole.

    Source: E. Weiszfeld, Sur le point pour lequel la somme des distances de n points donnés est minimum, 1937.
    """
    sums = np.empty((3, len(tier.x)))
    for _ in range(rounds):
        _step_to_centres(net, tier, nodes, sums)


@loop
def _step_to_centres(net: Net, tier: Tier, nodes: Ints, sums: Floats) -> None:
    sums[:, :] = 0.0
    for v in nodes:
        u = tier.label[v]
        for i in range(net.home_of[v], net.home_of[v + 1]):
            step_x = net.home_x[i] - tier.x[u]
            step_y = net.home_y[i] - tier.y[u]
            weight = net.home_weight[i] / (1.0 + math.sqrt(step_x * step_x + step_y * step_y))
            sums[0, u] += weight
            sums[1, u] += weight * net.home_x[i]
            sums[2, u] += weight * net.home_y[i]
    for u in range(len(tier.x)):
        if sums[0, u] > 0.0:
            tier.x[u] = sums[1, u] / sums[0, u]
            tier.y[u] = sums[2, u] / sums[0, u]


@loop
def _search(links: tuple[Ints, Ints], label: Ints, v: int, stamp: Ints, queue: Ints, reach: int) -> int:
    """Count the ring nodes that the first of them reaches, over the ring (1) or the whole unit of ``v`` (2)."""
    start, end = links
    ring = stamp[-1]
    seen = ring + reach
    stamp[v] = seen
    stamp[queue[0]] = seen
    head, tail, found = 0, 1, 1
    while head < tail:
        u = queue[head]
        head += 1
        for e in range(start[u], start[u + 1]):
            w = end[e]
            on_ring = stamp[w] >= ring
            if label[w] == label[v] and stamp[w] != seen and (on_ring or reach == _WHOLE_UNIT):
                found += on_ring
                stamp[w] = seen
                queue[tail] = w
                tail += 1
    return found


@loop
def holds_without(links: tuple[Ints, Ints], label: Ints, v: int, stamp: Ints, queue: Ints) -> bool:
    """Say whether the unit of ``v`` stays connected without it: by its ring of neighbours first, then by search.

    ``links`` are ``start`` and ``end`` of the graph, for a call that hands on all of it costs more than the search.
    ``stamp`` has a place for each node and one more, ``queue`` one for each node; both are scratch.
    """
    start, end = links
    stamp[-1] += 3
    ring = 0
    for e in range(start[v], start[v + 1]):
        w = end[e]
        if label[w] == label[v]:
            ring += 1
            stamp[w] = stamp[-1]
            queue[0] = w
    if ring <= 1:
        return ring == 1
    first = queue[0]
    if _search(links, label, v, stamp, queue, _RING) == ring:
        return True
    queue[0] = first
    return _search(links, label, v, stamp, queue, _WHOLE_UNIT) == ring


@loop
def push(keys: Floats, items: Ints, size: int, key: float, item: int) -> int:
    """Put an item on a heap of ``size`` items; return its new size. Among equal keys, the least item comes first."""
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


@loop
def pop(keys: Floats, items: Ints, size: int) -> int:
    """Take the first item, ``items[0]``, off a heap of ``size`` items; return its new size."""
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
