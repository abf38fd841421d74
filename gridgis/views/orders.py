"""What the planner orders, by hand on the map, by key or by button, and what becomes of the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import geopandas as gpd
import shapely

from gridgis.model.errors import CallError, ConflictError, GridgisError
from gridgis.redraw.edits import (
    Create,
    Edit,
    Lock,
    MakeLegal,
    Merge,
    Paint,
    RefusedError,
    Rename,
    Reshape,
    Split,
    SplitEvenly,
    Unlock,
)
from gridgis.views.desk import WGS84, Desk, view_of
from gridgis.views.drafts import commit_pending, reopen, step_back, step_forward, try_edit
from gridgis.views.scene import Scene
from gridgis.views.step_names import name_edit

AT_ONCE = (Lock, Unlock, Rename)
"""Edits that change no territory: they need no look before they count."""

DONE_ALREADY = "redraw.refused.nothing"

Event = Mapping[str, Any]


def new_events(desk: Desk, told: Mapping[str, Any]) -> list[Event]:
    """List what the map tells and was not answered before.

    Parameters
    ----------
    desk
        What lies before the planner.
    told
        ``bench``, the name of the map, and ``events``, each with its ``serial`` and its ``tool``.
    """
    known = desk.ack is not None and desk.ack["bench"] == told["bench"]
    done = int(str(desk.ack["serial"])) if desk.ack is not None and known else 0
    return [event for event in told["events"] if int(event["serial"]) > done]


def take_events(scene: Scene, desk: Desk, events: Sequence[Event]) -> Desk:
    """Carry out what the map tells, one after the other."""
    for event in events:
        desk = carry_out(scene, desk, partial(_answer, scene, event))
    return desk


def _answer(scene: Scene, event: Event, desk: Desk) -> Desk:
    return _ORDERS[event["tool"]](scene, desk, event)


def carry_out(scene: Scene, desk: Desk, order: Callable[[Desk], Desk]) -> Desk:
    """Carry out an order; what stands in its way is said on the desk."""
    try:
        return order(desk)
    except ConflictError as conflict:
        # the new state comes into view, and the planner's own edit is not lost
        again = None if desk.pending is None else desk.pending.edit
        return replace(reopen(scene, desk), trouble=conflict, again=again)
    except GridgisError as trouble:
        return replace(desk.cleared(), trouble=trouble)


def propose(scene: Scene, desk: Desk, edit: Edit) -> Desk:
    """Show what an edit would do; one that changes no territory is kept at once."""
    shown = replace(desk, pending=try_edit(scene, desk, edit), trouble=None, again=None)
    return accept(scene, shown) if isinstance(edit, AT_ONCE) else shown


def accept(scene: Scene, desk: Desk) -> Desk:
    """Keep the edit in hand."""
    return desk if desk.pending is None else commit_pending(scene, desk, name_edit(desk, desk.pending.edit))


def do_instead(scene: Scene, desk: Desk) -> Desk:
    """Show the nearest legal edit in place of one that was refused."""
    instead = desk.trouble.alternative if isinstance(desk.trouble, RefusedError) else None
    return desk if instead is None else propose(scene, desk, instead)


def do_again(scene: Scene, desk: Desk) -> Desk:
    """Show the planner's own edit on what the plan has become; it is kept for later where that is not possible now."""
    if desk.again is None:
        return desk
    try:
        return propose(scene, desk, desk.again)
    except RefusedError as refusal:
        # what others have done already need not be done again
        again = None if refusal.key == DONE_ALREADY else desk.again
        return replace(desk.cleared(), trouble=refusal, again=again)


def drop(desk: Desk) -> Desk:
    """Let go of the edit in hand, and of what was said of it."""
    return replace(desk.cleared(), again=None, cells=())


def broken_units(desk: Desk) -> list[str]:
    """List the units that break their size rule: grids first, each tier by code."""
    found: list[str] = []
    for tier in ("grid", "micro_grid"):
        sizes = desk.shown.sizes(tier)
        found += [str(code) for code, n in sizes.items() if desk.sizes[tier].excess(int(n))]
    return found


def look_at_problem(desk: Desk, step: int) -> Desk:
    """Go to the next or the previous unit that breaks its rule, and choose it."""
    broken = broken_units(desk)
    if not broken:
        return desk
    at = broken.index(desk.looked) + step if desk.looked in broken else (0 if step > 0 else -1)
    return look_at_unit(desk, broken[at % len(broken)])


def look_at_unit(desk: Desk, code: str) -> Desk:
    """Choose a unit and bring it into view."""
    draft = desk.shown
    land = draft.cells.geometry.loc[draft.cells_of(code)]
    return replace(desk, units=(code,), cells=(), looked=code, view=view_of(land))


def new_unit_of(desk: Desk) -> Edit:
    """Ask for a new micro-grid of the cells that are chosen, in the grid that has most of them."""
    draft = desk.draft
    grids = draft.cells["micro_grid_code"].loc[list(desk.cells)].map(draft.micro_grids["grid_code"])
    return Create(cells=desk.cells, grid=str(grids.mode().iloc[0]))


def _choose(_: Scene, desk: Desk, event: Event) -> Desk:
    # whoever goes on has read what stood in the way; an edit that waits to be applied again stays
    trouble = desk.trouble if desk.again is not None else None
    return replace(desk, trouble=trouble, units=tuple(map(str, event["units"])), cells=tuple(map(int, event["cells"])))


def _paint(scene: Scene, desk: Desk, event: Event) -> Desk:
    cells = {int(cell) for cell in event["cells"]}
    before = None if desk.pending is None else desk.pending.edit
    if isinstance(before, Paint) and before.cells is not None and before.to == event["unit"]:
        # a stroke goes on where the last one ended
        cells |= set(before.cells)
    known = tuple(sorted(cells & set(desk.draft.cells.index)))
    try:
        return propose(scene, replace(desk, cells=()), Paint(cells=known, to=str(event["unit"])))
    except RefusedError as refusal:
        # what was painted stays in sight, and can be given to another unit
        return replace(desk.cleared(), trouble=refusal, cells=known)


def _split(scene: Scene, desk: Desk, event: Event) -> Desk:
    return propose(scene, desk, Split(unit=str(event["unit"]), line=_line(desk, event["line"])))


def _reshape(scene: Scene, desk: Desk, event: Event) -> Desk:
    one, other = event["units"]
    return propose(scene, desk, Reshape(units=(str(one), str(other)), line=_line(desk, event["line"])))


def _line(desk: Desk, places: Sequence[Sequence[float]]) -> shapely.LineString:
    line = gpd.GeoSeries([shapely.LineString(places)], crs=WGS84)
    return line.to_crs(desk.draft.cells.crs).iloc[0]


def _merge(scene: Scene, desk: Desk, _: Event) -> Desk:
    if len(desk.units) < 2:  # noqa: PLR2004 - one unit cannot be merged
        raise CallError("workbench.error.choose_two")
    return propose(scene, desk, Merge(units=desk.units))


def _lock(scene: Scene, desk: Desk, _: Event) -> Desk:
    _demand_choice(desk)
    return propose(scene, desk, Unlock(units=desk.units) if all_locked(desk) else Lock(units=desk.units))


def all_locked(desk: Desk) -> bool:
    """Say whether all units that are chosen are locked."""
    locked = {**desk.draft.grids["locked"].to_dict(), **desk.draft.micro_grids["locked"].to_dict()}
    return all(locked.get(code, False) for code in desk.units)


def _split_evenly(scene: Scene, desk: Desk, _: Event) -> Desk:
    _demand_choice(desk)
    return propose(scene, desk, SplitEvenly(unit=desk.units[0]))


def _make_legal(scene: Scene, desk: Desk, _: Event) -> Desk:
    _demand_choice(desk)
    return propose(scene, desk, MakeLegal(unit=desk.units[0]))


def _demand_choice(desk: Desk) -> None:
    if not desk.units:
        raise CallError("workbench.error.choose_one")


_ORDERS: Mapping[str, Callable[[Scene, Desk, Event], Desk]] = {
    "choose": _choose,
    "paint": _paint,
    "split": _split,
    "border": _reshape,
    "merge": _merge,
    "lock": _lock,
    "split_evenly": _split_evenly,
    "make_legal": _make_legal,
    "commit": lambda scene, desk, _: accept(scene, desk),
    "discard": lambda _, desk, __: drop(desk),
    "instead": lambda scene, desk, _: do_instead(scene, desk),
    "again": lambda scene, desk, _: do_again(scene, desk),
    "undo": lambda scene, desk, _: step_back(scene, desk),
    "redo": lambda scene, desk, _: step_forward(scene, desk),
    "next": lambda _, desk, __: look_at_problem(desk, 1),
    "previous": lambda _, desk, __: look_at_problem(desk, -1),
}
