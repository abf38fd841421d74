"""Drafts of a whole plan, and the plan that they make: for files, notebooks and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.geo.codes import name_unit
from gridgis.model.layers import Layers
from gridgis.planning.plan import Plan
from gridgis.redraw.draft import Draft, Ints
from gridgis.redraw.drawing import draw_units
from gridgis.redraw.opening import open_draft, open_village

_STAND_IN = "\N{REPLACEMENT CHARACTER}"
_TOLD = ["households", "natural_village", "villager_group", "priority"]


def open_plan(plan: Plan, layers: Layers | None = None) -> dict[str, Draft]:
    """Open all villages of a plan for edits.

    Parameters
    ----------
    plan
        The plan.
    layers
        Its layers, in any CRS: they name the villages, and tell what lies on the ground and who lives where. None, or
        any of them missing, leaves that unknown: a village is then called as in the names of its units, and the
        households of a cell are shared out evenly among its rows.

    Returns
    -------
        A draft a village, by code, in the CRS of the plan.
    """
    known = Layers() if layers is None else _in_crs(layers, plan)
    villages = known.villages
    names = {} if villages is None else dict(zip(villages["code"], villages["name"], strict=True))
    homes = _describe_homes(plan, known)
    first = int(plan.cells["cell_id"].max()) + 1
    village_of = plan.cells.set_index("cell_id")["village_code"]
    drafts = {}
    for code in sorted(plan.grids["village_code"].unique()):
        cells = plan.cells[(plan.cells["village_code"] == code).to_numpy()]
        grids, micro_grids = (
            layer[(layer["village_code"] == code).to_numpy()] for layer in (plan.grids, plan.micro_grids)
        )
        name = names.get(code) or _guess_name(code, grids)
        village = open_village(str(code), name, shapely.union_all(cells.geometry.envelope.to_numpy()), known)
        mine = homes[(homes["cell_id"].map(village_of) == code).to_numpy()]
        drafts[str(code)] = open_draft(village, cells, (grids, micro_grids), mine, next_cell=first)
    return drafts


def close_plan(plan: Plan, before: Mapping[str, Draft], after: Mapping[str, Draft]) -> Plan:
    """Put what was redrawn back into a plan.

    Parameters
    ----------
    plan, before
        The plan, and its drafts as :func:`open_plan` opened them.
    after
        The drafts after the edits, by village code.

    Returns
    -------
        The plan with the villages drawn anew in which anything is different; all others stay to the last digit.
        Households keep their order; messages are left out, for they told of the plan before.
    """
    redrawn = [draft for code, draft in sorted(after.items()) if not draft.same_as(before[code])]
    gone = {draft.village_code for draft in redrawn}
    drawn = [draw_units(draft) for draft in redrawn]
    unit = pd.concat([draft.unit_of for draft in redrawn]) if redrawn else pd.Series(dtype=object)
    grid_of = {code: draft.grid_of(code) for draft in redrawn for code in draft.micro_grids.index}
    households = plan.households.copy()
    here = households["household_id"].isin(unit.index).to_numpy()
    codes = unit.reindex(households["household_id"][here]).to_numpy(dtype=object)
    households.loc[here, "micro_grid_code"] = codes
    households.loc[here, "grid_code"] = [grid_of[code] for code in codes]
    return Plan(
        _put_back(plan.cells, [_list_cells(draft) for draft in redrawn], gone, "cell_id"),
        _put_back(plan.grids, [grids for _, grids in drawn], gone, "code"),
        _put_back(plan.micro_grids, [micro_grids for micro_grids, _ in drawn], gone, "code"),
        households,
    )


def _put_back(old: gpd.GeoDataFrame, new: Sequence[gpd.GeoDataFrame], gone: set[str], key: str) -> gpd.GeoDataFrame:
    if not new:
        return old
    kept = old[~old["village_code"].isin(gone).to_numpy()]
    return pd.concat([kept, *new])[list(old.columns)].sort_values(key, ignore_index=True)


def _list_cells(draft: Draft) -> gpd.GeoDataFrame:
    return draft.cells.reset_index().assign(village_code=draft.village_code)


def _in_crs(layers: Layers, plan: Plan) -> Layers:
    return Layers(
        **{
            name: layer.to_crs(plan.cells.crs) if isinstance(layer, gpd.GeoDataFrame) else layer
            for name, layer in layers.given()
        }
    )


def _describe_homes(plan: Plan, layers: Layers) -> gpd.GeoDataFrame:
    """Say of each household of a plan in which cell it lives, and what the layers know of it."""
    homes = plan.households[["household_id", "geometry"]].assign(cell_id=_place_homes(plan))
    if layers.households is None:
        return homes.assign(households=_share_out(plan, homes["cell_id"].to_numpy()))
    told = layers.households.set_index("household_id")
    known = told[[name for name in _TOLD if name in told]].reindex(homes["household_id"])
    known["households"] = known["households"].fillna(1).astype(np.int64)
    return homes.assign(**{name: known[name].to_numpy() for name in known})


def _place_homes(plan: Plan) -> Ints:
    """Find the cell of each household: of its own micro-grid, or of any where it has none; the nearest, the first."""
    units = plan.cells["micro_grid_code"].to_numpy(dtype=object)
    places = np.zeros(len(plan.households), dtype=np.int64)
    cells_of = pd.Series(np.arange(len(plan.cells))).groupby(units).agg(list).to_dict()
    told = plan.households["micro_grid_code"].reset_index(drop=True)
    everywhere = list(range(len(plan.cells)))
    for code, rows in told.groupby(told.where(told.isin(list(cells_of)), "")).groups.items():
        mine = np.array(cells_of.get(code, everywhere))
        points = plan.households.geometry.to_numpy()[rows]
        point, cell = shapely.STRtree(plan.cells.geometry.to_numpy()[mine]).query_nearest(points)
        order = np.lexsort((cell, point))
        first = np.unique(point[order], return_index=True)[1]
        places[rows] = plan.cells["cell_id"].to_numpy()[mine[cell[order][first]]]
    return places


def _share_out(plan: Plan, places: Ints) -> Ints:
    """Share the households of each cell out among the rows that live in it, as evenly as whole numbers go."""
    totals = plan.cells.set_index("cell_id")["households"].reindex(places).to_numpy(dtype=np.int64)
    place = pd.Series(places).groupby(places)
    rank, many = place.cumcount().to_numpy(), place.transform("size").to_numpy()
    shared: Ints = totals // many + (rank < totals % many)
    return shared


def _guess_name(code: str, grids: gpd.GeoDataFrame) -> str:
    """Guess the name of a village from the names of its grids; its code where they do not tell."""
    for unit, name in zip(grids["code"], grids["name"], strict=True):
        digits = str(unit).removeprefix(code)
        if not digits.isdecimal() or not isinstance(name, str):
            continue
        for stand_in in (_STAND_IN, "村"):
            before, _, after = name_unit(stand_in, digits).partition(stand_in)
            if name.startswith(before) and name.endswith(after) and len(name) > len(before + after):
                return name[len(before) : len(name) - len(after)]
    return code
