"""Units come and go: cells are given to them, they are founded, hung below another grid, and retired when empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgis.geo.codes import GRID_DIGITS, MICRO_GRID_DIGITS, name_unit
from gridgis.planning.naming import next_code
from gridgis.redraw.draft import Draft, Ints
from gridgis.redraw.opening import tabulate_units


def give_cells(draft: Draft, cells: Ints, units: str | npt.NDArray[np.object_]) -> Draft:
    """Give cells to one micro-grid, or each to its own."""
    codes = draft.cells["micro_grid_code"].to_numpy(dtype=object, copy=True)
    codes[draft.cells.index.get_indexer(cells)] = units
    return _with_codes(draft, codes)


def _with_codes(draft: Draft, codes: npt.NDArray[np.object_]) -> Draft:
    column = pd.Series(codes, index=draft.cells.index, dtype=object)
    return replace(draft, cells=draft.cells.assign(micro_grid_code=column))


def found_grid(draft: Draft, name: str | None = None, code: str | None = None) -> tuple[Draft, str]:
    """Add a grid without land; its code is the next that was never used, unless one is given."""
    new = code or next_code(draft.village_code, draft.used, GRID_DIGITS)
    row = {"name": name or default_name(draft, new), "locked": False}
    return replace(draft, grids=_with_row(draft.grids, new, row), used=draft.used | {new}), new


def found_micro_grid(draft: Draft, grid: str, name: str | None = None, code: str | None = None) -> tuple[Draft, str]:
    """Add a micro-grid without land to a grid; its code is the next that was never used, unless one is given."""
    new = code or next_code(grid, draft.used, MICRO_GRID_DIGITS)
    row = {"grid_code": grid, "name": name or default_name(draft, new), "locked": False}
    return replace(draft, micro_grids=_with_row(draft.micro_grids, new, row), used=draft.used | {new}), new


def default_name(draft: Draft, code: str) -> str:
    """Name a unit after its village and its number; by its code where the code is not made of the village's."""
    digits = code.removeprefix(draft.village_code)
    return name_unit(draft.village.name, digits) if digits.isdecimal() and digits != code else code


def recode_micro_grid(draft: Draft, old: str, new: str, grid: str) -> Draft:
    """Give a micro-grid another code, and another grid to lie in; a name that only told the old code follows it."""
    row = dict(draft.micro_grids.loc[old])
    name = default_name(draft, new) if row["name"] in {None, old, default_name(draft, old)} else row["name"]
    kept = draft.micro_grids.drop(index=old)
    codes = draft.cells["micro_grid_code"].to_numpy(dtype=object, copy=True)
    codes[codes == old] = new
    moved = _with_codes(draft, codes)
    table = _with_row(kept, new, row | {"grid_code": grid, "name": name})
    return replace(moved, micro_grids=table, used=draft.used | {new})


def hang_micro_grid(draft: Draft, code: str, grid: str) -> tuple[Draft, str]:
    """Put a micro-grid into another grid, whose code its own then begins with."""
    if draft.grid_of(code) == grid:
        return draft, code
    new = next_code(grid, draft.used, MICRO_GRID_DIGITS)
    return recode_micro_grid(draft, code, new, grid), new


def with_unit(draft: Draft, code: str, values: Mapping[str, object]) -> Draft:
    """Write into the row of a grid or a micro-grid."""
    grid = code in draft.grids.index
    table = draft.grids if grid else draft.micro_grids
    written = _with_row(table, code, dict(table.loc[code]) | dict(values))
    return replace(draft, grids=written) if grid else replace(draft, micro_grids=written)


def retire_empty(draft: Draft) -> Draft:
    """Retire micro-grids without a cell, and then grids without a micro-grid."""
    lived = draft.micro_grids.index.isin(draft.units[1])
    if lived.all() and draft.grids.index.isin(draft.micro_grids["grid_code"]).all():
        return draft
    micro_grids = draft.micro_grids[lived]
    grids = draft.grids[draft.grids.index.isin(micro_grids["grid_code"])]
    return replace(draft, micro_grids=micro_grids, grids=grids)


def _with_row(table: pd.DataFrame, code: str, row: Mapping[str, object]) -> pd.DataFrame:
    rows: dict[object, dict[object, object]] = dict(table.to_dict("index"))
    return tabulate_units(rows | {code: dict(row)}, list(table.columns))
