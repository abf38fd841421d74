"""Cut a graph into a number of connected units in range, with natural villages whole where they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isqrt

import numpy as np
import numpy.typing as npt

from gridgis.model.tiers import Weights
from gridgis.planning import annealing, exploring, growing, kernels
from gridgis.planning.graph import NONE, Graph, contract, edge_list
from gridgis.planning.tiers import (
    COOL,
    KICK,
    MEND,
    REFINE,
    START,
    Bounds,
    Cut,
    Schedule,
    Search,
    atoms_of,
    cooling_of,
    fitting_groups,
    group_sizes,
    judge,
    mean_walk_m,
    net_of,
    side_by_side,
    state_of,
    tier_of,
    whole_groups,
    whole_land,
)

Ints = npt.NDArray[np.int64]

Draft = tuple[Ints, kernels.Tier]
"""Atom of each node, and the tier of the atoms."""

_ROUNDS = 8
_SMALLEST = 3
_MOVES, _HOPS, _SLACK = 0.7, 2, 0.01


def cut_tier(graph: Graph, bounds: Bounds, search: Search) -> Cut:
    """Cut a graph into connected units, natural villages whole where they fit unless cutting one saves its price.

    The work is done on clumps of a few households, on small land by buildings: first as if there were no natural
    villages, then with all contracted that fit, from new centres and from the same; and, where that walks farther than
    cutting one would be worth, with all but one of those that the free cut divides.

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
    clump = np.arange(graph.n) if graph.n <= search.effort.fine else _clump(graph, bounds)
    coarse = contract(graph, clump)
    kicks = search.effort.kicks * units
    plain = replace(search, effort=replace(search.effort, mended=0))
    alone = np.arange(coarse.n), _start_anew(net_of(coarse, weights), bounds, kicks // 3, plain)

    def rank(draft: Draft) -> tuple[int, float]:
        return _judge_draft(coarse, draft, bounds, weights).rank(weights.whole)

    promising = sorted([alone, *_keep_groups_whole(coarse, alone, bounds, search)], key=rank)[: search.effort.runs]

    def run(case: tuple[Draft, np.random.Generator]) -> Draft:
        (atom, tier), chance = case
        _kick(net_of(coarse, weights, atom), tier, kicks, replace(search, rng=chance))
        return atom, tier

    cases = list(zip(promising, search.rng.spawn(len(promising)), strict=True))
    atom, best = min(side_by_side(run, cases, search.effort), key=rank)
    return judge(graph, best.label[atom][clump], bounds, weights)


def _judge_draft(graph: Graph, draft: Draft, bounds: Bounds, weights: Weights) -> Cut:
    atom, tier = draft
    return judge(graph, tier.label[atom], bounds, weights)


def _keep_groups_whole(graph: Graph, free: Draft, bounds: Bounds, search: Search) -> list[Draft]:
    """Cut again with the natural villages whole that fit and, unless that is as good, with all but one of them.

    The one is taken of those that the free cut divides.
    """
    fits = fitting_groups(graph, bounds)
    known = _judge_draft(graph, free, bounds, search.weights)

    def cut_all(released: Sequence[int], *, anew: bool) -> list[Draft]:
        kept = [atoms_of(graph, fits & (np.arange(len(fits)) != one)) for one in released]
        kept = [atom for atom in kept if atom.max() + 1 >= len(bounds.low)]
        cases = zip(kept, search.rng.spawn(len(kept)), strict=True)
        centres = None if anew else free[1]

        def cut(case: tuple[Ints, np.random.Generator]) -> Draft:
            effort = search.effort if len(kept) == 1 else replace(search.effort, threads=1)
            return case[0], _cut_atoms(graph, case[0], (centres, bounds), replace(search, effort=effort, rng=case[1]))

        return side_by_side(cut, list(cases), search.effort)

    whole = [*cut_all([NONE], anew=True), *cut_all([NONE], anew=False)]
    enough = bounds.least_excess(graph), known.walk_m * (1.0 + search.weights.whole)
    if any(_judge_draft(graph, draft, bounds, search.weights).rank(search.weights.whole) <= enough for draft in whole):
        return whole
    divided = np.flatnonzero(fits & ~whole_groups(graph, known.label))
    largest = divided[np.argsort(-group_sizes(graph)[divided], kind="stable")][: search.effort.releases]
    return whole + cut_all(largest.tolist(), anew=False)


def _cut_atoms(graph: Graph, atom: Ints, task: tuple[kernels.Tier | None, Bounds], search: Search) -> kernels.Tier:
    """Cut a graph of atoms from given centres; from new ones where there are none, or none good for whole atoms."""
    centres, bounds = task
    net = net_of(graph, search.weights, atom)
    kicks = search.effort.kicks * len(bounds.low) // 5
    if centres is not None:
        tier = tier_of(net, bounds)
        tier.x[:], tier.y[:] = centres.x, centres.y
        _grow_and_anneal(net, tier, search)
        _kick(net, tier, kicks, search)
        if kernels.total_excess(tier) <= bounds.least_excess(graph):
            return tier
    return _start_anew(net, bounds, kicks, search)


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
        _anneal(net, tier, schedule, search)
        if schedule is REFINE:
            _kick(net, tier, search.effort.refine * len(bounds.low), search)
            _anneal(net, tier, COOL, search)
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


def _start_anew(net: kernels.Net, bounds: Bounds, kicks: int, search: Search) -> kernels.Tier:
    """Cut a graph from centres spread anew, several times; mend and kick the most promising; keep the best."""
    effort = search.effort

    def start(chance: np.random.Generator) -> kernels.Tier:
        tier = tier_of(net, bounds)
        growing.spread_centres(net, tier, state_of(chance))
        _grow_and_anneal(net, tier, replace(search, rng=chance))
        return tier

    def better(case: tuple[kernels.Tier, np.random.Generator]) -> kernels.Tier:
        tier, apart = tier_of(net, bounds, case[0].label), replace(search, rng=case[1])
        if kernels.total_excess(tier) > 0:
            _anneal(net, tier, MEND, apart)
        _kick(net, tier, kicks, apart)
        return tier

    found = side_by_side(start, search.rng.spawn(effort.starts), effort)
    # a short walk with a few households out of range may lead farther than a long one in range
    found.sort(key=lambda one: _cost_m(net, one, 1.0))
    short = [one for one in found if kernels.total_excess(one) > 0][: effort.mended] * (effort.mends // 2)
    legal = [one for one in found if kernels.total_excess(one) == 0][:1]
    promising = [*legal, *short] or found[:1]
    cases = list(zip(promising, search.rng.spawn(len(promising)), strict=True))
    return min(side_by_side(better, cases, effort), key=lambda one: _cost_m(net, one, START.excess[1]))


def _cost_m(net: kernels.Net, tier: kernels.Tier, excess: float) -> float:
    """Add up the walk, and households out of range at a price in mean walks."""
    return float(kernels.total_walk_m(net, tier)) + excess * mean_walk_m(net, tier) * int(kernels.total_excess(tier))


def _grow_and_anneal(net: kernels.Net, tier: kernels.Tier, search: Search) -> None:
    growing.grow_priced(net, tier, _ROUNDS)
    _anneal(net, tier, START, search)


def _anneal(net: kernels.Net, tier: kernels.Tier, schedule: Schedule, search: Search) -> None:
    cooling = cooling_of(schedule, mean_walk_m(net, tier), search.weights)
    annealing.anneal(net, tier, whole_land(net), cooling, state_of(search.rng))


def _kick(net: kernels.Net, tier: kernels.Tier, count: int, search: Search) -> None:
    cooling = cooling_of(KICK, mean_walk_m(net, tier), search.weights)
    slack_m = _SLACK * float(kernels.total_walk_m(net, tier)) / len(tier.x)
    kicks = exploring.Kicks(count, _MOVES, _HOPS, slack_m)
    exploring.explore(net, tier, whole_land(net), cooling, kicks, state_of(search.rng))
