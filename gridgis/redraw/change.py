"""A change: the small difference that an edit made to one village, as data; it can be undone, done again and stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.redraw.draft import Draft, Ints
from gridgis.redraw.mesh import mend_mesh
from gridgis.redraw.opening import describe_cells, tabulate_units

Row = TypeVar("Row")


@dataclass(frozen=True)
class Cell:
    """A cell by itself: its households, and its shape in the CRS of the draft."""

    households: int
    geometry: shapely.Geometry


@dataclass(frozen=True)
class MicroGrid:
    """The row of a micro-grid."""

    grid_code: str
    name: str | None
    locked: bool


@dataclass(frozen=True)
class Grid:
    """The row of a grid."""

    name: str | None
    locked: bool


@dataclass(frozen=True)
class Change:
    """What is different after an edit of one village. Everything is told before and after, so that it can be undone.

    Parameters
    ----------
    village_code
        Which village.
    removed, added
        Cells that were replaced, and those in their place, by number. A cell that was there before the edit may be
        among the added ones of its undoing: a fabric keeps all cells that it ever had.
    assigned
        Cell to micro-grid before and after; None where the cell is not there or has no unit.
    micro_grids, grids
        Code to row before and after; None where there is no such unit.
    rehoused
        Household to cell before and after, where its cell was replaced.
    """

    village_code: str
    removed: Mapping[int, Cell] = field(default_factory=dict)
    added: Mapping[int, Cell] = field(default_factory=dict)
    assigned: Mapping[int, tuple[str | None, str | None]] = field(default_factory=dict)
    micro_grids: Mapping[str, tuple[MicroGrid | None, MicroGrid | None]] = field(default_factory=dict)
    grids: Mapping[str, tuple[Grid | None, Grid | None]] = field(default_factory=dict)
    rehoused: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Say whether nothing is different."""
        return not (self.removed or self.added or self.assigned or self.micro_grids or self.grids)

    @property
    def units(self) -> frozenset[str]:
        """List the codes of all units that the change touches: their land, their row, or one inside them."""
        codes = {code for pair in self.assigned.values() for code in pair if code is not None}
        rows = [row for pair in self.micro_grids.values() for row in pair if row is not None]
        return frozenset({*codes, *self.micro_grids, *self.grids, *(row.grid_code for row in rows)})

    def to_json(self) -> dict[str, Any]:
        """Make it plain data: keys are texts, shapes are hexadecimal WKB."""
        cells = {
            name: {str(number): [cell.households, shapely.to_wkb(cell.geometry, hex=True)] for number, cell in some}
            for name, some in (("removed", self.removed.items()), ("added", self.added.items()))
        }
        units = {
            name: {code: [None if row is None else asdict(row) for row in pair] for code, pair in some}
            for name, some in (("micro_grids", self.micro_grids.items()), ("grids", self.grids.items()))
        }
        pairs = {
            "assigned": {str(cell): list(pair) for cell, pair in self.assigned.items()},
            "rehoused": {household: list(pair) for household, pair in self.rehoused.items()},
        }
        return {"village_code": self.village_code, **cells, **pairs, **units}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Change:
        """Read it back from what :meth:`to_json` made."""
        removed, added = (
            {int(number): Cell(int(n), shapely.from_wkb(shape)) for number, (n, shape) in data[name].items()}
            for name in ("removed", "added")
        )
        return cls(
            data["village_code"],
            removed,
            added,
            {int(cell): (before, after) for cell, (before, after) in data["assigned"].items()},
            {code: _read_pair(MicroGrid, pair) for code, pair in data["micro_grids"].items()},
            {code: _read_pair(Grid, pair) for code, pair in data["grids"].items()},
            {household: (int(before), int(after)) for household, (before, after) in data["rehoused"].items()},
        )


def _read_pair(kind: type[Row], pair: list[dict[str, Any] | None]) -> tuple[Row | None, Row | None]:
    before, after = (None if row is None else kind(**row) for row in pair)
    return before, after


def invert(change: Change) -> Change:
    """Turn a change around: what undoes it."""
    return Change(
        change.village_code,
        change.added,
        change.removed,
        {cell: (after, before) for cell, (before, after) in change.assigned.items()},
        {code: (after, before) for code, (before, after) in change.micro_grids.items()},
        {code: (after, before) for code, (before, after) in change.grids.items()},
        {household: (after, before) for household, (before, after) in change.rehoused.items()},
    )


def apply_change(draft: Draft, change: Change) -> Draft:
    """Make a change.

    Parameters
    ----------
    draft
        The village as it was before the change.
    change
        The change.

    Returns
    -------
        The village after it. Undoing a change and making it again gives the very same drafts; numbers and codes that
        were used stay used.
    """
    cells, households = _change_cells(draft, change)
    grids = _change_rows(draft.grids, change.grids)
    micro_grids = _change_rows(draft.micro_grids, change.micro_grids)
    mesh = draft.mesh
    if change.removed or change.added:
        mesh = mend_mesh(mesh, cells.geometry, change.removed, change.added)
    next_cell = max([draft.next_cell, *(number + 1 for number in change.added)])
    used = draft.used | change.grids.keys() | change.micro_grids.keys()
    return Draft(draft.village, cells, micro_grids, grids, households, mesh, next_cell, used)


def _change_cells(draft: Draft, change: Change) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    cells, households = draft.cells, draft.households
    if change.removed or change.added:
        households = households.copy()
        rows = households.index.get_indexer(list(change.rehoused))
        column = households["cell_id"].to_numpy().copy()
        column[rows] = [after for _, after in change.rehoused.values()]
        households["cell_id"] = column
        cells = _replace_cells(draft, change, households)
    codes = cells["micro_grid_code"].to_numpy(dtype=object, copy=True)
    told = {cell: after for cell, (_, after) in change.assigned.items() if cell not in change.removed}
    codes[cells.index.get_indexer(list(told))] = list(told.values())
    return cells.assign(micro_grid_code=pd.Series(codes, index=cells.index, dtype=object)), households


def _replace_cells(draft: Draft, change: Change, households: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    new = gpd.GeoDataFrame(
        {"households": np.array([cell.households for cell in change.added.values()], dtype=np.int64)},
        geometry=[cell.geometry for cell in change.added.values()],
        index=pd.Index(list(change.added), dtype=np.int64, name="cell_id"),
        crs=draft.cells.crs,
    )
    new = describe_cells(
        new.assign(micro_grid_code=pd.Series(None, new.index, dtype=object)), households, draft.village
    )
    kept = draft.cells.drop(index=list(change.removed))
    return pd.concat([kept, new]).sort_index()


def _change_rows(
    units: pd.DataFrame,
    rows: Mapping[str, tuple[Grid | None, Grid | None]] | Mapping[str, tuple[MicroGrid | None, MicroGrid | None]],
) -> pd.DataFrame:
    if not rows:
        return units
    table: dict[str, dict[str, Any]] = _rows(units)
    for code, (_, after) in rows.items():
        table.pop(code, None)
        if after is not None:
            table[code] = asdict(after)
    return tabulate_units(table, list(units.columns))


def find_change(before: Draft, after: Draft) -> Change:
    """Find what differs between two drafts of one village, the second of which an edit made of the first."""
    old, new = (draft.cells.index.to_numpy(dtype=np.int64) for draft in (before, after))
    removed, added = np.setdiff1d(old, new), np.setdiff1d(new, old)
    was, is_now = (draft.cells["micro_grid_code"].to_numpy(dtype=object) for draft in (before, after))
    both = np.intersect1d(old, new, assume_unique=True)
    one, other = was[np.searchsorted(old, both)], is_now[np.searchsorted(new, both)]
    differs = np.array(one != other, dtype=bool)
    pairs = [
        *zip(both[differs], one[differs], other[differs], strict=True),
        *((cell, code, None) for cell, code in zip(removed, was[np.searchsorted(old, removed)], strict=True)),
        *((cell, None, code) for cell, code in zip(added, is_now[np.searchsorted(new, added)], strict=True)),
    ]
    was_in, is_in = (draft.households["cell_id"].to_numpy() for draft in (before, after))
    moved = np.flatnonzero(was_in != is_in)
    households = before.households.index.to_numpy(dtype=object)[moved]
    return Change(
        before.village_code,
        _cells_by_number(before.cells, removed),
        _cells_by_number(after.cells, added),
        {int(cell): (code, heir) for cell, code, heir in pairs if code != heir},
        _differing(MicroGrid, before.micro_grids, after.micro_grids),
        _differing(Grid, before.grids, after.grids),
        {str(home): (int(was_in[row]), int(is_in[row])) for home, row in zip(households, moved, strict=True)},
    )


def _cells_by_number(cells: gpd.GeoDataFrame, numbers: Ints) -> dict[int, Cell]:
    if len(numbers) == 0:
        return {}
    some = cells.loc[numbers]
    rows = zip(some.index, some["households"], some.geometry, strict=True)
    return {int(number): Cell(int(n), shape) for number, n, shape in rows}


def _differing(kind: type[Row], before: pd.DataFrame, after: pd.DataFrame) -> dict[str, tuple[Row | None, Row | None]]:
    if before is after or before.equals(after):
        return {}
    old, new = ({code: kind(**row) for code, row in _rows(table).items()} for table in (before, after))
    return {code: (old.get(code), new.get(code)) for code in sorted(old | new) if old.get(code) != new.get(code)}


def _rows(units: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {
        str(code): {str(name): value for name, value in row.items()} for code, row in units.to_dict("index").items()
    }
