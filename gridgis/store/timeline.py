"""Where a plan stands in its history: what can be undone and done again, read off the log alone.

Edits form a tree, each on top of the one that stood when it was made. A plan stands at one of them, ``top``; the line
that it can go forward on again ends at ``tip``. A new edit begins a new line, and the old one stays in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

EDIT, UNDO, REDO, JUMP = "edit", "undo", "redo", "jump"


@dataclass(frozen=True)
class Mark:
    """A row of the log: its number, its kind, and the step that it undoes, does again or goes to."""

    number: int
    kind: str
    target: int | None


@dataclass(frozen=True)
class Timeline:
    """Where a plan stands.

    Parameters
    ----------
    parents
        Edit to the edit that it was made on; 0 for the plan as it was first.
    stands
        Step to the edits ``top`` and ``tip`` after it.
    """

    parents: dict[int, int]
    stands: dict[int, tuple[int, int]]

    @property
    def top(self) -> int:
        """The last edit that stands; 0 for none."""
        return self._now[0]

    @property
    def _now(self) -> tuple[int, int]:
        return self.stands[max(self.stands)] if self.stands else (0, 0)

    @property
    def done(self) -> list[int]:
        """List the edits that stand, the last one first."""
        return _up(self.parents, self.top)

    @property
    def undone(self) -> list[int]:
        """List the edits that can be done again, in that order."""
        top, tip = self._now
        return [edit for edit in reversed(_up(self.parents, tip)) if edit > top]

    def way_to(self, step: int) -> tuple[list[int], list[int]]:
        """Find the way to the state after a step: the edits to undo, and then those to do again, in order."""
        back, forth = self.done, _up(self.parents, self.stands[step][0])
        common = set(back) & set(forth)
        return [one for one in back if one not in common], [one for one in reversed(forth) if one not in common]


def trace(log: Iterable[Mark]) -> Timeline:
    """Read where a plan stands off its log.

    Parameters
    ----------
    log
        All rows, oldest first.

    Examples
    --------
    >>> log = [Mark(1, "plan", None), Mark(2, "edit", None), Mark(3, "edit", None), Mark(4, "undo", 3)]
    >>> trace(log).done, trace(log).undone
    ([2], [3])
    >>> trace(log).way_to(1), trace(log).way_to(3)
    (([2], []), ([], [3]))
    """
    line = Timeline({}, {})
    top = tip = 0
    for mark in log:
        if mark.kind == EDIT:
            line.parents[mark.number] = top
            top = tip = mark.number
        elif mark.kind == UNDO and mark.target is not None:
            top = line.parents[mark.target]
        elif mark.kind == REDO and mark.target is not None:
            top = mark.target
        elif mark.kind == JUMP and mark.target is not None:
            top, old = line.stands[mark.target]
            tip = tip if top == 0 or top in _up(line.parents, tip) else old
        line.stands[mark.number] = top, tip
    return line


def _up(parents: Mapping[int, int], edit: int) -> list[int]:
    path = []
    while edit:
        path.append(edit)
        edit = parents[edit]
    return path
