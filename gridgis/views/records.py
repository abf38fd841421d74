"""What a plan carries among its messages beside the explanation: what was asked for, and its certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gridgis.model.messages import Message
from gridgis.model.tiers import SizeRange
from gridgis.planning.plan import Plan, PlanRequest

if TYPE_CHECKING:
    from gridgis.planning.certificate import Certificate

ASKED = "planner.asked"
PROVED = "certificate.tier"


def record_plan(plan: Plan, request: PlanRequest, certificate: Certificate, made_for: str) -> Plan:
    """Let a plan carry what it was asked for and its certificate.

    Parameters
    ----------
    plan
        The plan.
    request
        What was asked.
    certificate
        What is proved of it.
    made_for
        Catalogue key of what it was planned for.
    """
    grid, micro = request.grid_size, request.micro_size
    asked = Message(
        ASKED,
        {
            "grid_low": grid.low,
            "grid_high": grid.high,
            "micro_low": micro.low,
            "micro_high": micro.high,
            "seed": request.seed,
            "made_for": Message(made_for),
        },
    )
    return replace(plan, messages=(*plan.messages, asked, *certificate.messages()))


def asked_of(plan: Plan) -> Message | None:
    """Find what a plan was asked for; None where it does not say."""
    return next((message for message in plan.messages if message.key == ASKED), None)


def sizes_of(plan: Plan, usual: Mapping[str, SizeRange]) -> Mapping[str, SizeRange]:
    """Find the size rules that a plan was made by; ``usual`` where it does not say."""
    asked = asked_of(plan)
    if asked is None:
        return usual
    ends = [int(str(asked.params[name])) for name in ("grid_low", "grid_high", "micro_low", "micro_high")]
    return {"grid": SizeRange(*ends[:2]), "micro_grid": SizeRange(*ends[2:])}


def proofs_of(plan: Plan) -> Sequence[Message]:
    """List the certificate of a plan, a message a tier; nothing where it has none."""
    return [message for message in plan.messages if message.key == PROVED]


def explanation_of(plan: Plan) -> Sequence[Message]:
    """List what a plan says of the rules it could not keep, and of its ground and heads."""
    return [message for message in plan.messages if message.key not in {ASKED, PROVED}]
