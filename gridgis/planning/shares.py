"""Arithmetic first: how many grids and micro-grids each piece of land gets, so that the total excess is least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgis.model.errors import CallError
from gridgis.model.tiers import SizeRange

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_EXCESS_WEIGHT = 1e6


@dataclass(frozen=True)
class Share:
    """Units of one piece of land.

    Parameters
    ----------
    grids, micro_grids
        How many.
    excess
        Households by which units must leave their ranges, both tiers summed, whatever the shapes.
    """

    grids: int
    micro_grids: int
    excess: int


@dataclass(frozen=True)
class Totals:
    """Units of the whole township; None leaves a tier free."""

    grids: int | None
    micro_grids: int | None


def size_window(grid: SizeRange, micro: SizeRange, micro_grids: int) -> SizeRange:
    """Choose the sizes at which a grid of ``micro_grids`` micro-grids breaks the two tiers' rules least.

    Source: the excess is convex in the size and its slope rises by one at each of four bounds; it is least between
    the second and the third.

    Examples
    --------
    >>> size_window(SizeRange(300, 500), SizeRange(50, 100), 4)
    SizeRange(low=300, high=400)
    """
    bounds = sorted([grid.low, micro.low * micro_grids, grid.high, micro.high * micro_grids])
    return SizeRange(bounds[1], bounds[2])


def least_excess(households: int, counts: tuple[Ints, Ints], grid: SizeRange, micro: SizeRange) -> Ints:
    """Compute the least total excess of both tiers.

    Parameters
    ----------
    households
        Households to share out.
    counts
        Numbers of grids and of micro-grids, two arrays of one shape; at least one micro-grid a grid.
    grid, micro
        The rules.

    Returns
    -------
        Households out of range, of the arrays' shape.

    Source: the excess of a grid is jointly convex in its size and its number of micro-grids, so sharing micro-grids
    evenly is best, and the best sizes fill the convex functions' slopes from the steepest descent up.

    Examples
    --------
    >>> both = SizeRange(300, 500), SizeRange(50, 100)
    >>> least_excess(950, (np.array([3, 3, 1]), np.array([9, 10, 9])), *both)
    array([ 50,   0, 500])
    """
    k, m = counts
    each, extra = np.divmod(m, k)
    total = np.zeros(k.shape, dtype=np.int64)
    lengths = np.zeros((4, *k.shape), dtype=np.int64)
    for j, times in ((each, k - extra), (each + 1, extra)):
        bounds = np.sort(
            np.stack([np.full_like(j, grid.low), np.full_like(j, grid.high), micro.low * j, micro.high * j]), axis=0
        )
        lengths += np.diff(bounds, axis=0, prepend=0) * times
        total += (grid.low + micro.low * j) * times
    left = np.full(k.shape, households, dtype=np.int64)
    for slope, length in zip((-2, -1, 0, 1), lengths, strict=True):
        step = np.minimum(left, length)
        total += slope * step
        left -= step
    return total + 2 * left


def share_units(
    households: Sequence[int], buildings: Sequence[int], rules: tuple[SizeRange, SizeRange], totals: Totals
) -> list[Share]:
    """Share the units out among pieces of land so that the total excess is the least possible.

    Parameters
    ----------
    households
        Households of each piece of land.
    buildings
        Most units each piece of land can be cut into, because a building is never cut; at least 1.
    rules
        Sizes of a grid and of a micro-grid.
    totals
        How many units there must be in all.

    Returns
    -------
        One share a piece of land. Among equals, the one nearest to sizes in the middle of the ranges, or to equal
        sizes where a total is given.

    Raises
    ------
    CallError
        If the total cannot be had: fewer units than pieces of land, or more than buildings.

    Examples
    --------
    >>> rules = SizeRange(300, 500), SizeRange(50, 100)
    >>> share_units([550, 900], [550, 900], rules, Totals(None, None))
    [Share(grids=1, micro_grids=7, excess=50), Share(grids=2, micro_grids=12, excess=0)]
    """
    _check_totals(totals, buildings)
    n = sum(households)
    middles = [
        max(n, 1) / total if total else (rule.low + rule.high) / 2
        for rule, total in zip(rules, (totals.grids, totals.micro_grids), strict=True)
    ]
    most = [
        (totals.grids or cap) - (len(buildings) - 1) if totals.grids else _enough(size, rules[0], cap)
        for size, cap in zip(households, buildings, strict=True)
    ]
    tables = []
    for size, cap, k_most in zip(households, buildings, most, strict=True):
        m_most = totals.micro_grids - (len(buildings) - 1) if totals.micro_grids else _enough(size, rules[1], cap)
        k, m = np.meshgrid(np.arange(1, min(k_most, cap) + 1), np.arange(1, min(m_most, cap) + 1), indexing="ij")
        excess = least_excess(size, (k, m), *rules)
        off = [(c - size / mid) ** 2 / max(size / mid, 1.0) for c, mid in zip((k, m), middles, strict=True)]
        tables.append(np.where(m >= k, excess * _EXCESS_WEIGHT + off[0] + off[1], np.inf))
    chosen = _cheapest(tables, totals)
    return [
        Share(k, m, int(least_excess(size, (np.array([k]), np.array([m])), *rules)[0]))
        for size, (k, m) in zip(households, chosen, strict=True)
    ]


def _enough(households: int, rule: SizeRange, cap: int) -> int:
    return min(households // rule.low + 2, cap)


def _check_totals(totals: Totals, buildings: Sequence[int]) -> None:
    for tier, total, least in (
        ("grid", totals.grids, len(buildings)),
        ("micro_grid", totals.micro_grids, max(totals.grids or 0, len(buildings))),
    ):
        if total is not None and not least <= total <= sum(buildings):
            raise CallError("plan.error." + tier, total=total, least=least, most=sum(buildings))


def _cheapest(tables: Sequence[Floats], totals: Totals) -> list[tuple[int, int]]:
    """Choose one (grids, micro-grids) of each table so that they add up to the totals at the least cost."""
    if totals.grids is None and totals.micro_grids is None:
        return [_spot(table, int(np.argmin(table))) for table in tables]
    if totals.micro_grids is None:
        return _cheapest_sum([table.min(axis=1)[:, None] for table in tables], (totals.grids or 0, len(tables)), tables)
    if totals.grids is None:
        return _cheapest_sum(
            [table.min(axis=0)[None, :] for table in tables], (len(tables), totals.micro_grids), tables
        )
    return _cheapest_sum(tables, (totals.grids, totals.micro_grids), tables)


def _spot(table: Floats, flat: int) -> tuple[int, int]:
    k, m = np.unravel_index(flat, table.shape)
    return int(k) + 1, int(m) + 1


def _cheapest_sum(costs: Sequence[Floats], target: tuple[int, int], tables: Sequence[Floats]) -> list[tuple[int, int]]:
    """Solve the two-dimensional share-out by dynamic programming; a tier that is free has one column in ``costs``."""
    rows, columns = target
    best = np.full((rows + 1, columns + 1), np.inf)
    best[0, 0] = 0.0
    stages = []
    for cost in costs:
        after = np.full_like(best, np.inf)
        choice = np.zeros(best.shape, dtype=np.int64)
        for (i, j), price in np.ndenumerate(cost):
            if i + 1 > rows or j + 1 > columns or not np.isfinite(price):
                continue
            moved = best[: rows - i, : columns - j] + price
            here = after[i + 1 :, j + 1 :]
            better = moved < here
            here[better] = moved[better]
            choice[i + 1 :, j + 1 :][better] = i * cost.shape[1] + j
        best = after
        stages.append(choice)
    found = []
    spot = target
    for cost, table, choice in zip(reversed(costs), reversed(tables), reversed(stages), strict=True):
        i, j = np.unravel_index(choice[spot], cost.shape)
        spot = (spot[0] - int(i) - 1, spot[1] - int(j) - 1)
        found.append(_fill_free(table, cost, int(i), int(j)))
    return found[::-1]


def _fill_free(table: Floats, cost: Floats, i: int, j: int) -> tuple[int, int]:
    if cost.shape == table.shape:
        return i + 1, j + 1
    if cost.shape[1] == 1:
        return i + 1, int(np.argmin(table[i])) + 1
    return int(np.argmin(table[:, j])) + 1, j + 1
