"""One tier: cut a graph into a number of connected units in range, with natural villages whole where they fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from gridgis.geo.topology import pieces
from gridgis.planning import kernels
from gridgis.planning.graph import NONE, Graph, contract, edge_list

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

Case = TypeVar("Case")
Done = TypeVar("Done")

_ROUNDS = 12
_RESTART_MENDS = 1
_NO_BOUND = np.iinfo(np.int64).max // 4


@dataclass(frozen=True)
class Bounds:
    """Sizes of each unit of a tier: ``low`` and ``high`` households, in the order of the units."""

    low: Ints
    high: Ints

    def least_excess(self, graph: Graph) -> int:
        """Count the households that must be out of range, whatever the cut."""
        n = int(graph.households.sum())
        return max(int(self.low.sum()) - n, n - int(self.high.sum()), 0)


@dataclass(frozen=True)
class Effort:
    """How hard to try: the number of starts and of annealing sweeps, and the weight of border length.

    Parameters
    ----------
    starts
        Independent starts, the best of which is kept.
    sweeps
        Sweeps of annealing after each start.
    mends
        Further annealings where sizes break that need not.
    tries
        Times to begin again with both tiers where sizes break that need not.
    restarts, releases
        Annealings of a cut with natural villages contracted, and how many of these are tried divided, one by one.
    price
        Part of the whole walk that dividing a natural village must save.
    border
        Metres of walk that a metre of border is worth.
    threads
        Threads to use; the result does not depend on their number.
    """

    starts: int = 8
    sweeps: int = 60
    mends: int = 8
    tries: int = 6
    restarts: int = 2
    releases: int = 4
    price: float = 0.05
    threads: int = 2
    border: float = 0.02


@dataclass(frozen=True)
class Schedule:
    """Annealing in multiples of the mean walk: heat and price of a household out of range, at first and at last."""

    sweeps: int
    heat: tuple[float, float]
    excess: tuple[float, float]


# households out of range wander from unit to unit at no cost until they meet room: that takes heat, and patience
_MENDING = Schedule(200, (1.0, 0.01), (30.0, 100.0))


@dataclass(frozen=True)
class Cut:
    """A graph cut into units: the unit of each node, households out of range, and metres walked in all."""

    label: Ints
    excess: int
    walk_m: float

    @property
    def rank(self) -> tuple[int, float]:
        """Order cuts, the best first: rules before wishes."""
        return self.excess, self.walk_m


def cut_units(graph: Graph, bounds: Bounds, effort: Effort, rng: np.random.Generator) -> Cut:
    """Cut a graph into connected units.

    Parameters
    ----------
    graph
        The graph, connected over borders and bridges.
    bounds
        Sizes of the units; their number is the number of units.
    effort
        How hard to try.
    rng
        Source of chance.

    Returns
    -------
        The best cut found; units are in the order of ``bounds``.
    """
    if len(bounds.low) == 1:
        return judge(graph, np.zeros(graph.n, dtype=np.int64), bounds)
    starts = side_by_side(lambda chance: _start(graph, bounds, effort, chance), rng.spawn(effort.starts), effort)
    best = min(starts, key=lambda cut: cut.rank)
    return _mend(graph, best, bounds, effort, rng)


def _mend(graph: Graph, cut: Cut, bounds: Bounds, effort: Effort, rng: np.random.Generator) -> Cut:
    for _ in range(effort.mends):
        if cut.excess <= bounds.least_excess(graph):
            break
        cut = min(cut, anneal_cut(graph, cut.label, bounds, _MENDING, effort.border, rng), key=lambda one: one.rank)
    return cut


def side_by_side(work: Callable[[Case], Done], cases: Sequence[Case], effort: Effort) -> list[Done]:
    """Do independent work on several threads, which the compiled loops allow; results in the order of the cases."""
    if effort.threads == 1 or len(cases) == 1:
        return [work(case) for case in cases]
    with ThreadPoolExecutor(effort.threads) as pool:
        return list(pool.map(work, cases))


def judge(graph: Graph, label: Ints, bounds: Bounds) -> Cut:
    """Measure a cut, its walk to the points at which each unit's walk is least."""
    tier = tier_of(graph, label, bounds)
    excess = np.maximum(np.maximum(bounds.low - tier.size, tier.size - bounds.high), 0)
    far_m = np.hypot(graph.x - tier.x[label], graph.y - tier.y[label])
    return Cut(label, int(excess.sum()), float((graph.households * far_m).sum()))


def net_of(graph: Graph, kept: npt.NDArray[np.bool_] | None = None) -> kernels.Net:
    """Hand a graph to the compiled loops, which want whole arrays."""
    stays = np.zeros(graph.n, dtype=np.bool_) if kept is None else kept
    links = np.ascontiguousarray(graph.start), np.ascontiguousarray(graph.end), np.ascontiguousarray(graph.border_m)
    return kernels.Net(*links, np.ascontiguousarray(graph.x), np.ascontiguousarray(graph.y), graph.households, stays)


def tier_of(graph: Graph, label: Ints, bounds: Bounds) -> kernels.Tier:
    """Hand a tier to the compiled loops, centred."""
    units = len(bounds.low)
    weight = np.maximum(graph.households, 1)
    total = np.maximum(np.bincount(label, weight, units), 1)
    x, y = (np.bincount(label, weight * place, units) / total for place in (graph.x, graph.y))
    size = np.bincount(label, graph.households, units).astype(np.int64)
    nodes = np.bincount(label, minlength=units).astype(np.int64)
    tier = kernels.Tier(label.copy(), x, y, bounds.low.copy(), bounds.high.copy(), size, nodes)
    kernels.recentre(net_of(graph), tier, 8)
    return tier


def state_of(rng: np.random.Generator) -> kernels.State:
    """Draw a state for the compiled loops' random numbers."""
    return rng.integers(1, 2**63, 1, dtype=np.uint64)


def anneal_cut(
    graph: Graph, label: Ints, bounds: Bounds, schedule: Schedule, border: float, rng: np.random.Generator
) -> Cut:
    """Better a cut by moving border nodes."""
    micro = tier_of(graph, label, bounds)
    whole = Bounds(np.zeros(1, dtype=np.int64), np.full(1, _NO_BOUND))
    grid = tier_of(graph, np.zeros(graph.n, dtype=np.int64), whole)
    cooling = cooling_of(schedule, mean_walk_m(graph, micro), border, 0.0)
    kernels.anneal(net_of(graph), micro, grid, cooling, state_of(rng))
    return judge(graph, micro.label, bounds)


def cooling_of(schedule: Schedule, walk_m: float, border: float, grid_weight: float) -> kernels.Cooling:
    """Turn a schedule into metres."""
    heat_m, excess_m = ((first * walk_m, last * walk_m) for first, last in (schedule.heat, schedule.excess))
    return kernels.Cooling(schedule.sweeps, *heat_m, *excess_m, border, grid_weight)


def mean_walk_m(graph: Graph, tier: kernels.Tier) -> float:
    """Measure how far a household has to its unit's centre, on average; at least a metre."""
    far_m = np.hypot(graph.x - tier.x[tier.label], graph.y - tier.y[tier.label])
    return max(float(np.average(far_m, weights=np.maximum(graph.households, 1))), 1.0)


def _start(graph: Graph, bounds: Bounds, effort: Effort, rng: np.random.Generator) -> Cut:
    tier = _blank_tier(graph, bounds, np.zeros(len(bounds.low)), np.zeros(len(bounds.low)))
    kernels.spread_centres(net_of(graph), tier, state_of(rng))
    grown = kernels.grow_priced(net_of(graph), tier, _ROUNDS)
    return anneal_cut(graph, grown, bounds, _cooling_down(effort), effort.border, rng)


def _restart(graph: Graph, bounds: Bounds, centres: kernels.Tier, effort: Effort, rng: np.random.Generator) -> Cut:
    """Cut anew from the centres of another cut."""
    tier = _blank_tier(graph, bounds, centres.x.copy(), centres.y.copy())
    grown = kernels.grow_priced(net_of(graph), tier, 2 * _ROUNDS)
    tries = [
        anneal_cut(graph, grown, bounds, _cooling_down(effort), effort.border, rng) for _ in range(effort.restarts)
    ]
    return _mend(graph, min(tries, key=lambda cut: cut.rank), bounds, replace(effort, mends=_RESTART_MENDS), rng)


def _blank_tier(graph: Graph, bounds: Bounds, x: Floats, y: Floats) -> kernels.Tier:
    units = len(bounds.low)
    counts = np.zeros(units, dtype=np.int64), np.zeros(units, dtype=np.int64)
    return kernels.Tier(np.zeros(graph.n, dtype=np.int64), x, y, bounds.low, bounds.high, *counts)


def _cooling_down(effort: Effort) -> Schedule:
    return Schedule(effort.sweeps, (0.3, 0.01), (1.0, 50.0))


def atoms_of(graph: Graph, whole: npt.NDArray[np.bool_]) -> Ints:
    """Make atoms: one of each connected piece of a natural village to be kept whole, one of any other node.

    Parameters
    ----------
    graph
        The graph.
    whole
        For each natural village whether it is to be kept whole.

    Returns
    -------
        Atom of each node, numbered in the order of their first nodes.
    """
    a, b, _ = edge_list(graph)
    bound = (graph.group != NONE) & whole[graph.group] if len(whole) > 0 else np.zeros(graph.n, dtype=np.bool_)
    inner = bound[a] & (graph.group[a] == graph.group[b])
    piece = pieces(graph.n, a[inner], b[inner])
    return np.unique(piece, return_inverse=True)[1].astype(np.int64)


def cut_atoms(graph: Graph, bounds: Bounds, effort: Effort, rng: np.random.Generator) -> Cut:
    """Cut a graph with natural villages whole where they fit, unless cutting one saves more than its price.

    The graph is cut as if there were no natural villages, and again from the same centres with them contracted: all
    that fit, then all but one of those that the free cut divides.

    Parameters
    ----------
    graph, bounds, effort, rng
        As for :func:`cut_units`; there are at least as many nodes as units.

    Returns
    -------
        The cut that breaks sizes least, then the one of the shortest walk, natural villages divided counted by their
        price.
    """
    free = cut_units(graph, bounds, effort, rng)
    groups = int(graph.group.max(initial=NONE)) + 1
    lived_in = graph.group != NONE
    size = np.bincount(graph.group[lived_in], graph.households[lived_in], groups)
    fits = size <= bounds.high.max()
    divided = np.flatnonzero(fits & ~whole_groups(graph, free.label))
    if len(divided) == 0:
        return free
    largest = divided[np.argsort(-size[divided], kind="stable")][: effort.releases]
    centres = tier_of(graph, free.label, bounds)

    def restart(case: tuple[int, np.random.Generator]) -> Cut:
        released, chance = case
        atom = atoms_of(graph, fits & (np.arange(groups) != released))
        atoms = contract(graph, atom)
        if atoms.n < len(bounds.low):
            return free
        return judge(graph, _restart(atoms, bounds, centres, effort, chance).label[atom], bounds)

    cases = [NONE, *largest.tolist()]
    found = [free, *side_by_side(restart, list(zip(cases, rng.spawn(len(cases)), strict=True)), effort)]

    def rank(cut: Cut) -> tuple[int, float]:
        cuts = int((fits & ~whole_groups(graph, cut.label)).sum())
        return cut.excess, cut.walk_m * (1.0 + effort.price * cuts)

    return min(found, key=rank)


def whole_groups(graph: Graph, label: Ints) -> npt.NDArray[np.bool_]:
    """Say of each natural village whether one unit holds all of it."""
    groups = int(graph.group.max(initial=NONE)) + 1
    lived_in = graph.group != NONE
    most = np.full(groups, -1, dtype=np.int64)
    least = np.full(groups, np.iinfo(np.int64).max)
    np.maximum.at(most, graph.group[lived_in], label[lived_in])
    np.minimum.at(least, graph.group[lived_in], label[lived_in])
    whole: npt.NDArray[np.bool_] = most == least
    return whole
