"""The inner loops of a plan's certificate, compiled and kept on disk: what a unit around a medoid costs at least."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_HALVINGS = 24
_NEAR = 0.01
_STEP_M = 32.0
_PATIENCE = 8
_SHORTER = 0.6


class Demand(NamedTuple):
    """Places, bundled into items that are assigned together; items stand in chunks that lie close to each other."""

    x: Floats
    y: Floats
    households: Floats
    """Of each place; places are in the order of their items."""
    home: Ints
    """Item of each place."""
    first: Ints
    """Places of item i are ``first[i]`` to ``first[i + 1]``."""
    middle_x: Floats
    middle_y: Floats
    size: Floats
    """Households of each item."""
    chunk: Ints
    """Items of chunk c are ``chunk[c]`` to ``chunk[c + 1]``."""
    box: Floats
    """Shape (chunks, 4): least x, least y, most x, most y of a chunk's middles."""


class Taken(NamedTuple):
    """Room for the items near one medoid: which, and their reduced costs a household."""

    item: Ints
    cost: Floats


@njit(cache=True, nogil=True)
def mean_far_m(demand: Demand, i: int, x: float, y: float) -> float:
    """Average the distance from an item's households to a point."""
    if demand.first[i + 1] - demand.first[i] == 1:
        return math.hypot(demand.middle_x[i] - x, demand.middle_y[i] - y)
    total = 0.0
    for v in range(demand.first[i], demand.first[i + 1]):
        dx = demand.x[v] - x
        dy = demand.y[v] - y
        total += demand.households[v] * math.sqrt(dx * dx + dy * dy)
    return float(total / demand.size[i])


@njit(cache=True, nogil=True)
def top_of_chunks(demand: Demand, worth: Floats) -> Floats:
    """Find the greatest worth in each chunk."""
    top = np.empty(len(demand.chunk) - 1)
    for c in range(len(top)):
        top[c] = worth[demand.chunk[c] : demand.chunk[c + 1]].max()
    return top


@njit(cache=True, nogil=True)
def _gather(demand: Demand, j: int, worth: Floats, top: Floats, limit: float, taken: Taken) -> int:
    """List the items, but for the medoid's own, whose reduced cost at medoid ``j`` is less than ``limit``."""
    x, y, own = demand.x[j], demand.y[j], demand.home[j]
    count = 0
    for c in range(len(top)):
        reach = top[c] + limit
        if reach <= 0:
            continue
        dx = max(demand.box[c, 0] - x, x - demand.box[c, 2], 0.0)
        dy = max(demand.box[c, 1] - y, y - demand.box[c, 3], 0.0)
        if dx * dx + dy * dy >= reach * reach:
            continue
        for i in range(demand.chunk[c], demand.chunk[c + 1]):
            reach = worth[i] + limit
            dx = demand.middle_x[i] - x
            dy = demand.middle_y[i] - y
            square = dx * dx + dy * dy
            # the mean distance to an item is no less than the distance to its middle
            if reach <= 0 or square >= reach * reach or i == own:
                continue
            far_m = math.sqrt(square)
            if demand.first[i + 1] - demand.first[i] > 1:
                far_m = mean_far_m(demand, i, x, y)
            if far_m < reach:
                taken.item[count] = i
                taken.cost[count] = far_m - worth[i]
                count += 1
    return count


@njit(cache=True, nogil=True)
def _held(demand: Demand, taken: Taken, count: int, limit: float) -> float:
    """Add up the households of the items whose reduced cost is less than ``limit``."""
    total = 0.0
    for k in range(count):
        if taken.cost[k] < limit:
            total += demand.size[taken.item[k]]
    return total


@njit(cache=True, nogil=True)
def _fill(demand: Demand, taken: Taken, count: int, room: float, most: float) -> float:
    """Find a reduced cost at which the items that cost less fill ``room``, as nearly as makes no difference.

    Not exact, and need not be: every reduced cost gives a lower bound, see :func:`price_medoid`.
    """
    low = taken.cost[:count].min()
    high = most
    held_low, held_high = 0.0, _held(demand, taken, count, high)
    for n in range(_HALVINGS):
        part = 0.5 if n % 3 == 2 else (room - held_low) / max(held_high - held_low, 1e-9)  # noqa: PLR2004
        middle = low + min(max(part, 0.02), 0.98) * (high - low)
        held = _held(demand, taken, count, middle)
        if held <= room:
            low, held_low = middle, held
        else:
            high, held_high = middle, held
        if held_high - held_low <= max(room * _NEAR, 1.0) or held_low == room:
            break
    return low if held_low == room else high


@njit(cache=True, nogil=True)
def price_medoid(
    demand: Demand, j: int, worth: Floats, top: Floats, window: tuple[float, float], taken: Taken
) -> tuple[float, int]:
    """Bound what a unit whose medoid is place ``j`` costs, its households' worth taken off.

    Parameters
    ----------
    demand
        Items.
    j
        The medoid; its own item is in the unit.
    worth, top
        Worth of a household of each item, in metres, and the greatest of each chunk.
    window
        Fewest and most households of a unit.
    taken
        Filled with the other items of the unit.

    Returns
    -------
        A lower bound of the cost, and the number of items in ``taken``.

    Source: a continuous knapsack; by duality, for any price μ of a household, Σ size·min(cost − μ, 0) + μ·room bounds
    the cost of filling ``room`` from below, and equals it at the right price.
    """
    own = demand.home[j]
    fixed = demand.size[own] * (mean_far_m(demand, own, demand.x[j], demand.y[j]) - worth[own])
    least, most = window[0] - demand.size[own], window[1] - demand.size[own]
    limit = 0.0
    count = _gather(demand, j, worth, top, limit, taken)
    held = _held(demand, taken, count, limit)
    room = min(max(held, least), most)
    if room <= 0:
        return fixed, 0
    while held < room:
        limit = max(2.0 * limit, _STEP_M)
        count = _gather(demand, j, worth, top, limit, taken)
        held = _held(demand, taken, count, limit)
    price = _fill(demand, taken, count, room, limit) if held > room else limit
    total = price * room
    kept = 0
    for k in range(count):
        over = taken.cost[k] - price
        if over < 0:
            total += demand.size[taken.item[k]] * over
            taken.item[kept] = taken.item[k]
            kept += 1
    return fixed + total, kept


@njit(cache=True, nogil=True)
def price_medoids(demand: Demand, medoids: Ints, worth: Floats, window: tuple[float, float]) -> Floats:
    """Bound what a unit around each of some medoids costs; see :func:`price_medoid`."""
    taken = Taken(np.empty(len(worth), dtype=np.int64), np.empty(len(worth)))
    top = top_of_chunks(demand, worth)
    cost = np.empty(len(medoids))
    for k in range(len(medoids)):
        cost[k] = price_medoid(demand, medoids[k], worth, top, window, taken)[0]
    return cost


class Climb(NamedTuple):
    """How to climb: number of steps, length of the first, how much of a direction is kept, and the height aimed at."""

    steps: int
    length: float
    kept: float
    target_m: float


@njit(cache=True, nogil=True)
def choose_medoids(demand: Demand, medoids: Ints, cost: Floats, units: int) -> tuple[Ints, float]:
    """Choose the medoids that cost least, one an item at most; their cost is infinite where there are too few."""
    chosen = np.empty(units, dtype=np.int64)
    used = np.zeros(len(demand.size), dtype=np.bool_)
    total, count = 0.0, 0
    for k in np.argsort(cost):
        if count == units:
            break
        own = demand.home[medoids[k]]
        if not used[own]:
            used[own] = True
            chosen[count] = medoids[k]
            total += cost[k]
            count += 1
    return chosen[:count], total if count == units else np.inf


@njit(cache=True, nogil=True)
def _lack(demand: Demand, chosen: Ints, worth: Floats, window: tuple[float, float]) -> Floats:
    """Count for each item how many units too few hold it."""
    taken = Taken(np.empty(len(worth), dtype=np.int64), np.empty(len(worth)))
    top = top_of_chunks(demand, worth)
    lack = np.ones(len(worth))
    for j in chosen:
        count = price_medoid(demand, j, worth, top, window, taken)[1]
        lack[demand.home[j]] -= 1.0
        for n in range(count):
            lack[taken.item[n]] -= 1.0
    return lack


@njit(cache=True, nogil=True)
def climb(
    demand: Demand, medoids: Ints, units: int, worth: Floats, window: tuple[float, float], way: Climb
) -> tuple[Floats, float]:
    """Raise the bound by subgradients, with some medoids only, in at least ``units`` items.

    Returns
    -------
        The best worths, and the length of step that was reached.

    Source: B. T. Polyak, Minimization of unsmooth functionals (1969), the length of a step; P. M. Camerini,
    L. Fratta, F. Maffioli, On improving relaxation methods by modified gradient techniques (1975), its direction.
    """
    now, best = worth.copy(), worth.copy()
    step = np.zeros(len(worth))
    highest = -np.inf
    length, idle = way.length, 0
    for _ in range(way.steps):
        chosen, cost = choose_medoids(demand, medoids, price_medoids(demand, medoids, now, window), units)
        height = (demand.size * now).sum() + cost
        idle += 1
        if height > highest:
            highest, idle = height, 0
            best[:] = now
        if idle >= _PATIENCE:
            length, idle = length * _SHORTER, 0
            now[:] = best
            step[:] = 0.0
            continue
        step[:] = _lack(demand, chosen, now, window) + way.kept * step
        square = (demand.size * step * step).sum()
        if square == 0.0:
            break
        now += length * max(way.target_m - height, 0.0) / square * step
    return best, length
