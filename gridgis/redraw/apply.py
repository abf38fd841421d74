"""Apply an edit: the one door through which a plan is redrawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import shapely

from gridgis.planning.numbers import Rules
from gridgis.redraw.bordering import join_new_strays
from gridgis.redraw.change import Change, find_change
from gridgis.redraw.choosing import drawn_cells, named_cells
from gridgis.redraw.draft import Draft
from gridgis.redraw.edits import (
    Create,
    Dissolve,
    Edit,
    Fill,
    Land,
    Lock,
    MakeLegal,
    Merge,
    Move,
    Paint,
    Recode,
    RefusedError,
    Rename,
    Reshape,
    Split,
    SplitEvenly,
    Swap,
    Unlock,
    read_edit,
)
from gridgis.redraw.effect import Context, Effect, foresee
from gridgis.redraw.labelling import lock_units, recode_unit, rename_unit
from gridgis.redraw.laws import Stray, check_assigned, check_locks, new_strays
from gridgis.redraw.moving import create_unit, dissolve_unit, fill_land, merge_units, move_land, swap_land
from gridgis.redraw.nearest import nearest_legal
from gridgis.redraw.repairing import make_legal
from gridgis.redraw.splitting import reshape_border, split_unit
from gridgis.redraw.units import retire_empty


@dataclass(frozen=True)
class Applied:
    """An edit that keeps every law: the village after it, what differs, and what that does."""

    draft: Draft
    change: Change
    effect: Effect


def apply_edit(draft: Draft, edit: Edit, rules: Rules, context: Context | None = None) -> Applied:
    """Apply an edit to one village.

    Parameters
    ----------
    draft
        The village.
    edit
        The edit; :func:`locate_edit` says to which village it belongs.
    rules
        Sizes of a grid and of a micro-grid. A plan may break them, and an edit is not refused for it.
    context
        Heads and open things, for the effect.

    Returns
    -------
        The village after the edit, the change and its effect; nothing is kept by that.

    Raises
    ------
    RefusedError
        If the edit would leave land without a unit, a unit in pieces, or change locked territory; if it names what is
        not there, or changes nothing. It carries the nearest legal edit where one was found.
    """
    try:
        after = _make(draft, edit, rules)
    except RefusedError as refusal:
        if refusal.alternative is not None and not _legal(draft, refusal.alternative, rules):
            refusal.alternative = None
        raise
    change = find_change(draft, after)
    if change.empty:
        raise RefusedError("redraw.refused.nothing")
    # numbers and codes that were used only on the way are free
    next_cell = max([draft.next_cell, *(number + 1 for number in change.added)])
    used = draft.used | change.grids.keys() | change.micro_grids.keys()
    after = replace(after, next_cell=next_cell, used=used)
    check_locks(draft, after, change)
    check_assigned(draft, after)
    strays = new_strays(draft, after)
    if strays:
        raise _refuse_strays(draft, edit, after, strays, rules)
    return Applied(after, change, foresee(draft, after, change, rules, context or Context()))


def locate_edit(edit: Edit, drafts: Mapping[str, Draft]) -> tuple[str, ...]:
    """Find the villages that an edit concerns.

    Parameters
    ----------
    edit
        The edit.
    drafts
        All villages of the plan, by code.

    Returns
    -------
        One code, or several for locks over villages.

    Raises
    ------
    RefusedError
        If it names a unit or village that is not there, or units of several villages, or if land is drawn over a
        village's border; then with the part in the unit's village as the alternative.
    """
    units = _named_units(edit)
    village = getattr(edit, "village", None)
    if village is not None:
        if village not in drafts:
            raise RefusedError("redraw.refused.no_village", code=village)
        return (village,)
    found: dict[str, None] = {}
    for unit in units:
        home = next((c for c, one in drafts.items() if unit in one.grids.index or unit in one.micro_grids.index), None)
        if home is None:
            raise RefusedError("redraw.refused.no_unit", code=unit)
        found[home] = None
    if isinstance(edit, Lock | Unlock):
        return tuple(found) or tuple(drafts)
    reached = [code for code, one in drafts.items() if _reaches(one, edit)] if isinstance(edit, Land) else []
    found = found or dict.fromkeys(reached)
    if not found:
        raise RefusedError("redraw.refused.no_land")
    if len(found) > 1:
        raise RefusedError("redraw.refused.villages", n=len(found))
    home = next(iter(found))
    if isinstance(edit, Land) and (edit.area or edit.brush) and set(reached) - found.keys():
        clipped = _clip(drafts[home], edit)
        raise RefusedError("redraw.refused.crosses", alternative=clipped, village=drafts[home].village.name)
    return (home,)


def _named_units(edit: Edit) -> list[str]:
    named = [getattr(edit, name, None) for name in ("unit", "to", "into", "keep", "grid")]
    return [*(one for one in named if isinstance(one, str)), *(getattr(edit, "units", None) or ())]


def _reaches(draft: Draft, land: Land) -> bool:
    """Say whether there are cells in a village that are meant."""
    if land.cells is not None or land.block is not None:
        return bool(draft.cells.index.isin(land.cells or (land.block,)).any())
    drawn = land.area or land.brush
    if drawn is not None:
        west, south, east, north = draft.cells.total_bounds
        near = shapely.intersects(drawn, shapely.box(west, south, east, north))
        return bool(near) and bool(drawn_cells(draft, land).any())
    return land.units is None and bool(named_cells(draft, land).any())


def _clip(draft: Draft, land: Land) -> Edit | None:
    """Leave of what was drawn the part in one village; None where a brush would fall to pieces."""
    drawn = land.area or land.brush
    inside = shapely.intersection(drawn, shapely.coverage_union_all(draft.cells.geometry.to_numpy()))
    name = "brush" if land.area is None else "area"
    if inside.is_empty or inside.geom_type not in {"LineString", "Polygon", "MultiPolygon"}:
        return None
    return read_edit(land.to_json() | {name: json.loads(shapely.to_geojson(inside))})


def _split_evenly(draft: Draft, edit: SplitEvenly, rules: Rules) -> Draft:
    # compiled loops cost a second of start: whoever does not split evenly does not pay for them
    from gridgis.redraw.evenly import split_evenly  # noqa: PLC0415

    return split_evenly(draft, edit, rules)


_OPERATIONS: Mapping[type[Edit], Callable[[Draft, Any, Rules], Draft]] = {
    Move: lambda draft, edit, _: move_land(draft, edit),
    Paint: lambda draft, edit, _: move_land(draft, edit),
    Create: lambda draft, edit, _: create_unit(draft, edit),
    Split: split_unit,
    SplitEvenly: _split_evenly,
    Merge: lambda draft, edit, _: merge_units(draft, edit),
    Swap: lambda draft, edit, _: swap_land(draft, edit),
    Reshape: lambda draft, edit, _: reshape_border(draft, edit),
    Dissolve: lambda draft, edit, _: dissolve_unit(draft, edit),
    Rename: lambda draft, edit, _: rename_unit(draft, edit),
    Recode: lambda draft, edit, _: recode_unit(draft, edit),
    Lock: lambda draft, edit, _: lock_units(draft, edit),
    Unlock: lambda draft, edit, _: lock_units(draft, edit),
    Fill: lambda draft, edit, _: fill_land(draft, edit),
    MakeLegal: make_legal,
}


def _make(draft: Draft, edit: Edit, rules: Rules) -> Draft:
    """Do what an edit says, whatever laws it breaks; units that are left without land are retired.

    Where units are divided, the line decides which land is parted, and a piece that it leaves over joins its side.
    """
    after = retire_empty(_OPERATIONS[type(edit)](draft, edit, rules))
    return join_new_strays(draft, after) if isinstance(edit, Split | SplitEvenly | Reshape) else after


def _attempt(draft: Draft, edit: Edit, rules: Rules) -> Draft | None:
    """Try an edit; None where locks forbid it, or it leaves land without a unit."""
    try:
        tried = _make(draft, edit, rules)
        check_locks(draft, tried, find_change(draft, tried))
        check_assigned(draft, tried)
    except RefusedError:
        return None
    return tried


def _legal(draft: Draft, edit: Edit, rules: Rules) -> bool:
    tried = _attempt(draft, edit, rules)
    return tried is not None and not new_strays(draft, tried) and not find_change(draft, tried).empty


def _refuse_strays(draft: Draft, edit: Edit, after: Draft, strays: list[Stray], rules: Rules) -> RefusedError:
    nearest = nearest_legal(draft, edit, after, strays, lambda other: _attempt(draft, other, rules))
    worst = max(strays, key=lambda one: (one.households, len(one.cells)))
    said = {"code": worst.unit, "n": worst.households, "cells": len(worst.cells)}
    return RefusedError("redraw.refused.apart", alternative=nearest, **said)
