"""One tier: cut a graph into a number of connected units in range, with natural villages whole where they fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgis.geo.topology import pieces
from gridgis.planning import kernels
from gridgis.planning.graph import NONE, Graph, contract, edge_list

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_ROUNDS = 12
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
    border
        Metres of walk that a metre of border is worth.
    """

    starts: int = 8
    sweeps: int = 60
    mends: int = 8
    tries: int = 6
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
    best = min((_start(graph, bounds, effort, rng) for _ in range(effort.starts)), key=lambda cut: cut.rank)
    for _ in range(effort.mends):
        if best.excess <= bounds.least_excess(graph):
            break
        best = min(best, anneal_cut(graph, best.label, bounds, _MENDING, effort.border, rng), key=lambda cut: cut.rank)
    return best


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
    units = len(bounds.low)
    empty = np.zeros(units, dtype=np.int64)
    label = np.zeros(graph.n, dtype=np.int64)
    tier = kernels.Tier(label, np.zeros(units), np.zeros(units), bounds.low, bounds.high, empty, empty.copy())
    grown = kernels.grow_priced(net_of(graph), tier, _ROUNDS, state_of(rng))
    schedule = Schedule(effort.sweeps, (0.3, 0.01), (1.0, 50.0))
    return anneal_cut(graph, grown, bounds, schedule, effort.border, rng)


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
    """Cut a graph with natural villages whole where they fit; the largest are released while sizes break.

    Parameters
    ----------
    graph, bounds, effort, rng
        As for :func:`cut_units`; there are at least as many nodes as units.

    Returns
    -------
        The first cut whose sizes are as good as the numbers allow, else the best by sizes.
    """
    least = bounds.least_excess(graph)
    found: list[Cut] = []
    for whole in _releases(graph, int(bounds.high.max())):
        atom = atoms_of(graph, whole)
        atoms = contract(graph, atom)
        if atoms.n >= len(bounds.low):
            found.append(judge(graph, cut_units(atoms, bounds, effort, rng).label[atom], bounds))
            if found[-1].excess <= least:
                break
    return min(found, key=lambda cut: cut.excess)


def _releases(graph: Graph, high: int) -> Iterator[npt.NDArray[np.bool_]]:
    """Say which natural villages to keep whole: all that fit, then all but the largest, but the 2, 4, 8 … largest."""
    groups = int(graph.group.max(initial=NONE)) + 1
    lived_in = graph.group != NONE
    size = np.bincount(graph.group[lived_in], graph.households[lived_in], groups)
    fits = size <= high
    largest_first = np.argsort(np.where(fits, -size, 1), kind="stable")
    released = 0
    while released < fits.sum():
        whole = fits.copy()
        whole[largest_first[:released]] = False
        yield whole
        released = max(2 * released, 1)
    yield np.zeros(groups, dtype=np.bool_)
