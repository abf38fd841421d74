"""The plan of the demo, made by the product's own planner: 24 grids and 78 micro-grids."""

from __future__ import annotations

from gridgis.model.layers import Layers
from gridgis.planning.plan import Plan, PlanRequest, make_plan
from synthesis.places import VILLAGES
from synthesis.township import Township


def plan_township(township: Township) -> Plan:
    """Plan the township as the newspaper has it, with the planner's usual size rules and seed."""
    layers = Layers(
        villages=township.villages,
        households=township.households,
        natural_villages=township.natural_villages,
        villager_groups=township.villager_groups,
        barriers=township.barriers,
    )
    grids = sum(village.grids for village in VILLAGES)
    micro_grids = sum(village.micro_grids for village in VILLAGES)
    return make_plan(layers, PlanRequest(grids=grids, micro_grids=micro_grids))
