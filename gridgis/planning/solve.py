"""Both tiers of one village: grids first, micro-grids inside them, then both polished together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gridgis.model.tiers import SizeRange, Weights
from gridgis.planning import annealing, exploring, kernels
from gridgis.planning.cutting import cut_tier, refine_cut
from gridgis.planning.graph import Graph, contract, edge_list, node_pieces, subgraph
from gridgis.planning.shares import Share, Totals, share_units, size_window
from gridgis.planning.tiers import (
    COOL,
    KICK,
    MEND,
    Bounds,
    Cut,
    Effort,
    Schedule,
    Search,
    atoms_of,
    cooling_of,
    judge,
    mean_walk_m,
    net_of,
    side_by_side,
    state_of,
    tier_of,
    whole_groups,
)

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_ANY_SIZE = SizeRange(1, 10**9)
_SETTLE = Schedule(60, (0.2, 0.01), (5.0, 100.0))
_POLISH = replace(KICK, sweeps=10)
_KICKS = 0.3, 1, 0.0


@dataclass(frozen=True)
class Units:
    """The grid and the micro-grid of each node, each numbered from 0; a micro-grid lies in one grid."""

    grid: Ints
    micro: Ints


@dataclass(frozen=True)
class Rules:
    """Sizes of both tiers, and what the wishes count."""

    grid: SizeRange
    micro: SizeRange
    weights: Weights


def split_land(graph: Graph, low: int) -> list[Ints]:
    """Split a graph into the pieces of land that are planned on their own.

    Parameters
    ----------
    graph
        The graph; bridges join its pieces.
    low
        Households of a unit, at least: a piece with fewer goes with the piece its bridge leads to.

    Returns
    -------
        Nodes of each piece, ascending; one piece where none is big enough.
    """
    piece = node_pieces(graph)
    size = np.bincount(piece, graph.households)
    home = np.where(size >= low, np.arange(len(size)), -1)
    if (home >= 0).sum() <= 1:
        return [np.arange(graph.n)]
    a, b, _ = edge_list(graph)
    apart = piece[a] != piece[b]
    links = sorted(zip(piece[a[apart]].tolist(), piece[b[apart]].tolist(), strict=True))
    while (home < 0).any():
        here, there = next(link for link in links if home[link[0]] >= 0 > home[link[1]])
        home[there] = home[here]
    owner = home[piece]
    return [np.flatnonzero(owner == one) for one in np.unique(owner)]


def solve_land(graph: Graph, share: Share, rules: Rules, effort: Effort, seed: Sequence[int]) -> Units:
    """Cut one piece of land into grids and micro-grids.

    Parameters
    ----------
    graph
        Its graph, connected over borders and bridges.
    share
        How many of each.
    rules
        Sizes and wishes.
    effort
        How hard to try.
    seed
        The same seed gives the same units.
    """
    bounds = _grid_bounds(share, rules), _bounds([rules.micro] * share.micro_grids)
    found: list[tuple[tuple[int, float], Units]] = []
    for attempt in range(effort.tries):
        search = Search(effort, rules.weights, np.random.default_rng([*seed, attempt]))
        units = _solve_once(graph, bounds, rules, search)
        found.append((_rank(graph, units, rules), units))
        if found[-1][0][0] <= share.excess:
            break
    return min(found, key=lambda one: one[0])[1]


def _grid_bounds(share: Share, rules: Rules) -> Bounds:
    each, extra = divmod(share.micro_grids, share.grids)
    return _bounds([size_window(rules.grid, rules.micro, each + (unit < extra)) for unit in range(share.grids)])


def _bounds(rules: Sequence[SizeRange]) -> Bounds:
    return Bounds(
        np.array([rule.low for rule in rules], dtype=np.int64), np.array([rule.high for rule in rules], dtype=np.int64)
    )


def _solve_once(graph: Graph, bounds: tuple[Bounds, Bounds], rules: Rules, search: Search) -> Units:
    grid = refine_cut(graph, cut_tier(graph, bounds[0], search), bounds[0], search)
    lands = _lands_of_grids(graph, grid.label, bounds, rules.micro)
    shares = share_units(
        [int(graph.households[nodes].sum()) for nodes in lands],
        [len(nodes) for nodes in lands],
        (_ANY_SIZE, rules.micro),
        Totals(len(lands), len(bounds[1].low)),
    )
    micro = _cut_lands(graph, lands, [share.micro_grids for share in shares], rules, search)
    return _polish(graph, Units(grid.label, micro), bounds, rules, search)


def _lands_of_grids(graph: Graph, grid: Ints, bounds: tuple[Bounds, Bounds], micro: SizeRange) -> list[Ints]:
    inside = [np.flatnonzero(grid == unit) for unit in range(len(bounds[0].low))]
    lands = [nodes[part] for nodes in inside for part in split_land(subgraph(graph, nodes), micro.low)]
    return lands if len(lands) <= len(bounds[1].low) else inside


def _cut_lands(graph: Graph, lands: Sequence[Ints], counts: Sequence[int], rules: Rules, search: Search) -> Ints:
    """Cut every grid into micro-grids, as many in each as make the walks of all shortest.

    Each land is cut into its even share of micro-grids, one more and one fewer; which number it gets is chosen for all
    lands together, so that the sum stays.
    """
    effort = search.effort
    spread, alone = [0], replace(effort, threads=1, runs=1, kicks=2 * effort.kicks // 3)
    if len(lands) > 1:
        spread = [-1, 0, 1]
        alone = replace(alone, starts=effort.starts // 2, mended=0, kicks=effort.kicks // 2, fine=0)
    cases = [
        (row, count + more)
        for row, (nodes, count) in enumerate(zip(lands, counts, strict=True))
        for more in spread
        if 1 <= count + more <= len(nodes)
    ]
    parts = [subgraph(graph, nodes) for nodes in lands]

    def cut_land(case: tuple[tuple[int, int], np.random.Generator]) -> Cut:
        (row, count), chance = case
        # the price of a natural village is a part of the whole tier's walk, of which this land's is a part
        whole = rules.weights.whole * graph.households.sum() / max(parts[row].households.sum(), 1)
        search_here = Search(alone, replace(rules.weights, whole=float(whole)), chance)
        return cut_tier(parts[row], _bounds([rules.micro] * count), search_here)

    cuts = side_by_side(cut_land, list(zip(cases, search.rng.spawn(len(cases)), strict=True)), effort)
    found = dict(zip(cases, cuts, strict=True))
    micro = np.zeros(graph.n, dtype=np.int64)
    first = 0
    for row, count in enumerate(_choose_counts(found, len(lands), sum(counts), rules.weights.whole)):
        micro[lands[row]] = first + found[row, count].label
        first += count
    return micro


def _choose_counts(found: dict[tuple[int, int], Cut], lands: int, total: int, whole: float) -> list[int]:
    """Choose a number of units of each land so that they add up to the total and rank best in sum."""
    ways: dict[int, tuple[tuple[int, float], list[int]]] = {0: ((0, 0.0), [])}
    for row in range(lands):
        further: dict[int, tuple[tuple[int, float], list[int]]] = {}
        for before, ((over, walk_m), counts) in ways.items():
            for count, cut in ((c, cut) for (r, c), cut in found.items() if r == row):
                more_over, more_m = cut.rank(whole)
                way = (over + more_over, walk_m + more_m), [*counts, count]
                if before + count not in further or way[0] < further[before + count][0]:
                    further[before + count] = way
        ways = further
    return ways[total][1]


def _polish(graph: Graph, units: Units, bounds: tuple[Bounds, Bounds], rules: Rules, search: Search) -> Units:
    """Better both tiers at once; natural villages that are whole stay whole."""
    atom = atoms_of(graph, whole_groups(graph, units.micro))
    atoms = contract(graph, atom)
    kept = (atoms.group >= 0) & np.append(whole_groups(graph, units.grid), [False])[atoms.group]
    net = net_of(graph, rules.weights, atom, kept)
    first = np.unique(atom, return_index=True)[1]
    grid, micro = tier_of(net, bounds[0], units.grid[first]), tier_of(net, bounds[1], units.micro[first])
    mean_m = mean_walk_m(net, micro)

    def cool(schedule: Schedule) -> annealing.Cooling:
        head_m = rules.weights.heads * graph.households.sum() / len(bounds[1].low) if graph.head.any() else 0.0
        return cooling_of(schedule, mean_m, rules.weights, both=True)._replace(head_m=float(head_m))

    annealing.anneal(net, micro, grid, cool(_SETTLE), state_of(search.rng))
    kicks = search.effort.polish * len(bounds[1].low)
    exploring.explore(net, micro, grid, cool(_POLISH), exploring.Kicks(kicks, *_KICKS), state_of(search.rng))
    annealing.anneal(net, micro, grid, cool(COOL), state_of(search.rng))
    best = min(units, _spread_out(grid, micro, atom), key=lambda one: _rank(graph, one, rules))
    least = bounds[0].least_excess(graph) + bounds[1].least_excess(graph)
    for _ in range(search.effort.mends):
        if kernels.total_excess(grid) + kernels.total_excess(micro) <= least:
            break
        annealing.anneal(net, micro, grid, cool(MEND), state_of(search.rng))
        best = min(best, _spread_out(grid, micro, atom), key=lambda one: _rank(graph, one, rules))
    return best


def _spread_out(grid: kernels.Tier, micro: kernels.Tier, atom: Ints) -> Units:
    return Units(grid.label[atom], micro.label[atom])


def _rank(graph: Graph, units: Units, rules: Rules) -> tuple[int, float]:
    """Order plans, the best first: households out of range in both tiers, then walks and natural villages divided."""
    grid, micro = (
        judge(graph, label, _bounds([rule] * (int(label.max()) + 1)), rules.weights)
        for label, rule in ((units.grid, rules.grid), (units.micro, rules.micro))
    )
    weights = rules.weights
    (grid_excess, grid_m), (micro_excess, micro_m) = (cut.rank(weights.whole) for cut in (grid, micro))
    return grid_excess + micro_excess, micro_m + weights.grid_walk * grid_m
