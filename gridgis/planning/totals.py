"""What the numbers of units asked for a whole township allow, whatever is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gridgis.model.messages import Message
from gridgis.model.tiers import SizeRange
from gridgis.planning.feasibility import Assessment, Feasibility
from gridgis.planning.plan import PlanRequest
from gridgis.planning.shares import least_excess_beside
from gridgis.planning.verdicts import count_units


@dataclass(frozen=True)
class TownshipAssessment:
    """What the numbers allow in a whole township.

    Parameters
    ----------
    households
        Its households.
    asked
        Tier and number of units of each tier for which a total was asked.
    least, most
        Households of a township in which these totals can be in range.
    excess
        Households out of range in all, at least.
    wider
        The narrowest ranges of grids and of micro-grids that all villages could keep at these numbers of units,
        buildings above the ceiling left aside; None where widening does not help.
    """

    households: int
    asked: tuple[tuple[str, int], ...]
    least: int
    most: int
    excess: int
    wider: tuple[SizeRange, SizeRange] | None


def assess_township(found: Sequence[Assessment], request: PlanRequest) -> TownshipAssessment:
    """Add up what the numbers allow on all pieces of land.

    Parameters
    ----------
    found
        The assessments of all pieces of land.
    request
        What was asked.
    """
    totals = (("grid", request.grids, request.grid_size), ("micro_grid", request.micro_grids, request.micro_size))
    asked = [(tier, total, rule) for tier, total, rule in totals if isinstance(total, int)]
    return TownshipAssessment(
        households=sum(one.land.households for one in found),
        asked=tuple((tier, total) for tier, total, _ in asked),
        least=max((rule.low * total for _, total, rule in asked), default=0),
        most=min((rule.high * total for _, total, rule in asked), default=0),
        excess=sum(one.excess for one in found),
        wider=_widen_all(found, request),
    )


def tell_township(found: TownshipAssessment, *, planned: bool = False) -> tuple[Message, ...]:
    """Say whether the totals fit the township, the least sum of excess, and the ranges that would do; or nothing.

    Parameters
    ----------
    found
        What the numbers allow.
    planned
        Whether there is a plan already, whose own sum of excess is said instead of the least.
    """
    messages = []
    if found.asked:
        counted = [count_units(tier, total) for tier, total in found.asked]
        both = counted[0] if len(counted) == 1 else Message("plan.totals.both", {"a": counted[0], "b": counted[1]})
        key = "plan.totals.never" if found.least > found.most else "plan.totals.window"
        said = {"counted": both, "least": found.least, "most": found.most, "n": found.households}
        messages.append(Message(key, said))
    if found.excess and not planned:
        messages.append(Message("plan.totals.excess", {"n": found.excess}))
    if found.excess and found.wider is not None:
        grid, micro = found.wider
        sizes = {"low": grid.low, "high": grid.high, "micro_low": micro.low, "micro_high": micro.high}
        messages.append(Message("plan.totals.wider", sizes))
    return tuple(messages)


def _widen_all(found: Sequence[Assessment], request: PlanRequest) -> tuple[SizeRange, SizeRange] | None:
    grid = _widen_tier([one.grid for one in found if one.land.households > 0], request.grid_size)
    micro = _widen_tier([one.micro_grid for one in found if one.land.households > 0], request.micro_size)
    if grid is None or micro is None or (grid, micro) == (request.grid_size, request.micro_size):
        return None
    for one in found:
        land = one.land
        counts = np.array([land.share.grids]), np.array([land.share.micro_grids])
        over = sum(max(size - rule.high, 0) for size in land.buildings for rule in (grid, micro))
        least = least_excess_beside(land.households, counts, (grid, micro), land.buildings)[0]
        if land.households > 0 and least > over:
            return None
    return grid, micro


def _widen_tier(tiers: Sequence[Feasibility], rule: SizeRange) -> SizeRange | None:
    """Widen a range so far that all these lands can keep it at their numbers of units."""
    low, high = rule.low, rule.high
    for tier in tiers:
        units = tier.units - len(tier.buildings)
        rest = tier.households - sum(tier.buildings)
        if units == 0 and rest == 0:
            continue
        if units < 1 or rest < units:
            return None
        low, high = min(low, rest // units), max(high, -(-rest // units))
    return SizeRange(low, high)
