"""One tier of a plan: how it is searched for, how it is handed to the compiled loops, and how a cut of it is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from gridgis.geo.topology import pieces
from gridgis.model.tiers import Weights
from gridgis.planning import annealing, kernels
from gridgis.planning.graph import NONE, Graph, contract, edge_list

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Case = TypeVar("Case")
Done = TypeVar("Done")

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
    """How hard to try.

    Parameters
    ----------
    starts
        Independent starts of a tier.
    mended
        How many starts are annealed on where sizes break.
    runs
        How many of the cuts with this or that natural village whole are worked on, the best of which is kept.
    kicks
        Kicks that each unit of a tier gets in a run.
    refine
        Kicks that each grid gets once it moves by buildings, not by clumps.
    releases
        How many natural villages are tried divided, one by one.
    polish
        Kicks that each micro-grid gets when both tiers are there.
    mends
        Further annealings where sizes break that need not.
    tries
        Times to begin again where sizes break that need not.
    fine
        Land of at most so many buildings is worked on by buildings, not by clumps.
    threads
        Threads to use; the result does not depend on their number.
    """

    starts: int = 10
    mended: int = 4
    runs: int = 2
    kicks: int = 15
    refine: int = 3
    releases: int = 4
    polish: int = 6
    mends: int = 4
    tries: int = 6
    fine: int = 500
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
COOL = replace(REFINE, sweeps=20, heat=(0.05, 0.005), excess=(20.0, 100.0))
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
