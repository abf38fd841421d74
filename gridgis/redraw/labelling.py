"""What is written on units: names, codes and locks."""

from __future__ import annotations

from collections.abc import Sequence

from gridgis.geo.codes import GRID_DIGITS, MICRO_GRID_DIGITS
from gridgis.planning.naming import next_code
from gridgis.redraw.choosing import check_unit
from gridgis.redraw.draft import Draft
from gridgis.redraw.edits import Lock, Recode, RefusedError, Rename, Unlock
from gridgis.redraw.units import found_grid, recode_micro_grid, retire_empty, with_unit


def rename_unit(draft: Draft, edit: Rename) -> Draft:
    """Give a unit a name; see :class:`gridgis.redraw.edits.Rename`."""
    return with_unit(draft, check_unit(draft, edit.unit), {"name": edit.name})


def recode_unit(draft: Draft, edit: Recode) -> Draft:
    """Give a unit a code; see :class:`gridgis.redraw.edits.Recode`.

    Source: a grid's code is its village's and three digits, a micro-grid's its grid's and two; a retired code is never
    used again.
    """
    unit, new = check_unit(draft, edit.unit), edit.code
    if new == unit:
        raise RefusedError("redraw.refused.nothing")
    grid = unit in draft.grids.index
    above, digits = (draft.village_code, GRID_DIGITS) if grid else (draft.grid_of(unit), MICRO_GRID_DIGITS)
    alternative = Recode(unit=unit, code=next_code(above, draft.used, digits))
    ending = new.removeprefix(above)
    if not new.startswith(above) or not (ending.isdecimal() and ending.isascii()) or len(ending) < digits:
        raise RefusedError("redraw.refused.code", alternative=alternative, code=new, above=above, digits=digits)
    if new in draft.used:
        raise RefusedError("redraw.refused.used", alternative=alternative, code=new)
    if not grid:
        return recode_micro_grid(draft, unit, new, above)
    row = draft.grids.loc[unit]
    recoded = found_grid(draft, code=new)[0]
    if row["name"] != found_grid(draft, code=unit)[0].grids.loc[unit, "name"]:
        recoded = with_unit(recoded, new, {"name": row["name"]})
    recoded = with_unit(recoded, new, {"locked": row["locked"]})
    for micro_grid in draft.micro_grids_of(unit):
        ending = micro_grid.removeprefix(unit) if micro_grid.startswith(unit) else ""
        code = new + ending if ending and new + ending not in recoded.used else ""
        code = code or next_code(new, recoded.used, MICRO_GRID_DIGITS)
        recoded = recode_micro_grid(recoded, micro_grid, code, new)
    return retire_empty(recoded)


def lock_units(draft: Draft, edit: Lock | Unlock) -> Draft:
    """Lock or unlock units; see :class:`gridgis.redraw.edits.Lock`."""
    if edit.village not in {None, draft.village_code}:
        raise RefusedError("redraw.refused.village", code=edit.village, village=draft.village.name)
    locking = isinstance(edit, Lock)
    units: Sequence[str] = draft.grids.index.tolist() if edit.units is None else edit.units
    for unit in units:
        check_unit(draft, unit)
        inside = draft.micro_grids_of(unit) if unit in draft.grids.index and not locking else []
        for one in (unit, *inside):
            draft = with_unit(draft, one, {"locked": locking})
    return draft
