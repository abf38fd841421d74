"""Which cells an edit means: by number, by unit, by natural village, villagers' group or block, or drawn on the map."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gridgis.geo.topology import LEAST_BORDER_M, pieces
from gridgis.redraw.cutting import cut_cells
from gridgis.redraw.draft import Draft, Ints
from gridgis.redraw.edits import Land, RefusedError

Bools = npt.NDArray[np.bool_]


def choose_cells(draft: Draft, land: Land) -> tuple[Draft, Ints]:
    """Find the cells that an edit means.

    Parameters
    ----------
    draft
        The village.
    land
        The land that is meant.

    Returns
    -------
        The village, its cells cut where the edit asks for it, and the cells, ascending.

    Raises
    ------
    RefusedError
        If the land is not in this village, or nothing lies in it.
    """
    if land.area is not None and land.cut:
        draft = cut_cells(draft, draft.cells.index.to_numpy(dtype=np.int64), shapely.boundary(land.area))
    ids = draft.cells.index.to_numpy(dtype=np.int64)
    if land.cells is not None:
        cells = np.unique(np.array(land.cells, dtype=np.int64))
        strange = np.setdiff1d(cells, ids)
        if len(strange) > 0:
            raise RefusedError("redraw.refused.cells", n=len(strange), cells=_some(strange))
    elif land.units is not None:
        cells = np.concatenate([draft.cells_of(check_unit(draft, unit)) for unit in land.units])
    elif land.block is not None:
        cells = _block(draft, land.block)
    elif land.area is not None or land.brush is not None:
        cells = ids[drawn_cells(draft, land)]
    else:
        cells = ids[named_cells(draft, land)]
    if len(cells) == 0:
        raise RefusedError("redraw.refused.no_land")
    return draft, np.unique(cells)


def check_unit(draft: Draft, unit: str) -> str:
    """Look a unit up.

    Raises
    ------
    RefusedError
        If the village has no such unit.
    """
    if unit not in draft.grids.index and unit not in draft.micro_grids.index:
        raise RefusedError("redraw.refused.unit", code=unit, village=draft.village.name)
    return unit


def _some(cells: Ints) -> str:
    shown = 8
    return ", ".join(map(str, cells[:shown].tolist())) + (" …" if len(cells) > shown else "")


def named_cells(draft: Draft, land: Land) -> Bools:
    """Say which cells are of a natural village, by code or name, or of a villagers' group."""
    if land.villager_group is not None:
        return np.array(draft.cells["villager_group"] == land.villager_group, dtype=bool)
    known = draft.village.natural_villages
    codes = {land.natural_village, *known.loc[known["name"] == land.natural_village, "code"]}
    return np.array(draft.cells["natural_village"].isin(codes), dtype=bool)


def _block(draft: Draft, cell: int) -> Ints:
    """Find the block of a cell: nothing found on the ground parts its cells."""
    ids = draft.cells.index.to_numpy(dtype=np.int64)
    if cell not in draft.cells.index:
        raise RefusedError("redraw.refused.cells", n=1, cells=cell)
    mesh = draft.mesh
    loose = mesh.length_m - mesh.on_ground_m > LEAST_BORDER_M
    block = pieces(len(ids), *(np.searchsorted(ids, ends[loose]) for ends in (mesh.a, mesh.b)))
    same: Ints = ids[block == block[np.searchsorted(ids, cell)]]
    return same


def drawn_cells(draft: Draft, land: Land) -> Bools:
    """Say which cells a brush touches, or which have their home, or their middle, in a lasso or rectangle."""
    shapes = draft.cells.geometry.to_numpy()
    if land.brush is not None:
        stroke = gpd.GeoSeries([land.brush], crs=draft.cells.crs).to_crs(draft.mesh.metric)
        stroke = stroke.buffer(land.width_m / 2).to_crs(draft.cells.crs)
        touched = shapely.intersects(shapes, stroke.iloc[0])
        return np.asarray(touched, dtype=bool)
    area = land.area
    shapely.prepare(area)
    near = shapely.intersects(area, shapes)
    near[near] = shapely.intersects(area, shapely.point_on_surface(shapes[near]))
    homes = draft.households
    weight = homes["households"].to_numpy()
    row = draft.cells.index.get_indexer(homes["cell_id"])
    inner = weight * shapely.intersects(area, homes.geometry.to_numpy())
    all_of, inner_of = (np.bincount(row, some, len(shapes)) for some in (weight, inner))
    chosen: Bools = np.where(all_of > 0, 2 * inner_of > all_of, near)
    return chosen
