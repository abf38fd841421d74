"""What the numbers allow before anything is drawn: sizes of units, indivisible pieces, and remedies with their cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gridgis.model.tiers import SizeRange
from gridgis.planning.plan import PlanRequest
from gridgis.planning.remedies import Divisible, Neighbour, Remedy, find_remedies
from gridgis.planning.shares import Share, Totals, least_excess_beside, share_units


@dataclass(frozen=True)
class Piece:
    """What a unit should not divide: ``kind`` (``"natural_village"`` or ``"villager_group"``), its name, its size."""

    kind: str
    name: str
    households: int


@dataclass(frozen=True)
class Land:
    """A piece of land that is planned on its own, and what decides how it can be cut.

    Parameters
    ----------
    village_code, village
        Code and name of its village.
    households
        Its households.
    share
        The units it was given.
    buildings
        Households of its largest buildings, the largest first; all that are above the micro-grids' ceiling.
    sites
        Number of its buildings, the most units it can be cut into.
    pieces
        Its natural villages and villagers' groups, the largest first.
    neighbours
        Codes of the villages that border on its village, the longest border first.
    """

    village_code: str
    village: str
    households: int
    share: Share
    buildings: tuple[int, ...] = ()
    sites: int = 1
    pieces: tuple[Piece, ...] = ()
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feasibility:
    """What the numbers allow in one tier of one piece of land.

    Parameters
    ----------
    tier, rule
        ``"grid"`` or ``"micro_grid"``, and its sizes.
    households
        Households of the land, those of the buildings above the ceiling, too.
    units
        Units it is given.
    free
        Whether that number was left free.
    counts
        Numbers of units with which every unit can be in range, buildings above the ceiling left aside.
    buildings
        Households of the buildings above the ceiling: each is a unit of its own, by waiver.
    excess
        Households by which units must leave their range at that number of units, whatever the shapes.
    too_big, too_small
        Pieces above the ceiling, which must be cut, and below the floor, which must share a unit.
    unfit
        Pieces that fit a unit and yet cannot stay whole, with the households by which sizes would break more.
    remedies
        What would help, with its cost; empty where nothing breaks.
    """

    tier: str
    rule: SizeRange
    households: int
    units: int
    free: bool
    counts: range
    buildings: tuple[int, ...]
    excess: int
    too_big: tuple[Piece, ...] = ()
    too_small: tuple[Piece, ...] = ()
    unfit: tuple[tuple[Piece, int], ...] = ()
    remedies: tuple[Remedy, ...] = ()

    @property
    def possible(self) -> bool:
        """Say whether every unit can be in range."""
        return self.excess == 0


@dataclass(frozen=True)
class Assessment:
    """What the numbers allow on one piece of land.

    Parameters
    ----------
    land
        The land.
    grid, micro_grid
        Each tier by itself.
    excess
        Households out of range in both tiers together, at least; more than the tiers' sum where each tier can keep its
        rule but not both at once.
    remedies
        What would help where it is more.
    """

    land: Land
    grid: Feasibility
    micro_grid: Feasibility
    excess: int
    remedies: tuple[Remedy, ...] = ()


def assess_lands(lands: Sequence[Land], request: PlanRequest) -> tuple[Assessment, ...]:
    """Assess what the numbers allow, before anything is drawn.

    Parameters
    ----------
    lands
        The pieces of land with their shares.
    request
        Sizes, and which numbers of units were asked for.

    Returns
    -------
        One assessment a piece of land, in the order given.

    Source: n households can be cut into k units of low to high households iff low·k <= n <= high·k.
    """
    largest = {land.village_code: land for land in sorted(lands, key=lambda land: land.households)}
    return tuple(_assess(land, request, largest) for land in lands)


def assess_tier(land: Land, tier: str, rule: SizeRange, *, free: bool) -> Feasibility:
    """Assess one tier of one piece of land, without remedies.

    Parameters
    ----------
    land
        The land.
    tier
        ``"grid"`` or ``"micro_grid"``.
    rule
        Its sizes.
    free
        Whether the number of units was left free.

    Examples
    --------
    >>> land = Land("140121202204", "南云支", 571, Share(2, 7, 29))
    >>> found = assess_tier(land, "grid", SizeRange(300, 500), free=True)
    >>> found.possible, found.excess, found.counts
    (False, 29, range(2, 2))
    """
    units = land.share.grids if tier == "grid" else land.share.micro_grids
    buildings = tuple(size for size in land.buildings if size > rule.high)
    rest = Divisible(land.households - sum(buildings), units - len(buildings))
    over = sum(size - rule.high for size in buildings)
    counts = rule.feasible_counts(rest.households)
    fits = [piece for piece in land.pieces if piece.households <= rule.high]
    extra = [(piece, _excess_if_whole(rest, rule, piece.households)) for piece in fits]
    least = rule.least_excess(rest.households, rest.units)
    return Feasibility(
        tier,
        rule,
        land.households,
        units,
        free,
        range(counts.start + len(buildings), counts.stop + len(buildings)),
        buildings,
        least + over,
        too_big=tuple(piece for piece in land.pieces if piece.households > rule.high),
        too_small=tuple(piece for piece in fits if piece.households < rule.low),
        unfit=tuple((piece, excess - least) for piece, excess in extra if excess > least),
    )


def _assess(land: Land, request: PlanRequest, villages: Mapping[str, Land]) -> Assessment:
    neighbours = [_neighbour(villages[code], request) for code in land.neighbours if code in villages]
    found = []
    for tier, rule, total in (
        ("grid", request.grid_size, request.asked(land.village_code)[0]),
        ("micro_grid", request.micro_size, request.asked(land.village_code)[1]),
    ):
        alone = assess_tier(land, tier, rule, free=total is None)
        rest = Divisible(land.households - sum(alone.buildings), alone.units - len(alone.buildings))
        remedies = find_remedies(rest, rule, neighbours, free=alone.free, set_apart=len(alone.buildings))
        found.append(replace(alone, remedies=(*remedies, *_waive(alone.excess))))
    apart = sum(alone.excess for alone in found)
    excess = max(land.share.excess, apart)
    return Assessment(land, found[0], found[1], excess, _find_for_both(land, request) if excess > apart else ())


def _waive(excess: int) -> tuple[Remedy, ...]:
    return (Remedy("waiver", households=excess),) if excess else ()


def _neighbour(land: Land, request: PlanRequest) -> Neighbour:
    rules, counts = (request.grid_size, request.micro_size), request.asked(land.village_code)
    given = [
        units if asked is not None else None
        for units, asked in zip((land.share.grids, land.share.micro_grids), counts, strict=True)
    ]

    def excess(more: int) -> int:
        n = land.households + more
        if None not in given:
            counts = np.array([land.share.grids]), np.array([land.share.micro_grids])
            return int(least_excess_beside(n, counts, rules, land.buildings)[0])
        return share_units([n], [land.sites], rules, Totals(*given), [land.buildings])[0].excess

    return Neighbour(land.village, land.households, lambda more: excess(more) - excess(0))


def _find_for_both(land: Land, request: PlanRequest) -> tuple[Remedy, ...]:
    """Find the numbers of units nearest to those given at which both tiers can keep their rules at once."""
    rules = request.grid_size, request.micro_size
    k, m = np.meshgrid(*(np.arange(1, land.households // rule.low + 2) for rule in rules), indexing="ij")
    excess = least_excess_beside(land.households, (k, m), rules, land.buildings)
    allowed = (excess < land.share.excess) & (m >= k)
    waiver = _waive(land.share.excess)
    if not allowed.any():
        return waiver
    best = excess[allowed].min()
    far = np.abs(k - land.share.grids) + np.abs(m - land.share.micro_grids)
    spot = np.argmin(np.where(allowed & (excess == best), far, np.iinfo(np.int64).max))
    return (Remedy("both", households=int(best), units=(int(k.flat[spot]), int(m.flat[spot]))), *waiver)


def _excess_if_whole(rest: Divisible, rule: SizeRange, size: int) -> int:
    """Compute the least excess where one unit holds a piece of ``size`` households.

    Source: the excess is convex and piecewise linear in the size of that unit, so it is least at one of its corners.
    """
    n, others = rest.households, rest.units - 1
    corners = (rule.low, rule.high, n - rule.low * others, n - rule.high * others)
    return min(
        rule.excess(unit) + rule.least_excess(n - unit, others)
        for unit in (size, n, *(min(max(corner, size), n) for corner in corners))
    )
