"""One tier: cut a graph into a number of connected units in range, with natural villages whole where they fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import isqrt
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from gridgis.geo.topology import pieces
from gridgis.model.tiers import Weights
from gridgis.planning import annealing, exploring, growing, kernels
from gridgis.planning.graph import NONE, Graph, contract, edge_list

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Case = TypeVar("Case")
Done = TypeVar("Done")

_NO_BOUND = np.iinfo(np.int64).max // 4
_ROUNDS = 8
_SMALLEST = 3
_MOVES, _HOPS = 0.7, 2


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
    """How hard to try.

    Parameters
    ----------
    starts
        Independent starts of a tier.
    runs
        Runs with the natural villages chosen that stay whole, the best of which is kept.
    kicks
        Kicks that each unit of a tier gets in a run.
    releases
        How many natural villages are tried divided, one by one.
    polish
        Kicks that each micro-grid gets when both tiers are there.
    mends
        Further annealings where sizes break that need not.
    tries
        Times to begin again where sizes break that need not.
    threads
        Threads to use; the result does not depend on their number.
    """

    starts: int = 6
    runs: int = 1
    kicks: int = 15
    releases: int = 4
    polish: int = 3
    mends: int = 4
    tries: int = 6
    threads: int = 2


@dataclass(frozen=True)
class Search:
    """How to search: how hard, for what, and with which random numbers; the same generator gives the same cut."""

    effort: Effort
    weights: Weights
    rng: np.random.Generator


@dataclass(frozen=True)
class Schedule:
    """Annealing in multiples of the mean walk: heat and price of a household out of range, at first and at last."""

    sweeps: int
    heat: tuple[float, float]
    excess: tuple[float, float]


START = Schedule(30, (0.3, 0.01), (1.0, 50.0))
KICK = Schedule(8, (0.3, 0.01), (1.0, 20.0))
REFINE = Schedule(40, (0.1, 0.005), (5.0, 50.0))
# households out of range wander from unit to unit at no cost until they meet room: that takes heat, and patience
MEND = Schedule(200, (1.0, 0.01), (30.0, 100.0))


@dataclass(frozen=True)
class Cut:
    """A graph cut into units.

    Parameters
    ----------
    label
        Unit of each node.
    excess
        Households out of range.
    walk_m
        Metres walked to the middles of the units, all households together.
    divided
        Natural villages cut that would fit a unit.
    """

    label: Ints
    excess: int
    walk_m: float
    divided: int

    def rank(self, whole: float) -> tuple[int, float]:
        """Order cuts, the best first: rules, then walks, natural villages divided counted by their price."""
        return self.excess, self.walk_m * (1.0 + whole * self.divided)


def side_by_side(work: Callable[[Case], Done], cases: Sequence[Case], effort: Effort) -> list[Done]:
    """Do independent work on several threads, which the compiled loops allow; results in the order of the cases."""
    if effort.threads == 1 or len(cases) == 1:
        return [work(case) for case in cases]
    with ThreadPoolExecutor(effort.threads) as pool:
        return list(pool.map(work, cases))


def state_of(rng: np.random.Generator) -> kernels.State:
    """Draw a state for the compiled loops' random numbers."""
    return rng.integers(1, 2**63, 1, dtype=np.uint64)


def net_of(graph: Graph, weights: Weights, atom: Ints | None = None, kept: Bools | None = None) -> kernels.Net:
    """Hand a graph, contracted to atoms or not, to the compiled loops, which want whole arrays.

    Parameters
    ----------
    graph
        The graph; walks are counted to its nodes even where they move in atoms.
    weights
        What a border counts where it lies on the ground.
    atom
        Atom of each node, from 0 without holes; None for each node by itself.
    kept
        For each atom whether it must stay in its grid; None for none of them.
    """
    atom = np.arange(graph.n) if atom is None else atom
    atoms = graph if len(atom) == 0 or atom.max() + 1 == graph.n else contract(graph, atom)
    order = np.argsort(atom, kind="stable")
    home_of = np.searchsorted(atom[order], np.arange(atoms.n + 1)).astype(np.int64)
    homes = home_of, graph.x[order], graph.y[order], graph.households[order].astype(np.float64)
    border_m = atoms.border_m - weights.ground * atoms.ground_m
    stays = np.zeros(atoms.n, dtype=np.bool_) if kept is None else kept
    edges = atoms.start, atoms.end, border_m, atoms.border_m > 0
    net = kernels.Net(*edges, atoms.x, atoms.y, atoms.households, *homes, stays, atoms.head)
    # one layout of every array is one version of every loop to compile
    return kernels.Net._make(np.ascontiguousarray(column) for column in net)


def tier_of(net: kernels.Net, bounds: Bounds, label: Ints | None = None) -> kernels.Tier:
    """Hand a tier to the compiled loops: centred where there is a label, blank otherwise."""
    units, n = len(bounds.low), len(net.x)
    counts = [np.zeros(units, dtype=np.int64) for _ in range(3)]
    places = np.zeros(units), np.zeros(units)
    tier = kernels.Tier(
        np.zeros(n, dtype=np.int64) if label is None else label.copy(), *places, bounds.low, bounds.high, *counts
    )
    if label is not None:
        weight = np.maximum(net.households, 1)
        total = np.maximum(np.bincount(label, weight, units), 1)
        tier.x[:], tier.y[:] = (np.bincount(label, weight * place, units) / total for place in (net.x, net.y))
        kernels.add_up(net, tier)
        kernels.recentre(net, tier, np.arange(n), 8)
    return tier


def whole_land(net: kernels.Net) -> kernels.Tier:
    """Make the one unit without bounds in which a single tier lies."""
    bounds = Bounds(np.zeros(1, dtype=np.int64), np.full(1, _NO_BOUND))
    return tier_of(net, bounds, np.zeros(len(net.x), dtype=np.int64))


def cooling_of(schedule: Schedule, mean_m: float, weights: Weights, *, both: bool = False) -> annealing.Cooling:
    """Turn a schedule into metres; ``both`` tiers are at work, or one alone."""
    heat_m, excess_m = ((first * mean_m, last * mean_m) for first, last in (schedule.heat, schedule.excess))
    return annealing.Cooling(
        schedule.sweeps, *heat_m, *excess_m, weights.border, weights.grid_walk if both else 0.0, 0.0
    )


def mean_walk_m(net: kernels.Net, tier: kernels.Tier) -> float:
    """Measure how far a household has to its unit's centre, on average; at least a metre."""
    return max(float(kernels.total_walk_m(net, tier)) / max(int(net.households.sum()), 1), 1.0)


def judge(graph: Graph, label: Ints, bounds: Bounds, weights: Weights) -> Cut:
    """Measure a cut, its walk to the points at which each unit's walk is least."""
    net = net_of(graph, weights)
    tier = tier_of(net, bounds, label)
    divided = int((fitting_groups(graph, bounds) & ~whole_groups(graph, label)).sum())
    return Cut(label, int(kernels.total_excess(tier)), float(kernels.total_walk_m(net, tier)), divided)


def cut_tier(graph: Graph, bounds: Bounds, search: Search) -> Cut:
    """Cut a graph into connected units, natural villages whole where they fit unless cutting one saves its price.

    The work is done on clumps of a few households: first as if there were no natural villages, then from the same
    centres with them contracted, all that fit, and all but one of those that the free cut divides.

    Parameters
    ----------
    graph
        The graph, connected over borders and bridges, with at least as many nodes as units.
    bounds
        Sizes of the units.
    search
        How to search.

    Returns
    -------
        The cut that breaks sizes least, then the one of the shortest walk, natural villages divided counted by their
        price; its unit i has the bounds i.

    Source: B. Hendrickson and R. Leland, A multilevel algorithm for partitioning graphs, 1995, for the clumps; M. Teitz
    and P. Bart, Heuristic methods for estimating the generalized vertex median of a weighted graph, 1968, for the
    moves of whole units.
    """
    units = len(bounds.low)
    weights = search.weights
    if units == 1:
        return judge(graph, np.zeros(graph.n, dtype=np.int64), bounds, weights)
    clump = _clump(graph, bounds)
    coarse = contract(graph, clump)
    kicks = search.effort.kicks * units
    alone = np.arange(coarse.n), _spread_and_anneal(net_of(coarse, weights), bounds, search)
    _kick(net_of(coarse, weights), alone[1], kicks // 2, search)

    def rank(one: tuple[Ints, kernels.Tier]) -> tuple[int, float]:
        return judge(coarse, one[1].label[one[0]], bounds, weights).rank(weights.whole)

    atom, first = min([alone, *_keep_groups_whole(coarse, alone[1], bounds, search)], key=rank)
    net = net_of(coarse, weights, atom)

    def run(case: tuple[int, np.random.Generator]) -> tuple[Ints, kernels.Tier]:
        number, chance = case
        apart = replace(search, rng=chance)
        tier = first if number == 0 else _spread_and_anneal(net, bounds, apart)
        _kick(net, tier, kicks, apart)
        return atom, tier

    runs = search.effort.runs
    found = side_by_side(run, list(enumerate(search.rng.spawn(runs))), search.effort)
    best = min(found, key=rank)[1]
    return judge(graph, best.label[atom][clump], bounds, weights)


def _keep_groups_whole(
    graph: Graph, free: kernels.Tier, bounds: Bounds, search: Search
) -> list[tuple[Ints, kernels.Tier]]:
    """Cut again with the natural villages whole that fit, and with all but one of those that the free cut divides."""
    fits = fitting_groups(graph, bounds)
    divided = np.flatnonzero(fits & ~whole_groups(graph, free.label))
    if len(divided) == 0:
        return []
    largest = divided[np.argsort(-group_sizes(graph)[divided], kind="stable")][: search.effort.releases]
    cases = [NONE, *largest.tolist()]
    atoms = [atoms_of(graph, fits & (np.arange(len(fits)) != released)) for released in cases]
    atoms = [atom for atom in atoms if atom.max() + 1 >= len(bounds.low)]

    def cut_atoms(case: tuple[Ints, np.random.Generator]) -> tuple[Ints, kernels.Tier]:
        atom, chance = case
        net, apart = net_of(graph, search.weights, atom), replace(search, rng=chance)
        tier = tier_of(net, bounds)
        tier.x[:], tier.y[:] = free.x, free.y
        _grow_and_anneal(net, tier, apart)
        _kick(net, tier, search.effort.kicks * len(bounds.low) // 5, apart)
        return atom, tier

    return side_by_side(cut_atoms, list(zip(atoms, search.rng.spawn(len(atoms)), strict=True)), search.effort)


def refine_cut(graph: Graph, cut: Cut, bounds: Bounds, search: Search) -> Cut:
    """Better a cut node by node; natural villages that are whole stay whole while sizes allow.

    Parameters
    ----------
    graph, bounds, search
        As for :func:`cut_tier`.
    cut
        What to better.
    """
    weights = search.weights
    schedules = [REFINE, *[MEND] * search.effort.mends]
    least = bounds.least_excess(graph)
    best = cut
    for schedule in schedules:
        if schedule is MEND and best.excess <= least:
            break
        atom = atoms_of(graph, whole_groups(graph, best.label) & fitting_groups(graph, bounds))
        net = net_of(graph, weights, atom)
        tier = tier_of(net, bounds, best.label[np.unique(atom, return_index=True)[1]])
        cooling = cooling_of(schedule, mean_walk_m(net, tier), weights)
        annealing.anneal(net, tier, whole_land(net), cooling, state_of(search.rng))
        best = min(best, judge(graph, tier.label[atom], bounds, weights), key=lambda one: one.rank(weights.whole))
    return best


def _clump(graph: Graph, bounds: Bounds) -> Ints:
    """Clump neighbours of one natural village, the nearest first, to a size at which many clumps make a unit."""
    a, b, border_m = edge_list(graph)
    inner = (a < b) & (border_m > 0) & (graph.group[a] == graph.group[b])
    a, b = a[inner], b[inner]
    order = np.argsort(np.round(np.hypot(graph.x[a] - graph.x[b], graph.y[a] - graph.y[b]), 2), kind="stable")
    most = max(isqrt(int(bounds.low.min())) // 2, 1)
    clump: Ints = growing.clump_nodes(graph.households, a[order], b[order], most)
    enough = clump.max() + 1 >= _SMALLEST * len(bounds.low)
    return clump if enough else np.arange(graph.n)


def _spread_and_anneal(net: kernels.Net, bounds: Bounds, search: Search) -> kernels.Tier:
    """Cut a graph from centres spread anew, several times; keep the best."""
    found = []
    for _ in range(search.effort.starts):
        tier = tier_of(net, bounds)
        growing.spread_centres(net, tier, state_of(search.rng))
        _grow_and_anneal(net, tier, search)
        walk_m, mean_m = float(kernels.total_walk_m(net, tier)), mean_walk_m(net, tier)
        found.append((walk_m + START.excess[1] * mean_m * int(kernels.total_excess(tier)), tier))
    return min(found, key=lambda one: one[0])[1]


def _grow_and_anneal(net: kernels.Net, tier: kernels.Tier, search: Search) -> None:
    growing.grow_priced(net, tier, _ROUNDS)
    cooling = cooling_of(START, mean_walk_m(net, tier), search.weights)
    annealing.anneal(net, tier, whole_land(net), cooling, state_of(search.rng))


def _kick(net: kernels.Net, tier: kernels.Tier, kicks: int, search: Search) -> None:
    cooling = cooling_of(KICK, mean_walk_m(net, tier), search.weights)
    exploring.explore(net, tier, whole_land(net), cooling, (kicks, _MOVES, _HOPS), state_of(search.rng))


def atoms_of(graph: Graph, whole: Bools) -> Ints:
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


def group_sizes(graph: Graph) -> Ints:
    """Count the households of each natural village."""
    lived_in = graph.group != NONE
    groups = int(graph.group.max(initial=NONE)) + 1
    return np.bincount(graph.group[lived_in], graph.households[lived_in], groups).astype(np.int64)


def fitting_groups(graph: Graph, bounds: Bounds) -> Bools:
    """Say of each natural village whether a unit has room for it."""
    fits: Bools = group_sizes(graph) <= bounds.high.max()
    return fits


def whole_groups(graph: Graph, label: Ints) -> Bools:
    """Say of each natural village whether one unit holds all of it, as it does where nobody of it is here."""
    groups = int(graph.group.max(initial=NONE)) + 1
    lived_in = graph.group != NONE
    most = np.full(groups, -1, dtype=np.int64)
    least = np.full(groups, np.iinfo(np.int64).max)
    np.maximum.at(most, graph.group[lived_in], label[lived_in])
    np.minimum.at(least, graph.group[lived_in], label[lived_in])
    whole: Bools = most <= least
    return whole
