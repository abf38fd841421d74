"""The state of a plan: its assignment and its units, changed as a step says and drawn anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, RowMapping, Table, bindparam, delete, func, insert, select, update

from gridgis.model.errors import ConflictError
from gridgis.model.layers import Layers
from gridgis.redraw.change import Change, Grid, MicroGrid
from gridgis.redraw.draft import Draft
from gridgis.redraw.drawing import draw_units
from gridgis.redraw.mesh import weave_mesh
from gridgis.redraw.opening import open_village
from gridgis.store.drafts import Slice, dwellings, read_slice
from gridgis.store.geopackage import note_change
from gridgis.store.rows import CRS, fetch, raw
from gridgis.store.schema import assignment, cells, grids, households, micro_grids, plans
from gridgis.store.steps import Pair, Shapes

TIERS: Mapping[str, tuple[Table, type[Grid | MicroGrid]]] = {
    "grids": (grids, Grid),
    "micro_grids": (micro_grids, MicroGrid),
}


def change_state(connection: Connection, plan: RowMapping, change: Change, *, draw: bool) -> Shapes:
    """Make a change of one village.

    Parameters
    ----------
    plan
        Row of the plan.
    change
        The change; its new cells are in the fabric already.
    draw
        Whether the village is drawn anew where its borders move.

    Returns
    -------
        Shapes before and after of the units that were drawn anew.

    Raises
    ------
    ConflictError
        If the plan is not as the change found it.
    """
    plan_id, village = plan["plan_id"], change.village_code
    _check_fits(connection, plan_id, change)
    moves = moves_land(change)
    before = _drawn(connection, plan_id, village) if moves and draw else {}
    _write_assignment(connection, plan_id, change)
    for name, (table, _) in TIERS.items():
        _write_units(connection, table, plan_id, village, getattr(change, name))
    if not moves:
        return {}
    _count_households(connection, plan, village)
    if not draw:
        return {}
    shapes = _differing(before, _draw(village, read_slice(connection, plan, village)))
    write_shapes(connection, plan_id, shapes)
    return shapes


def write_shapes(connection: Connection, plan_id: int, shapes: Shapes) -> None:
    """Give units the shapes that they are to have."""
    for name, some in shapes.items():
        _write_shapes(connection, TIERS[name][0], plan_id, some)


def moves_land(change: Change) -> bool:
    """Tell whether a change moves any border, and not only names, codes' rows or locks."""
    units = [*change.grids.values(), *change.micro_grids.values()]
    rows = [(None if row is None else getattr(row, "grid_code", "") for row in pair) for pair in units]
    return bool(change.removed or change.added or change.assigned) or any(len(set(pair)) > 1 for pair in rows)


def touched_units(connection: Connection, plan_id: int, change: Change) -> frozenset[str]:
    """List the units that an edit depends on: those whose row it changes, and those whose land, grids included."""
    land = {code for pair in change.assigned.values() for code in pair if code is not None}
    codes = land | change.grids.keys() | change.micro_grids.keys()
    for before, after in change.micro_grids.values():
        of = {row.grid_code for row in (before, after) if row is not None}
        codes |= of if len(of) > 1 or before is None or after is None else set()
    if not land:
        return frozenset(codes)
    of_land = select(micro_grids.c.grid_code).where(micro_grids.c.plan_id == plan_id, micro_grids.c.code.in_(land))
    return frozenset(codes | set(connection.execute(of_land).scalars()))


def read_state(connection: Connection, plan_id: int) -> tuple[Change, ...]:
    """Tell a plan as the changes, one a village, that make it of nothing."""
    parts = ("assigned", *TIERS)
    villages: dict[str, dict[str, dict[Any, Any]]] = defaultdict(lambda: {name: {} for name in parts})
    placed = (
        select(cells.c.village_code, assignment.c.cell_id, assignment.c.micro_grid_code)
        .join_from(assignment, cells, cells.c.cell_id == assignment.c.cell_id)
        .where(assignment.c.plan_id == plan_id, cells.c.fabric_id == _fabric_of(connection, plan_id))
        .where(assignment.c.micro_grid_code.is_not(None))
    )
    for village, cell_id, code in connection.execute(placed.order_by(assignment.c.cell_id)):
        villages[village]["assigned"][cell_id] = (None, code)
    for name, (table, kind) in TIERS.items():
        columns = [table.c[column.name] for column in fields(kind)]
        query = select(table.c.village_code, table.c.code, *columns).where(table.c.plan_id == plan_id)
        for village, code, *row in connection.execute(query.order_by(table.c.code)):
            villages[village][name][code] = (None, kind(*row))
    return tuple(Change(code, **villages[code]) for code in sorted(villages))


def _fabric_of(connection: Connection, plan_id: int) -> int:
    from_plans = select(plans.c.fabric_id).where(plans.c.plan_id == plan_id)
    return int(connection.execute(from_plans).scalar_one())


def _check_fits(connection: Connection, plan_id: int, change: Change) -> None:
    fits = _land_fits(connection, plan_id, change)
    for name, (table, kind) in TIERS.items():
        units = getattr(change, name)
        if units:
            columns = [table.c[column.name] for column in fields(kind)]
            query = select(table.c.code, *columns).where(table.c.plan_id == plan_id, table.c.code.in_(list(units)))
            rows = {code: kind(*row) for code, *row in connection.execute(query)}
            fits &= all(rows.get(code) == before for code, (before, _) in units.items())
    if not fits:
        raise ConflictError("history.moved_on")


def _land_fits(connection: Connection, plan_id: int, change: Change) -> bool:
    ids = change.assigned.keys() | change.removed.keys() | change.added.keys()
    if not ids:
        return True
    here = (assignment.c.plan_id == plan_id) & assignment.c.cell_id.in_(ids)
    found = dict(connection.execute(select(assignment.c.cell_id, assignment.c.micro_grid_code).where(here)).all())
    as_told = all(found.get(cell) == before for cell, (before, _) in change.assigned.items())
    return as_told and change.removed.keys() <= found.keys() and not change.added.keys() & found.keys()


def _write_assignment(connection: Connection, plan_id: int, change: Change) -> None:
    here = (assignment.c.plan_id == plan_id) & (assignment.c.cell_id == bindparam("cell"))
    if change.removed:
        connection.execute(delete(assignment).where(here), [{"cell": cell} for cell in change.removed])
    if change.added:
        codes = {cell: change.assigned.get(cell, (None, None))[1] for cell in change.added}
        rows = [{"plan_id": plan_id, "cell_id": cell, "micro_grid_code": code} for cell, code in codes.items()]
        connection.execute(insert(assignment), rows)
    kept = {
        cell: after
        for cell, (_, after) in change.assigned.items()
        if cell not in change.removed.keys() | change.added.keys()
    }
    if kept:
        moved = update(assignment).where(here).values(micro_grid_code=bindparam("code"))
        connection.execute(moved, [{"cell": cell, "code": code} for cell, code in kept.items()])


def _write_units(
    connection: Connection,
    table: Table,
    plan_id: int,
    village_code: str,
    units: Mapping[str, tuple[Grid | MicroGrid | None, Grid | MicroGrid | None]],
) -> None:
    for code, (before, after) in units.items():
        here = (table.c.plan_id == plan_id) & (table.c.code == code)
        if after is None:
            connection.execute(delete(table).where(here))
        elif before is None:
            row = {"plan_id": plan_id, "code": code, "village_code": village_code, "households": 0, **asdict(after)}
            connection.execute(insert(table).values(row))
        else:
            connection.execute(update(table).where(here).values(**asdict(after)))
    if units:
        note_change(connection, table.name, pd.DataFrame())


def _drawn(connection: Connection, plan_id: int, village_code: str) -> dict[str, dict[str, shapely.Geometry]]:
    shapes = {}
    for name, (table, _) in TIERS.items():
        columns = [table.c.code, table.c.geometry]
        query = select(*raw(columns)).where(table.c.plan_id == plan_id, table.c.village_code == village_code)
        rows = fetch(connection, query, columns)
        shapes[name] = dict(zip(rows["code"], rows["geometry"], strict=True))
    return shapes


def _draw(village_code: str, slice_: Slice) -> dict[str, dict[str, shapely.Geometry]]:
    land = slice_.cells.set_index("cell_id")
    village = open_village(village_code, village_code, shapely.box(*land.total_bounds), Layers())
    draft = Draft(
        village,
        land,
        slice_.micro_grids.set_index("code").sort_index(),
        slice_.grids.set_index("code").sort_index(),
        slice_.households.set_index("household_id"),
        # who borders whom does not matter to a drawing, and takes long to measure
        weave_mesh(land.geometry.iloc[:1], gpd.GeoSeries([], crs=CRS)),
        0,
        frozenset(),
    )
    drawn = dict(zip(("micro_grids", "grids"), draw_units(draft), strict=True))
    return {name: dict(zip(units["code"], units.geometry, strict=True)) for name, units in drawn.items()}


def _differing(
    before: Mapping[str, Mapping[str, shapely.Geometry]], after: Mapping[str, Mapping[str, shapely.Geometry]]
) -> Shapes:
    shapes: dict[str, dict[str, Pair]] = {}
    for name in TIERS:
        old, new = before[name], after[name]
        pairs = {code: (old.get(code), new.get(code)) for code in sorted(old.keys() | new.keys())}
        shapes[name] = {code: pair for code, pair in pairs.items() if not _identical(*pair)}
    return shapes


def _identical(one: shapely.Geometry | None, other: shapely.Geometry | None) -> bool:
    return one is not None and other is not None and bool(shapely.equals_identical(one, other))


def _write_shapes(connection: Connection, table: Table, plan_id: int, shapes: Mapping[str, Pair]) -> None:
    new = {code: after for code, (_, after) in shapes.items() if after is not None}
    if not new:
        return
    here = (table.c.plan_id == plan_id) & (table.c.code == bindparam("unit"))
    drawn = update(table).where(here).values(geometry=bindparam("shape"))
    connection.execute(drawn, [{"unit": code, "shape": shape} for code, shape in new.items()])
    note_change(connection, table.name, gpd.GeoDataFrame(geometry=list(new.values()), crs=CRS))


def _count_households(connection: Connection, plan: RowMapping, village_code: str) -> None:
    """Count the households of a village's units anew, as they live there today."""
    unit = assignment.c.micro_grid_code
    counted = select(unit, func.sum(households.c.households)).select_from(dwellings(plan, village_code)).group_by(unit)
    people = dict(connection.execute(counted).all())
    of_village = (micro_grids.c.plan_id == plan["plan_id"]) & (micro_grids.c.village_code == village_code)
    grid_of = dict(connection.execute(select(micro_grids.c.code, micro_grids.c.grid_code).where(of_village)).all())
    _write_counts(connection, micro_grids, plan["plan_id"], {code: people.get(code, 0) for code in grid_of})
    of_grids: dict[str, int] = defaultdict(int)
    for code, grid in grid_of.items():
        of_grids[grid] += people.get(code, 0)
    _write_counts(connection, grids, plan["plan_id"], of_grids)


def _write_counts(connection: Connection, table: Table, plan_id: int, counts: Mapping[str, int]) -> None:
    here = (table.c.plan_id == plan_id) & (table.c.code == bindparam("unit"))
    rows = [{"unit": code, "count": count} for code, count in counts.items()]
    if rows:
        connection.execute(update(table).where(here).values(households=bindparam("count")), rows)
