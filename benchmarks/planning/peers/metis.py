"""METIS through pymetis: the fewest edges cut, units connected, with a ceiling on how much one may exceed the mean.

Usage: ``python -m benchmarks.planning.peers.metis PROBLEM SEED OUT WEIGHTS``; WEIGHTS is ``edges``, each counting the
same, or ``borders``, each counting by its length.
"""

from __future__ import annotations

import sys

import numpy as np
import pymetis

from benchmarks.planning.problem import Ints, Problem, answer, cut_twice

_LENGTH_STEP_M = 0.1
_THOUSANDTHS = 1000


def _prepare(problem: Problem) -> Ints:
    """Weigh edges; METIS wants whole numbers above 0."""
    if sys.argv[4] == "edges":
        return np.ones(len(problem.end), dtype=np.int64)
    return np.maximum(np.round(problem.border_m / _LENGTH_STEP_M), 1).astype(np.int64)


def _solve(weights: Ints, problem: Problem, seed: int) -> tuple[Ints, Ints]:
    near = np.repeat(np.arange(len(problem.start) - 1), np.diff(problem.start))

    def cut(nodes: Ints, units: int, size: Ints) -> Ints:
        if units == 1:
            return np.zeros(len(nodes), dtype=np.int64)
        row = np.full(len(problem.households), -1, dtype=np.int64)
        row[nodes] = np.arange(len(nodes))
        kept = (row[near] >= 0) & (row[problem.end] >= 0)
        starts = np.searchsorted(row[near[kept]], np.arange(len(nodes) + 1))
        mean = float(problem.households[nodes].sum()) / units
        slack = min(size[1] / mean - 1, 1 - size[0] / mean)
        options = pymetis.Options(seed=seed, contig=1, ufactor=max(int(_THOUSANDTHS * slack), 1))
        found = pymetis.part_graph(
            units,
            pymetis.CSRAdjacency(starts, row[problem.end[kept]]),
            vweights=problem.households[nodes],
            eweights=weights[kept],
            recursive=False,
            options=options,
        )
        return np.array(found.vertex_part, dtype=np.int64)

    grid, micro = cut_twice(problem.households, problem, cut)
    return grid[problem.node], micro[problem.node]


if __name__ == "__main__":
    answer(_prepare, _solve)
