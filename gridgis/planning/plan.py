"""What a plan is, what is asked of the planner, and the planner itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd

from gridgis.model.messages import Message
from gridgis.model.tiers import GRID, MICRO_GRID, SizeRange

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class PlanRequest:
    """What is asked of the planner.

    Parameters
    ----------
    grid_size, micro_size
        Households of a grid and of a micro-grid.
    grids, micro_grids
        Total number of units of the township; None leaves it free.
    seed
        The same seed gives the same plan.
    """

    grid_size: SizeRange = GRID
    micro_size: SizeRange = MICRO_GRID
    grids: int | None = None
    micro_grids: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Plan:
    """A complete plan: an assignment of cells to micro-grids to grids, with the shapes that follow from it.

    Parameters
    ----------
    cells
        ``cell_id`` (int), ``village_code``, ``micro_grid_code``, ``households`` (int), ``geometry``.
    grids
        ``code``, ``village_code``, ``name``, ``households`` (int), ``geometry``; sorted by code.
    micro_grids
        ``code``, ``grid_code``, ``village_code``, ``name``, ``households`` (int), ``geometry``; sorted by code.
    households
        ``household_id``, ``grid_code``, ``micro_grid_code``, ``geometry``; in the rows' given order.
    messages
        What could not be kept, and why.
    """

    cells: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    micro_grids: gpd.GeoDataFrame
    households: gpd.GeoDataFrame
    messages: tuple[Message, ...] = ()
