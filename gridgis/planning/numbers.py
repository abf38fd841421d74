"""How many units a village keeps: those it has, unless other numbers keep the rules that these cannot keep."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gridgis.model.tiers import SizeRange
from gridgis.planning.shares import least_excess

Rules = tuple[SizeRange, SizeRange]
Structure = tuple[int, ...]
"""Micro-grids of each grid."""

_TRIED = 300


class Step(NamedTuple):
    """One change of the numbers of units.

    A grid has a micro-grid more (``add``) or fewer (``drop``), is cut in two (``split``), or goes into another
    (``merge``). ``many`` is the number of micro-grids of the grid; ``other`` those that the new grid takes over, or
    those of the grid that it goes into.
    """

    kind: str
    many: int
    other: int = 0


def structure_excess(households: int, structure: Structure, rules: Rules) -> int:
    """Compute the least total excess of both tiers with a given number of micro-grids in each grid.

    Parameters
    ----------
    households
        Households to share out.
    structure
        Micro-grids of each grid.
    rules
        Sizes of a grid and of a micro-grid.

    Source: the excess of a grid is convex in its size, with slopes from -2 to 2 between four bounds; the best sizes
    fill the slopes of all grids from the steepest descent up.

    Examples
    --------
    >>> rules = SizeRange(300, 500), SizeRange(50, 100)
    >>> [structure_excess(603, structure, rules) for structure in ((3, 3), (3, 4), (6,))]
    [3, 0, 106]
    """
    grid, micro = rules
    lengths = [0, 0, 0, 0]
    total = 0
    for many in structure:
        bounds = sorted((grid.low, grid.high, micro.low * many, micro.high * many))
        for slope in range(4):
            lengths[slope] += bounds[slope] - (bounds[slope - 1] if slope else 0)
        total += grid.low + micro.low * many
    left = households
    for slope, length in zip((-2, -1, 0, 1), lengths, strict=True):
        step = min(left, length)
        total += slope * step
        left -= step
    return total + 2 * left


def fewest_excess(households: int, rules: Rules, most: int) -> int:
    """Compute the least total excess of both tiers with any numbers of units, at most ``most`` of a tier."""
    counts = [np.arange(1, max(min(households // rule.low + 2, most), 1) + 1) for rule in rules]
    k, m = np.meshgrid(*counts, indexing="ij")
    kept = m >= k
    return int(least_excess(households, (k[kept], m[kept]), *rules).min())


def choose_steps(households: int, structure: Structure, rules: Rules, goal: tuple[int, int]) -> list[Step]:
    """Find the changes of the numbers that bring the least excess down, dissolving and founding as little as possible.

    Parameters
    ----------
    households, structure, rules
        As for :func:`structure_excess`.
    goal
        Excess that is good enough, and units of a tier that there can be at most.

    Returns
    -------
        Steps in order; none where the numbers are good enough as they are, or no others are better.

    Examples
    --------
    >>> rules = SizeRange(300, 500), SizeRange(50, 100)
    >>> choose_steps(603, (3, 3), rules, (0, 603))
    [Step(kind='add', many=3, other=0)]
    """
    enough, most = goal
    structure = tuple(sorted(structure))
    start = structure_excess(households, structure, rules)
    best: tuple[int, list[Step]] = start, []
    seen = {structure}
    heap: list[tuple[int, int, Structure, list[Step]]] = [(start, 0, structure, [])]
    for _ in range(_TRIED):
        if not heap or best[0] <= enough:
            break
        _, price, here, steps = heapq.heappop(heap)
        for step, there, dear in _following(here, rules, most):
            if there in seen:
                continue
            seen.add(there)
            excess = structure_excess(households, there, rules)
            if excess < best[0]:
                best = excess, [*steps, step]
            heapq.heappush(heap, (price + dear + excess, price + dear, there, [*steps, step]))
    return best[1]


def _following(structure: Structure, rules: Rules, most: int) -> Iterator[tuple[Step, Structure, int]]:
    """Walk over the numbers one step away, and the households that the step moves at least."""
    grid, micro = rules
    room = sum(structure) < most
    for many in sorted(set(structure)):
        rest = list(structure)
        rest.remove(many)
        if room:
            yield Step("add", many), _sorted(rest, many + 1), micro.low
        if many > 1:
            yield Step("drop", many), _sorted(rest, many - 1), micro.low
        if many > 1 or room:
            for part in range(1, max(many, 2)):
                yield Step("split", many, part), _sorted(rest, max(many - part, 1), part), grid.low
        for other in sorted(set(rest)):
            others = list(rest)
            others.remove(other)
            yield Step("merge", many, other), _sorted(others, many + other), grid.low


def _sorted(rest: list[int], *more: int) -> Structure:
    return tuple(sorted([*rest, *more]))
