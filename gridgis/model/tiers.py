"""Tiers, their size rules, and the exact arithmetic of cutting n households into units of a size range."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SizeRange:
    """The rule of a tier: how many households a unit holds.

    Parameters
    ----------
    low
        Fewest households of a unit.
    high
        Most households of a unit, at least ``low``.

    Examples
    --------
    >>> SizeRange(300, 500).feasible_counts(1000)
    range(2, 4)
    >>> SizeRange(300, 500).excess(520), SizeRange(300, 500).excess(290), SizeRange(300, 500).excess(300)
    (20, 10, 0)
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        if not 1 <= self.low <= self.high:
            message = f"a size range needs 1 <= low <= high, not {self.low}-{self.high}"
            raise ValueError(message)

    def feasible_counts(self, households: int) -> range:
        """List the numbers of units that ``households`` can be cut into with every unit in range.

        Parameters
        ----------
        households
            Households to share out, each indivisible, buildings ignored.

        Returns
        -------
            An empty range where the rule cannot be kept: k units are possible iff low·k <= n <= high·k.
        """
        return range(-(-households // self.high), households // self.low + 1)

    def excess(self, size: int) -> int:
        """Count the households by which a unit of ``size`` leaves the range; 0 inside it."""
        return max(self.low - size, size - self.high, 0)

    def least_excess(self, households: int, units: int) -> int:
        """Compute the least total excess of ``units`` units that share ``households`` households.

        Source: sizes are whole numbers whose sum is fixed, so the sum of the distances to the range is least
        where all units leave it on the same side.
        """
        return max(self.low * units - households, households - self.high * units, 0)


GRID = SizeRange(300, 500)
MICRO_GRID = SizeRange(50, 100)


@dataclass(frozen=True)
class Weights:
    """How much the planner's wishes count beside a household's walk to the middle of its micro-grid.

    Parameters
    ----------
    whole
        Part of a tier's whole walk that cutting a natural village must save, for each one cut.
    grid_walk
        Metres of walk to the middle of the micro-grid that a metre to the middle of the grid is worth.
    border
        Metres of walk that a metre of border between two units is worth.
    ground
        Part of a border's length, 0 to 1, that does not count where it lies along a road, a river, a railway or the
        edge of a natural village.
    heads
        Metres that every household of a micro-grid would walk farther so that an eligible head lives in it.
    """

    whole: float = 0.012
    grid_walk: float = 1.5
    border: float = 0.005
    ground: float = 0.5
    heads: float = 10.0

    def __post_init__(self) -> None:
        if min(self.whole, self.grid_walk, self.border, self.ground, self.heads) < 0 or self.ground > 1:
            message = f"weights are not negative, and that of the ground is at most 1: {self}"
            raise ValueError(message)


WEIGHTS = Weights()
