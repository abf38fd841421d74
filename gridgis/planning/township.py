"""A whole township: cut the fabric, share out the units, solve village by village, and put shapes and codes on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgis.geo.cache import FabricCache
from gridgis.geo.fabric import Fabric, cut_fabric
from gridgis.geo.places import land_and_people
from gridgis.model.layers import Layers
from gridgis.planning.explain import explain_plan
from gridgis.planning.feasibility import Assessment, assess_lands
from gridgis.planning.ground import explain_ground
from gridgis.planning.heads import propose_heads, tell_heads
from gridgis.planning.lands import Plot, share_land
from gridgis.planning.plan import Plan, PlanRequest, Progress
from gridgis.planning.shaping import shape_plan
from gridgis.planning.shares import Share
from gridgis.planning.solve import Rules, solve_land
from gridgis.planning.surveys import name_natural_villages, survey_lands
from gridgis.planning.tiers import Effort

Ints = npt.NDArray[np.int64]


def plan_township(layers: Layers, request: PlanRequest, progress: Progress, fabrics: FabricCache | None = None) -> Plan:
    """Plan a township; see :func:`gridgis.planning.plan.make_plan`."""
    progress(0.0, "plan.stage.fabric")
    fabric = cut_fabric(layers) if fabrics is None else fabrics.cut(layers)
    progress(0.3, "plan.stage.units")
    villages, _ = land_and_people(layers)
    lands, shares = share_land(fabric, layers, request)
    cells = fabric.cells.copy()
    cells["grid"], cells["micro"] = 0, 0
    rules = Rules(request.grid_size, request.micro_size, request.weights)
    grids = micros = 0
    for number, (land, share) in enumerate(zip(lands, shares, strict=True)):
        progress(0.3 + 0.5 * number / len(lands), "plan.stage.units")
        units = solve_land(land.graph, share, rules, Effort(), (request.seed, number))
        cells.loc[land.cells, "grid"] = grids + units.grid[land.node]
        cells.loc[land.cells, "micro"] = micros + units.micro[land.node]
        grids, micros = grids + share.grids, micros + share.micro_grids
    progress(0.8, "plan.stage.shapes")
    plan = shape_plan(fabric, cells, villages)
    assessments = _assess(fabric, layers, request, (lands, shares))
    messages = explain_plan(plan, request, assessments, describe_homes(plan, fabric, layers))
    messages += explain_ground(layers, fabric)
    if layers.members is not None:
        messages += tell_heads(propose_heads(plan, layers))
    progress(1.0, "plan.stage.done")
    return replace(plan, messages=messages)


def assess_township_land(
    layers: Layers, request: PlanRequest, fabrics: FabricCache | None = None
) -> tuple[Assessment, ...]:
    """Assess what the numbers allow; see :func:`gridgis.planning.plan.assess_request`."""
    fabric = cut_fabric(layers) if fabrics is None else fabrics.cut(layers)
    return _assess(fabric, layers, request, share_land(fabric, layers, request))


def _assess(
    fabric: Fabric, layers: Layers, request: PlanRequest, shared: tuple[list[Plot], list[Share]]
) -> tuple[Assessment, ...]:
    lands, shares = shared
    places = [(land.village_code, land.cells) for land in lands]
    return assess_lands(survey_lands(fabric, layers, places, shares, request.micro_size.high), request)


def describe_homes(plan: Plan, fabric: Fabric, layers: Layers) -> pd.DataFrame:
    """Put together what is known of each household's places, natural villages by name."""
    homes = pd.DataFrame(fabric.households[["village_code", "households"]])
    named = name_natural_villages(fabric.households["natural_village"], layers)
    places_m = fabric.places_m[fabric.households["cell_id"].to_numpy()]
    homes = homes.assign(natural_village=named, x_m=places_m[:, 0], y_m=places_m[:, 1])
    return homes.join(plan.households[["grid_code", "micro_grid_code"]])
