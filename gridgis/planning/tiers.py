"""One tier: cut a graph into a number of connected units in range, with natural villages whole where they fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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


@dataclass(frozen=True)
class Effort:
    """How hard to try: the number of starts and of annealing sweeps, and the weight of border length.

    Parameters
    ----------
    starts
        Independent starts, the best of which is kept.
    sweeps
        Sweeps of annealing after each start.
    border
        Metres of walk that a metre of border is worth.
    """

    starts: int = 4
    sweeps: int = 40
    border: float = 0.02


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
    return min((_start(graph, bounds, effort, rng) for _ in range(effort.starts)), key=lambda cut: cut.rank)


def judge(graph: Graph, label: Ints, bounds: Bounds) -> Cut:
    """Measure a cut."""
    sizes = np.bincount(label, graph.households, len(bounds.low)).astype(np.int64)
    excess = np.maximum(np.maximum(bounds.low - sizes, sizes - bounds.high), 0)
    return Cut(label, int(excess.sum()), float(kernels.walks(net_of(graph), label, len(bounds.low)).sum()))


def net_of(graph: Graph, kept: npt.NDArray[np.bool_] | None = None) -> kernels.Net:
    """Hand a graph to the compiled loops."""
    stays = np.zeros(graph.n, dtype=np.bool_) if kept is None else kept
    arrays = (graph.start, graph.end, graph.border_m, graph.x, graph.y, graph.households)
    return kernels.Net(*(np.ascontiguousarray(array) for array in arrays), stays)


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


def anneal_cut(graph: Graph, label: Ints, bounds: Bounds, effort: Effort, rng: np.random.Generator) -> Cut:
    """Better a cut by moving border nodes."""
    micro = tier_of(graph, label, bounds)
    whole = Bounds(np.zeros(1, dtype=np.int64), np.full(1, _NO_BOUND))
    grid = tier_of(graph, np.zeros(graph.n, dtype=np.int64), whole)
    scale_m = _scale_m(graph, micro)
    cooling = kernels.Cooling(effort.sweeps, 0.3 * scale_m, 0.01 * scale_m, scale_m, 50 * scale_m, effort.border, 0.0)
    kernels.anneal(net_of(graph), micro, grid, cooling, state_of(rng))
    return judge(graph, micro.label, bounds)


def _scale_m(graph: Graph, tier: kernels.Tier) -> float:
    """Measure how far a household has to its unit's centre, on average; at least a metre."""
    far_m = np.hypot(graph.x - tier.x[tier.label], graph.y - tier.y[tier.label])
    return max(float(np.average(far_m, weights=np.maximum(graph.households, 1))), 1.0)


def _start(graph: Graph, bounds: Bounds, effort: Effort, rng: np.random.Generator) -> Cut:
    return anneal_cut(graph, _grow_priced(graph, bounds, rng), bounds, effort, rng)


def _grow_priced(graph: Graph, bounds: Bounds, rng: np.random.Generator) -> Ints:
    """Grow regions from spread-out centres, raising the price of those too big and lowering it of those too small."""
    net = net_of(graph)
    centres = _spread_centres(graph, len(bounds.low), rng)
    sizes = np.bincount(_nearest(graph, centres), graph.households, len(centres))
    # the units that may be biggest go where most people are
    rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
    centres = centres[np.argsort(-(bounds.low + bounds.high), kind="stable")[rank].argsort()]
    price = np.zeros(len(centres))
    best = (np.inf, np.inf, np.zeros(graph.n, dtype=np.int64))
    for _ in range(_ROUNDS):
        label = kernels.grow(net, _seeds(graph, centres), centres[:, 0].copy(), centres[:, 1].copy(), price)
        tier = tier_of(graph, label, bounds)
        over = np.maximum(tier.size - bounds.high, 0) - np.maximum(bounds.low - tier.size, 0)
        scale_m = _scale_m(graph, tier)
        best = min(best, (float(np.abs(over).sum()), scale_m, label), key=lambda found: found[:2])
        price += scale_m * over / np.maximum(bounds.high, 1)
        centres = np.column_stack([tier.x, tier.y])
    return best[2]


def _spread_centres(graph: Graph, units: int, rng: np.random.Generator) -> Floats:
    """Choose centres far apart and move them to the middle of their households.

    Source: D. Arthur and S. Vassilvitskii, k-means++: the advantages of careful seeding, SODA 2007; S. Lloyd, 1982.
    """
    places = np.column_stack([graph.x, graph.y])
    weight = np.maximum(graph.households, 1).astype(np.float64)
    chosen = [int(rng.choice(graph.n, p=weight / weight.sum()))]
    square = ((places - places[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < units:
        chance = weight * square
        chance[chosen] = 0.0
        if chance.sum() == 0.0:
            chance = np.ones(graph.n)
            chance[chosen] = 0.0
        chosen.append(int(rng.choice(graph.n, p=chance / chance.sum())))
        square = np.minimum(square, ((places - places[chosen[-1]]) ** 2).sum(axis=1))
    centres: Floats = places[chosen]
    for _ in range(5):
        nearest = _nearest(graph, centres)
        total = np.bincount(nearest, weight, units)
        for axis in (0, 1):
            sums = np.bincount(nearest, weight * places[:, axis], units)
            centres[:, axis] = np.where(total > 0, sums / np.maximum(total, 1), centres[:, axis])
    return centres


def _nearest(graph: Graph, centres: Floats) -> Ints:
    far = (graph.x[:, None] - centres[:, 0]) ** 2 + (graph.y[:, None] - centres[:, 1]) ** 2
    return np.argmin(far, axis=1).astype(np.int64)


def _seeds(graph: Graph, centres: Floats) -> Ints:
    """Find the node nearest to each centre, no node twice."""
    free = np.ones(graph.n, dtype=np.bool_)
    seeds = np.empty(len(centres), dtype=np.int64)
    for unit, (x, y) in enumerate(centres):
        far = np.where(free, (graph.x - x) ** 2 + (graph.y - y) ** 2, np.inf)
        seeds[unit] = np.argmin(far)
        free[seeds[unit]] = False
    return seeds


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
    from gridgis.geo.topology import pieces

    piece = pieces(graph.n, a[inner], b[inner])
    return np.unique(piece, return_inverse=True)[1].astype(np.int64)


def cut_atoms(
    graph: Graph, bounds: Bounds, effort: Effort, rng: np.random.Generator
) -> tuple[Cut, npt.NDArray[np.bool_]]:
    """Cut a graph with natural villages whole where they fit; release the largest, one by one, while sizes break.

    Returns
    -------
        The best cut found, and for each natural village whether it was kept whole.
    """
    groups = int(graph.group.max(initial=NONE)) + 1
    lived_in = graph.group != NONE
    size = np.bincount(graph.group[lived_in], graph.households[lived_in], groups)
    whole = size <= bounds.high.max()
    least = max(int(bounds.low.sum() - graph.households.sum()), int(graph.households.sum() - bounds.high.sum()), 0)
    best: Cut | None = None
    kept = whole
    while True:
        atom = atoms_of(graph, whole)
        atoms = contract(graph, atom)
        if atoms.n >= len(bounds.low):
            found = cut_units(atoms, bounds, effort, rng)
            cut = judge(graph, found.label[atom], bounds)
            if best is None or cut.excess < best.excess:
                best, kept = cut, whole
        if not whole.any() or (best is not None and best.excess <= least):
            break
        largest = int(np.argmax(np.where(whole, size, -1)))
        whole = whole.copy()
        whole[largest] = False
    if best is None:
        raise AssertionError
    return best, kept
