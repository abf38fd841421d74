"""Prove how short the walk to micro-grids can be where a place is small, and write docs/planning-proof.md.

Usage: ``python -m benchmarks.planning.proof [--places schellenberg] [--branchings 0]``. It takes minutes a place.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.planning.places import PLACES, read_layers, request_of
from benchmarks.planning.problem import Ints
from gridgis.geo.fabric import cut_fabric
from gridgis.model.tiers import SizeRange
from gridgis.planning.bounds import Settlement, bound_walk_m
from gridgis.planning.graph import Graph, contract, edge_list
from gridgis.planning.lands import share_land
from gridgis.planning.proof import prove_walk
from gridgis.planning.score import walk_m_mean
from gridgis.planning.solve import Rules, solve_land
from gridgis.planning.tiers import Effort, atoms_of, group_sizes

DOCS = Path(__file__).parents[2] / "docs" / "planning-proof.md"
_ROUNDS = 16
_SMALL = [name for name, (grids, _) in PLACES.items() if grids == 1]
_HEAD = """# How short the walk can be

`python -m benchmarks.planning.proof` wrote this on {on}. For micro-grids of a place of one grid: the mean walk from a
household to its unit's medoid, in metres, at the number of units and in the sizes of the
[benchmark](planning-benchmark.md).

* **plan**: what `gridgis plan` finds with seed 0.
* **any shape**: no units in range walk less, connected or not.
* **connected**: no units in range and in one piece on the graph that we plan on walk less; a node of it is a building
  with the empty land that is nearest to it. Linear programme with walls between a unit's middle and its households,
  by HiGHS.
* **best known**: the shortest legal units that came up on the way.

| place | natural villages that fit | plan | any shape | connected | best known | left open, % | CPU, s |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
_ROW = "| {place} | {kept} | {plan:.1f} | {loose:.1f} | {bound:.1f} | {best:.1f} | {gap:.2f} | {cpu:.0f} |"


def prove_place(name: str, branchings: int) -> Iterator[str]:
    """Prove the walk to a place's micro-grids, natural villages that fit whole and not; a row of the table each."""
    request = request_of(name)
    layers = read_layers(name)
    (land,), (share,) = share_land(cut_fabric(layers), layers, request)
    graph = land.graph
    rules = Rules(request.grid_size, request.micro_size, request.weights)
    unit = solve_land(graph, share, rules, Effort(), (request.seed, 0)).micro
    whole = atoms_of(graph, group_sizes(graph) <= request.micro_size.high)
    for kept, item in (("whole", whole), ("whole or cut", np.arange(graph.n))):
        start = time.process_time()
        proved = prove_items(graph, (unit, item), request.micro_size, branchings)
        yield _ROW.format(place=name.capitalize(), kept=kept, cpu=time.process_time() - start, **proved)


def prove_items(graph: Graph, cut: tuple[Ints, Ints], size: SizeRange, branchings: int) -> dict[str, float]:
    """Prove the mean walk for nodes that stay together by item, given units of the nodes.

    Returns
    -------
        Metres: ``plan`` of the units given, ``loose`` the bound for units of any shape, ``bound`` that for connected
        ones, ``best`` of the best known; ``gap`` is what lies between the last two, in per cent.
    """
    unit, item = cut
    window = size.low, size.high
    places_m = np.column_stack([graph.x, graph.y])
    settlement = Settlement(places_m, graph.households, item, unit)
    edges = edge_list(contract(graph, item))[:2]
    proof = prove_walk(settlement, edges, window, branchings)
    total = int(graph.households.sum())
    return {
        "plan": walk_m_mean(places_m, graph.households, unit),
        "loose": bound_walk_m(settlement, window, _ROUNDS) / total,
        "bound": proof.bound_m / total,
        "best": proof.walk_m / total,
        "gap": 100 * (1 - proof.bound_m / proof.walk_m),
    }


def main() -> None:
    """Prove all, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", nargs="+", choices=_SMALL, default=_SMALL)
    parser.add_argument("--branchings", type=int, default=0)
    asked = parser.parse_args()
    rows = [row for name in asked.places for row in prove_place(name, asked.branchings)]
    text = _HEAD.format(on=date.today()) + "\n".join(rows) + "\n"  # noqa: DTZ011
    DOCS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
