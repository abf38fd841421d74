"""In words: what a plan could not keep, in which village, by how much, why, and what can be done."""

from __future__ import annotations

from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.planning.plan import Plan, PlanRequest
from gridgis.planning.shares import Share


def unit_name(village_name: str, village_code: str, code: str) -> str:
    return f"{village_name} {code.removeprefix(village_code)}"


def explain_plan(
    plan: Plan, layers: Layers, request: PlanRequest, shares: list[tuple[str, Share]]
) -> tuple[Message, ...]:
    del plan, layers, request, shares
    return ()
