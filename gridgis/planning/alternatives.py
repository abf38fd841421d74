"""Alternatives: the same place planned by a handful of weightings, and the few plans among them worth choosing from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gridgis.model.layers import Layers
from gridgis.model.tiers import Weights
from gridgis.planning.plan import Plan, PlanRequest, Progress, make_plan
from gridgis.planning.score import Scorecard, score_plan

if TYPE_CHECKING:
    from gridgis.geo.cache import FabricCache

MOST = 4
"""How many alternatives a person can hold beside one another."""

Figures = tuple[float, ...]

_NEVER = 1.0
_CHEAPER = 0.2
_DEARER = 5.0
_LEAST_BORDER = 0.05


@dataclass(frozen=True)
class Alternative:
    """One plan to choose.

    Parameters
    ----------
    key
        Catalogue key of its name: what it was planned for.
    weights
        The weights it was planned by.
    plan
        The plan.
    card
        Its figures.
    excess
        Households by which its units leave their ranges, both tiers summed.
    """

    key: str
    weights: Weights
    plan: Plan
    card: Scorecard
    excess: int


def propose_alternatives(
    layers: Layers, request: PlanRequest, *, progress: Progress | None = None, fabrics: FabricCache | None = None
) -> tuple[Alternative, ...]:
    """Plan a place by a handful of weightings and keep the few plans that are each better than the others in something.

    Parameters
    ----------
    layers
        As for :func:`gridgis.planning.plan.make_plan`.
    request
        What is asked; every weighting keeps its sizes, numbers and seed.
    progress
        Called with the part done (0 to 1) and the catalogue key of the stage that begins.
    fabrics
        Where the fabric is kept between the plans; None cuts it for each.

    Returns
    -------
        At most :data:`MOST`, the plan of the request's own weights first. Of the others, none breaks sizes more than
        that one, and none is dominated: each is better than any other in the mean walk of a tier, the natural villages
        cut that would fit, the share of the borders found on the ground, or the shape. Where there are more, those
        that differ most from the ones kept already.

    Raises
    ------
    CallError
        If villages or households are not given, or the requested numbers of units cannot be had.
    """
    ways = weightings(request.weights)
    found = []
    for number, (key, weights) in enumerate(ways.items()):
        asked = replace(request, weights=weights)
        plan = make_plan(layers, asked, progress=_part_of(progress, number, len(ways)), fabrics=fabrics)
        found.append(rate_plan(key, plan, layers, asked))
    legal = [one for one in found if one is found[0] or (keeps_laws(one.card) and one.excess <= found[0].excess)]
    kept = choose_front([_figures(one.card) for one in legal], MOST)
    return tuple(legal[at] for at in kept)


def rate_plan(key: str, plan: Plan, layers: Layers, request: PlanRequest) -> Alternative:
    """Measure a plan as an alternative.

    Parameters
    ----------
    key
        Catalogue key of its name.
    plan
        The plan.
    layers
        Its layers.
    request
        What it was made by.
    """
    card = score_plan(plan, layers, request.grid_size, request.micro_size)
    return Alternative(key, request.weights, plan, card, _excess(plan, request))


def weightings(asked: Weights) -> Mapping[str, Weights]:
    """Name the weightings to try: those asked for first, then each wish pressed in turn."""
    return {
        "alternatives.asked": asked,
        "alternatives.whole": replace(asked, whole=_NEVER),
        "alternatives.cut": replace(asked, whole=_CHEAPER * asked.whole),
        "alternatives.border": replace(asked, border=max(_DEARER * asked.border, _LEAST_BORDER), ground=1.0),
        "alternatives.near": replace(asked, whole=0.0, border=0.0, heads=0.0),
    }


def keeps_laws(card: Scorecard) -> bool:
    """Tell whether a plan keeps the laws: no gap, no overlap, nested units."""
    return card.nested and all(tier.gap_m2 == 0 and tier.overlap_m2 == 0 for tier in (card.grid, card.micro_grid))


def choose_front(figures: Sequence[Figures], most: int) -> tuple[int, ...]:
    """Choose the first of some plans, and the others that none dominates, as different as can be.

    Parameters
    ----------
    figures
        Figures of each plan, the less the better.
    most
        How many to choose at most.

    Returns
    -------
        Positions, ascending.

    Examples
    --------
    >>> choose_front([(1.0, 5.0), (2.0, 4.0), (2.0, 4.0), (3.0, 4.5), (0.9, 9.0)], 4)
    (0, 1, 4)
    """
    front = [at for at, one in enumerate(figures) if not any(dominates(other, one) for other in figures)]
    # of equals the first stands for all
    rest = [at for at in front if at != 0 and figures[at] not in figures[:at]]
    table = np.array(figures, dtype=np.float64)
    span = np.ptp(table, axis=0)
    table = table / np.where(span > 0, span, 1.0)
    chosen = [0]
    while rest and len(chosen) < most:
        far = [float(np.abs(table[chosen] - table[at]).sum(axis=1).min()) for at in rest]
        chosen.append(rest.pop(int(np.argmax(far))))
    return tuple(sorted(chosen))


def dominates(one: Figures, other: Figures) -> bool:
    """Tell whether one plan is as good as another in every figure and better in some."""
    return one != other and all(mine <= its for mine, its in zip(one, other, strict=True))


def share_on_ground_pct(card: Scorecard) -> float | None:
    """Compute which share of the inner borders of both tiers is found on the ground; None where there are none."""
    tiers = [tier for tier in (card.grid, card.micro_grid) if tier.border_on_ground_pct is not None]
    border_m = sum(tier.border_m for tier in tiers)
    if border_m == 0:
        return None
    return sum(tier.border_m * (tier.border_on_ground_pct or 0.0) for tier in tiers) / border_m


def _figures(card: Scorecard) -> Figures:
    """List what plans are compared by, as coarsely as people tell them apart; the less the better."""
    grid, micro = card.grid, card.micro_grid
    return (
        round(grid.walk_m_mean, 1),
        round(micro.walk_m_mean, 1),
        float(grid.natural_villages_split_avoidable + micro.natural_villages_split_avoidable),
        -float(round(share_on_ground_pct(card) or 0.0)),
        -round((grid.polsby_popper_mean + micro.polsby_popper_mean) / 2, 2),
    )


def _excess(plan: Plan, request: PlanRequest) -> int:
    tiers = (plan.grids, request.grid_size), (plan.micro_grids, request.micro_size)
    return sum(rule.excess(int(n)) for units, rule in tiers for n in units["households"])


def _part_of(progress: Progress | None, number: int, parts: int) -> Progress | None:
    if progress is None:
        return None
    return lambda part, stage: progress((number + part) / parts, stage)
