"""k-means-constrained: even sizes by minimum-cost flow, on the households' points.

Usage: ``python -m benchmarks.planning.peers.k_means PROBLEM SEED OUT STARTS``, STARTS being the library's ``n_init``.
"""

from __future__ import annotations

import sys

import numpy as np
from k_means_constrained import KMeansConstrained

from benchmarks.planning.problem import Floats, Ints, Problem, answer, cut_twice


def _prepare(problem: Problem) -> Floats:
    return problem.places_m - problem.places_m.mean(axis=0)


def _solve(places_m: Floats, problem: Problem, seed: int) -> tuple[Ints, Ints]:
    starts = int(sys.argv[4])

    def cut(rows: Ints, units: int, size: Ints) -> Ints:
        if units == 1:
            return np.zeros(len(rows), dtype=np.int64)
        low, high = size.tolist()
        planner = KMeansConstrained(units, size_min=low, size_max=high, n_init=starts, random_state=seed)
        return planner.fit_predict(places_m[rows]).astype(np.int64)

    return cut_twice(np.ones(len(places_m), dtype=np.int64), problem, cut)


if __name__ == "__main__":
    answer(_prepare, _solve)
