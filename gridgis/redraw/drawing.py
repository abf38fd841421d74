"""The shapes of a draft's units: drawn for the whole village, so that neighbours share every border exactly."""

from __future__ import annotations

import geopandas as gpd

from gridgis.geo.outlines import dissolve_cells, simplify_outlines
from gridgis.redraw.draft import Draft


def draw_units(draft: Draft) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Draw the units of a village as a plan's are.

    Parameters
    ----------
    draft
        The village; what has no unit is not drawn.

    Returns
    -------
        Micro-grids (``code``, ``grid_code``, ``village_code``, ``name``, ``households``, ``geometry``) and grids (the
        same without ``grid_code``), by code, in the draft's CRS. The shapes follow from the assignment alone: what was
        redrawn and undone is drawn as it was before.
    """
    micro_grids = draft.micro_grids.assign(village_code=draft.village_code, households=draft.sizes("micro_grid"))
    shapes = dissolve_cells(draft.cells[draft.cells["micro_grid_code"].notna().to_numpy()], "micro_grid_code")
    units = gpd.GeoDataFrame(micro_grids.reset_index(), geometry=shapes.reindex(micro_grids.index).to_numpy())
    units = units.set_crs(draft.cells.crs)
    homes = draft.households[["geometry"]].assign(unit=draft.unit_of)
    units["geometry"] = simplify_outlines(
        units, homes[homes["unit"].notna().to_numpy()], "unit", draft.village.footprints
    )
    grids = draft.grids.assign(village_code=draft.village_code, households=draft.sizes("grid"))
    drawn = dissolve_cells(units, "grid_code")
    grid_units = gpd.GeoDataFrame(grids.reset_index(), geometry=drawn.reindex(grids.index).to_numpy())
    columns = ["code", "village_code", "name", "households", "geometry"]
    return units[[columns[0], "grid_code", *columns[1:]]], grid_units.set_crs(draft.cells.crs)[columns]
