"""Why a natural village that would fit one unit was cut: the numbers, the sizes of its units, or the walk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from gridgis.model.messages import Message
from gridgis.model.tiers import SizeRange
from gridgis.planning.feasibility import Assessment
from gridgis.planning.middles import find_middles
from gridgis.planning.verdicts import count_units

Tier = tuple[str, SizeRange, str]


def explain_splits(tier: Tier, homes: pd.DataFrame, assessments: Sequence[Assessment]) -> Iterator[Message]:
    """Say of each natural village that was cut though it would fit, why.

    Parameters
    ----------
    tier
        Name, sizes, and the column of ``homes`` with the unit's code.
    homes
        As for :func:`gridgis.planning.explain.explain_plan`.
    assessments
        What the numbers allow on each piece of land.

    Returns
    -------
        One message a natural village, by village and name. Numbers that forbid it are said first; then what the units
        would hold if the one with most of it took the rest; then the walks of both.
    """
    name, rule, column = tier
    forbidden = _forbidden(name, assessments)
    named = homes.dropna(subset="natural_village")
    village_of: Mapping[str, pd.DataFrame] = {str(code): mine for code, mine in homes.groupby("village_code")}
    for (village, label), mine in named.groupby(["village_code", "natural_village"]):
        parts = mine.groupby(column)["households"].sum()
        size = int(parts.sum())
        if len(parts) < 2 or size > rule.high:  # noqa: PLR2004 — one unit holds it whole
            continue
        said = {"name": str(label), "n": size, "tier": Message(f"plan.tier.{name}")}
        found = forbidden.get((str(village), str(label)))
        if found is not None:
            more, units = found
            yield Message("split.numbers", said | {"more": more, "counted": count_units(name, units)})
            continue
        touched = village_of[str(village)]
        yield _explain_one(tier, touched[touched[column].isin(parts.index)], mine, said)


def _forbidden(tier: str, assessments: Sequence[Assessment]) -> dict[tuple[str, str], tuple[int, int]]:
    """List natural villages that numbers do not let stay whole; one on several pieces of land is left to its units."""
    found = {}
    for one in assessments:
        alone = one.grid if tier == "grid" else one.micro_grid
        for piece, more in alone.unfit:
            if piece.kind == "natural_village":
                found[one.land.village_code, piece.name] = (more, alone.units)
    return found


def _explain_one(tier: Tier, homes: pd.DataFrame, mine: pd.DataFrame, said: dict[str, object]) -> Message:
    """Say what would become of the units if the one with most of a natural village took all of it."""
    _, rule, column = tier
    parts = mine.groupby(column)["households"].sum()
    taker = parts.sort_index().sort_values(ascending=False, kind="stable").index[0]
    sizes = homes.groupby(column)["households"].sum()
    whole = sizes.sub(parts, fill_value=0)
    whole[taker] = sizes[taker] + parts.sum() - parts[taker]
    said = said | {"code": str(taker)}
    if rule.excess(int(whole[taker])) > rule.excess(int(sizes[taker])) and whole[taker] > rule.high:
        return Message("split.over", said | {"size": int(whole[taker]), "high": rule.high})
    worse = [code for code in parts.index if rule.excess(int(whole[code])) > rule.excess(int(sizes[code]))]
    if worse:
        short = min(worse, key=lambda code: (whole[code], code))
        left = {"other": str(short), "size": int(whole[short]), "low": rule.low}
        return Message("split.short", said | left)
    together = homes[column].where(~homes.index.isin(mine.index), taker)
    now_m, then_m = (_walk_m(homes, unit) for unit in (homes[column], together))
    return Message("split.walk", said | {"walk_m": round(now_m), "whole_m": round(then_m)})


def _walk_m(homes: pd.DataFrame, unit: pd.Series) -> float:
    middles = find_middles(homes[["x_m", "y_m"]].to_numpy(), homes["households"].to_numpy(dtype=np.int64), unit)
    return float(np.average(middles["walk_m"], weights=middles["households"]))
