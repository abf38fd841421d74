"""What a plan is, what is asked of the planner, and the planner itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd

from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.model.tiers import GRID, MICRO_GRID, WEIGHTS, SizeRange, Weights

if TYPE_CHECKING:
    from gridgis.planning.feasibility import Assessment

if TYPE_CHECKING:
    from gridgis.geo.cache import FabricCache

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class PlanRequest:
    """What is asked of the planner.

    Parameters
    ----------
    grid_size, micro_size
        Households of a grid and of a micro-grid.
    grids, micro_grids
        Number of units: a total of the township, or numbers by village code; None, and a village without a number,
        leave it free.
    seed
        The same seed gives the same plan.
    weights
        How much the wishes count.
    """

    grid_size: SizeRange = GRID
    micro_size: SizeRange = MICRO_GRID
    grids: int | Mapping[str, int] | None = None
    micro_grids: int | Mapping[str, int] | None = None
    seed: int = 0
    weights: Weights = WEIGHTS

    def asked(self, village_code: str) -> tuple[int | None, int | None]:
        """Find the numbers asked of one village or, where a total is asked, of the township; None for free."""
        grids, micro_grids = (
            number.get(village_code) if isinstance(number, Mapping) else number
            for number in (self.grids, self.micro_grids)
        )
        return grids, micro_grids


@dataclass(frozen=True)
class Plan:
    """A complete plan: an assignment of cells to micro-grids to grids, with the shapes that follow from it.

    A micro-grid is drawn as the union of its cells with the borders inside its village simplified, shared ones together
    and no household changing side; a grid is the union of its micro-grids as drawn.

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


def make_plan(
    layers: Layers, request: PlanRequest, *, progress: Progress | None = None, fabrics: FabricCache | None = None
) -> Plan:
    """Plan a township.

    Parameters
    ----------
    layers
        Checked layers, all in one CRS; ``villages`` and ``households`` are needed, ``natural_villages``,
        ``villager_groups``, ``barriers`` and ``buildings`` better the plan.
    request
        What is asked.
    progress
        Called with the part done (0 to 1) and the catalogue key of the stage that begins.
    fabrics
        Where fabrics are kept for the next plan of the same layers; None keeps none.

    Returns
    -------
        The plan, in the layers' CRS. It keeps every law; what it could not keep of the rules is in its messages.

    Raises
    ------
    CallError
        If the requested numbers of units cannot be had.
    """
    # compiled loops cost a second of start: whoever only reads plans does not pay for them
    from gridgis.planning.township import plan_township  # noqa: PLC0415

    return plan_township(layers, request, progress or _keep_quiet, fabrics)


def assess_request(
    layers: Layers, request: PlanRequest, *, fabrics: FabricCache | None = None
) -> tuple[Assessment, ...]:
    """Assess what the numbers allow, before anything is drawn.

    Parameters
    ----------
    layers, fabrics
        As for :func:`make_plan`.
    request
        What is asked.

    Returns
    -------
        One assessment a piece of land that is planned on its own, by village code.

    Raises
    ------
    CallError
        If the requested numbers of units cannot be had.
    """
    from gridgis.planning.township import assess_township_land  # noqa: PLC0415 — as above

    return assess_township_land(layers, request, fabrics)


def _keep_quiet(part: float, stage: str) -> None:
    del part, stage
