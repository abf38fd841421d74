"""Several changes of one village taken as one, and a change whose new cells get other numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from gridgis.redraw.change import Cell, Change

Key = TypeVar("Key")
Value = TypeVar("Value")


def compose_changes(changes: Iterable[Change]) -> Change:
    """Take changes of one village that follow one another as one.

    Parameters
    ----------
    changes
        At least one, in their order.

    Returns
    -------
        The change from the state before the first to the one after the last; what comes back to what it was is not
        in it.
    """
    first, *others = changes
    total = first
    for change in others:
        total = Change(
            first.village_code,
            _gone(total.removed, total.added, change.removed, change.added),
            _gone(change.added, change.removed, total.added, total.removed),
            _joined(total.assigned, change.assigned),
            _joined(total.micro_grids, change.micro_grids),
            _joined(total.grids, change.grids),
            _joined(total.rehoused, change.rehoused),
        )
    return total


def _gone(
    one: Mapping[int, Cell], back: Mapping[int, Cell], other: Mapping[int, Cell], again: Mapping[int, Cell]
) -> dict[int, Cell]:
    """List the cells of ``one`` and ``other``, without those of the one that the second change brings back."""
    return {
        **{number: cell for number, cell in one.items() if number not in again},
        **{number: cell for number, cell in other.items() if number not in back},
    }


def _joined(
    one: Mapping[Key, tuple[Value, Value]], other: Mapping[Key, tuple[Value, Value]]
) -> dict[Key, tuple[Value, Value]]:
    ends = {key: (one.get(key, pair)[0], pair[1]) for key, pair in {**one, **other}.items()}
    return {key: (before, after) for key, (before, after) in ends.items() if before != after}


def renumber_cells(change: Change, numbers: Mapping[int, int]) -> Change:
    """Give new cells other numbers, where somebody else has taken theirs meanwhile.

    Parameters
    ----------
    change
        A change that adds cells.
    numbers
        Number in the change to the number in its stead.
    """
    return replace(
        change,
        added={numbers.get(number, number): cell for number, cell in change.added.items()},
        assigned={numbers.get(cell, cell): pair for cell, pair in change.assigned.items()},
        rehoused={home: (before, numbers.get(after, after)) for home, (before, after) in change.rehoused.items()},
    )
