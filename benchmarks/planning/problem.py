"""What a planner is given and what it answers, as plain arrays: the only thing that we and the peers share.

Peers live in an environment of their own, so this module knows numpy and the standard library alone.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Result = TypeVar("Result")
Prepared = TypeVar("Prepared")


@dataclass(frozen=True)
class Problem:
    """A village to be cut into two tiers.

    Parameters
    ----------
    places_m
        Place of each household, shape (n, 2), metres.
    node
        Node of the graph that each household lives in.
    start, end, border_m
        Neighbours of node v are ``end[start[v]:start[v + 1]]``; their common border in metres, 0 for a bridge.
    households
        Households of each node.
    group
        Natural village of each node, from 0; -1 for none.
    units
        How many grids and micro-grids.
    grid_size, micro_size
        Households of a unit, at least and at most.
    """

    places_m: Floats
    node: Ints
    start: Ints
    end: Ints
    border_m: Floats
    households: Ints
    group: Ints
    units: Ints
    grid_size: Ints
    micro_size: Ints


@dataclass(frozen=True)
class Cost:
    """What a piece of work took.

    Parameters
    ----------
    cpu_s
        User and system seconds of all threads.
    more_mb
        What the peak of the work added to the memory in use.
    peak_mb
        The peak of the whole process since the last measurement, what it imported included.
    """

    cpu_s: float
    more_mb: float
    peak_mb: float


def save_problem(problem: Problem, path: Path) -> None:
    """Write a problem to a file."""
    np.savez(path, **asdict(problem))


def load_problem(path: Path) -> Problem:
    """Read a problem from a file."""
    with np.load(path) as arrays:
        return Problem(**arrays)


def measure(work: Callable[[], Result]) -> tuple[Result, Cost]:
    """Do some work and say what it took.

    Source
    ------
    Linux, proc(5): writing 5 to ``clear_refs`` sets the peak ``VmHWM`` back to what is in use; malloc_trim(3).
    """
    gc.collect()
    # memory that was freed but not given back would hide what the work takes
    ctypes.CDLL(None).malloc_trim(0)
    earlier_mb = _memory_mb("VmHWM")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before_mb = _memory_mb("VmRSS")
    start = time.process_time()
    result = work()
    cpu_s = time.process_time() - start
    peak_mb = _memory_mb("VmHWM")
    return result, Cost(cpu_s, max(peak_mb - before_mb, 0.0), max(peak_mb, earlier_mb))


def _memory_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def share_micro_grids(sizes: Ints, total: int, size: Ints) -> Ints:
    """Share a number of micro-grids among grids in proportion to their households.

    Parameters
    ----------
    sizes
        Households of each grid.
    total
        How many micro-grids.
    size
        Households of a micro-grid, at least and at most; kept as long as the sum allows it.

    Examples
    --------
    >>> share_micro_grids(np.array([300, 500]), 11, np.array([50, 100])).tolist()
    [4, 7]
    """
    quota = sizes * total / sizes.sum()
    least = np.maximum(-(-sizes // size[1]), 1)
    most = np.maximum(sizes // size[0], least)
    shares = np.clip(np.floor(quota).astype(np.int64), least, most)
    while shares.sum() != total:
        up = shares.sum() < total
        free = shares < most if up else shares > least
        if not free.any():
            free = np.ones(len(shares), dtype=bool) if up else shares > 1
        lack = np.where(free, (quota - shares) * (1 if up else -1), -np.inf)
        shares[np.argmax(lack)] += 1 if up else -1
    return shares


def cut_twice(size: Ints, problem: Problem, cut: Callable[[Ints, int, Ints], Ints]) -> tuple[Ints, Ints]:
    """Cut into grids, then each grid into micro-grids, as a user of a planner with one tier would.

    Parameters
    ----------
    size
        Households of each thing that is cut: households one by one, or nodes.
    problem
        The problem.
    cut
        Cuts some things, given by ascending numbers, into a number of units of a size; returns labels from 0.

    Returns
    -------
        Grid and micro-grid of each thing.
    """
    grids, micro_grids = problem.units.tolist()
    grid = cut(np.arange(len(size)), grids, problem.grid_size)
    sizes = np.bincount(grid, size, grids).astype(np.int64)
    micro = np.zeros(len(size), dtype=np.int64)
    first = 0
    for number, share in enumerate(share_micro_grids(sizes, micro_grids, problem.micro_size)):
        inside = np.flatnonzero(grid == number)
        if len(inside) > 0:
            micro[inside] = first + cut(inside, int(share), problem.micro_size)
        first += int(share)
    return grid, micro


def answer(
    prepare: Callable[[Problem], Prepared], solve: Callable[[Prepared, Problem, int], tuple[Ints, Ints]]
) -> None:
    """Solve the problem that the command line names (file, seed), and write labels by household and cost (file).

    Parameters
    ----------
    prepare
        Brings the problem into the planner's own form; its time does not count.
    solve
        Gives the grid and the micro-grid of each household.
    """
    path, seed, out = sys.argv[1:4]
    problem = load_problem(Path(path))
    prepared = prepare(problem)
    (grid, micro), cost = measure(lambda: solve(prepared, problem, int(seed)))
    np.savez(out, grid=grid, micro=micro, **asdict(cost))
