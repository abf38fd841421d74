"""Lower bounds: how short the walk to the medoids of a number of units can be at all, whatever their borders."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from gridgis.planning import bound_kernels
from gridgis.planning.bound_kernels import Climb, Demand

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_CHUNK = 32
_MEDOIDS_A_UNIT = 4
_LOOKS_A_SPOT = 6
_MARGIN = 0.5
_FIRST_STEPS, _STEPS = 40, 30
_KEPT = 0.7
_HIGHER = 1.1
_EXACT = 1e-9
_ROWS = 1000


@dataclass(frozen=True)
class Settlement:
    """Places, who must stay together, and a cut of them into units that a bound is measured from.

    Parameters
    ----------
    places_m
        Shape (n, 2), metres, no place twice in an item.
    households
        Households at each place, at least 1.
    item
        Item of each place, from 0 without holes; an item is never cut.
    unit
        Unit of each place in the plan, from 0 without holes.
    """

    places_m: Floats
    households: Ints
    item: Ints
    unit: Ints


def bound_walk_m(settlement: Settlement, window: tuple[int, int], rounds: int) -> float:
    """Bound the walk of all households from below, for any cut into as many units.

    Parameters
    ----------
    settlement
        The places.
    window
        Fewest and most households of a unit; the settlement's own units keep it, but for items that they cut.
    rounds
        How often to look for better medoids; more rounds come nearer to the best bound of this kind.

    Returns
    -------
        Metres, summed over households: no cut into this number of units, each in the window and with no item cut, has
        a shorter walk to its medoids, be its units connected or not. Infinite where there are fewer items than units.

    Source: the Lagrangian relaxation of the capacitated p-median problem in the rule that each household has one unit;
    J. M. Mulvey, M. P. Beck, Solving capacitated clustering problems, EJOR 18 (1984). A unit's best households are
    found fractionally, so the bound holds for buildings that cannot be cut.

    Examples
    --------
    >>> row = np.array([[0.0, 0], [10, 0], [50, 0], [70, 0]])
    >>> one = np.ones(4, dtype=np.int64)
    >>> bound_walk_m(Settlement(row, one, np.arange(4), np.array([0, 0, 1, 1])), (2, 2), 9)
    30.0
    """
    units = int(settlement.unit.max()) + 1
    if int(settlement.item.max()) + 1 < units:
        return math.inf
    demand, order = _bundle(settlement)
    far_m = _far_m(settlement)
    walk_m = float((far_m * settlement.households).sum())
    stayed = far_m[order] + _MARGIN * walk_m / settlement.households.sum()
    worth = np.bincount(demand.home, demand.households * stayed) / demand.size
    # a cut that cuts items may walk less than the bound of those that do not: aim higher than it
    aim_m = walk_m * _HIGHER if _cuts_items(settlement) else walk_m
    best = _climb(demand, units, narrow_window(window, int(demand.size.sum()), units), (worth, aim_m), rounds)
    return max(best, 0.0)


def _cuts_items(settlement: Settlement) -> bool:
    pairs = np.unique(np.column_stack([settlement.item, settlement.unit]), axis=0)
    return len(pairs) > int(settlement.item.max()) + 1


def narrow_window(window: tuple[int, int], households: int, units: int) -> tuple[float, float]:
    """Narrow the sizes of a unit to those that the other units leave it."""
    low, high = window
    return float(max(low, households - (units - 1) * high)), float(min(high, households - (units - 1) * low))


def _climb(demand: Demand, units: int, window: tuple[float, float], start: tuple[Floats, float], rounds: int) -> float:
    """Climb with a few medoids spread over the land, and measure, and add better ones, with all of them."""
    worth, aim_m = start
    order, together = _spread(demand, units)
    stride = max(together // _LOOKS_A_SPOT, 1)
    spot = np.arange(len(order)) // together
    medoids = np.zeros(0, dtype=np.int64)
    best, length = -math.inf, 1.0
    for number in range(rounds + 1):
        # a bound needs all medoids; on the way up, some show well enough where better ones are
        step = stride if 0 < number < rounds - 1 else 1
        rows = np.arange(number % step, len(order), step)
        cost = bound_kernels.price_medoids(demand, order[rows], worth, window)
        chosen, least = bound_kernels.choose_medoids(demand, order[rows], cost, units)
        if step == 1:
            best = max(best, float((demand.size * worth).sum() + least))
        if number == rounds or best >= aim_m * (1 - _EXACT):
            break
        cheapest = np.lexsort((cost, spot[rows]))
        first = np.unique(spot[rows][cheapest], return_index=True)[1]
        medoids = np.union1d(medoids, np.append(order[rows[cheapest[first]]], chosen))
        way = Climb(_STEPS if number else _FIRST_STEPS, length, _KEPT, aim_m)
        worth, length = bound_kernels.climb(demand, medoids, units, worth, window, way)
    return best


def _bundle(settlement: Settlement) -> tuple[Demand, Ints]:
    """Put items into strips and chunks; also the order of the places."""
    places_m, households = settlement.places_m, settlement.households.astype(np.float64)
    size = np.bincount(settlement.item, households).astype(np.float64)
    middle_x, middle_y = (np.bincount(settlement.item, households * axis) / size for axis in places_m.T)
    items = _sort_by_place(middle_x, middle_y, _CHUNK)
    rank = np.empty_like(items)
    rank[items] = np.arange(len(items))
    order = np.argsort(rank[settlement.item], kind="stable")
    home = rank[settlement.item][order]
    middle_x, middle_y = middle_x[items], middle_y[items]
    chunk = np.append(np.arange(0, len(items), _CHUNK), len(items)).astype(np.int64)
    box: list[Floats] = [
        end.reduceat(axis, chunk[:-1]) for end in (np.minimum, np.maximum) for axis in (middle_x, middle_y)
    ]
    x, y = (np.ascontiguousarray(axis) for axis in places_m[order].T)
    first = np.searchsorted(home, np.arange(len(items) + 1)).astype(np.int64)
    demand = Demand(x, y, households[order], home, first, middle_x, middle_y, size[items], chunk, np.column_stack(box))
    return demand, order


def _sort_by_place(x: Floats, y: Floats, together: int) -> Ints:
    """Order points strip by strip, so that every ``together`` in a row lie close to each other."""
    n = len(x)
    strips = max(round(math.sqrt(n / together)), 1)
    strip = np.empty(n, dtype=np.int64)
    strip[np.lexsort((y, x))] = np.arange(n) * strips // n
    return np.lexsort((x, y, strip))


def _spread(demand: Demand, units: int) -> tuple[Ints, int]:
    """Order the places so that they lie in small spots, a few a unit; also the number of places of a spot."""
    together = max(len(demand.x) // (_MEDOIDS_A_UNIT * units), 1)
    return _sort_by_place(demand.x, demand.y, together), together


def _far_m(settlement: Settlement) -> Floats:
    """Measure how far each place is from its unit's medoid."""
    far_m = np.empty(len(settlement.unit))
    order = np.argsort(settlement.unit, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(settlement.unit[order])) + 1):
        here, many = settlement.places_m[rows], settlement.households[rows]
        sums = [cdist(part, here) @ many for part in np.array_split(here, len(here) // _ROWS + 1)]
        far_m[rows] = cdist(here[[int(np.argmin(np.concatenate(sums)))]], here)[0]
    return far_m
