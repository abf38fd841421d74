"""Why a natural village that would fit one unit was cut: the numbers, the sizes of its units, or the walk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gridgis.model.messages import Message
from gridgis.model.tiers import SizeRange
from gridgis.planning.feasibility import Assessment
from gridgis.planning.middles import find_middles
from gridgis.planning.plan import PlanRequest
from gridgis.planning.shares import Totals, share_units
from gridgis.planning.verdicts import count_units

_ANY_SIZE = SizeRange(1, 10**9)


@dataclass(frozen=True)
class _Tier:
    """A tier: its name, its sizes, the column of its codes, and the sizes of the micro-grids in it; None for itself."""

    name: str
    rule: SizeRange
    column: str
    inner: SizeRange | None


def explain_splits(
    tier: str, request: PlanRequest, homes: pd.DataFrame, assessments: Sequence[Assessment]
) -> Iterator[Message]:
    """Say of each natural village that was cut though it would fit, why.

    Parameters
    ----------
    tier
        ``"grid"`` or ``"micro_grid"``.
    request
        The sizes of both.
    homes
        As for :func:`gridgis.planning.explain.explain_plan`.
    assessments
        What the numbers allow on each piece of land.

    Returns
    -------
        One message a natural village, by village and name. Numbers that forbid it are said first; then what the units
        would hold if the one with most of it took the rest; then the walks of both.
    """
    grid = tier == "grid"
    of = _Tier(
        tier,
        request.grid_size if grid else request.micro_size,
        f"{tier}_code",
        request.micro_size if grid else None,
    )
    forbidden = _forbidden(tier, assessments)
    village_of: Mapping[str, pd.DataFrame] = {str(code): mine for code, mine in homes.groupby("village_code")}
    for (village, label), mine in homes.dropna(subset="natural_village").groupby(["village_code", "natural_village"]):
        units, size = mine[of.column].unique(), int(mine["households"].sum())
        if len(units) == 1 or size > of.rule.high:
            continue
        said = {"name": str(label), "n": size, "tier": Message(f"plan.tier.{tier}")}
        found = forbidden.get((str(village), str(label)))
        if found is not None:
            more, count = found
            yield Message("split.numbers", said | {"more": more, "counted": count_units(tier, count)})
            continue
        around = village_of[str(village)]
        yield _explain_one(of, around[around[of.column].isin(units)], mine, said)


def _forbidden(tier: str, assessments: Sequence[Assessment]) -> dict[tuple[str, str], tuple[int, int]]:
    """List natural villages that numbers do not let stay whole; one on several pieces of land is left to its units."""
    found = {}
    for one in assessments:
        alone = one.grid if tier == "grid" else one.micro_grid
        for piece, more in alone.unfit:
            if piece.kind == "natural_village":
                found[one.land.village_code, piece.name] = (more, alone.units)
    return found


def _explain_one(tier: _Tier, homes: pd.DataFrame, mine: pd.DataFrame, said: dict[str, object]) -> Message:
    """Say what would become of the units if the one with most of a natural village took all of it."""
    rule, column = tier.rule, tier.column
    parts = mine.groupby(column)["households"].sum().sort_index()
    taker = parts.index[int(np.argmax(parts.to_numpy()))]
    sizes = homes.groupby(column)["households"].sum()
    whole = sizes.sub(parts, fill_value=0).astype(np.int64)
    whole[taker] += parts.sum()
    said = said | {"code": str(taker)}
    if whole[taker] > max(rule.high, sizes[taker]):
        return Message("split.over", said | {"size": int(whole[taker]), "high": rule.high})
    short = [code for code in parts.index if whole[code] < min(rule.low, sizes[code])]
    if short:
        least = min(short, key=lambda code: (whole[code], code))
        return Message("split.short", said | {"other": str(least), "size": int(whole[least]), "low": rule.low})
    more = 0 if tier.inner is None else _inner_excess(whole, homes, tier) - _inner_excess(sizes, homes, tier)
    if more > 0:
        micro_grids = count_units("micro_grid", homes["micro_grid_code"].nunique())
        return Message("split.inner", said | {"more": more, "counted": micro_grids})
    together = homes[column].where(~homes.index.isin(mine.index), taker)
    now_m, then_m = (_walk_m(homes, unit) for unit in (homes[column], together))
    key = "split.walk" if now_m < then_m else "split.other"
    return Message(key, said | {"walk_m": round(now_m), "whole_m": round(then_m)})


def _inner_excess(sizes: pd.Series, homes: pd.DataFrame, tier: _Tier) -> int:
    """Compute the least excess of the micro-grids of some grids of these sizes, shared out among them anew."""
    inner = tier.inner or tier.rule
    counts = homes.groupby(tier.column)["micro_grid_code"].nunique()
    given = [int(size) for size in sizes if size > 0]
    micro_grids = max(int(counts.sum()), len(given))
    shares = share_units(given, given, (_ANY_SIZE, inner), Totals(len(given), min(micro_grids, sum(given))))
    return sum(share.excess for share in shares)


def _walk_m(homes: pd.DataFrame, unit: pd.Series) -> float:
    middles = find_middles(homes[["x_m", "y_m"]].to_numpy(), homes["households"].to_numpy(dtype=np.int64), unit)
    return float(np.average(middles["walk_m"], weights=middles["households"]))
