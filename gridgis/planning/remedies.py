"""Remedies where numbers forbid a size: the least that helps, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gridgis.model.tiers import SizeRange


@dataclass(frozen=True)
class Divisible:
    """Households that can be shared out at will, and the units they are to be shared among."""

    households: int
    units: int


@dataclass(frozen=True)
class Neighbour:
    """A village on the other side of the border.

    Parameters
    ----------
    village
        Its name.
    households
        Its households.
    worse
        By how many households more it breaks its own rules if it is given so many (takes, where negative).
    """

    village: str
    households: int
    worse: Callable[[int], int]


@dataclass(frozen=True)
class Remedy:
    """One thing that would help, and its cost.

    Parameters
    ----------
    kind
        ``"in"`` and ``"out"``: take over, or hand over, land with ``households``; ``"counts"``: be cut into ``units``;
        ``"both"``: be cut into ``units`` grids and micro-grids; ``"range"``: the sizes ``rule``; ``"waiver"``: record
        an exception of ``households``.
    households
        Households to transfer or to except.
    village
        Name of the neighbour that a transfer costs least; None where no village borders.
    worse
        By how many households more that neighbour breaks its own rules then; less than 0 where it keeps them better.
    units
        Numbers of units.
    rule
        The narrowest wider range.
    """

    kind: str
    households: int = 0
    village: str | None = None
    worse: int = 0
    units: tuple[int, ...] = ()
    rule: SizeRange | None = None


def find_remedies(
    rest: Divisible, rule: SizeRange, neighbours: Sequence[Neighbour], *, free: bool, set_apart: int
) -> tuple[Remedy, ...]:
    """Find what would let every unit of a tier keep its range.

    Parameters
    ----------
    rest
        Households and units, buildings above the ceiling left aside.
    rule
        The range.
    neighbours
        Villages to transfer households to or from.
    free
        Whether the number of units was left free.
    set_apart
        Units that are a building each.

    Returns
    -------
        Transfers, another number of units, a wider range; each suffices by itself. Empty where nothing breaks.

    Examples
    --------
    >>> for remedy in find_remedies(Divisible(550, 1), SizeRange(300, 500), [], free=True, set_apart=0):
    ...     print(remedy.kind, remedy.households, remedy.rule)
    in 50 None
    out 50 None
    range 0 SizeRange(low=275, high=500)
    """
    if rule.least_excess(rest.households, rest.units) == 0:
        return ()
    counts = rule.feasible_counts(rest.households)
    # a number that was left free and yet breaks a rule was chosen for the other tier's sake: it stands
    open_to = free and len(counts) == 0
    found = [find_transfer(more, neighbours) for more in _transfers(rest, rule, free=open_to)]
    if len(counts) > 0:
        nearest = min(counts, key=lambda units: (abs(units - rest.units), units))
        found.append(Remedy("counts", units=(nearest + set_apart,)))
    fewer = rest.households // rule.high
    ranges = [_widen(rest.households, units, rule) for units in ((fewer, fewer + 1) if open_to else (rest.units,))]
    wider = [one for one in ranges if one is not None]
    if wider:
        found.append(Remedy("range", rule=min(wider, key=lambda one: rule.low - one.low + one.high - rule.high)))
    return tuple(found)


def find_transfer(more: int, neighbours: Sequence[Neighbour]) -> Remedy:
    """Find the neighbour that a transfer costs least.

    Parameters
    ----------
    more
        Households to take over; negative to hand over.
    neighbours
        Who can give or take, the likeliest first.
    """
    kind = "in" if more > 0 else "out"
    able = [(one.worse(-more), one.village) for one in neighbours if one.households > more]
    worse, village = min(able, key=lambda pair: pair[0], default=(0, None))
    return Remedy(kind, households=abs(more), village=village, worse=worse)


def _transfers(rest: Divisible, rule: SizeRange, *, free: bool) -> Iterator[int]:
    """List the least numbers of households to take over (or, negative, to hand over)."""
    n, units = rest.households, rest.units
    if free:
        fewer = n // rule.high
        yield rule.low * (fewer + 1) - n
        if fewer > 0:
            yield rule.high * fewer - n
    elif n < rule.low * units:
        yield rule.low * units - n
    elif units > 0:
        yield rule.high * units - n


def _widen(households: int, units: int, rule: SizeRange) -> SizeRange | None:
    """Widen a range just so far that so many units can keep it; None where no range would do."""
    if units < 1 or households < units:
        return None
    return SizeRange(min(rule.low, households // units), max(rule.high, -(-households // units)))
