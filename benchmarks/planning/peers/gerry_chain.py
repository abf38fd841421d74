"""GerryChain: recursive cuts of random spanning trees, with a surcharge on borders of natural villages.

Usage: ``python -m benchmarks.planning.peers.gerry_chain PROBLEM SEED OUT``.
"""

from __future__ import annotations

import random
from functools import partial

import networkx as nx
import numpy as np
from gerrychain import Graph
from gerrychain.partition.initial_partition_generators import recursive_tree_part
from gerrychain.tree import bipartition_tree

from benchmarks.planning.problem import Ints, Problem, answer, cut_twice

SURCHARGE = 1.0
"""Makes every edge between natural villages weigh more than any inside one, so that cuts are sought there first."""
_JUST_INSIDE = 1 - 1e-9


def _prepare(problem: Problem) -> nx.Graph:
    graph = nx.Graph()
    for node, (households, group) in enumerate(zip(problem.households.tolist(), problem.group.tolist(), strict=True)):
        graph.add_node(node, households=households, natural_village=None if group < 0 else group)
    near = np.repeat(np.arange(len(problem.start) - 1), np.diff(problem.start))
    graph.add_edges_from(zip(near.tolist(), problem.end.tolist(), strict=True))
    return graph


def _solve(graph: nx.Graph, problem: Problem, seed: int) -> tuple[Ints, Ints]:
    rng = random.Random(seed)  # noqa: S311 — nothing secret
    method = partial(bipartition_tree, region_surcharge={"natural_village": SURCHARGE})

    def cut(nodes: Ints, units: int, size: Ints) -> Ints:
        if units == 1:
            return np.zeros(len(nodes), dtype=np.int64)
        part = nx.convert_node_labels_to_integers(graph.subgraph(nodes.tolist()), ordering="sorted")
        mean = float(problem.households[nodes].sum()) / units
        slack = min(size[1] / mean - 1, 1 - size[0] / mean) * _JUST_INSIDE
        of_node = recursive_tree_part(
            Graph.from_networkx(part), range(units), mean, "households", slack, bipartition_tree_fn=method, rng=rng
        )
        return np.array([of_node[row] for row in range(len(nodes))], dtype=np.int64)

    grid, micro = cut_twice(problem.households, problem, cut)
    return grid[problem.node], micro[problem.node]


if __name__ == "__main__":
    answer(_prepare, _solve)
