"""What is wrong with a draft, unit by unit, with the place to look at: for the lights, and for the next problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gridgis.model.messages import Message
from gridgis.planning.numbers import Rules
from gridgis.redraw.draft import Draft
from gridgis.redraw.laws import find_strays


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    rule
        ``"unassigned"`` (land without a unit), ``"stray"`` (a piece without a border with the rest), ``"too_few"`` or
        ``"too_many"`` households.
    tier, unit
        ``"grid"`` or ``"micro_grid"``, and the code; the village's for unassigned land, of micro-grids.
    by
        Households by which the range is left, or that live on the land in question.
    message
        It in a sentence.
    bounds
        West, south, east and north of the place, in the CRS of the draft.
    """

    rule: str
    tier: str
    unit: str
    by: int
    message: Message
    bounds: tuple[float, float, float, float]


def problems(draft: Draft, rules: Rules) -> tuple[Problem, ...]:
    """List what is wrong with a draft.

    Parameters
    ----------
    draft
        The village.
    rules
        Sizes of a grid and of a micro-grid.

    Returns
    -------
        Broken laws first, then broken rules, the farthest out of range first.
    """
    found = _unassigned(draft)
    for stray in find_strays(draft):
        said = {"tier": Message(f"plan.tier.{stray.tier}"), "code": stray.unit, "n": stray.households}
        message = Message("redraw.problem.stray", said)
        bounds = _bounds(draft, np.array(stray.cells))
        found.append(Problem("stray", stray.tier, stray.unit, stray.households, message, bounds))
    sizes = []
    for tier, rule in zip(("grid", "micro_grid"), rules, strict=True):
        for unit, n in draft.sizes(tier).items():
            by = rule.excess(int(n))
            if by:
                kind = "too_few" if n < rule.low else "too_many"
                said = {"tier": Message(f"plan.tier.{tier}"), "code": unit, "n": int(n), "by": by}
                message = Message(f"redraw.problem.{kind}", said | {"low": rule.low, "high": rule.high})
                bounds = _bounds(draft, draft.cells_of(str(unit)))
                sizes.append(Problem(kind, tier, str(unit), by, message, bounds))
    return (*found, *sorted(sizes, key=lambda one: (-one.by, one.tier, one.unit)))


def _unassigned(draft: Draft) -> list[Problem]:
    blank = draft.cells[draft.cells["micro_grid_code"].isna().to_numpy()]
    if len(blank) == 0:
        return []
    n = int(blank["households"].sum())
    message = Message("redraw.problem.unassigned", {"n": n, "cells": len(blank), "village": draft.village.name})
    bounds = _bounds(draft, blank.index.to_numpy())
    return [Problem("unassigned", "micro_grid", draft.village_code, n, message, bounds)]


def _bounds(draft: Draft, cells: np.ndarray) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(draft.cells.geometry.loc[cells].to_numpy()).tolist()
    return west, south, east, north
