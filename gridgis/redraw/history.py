"""A history of edits: do, undo, do again, and replay a list of edits on all villages of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gridgis.planning.numbers import Rules
from gridgis.redraw.apply import apply_edit, locate_edit
from gridgis.redraw.change import Change, apply_change, invert
from gridgis.redraw.draft import Draft
from gridgis.redraw.edits import Edit, Redo, RefusedError, Undo
from gridgis.redraw.effect import Context, Effect


@dataclass(frozen=True)
class Step:
    """An edit, with what it changed in each village it concerned, and what that did."""

    edit: Edit
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class History:
    """A plan with the edits that led to it.

    Parameters
    ----------
    drafts
        All villages as they are now, by code.
    done
        Steps that led here, the last one last.
    undone
        Steps that were undone, the next to do again last.
    """

    drafts: Mapping[str, Draft]
    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()


def do(history: History, edit: Edit, rules: Rules, context: Context | None = None) -> History:
    """Apply an edit; what was undone before cannot be done again after it.

    Raises
    ------
    RefusedError
        As for :func:`gridgis.redraw.apply.apply_edit`; of an edit of several villages, what changes none of them only
        if it changes nothing in any.
    """
    drafts, changes, effects = dict(history.drafts), [], []
    nothing: RefusedError | None = None
    for code in locate_edit(edit, drafts):
        try:
            applied = apply_edit(drafts[code], edit, rules, context)
        except RefusedError as refusal:
            if refusal.key != "redraw.refused.nothing":
                raise
            nothing = refusal
            continue
        drafts[code] = applied.draft
        changes.append(applied.change)
        effects.append(applied.effect)
    if nothing is not None and not changes:
        raise nothing
    return History(drafts, (*history.done, Step(edit, tuple(changes), tuple(effects))))


def undo(history: History) -> History:
    """Undo the last step.

    Raises
    ------
    RefusedError
        If there is none.
    """
    if not history.done:
        raise RefusedError("redraw.refused.undo")
    step = history.done[-1]
    drafts = _apply_all(history.drafts, [invert(change) for change in reversed(step.changes)])
    return History(drafts, history.done[:-1], (*history.undone, step))


def redo(history: History) -> History:
    """Do the last undone step again.

    Raises
    ------
    RefusedError
        If there is none.
    """
    if not history.undone:
        raise RefusedError("redraw.refused.redo")
    step = history.undone[-1]
    return History(_apply_all(history.drafts, step.changes), (*history.done, step), history.undone[:-1])


def replay(
    drafts: Mapping[str, Draft], entries: Iterable[Edit | Undo | Redo], rules: Rules, context: Context | None = None
) -> History:
    """Apply a list of edits in order.

    Parameters
    ----------
    drafts
        All villages of a plan, by code.
    entries
        Edits, with undo and redo among them.
    rules, context
        As for :func:`gridgis.redraw.apply.apply_edit`.

    Raises
    ------
    RefusedError
        At the first edit that is refused.
    """
    history = History(drafts)
    for entry in entries:
        history = take(history, entry, rules, context)
    return history


def take(history: History, entry: Edit | Undo | Redo, rules: Rules, context: Context | None = None) -> History:
    """Take one entry of a list of edits: an edit, or an undo or a redo; see :func:`do`, :func:`undo`, :func:`redo`."""
    if isinstance(entry, Undo):
        return undo(history)
    if isinstance(entry, Redo):
        return redo(history)
    return do(history, entry, rules, context)


def _apply_all(drafts: Mapping[str, Draft], changes: Iterable[Change]) -> Mapping[str, Draft]:
    after = dict(drafts)
    for change in changes:
        after[change.village_code] = apply_change(after[change.village_code], change)
    return after
