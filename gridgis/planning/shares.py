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


def least_excess_beside(
    households: int, counts: tuple[Ints, Ints], rules: tuple[SizeRange, SizeRange], blocks: Sequence[int]
) -> Ints:
    """Compute the least total excess of both tiers on land with buildings above a ceiling.

    Parameters
    ----------
    households, counts, rules
        As for :func:`least_excess`; ``households`` counts those of the buildings, too.
    blocks
        Households of each building that is above the micro-grids' ceiling.

    Returns
    -------
        As :func:`least_excess`. A building above a tier's ceiling is a unit of its own there, and the others share what
        is left. Exact where no building lies between the two tiers' ceilings; else a lower bound, tier by tier.

    Examples
    --------
    >>> both = SizeRange(300, 500), SizeRange(50, 100)
    >>> least_excess_beside(1600, (np.array([4, 4]), np.array([13, 21])), both, [700])
    array([800, 900])
    """
    k, m = counts
    grid, micro = ([size for size in blocks if size > rule.high] for rule in rules)
    over = sum(size - rules[0].high for size in grid) + sum(size - rules[1].high for size in micro)
    tiers = ((rules[0], households - sum(grid), k - len(grid)), (rules[1], households - sum(micro), m - len(micro)))
    apart = sum(np.maximum(np.maximum(rule.low * u - n, n - rule.high * u), 0) for rule, n, u in tiers)
    if len(grid) == len(micro):
        joint = (tiers[0][2] >= 1) & (tiers[1][2] >= tiers[0][2])
        rest = np.where(joint, tiers[0][2], 1), np.where(joint, tiers[1][2], 1)
        apart = np.where(joint, least_excess(tiers[0][1], rest, *rules), apart)
    return np.asarray(apart + over, dtype=np.int64)


def share_units(
    households: Sequence[int],
    buildings: Sequence[int],
    rules: tuple[SizeRange, SizeRange],
    totals: Totals,
    blocks: Sequence[Sequence[int]] | None = None,
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
    blocks
        Households of the buildings above the micro-grids' ceiling, for each piece of land; None where there are none.

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
    held = [()] * len(buildings) if blocks is None else [tuple(some) for some in blocks]
    n = sum(_divisible(size, rules[0], some) for size, some in zip(households, held, strict=True))
    middles = [
        max(n, 1) / total if total else (rule.low + rule.high) / 2
        for rule, total in zip(rules, (totals.grids, totals.micro_grids), strict=True)
    ]
    most = [total - (len(buildings) - 1) if total else None for total in (totals.grids, totals.micro_grids)]
    tables = []
    for size, cap, some in zip(households, buildings, held, strict=True):
        counts = [
            _enough(size, rule, cap) if one is None else min(one, cap) for one, rule in zip(most, rules, strict=True)
        ]
        tables.append(_price((size, some), counts, rules, middles))
    return [
        Share(k, m, int(least_excess_beside(size, (np.array([k]), np.array([m])), rules, some)[0]))
        for size, some, (k, m) in zip(households, held, _cheapest(tables, totals), strict=True)
    ]


def _price(
    land: tuple[int, Sequence[int]], most: Sequence[int], rules: tuple[SizeRange, SizeRange], middles: Sequence[float]
) -> Floats:
    """Price every number of grids and micro-grids of a piece of land: excess first, then how far from the middle."""
    size, blocks = land
    k, m = np.meshgrid(*(np.arange(1, count + 1) for count in most), indexing="ij")
    excess = least_excess_beside(size, (k, m), rules, blocks)
    off = []
    for counts, rule, middle in zip((k, m), rules, middles, strict=True):
        fair = _divisible(size, rule, blocks) / middle
        off.append((counts - fair) ** 2 / max(fair, 1.0))
    return np.where(m >= k, excess * _EXCESS_WEIGHT + off[0] + off[1], np.inf)


def _divisible(households: int, rule: SizeRange, blocks: Sequence[int]) -> int:
    """Count the households as if every building above the ceiling filled its unit just to the ceiling."""
    return households - sum(max(size - rule.high, 0) for size in blocks)


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
