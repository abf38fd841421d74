"""Coverage of Party organisations: every township, village, grid and micro-grid with its head in post, certified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import numpy as np
import pandas as pd

from gridgis.ledger.shares import Share

Tier = Literal["township", "village", "grid", "micro_grid"]
TIERS: tuple[Tier, ...] = get_args(Tier)
HEADS: dict[Tier, str] = {
    "township": "township_secretary",
    "village": "village_secretary",
    "grid": "grid_secretary",
    "micro_grid": "micro_grid_leader",
}
"""Post that heads a unit of each tier."""
CERTIFIED: tuple[Tier, ...] = ("grid", "micro_grid")
"""Tiers whose heads need a work permit before they take their post."""


@dataclass(frozen=True)
class PartyCoverage:
    """How many units have their head in post, and how many heads who need a permit hold a valid one.

    Parameters
    ----------
    posts
        Units with a head in post, out of all units.
    permits
        Grids and micro-grids whose head holds a valid permit, out of those with a head in post.
    tiers
        One row a tier, from the township down: ``units``, ``in_post``, ``permits`` (valid ones; missing where the
        tier needs none).
    gaps
        One row a fault: ``tier``, ``code``, ``name``, ``gap`` (``"vacant"``, ``"no_permit"``, ``"permit_expired"``),
        ``member_id`` (missing where vacant), ``permit_expires_on``.
    """

    posts: Share
    permits: Share
    tiers: pd.DataFrame
    gaps: pd.DataFrame


def coverage_of_party(
    micro_grids: pd.DataFrame,
    grids: pd.DataFrame,
    villages: pd.DataFrame,
    members: pd.DataFrame,
    on: date,
    *,
    township: pd.DataFrame | None = None,
) -> PartyCoverage:
    """Count the units whose head is in post, and the permits that are valid, on a day.

    Parameters
    ----------
    micro_grids, grids, villages, township
        Units with ``code`` and ``name``; without a township its own post is left out of the count.
    members
        Layer ``members``; a unit is headed by whoever holds its tier's post (:data:`HEADS`) with its ``unit_code``.
    on
        Day on which a permit must be valid: issued by then, and not expired; a permit without a last day is valid.
    """
    layers = dict(zip(TIERS, (township, villages, grids, micro_grids), strict=True))
    units = pd.concat(
        [layer[["code", "name"]].assign(tier=tier) for tier, layer in layers.items() if layer is not None],
        ignore_index=True,
    )
    heads = _best_heads(members, on)
    units = units.merge(heads, how="left", left_on=["tier", "code"], right_on=["tier", "unit_code"])
    vacant = units["member_id"].isna()
    needs = units["tier"].isin(CERTIFIED) & ~vacant
    valid = needs & (units["permit"] == "valid")
    gap = np.select([vacant, needs & ~valid], ["vacant", units["permit"].fillna("")], "")
    tiers = pd.DataFrame({"units": 1, "in_post": ~vacant, "permits": valid}).groupby(units["tier"]).sum()
    tiers = tiers.reindex([tier for tier in TIERS if layers[tier] is not None], fill_value=0).astype("Int64")
    tiers.loc[~tiers.index.isin(CERTIFIED), "permits"] = pd.NA
    columns = ["tier", "code", "name", "gap", "member_id", "permit_expires_on"]
    return PartyCoverage(
        Share(int((~vacant).sum()), len(units)),
        Share(int(valid.sum()), int(needs.sum())),
        tiers,
        units.assign(gap=gap).loc[gap != "", columns].reset_index(drop=True),
    )


def _best_heads(members: pd.DataFrame, on: date) -> pd.DataFrame:
    """Choose one head a unit: whoever holds a valid permit, else an expired one; among equals the first id."""
    today = pd.Timestamp(on)
    tier_of = {post: tier for tier, post in HEADS.items()}
    heads = members[members["post"].isin(tier_of) & members["unit_code"].notna()]
    absent = heads["permit_no"].isna() | (heads["permit_issued_on"] > today)
    expired = heads["permit_expires_on"] < today
    permit = np.select([absent, expired], ["no_permit", "permit_expired"], "valid")
    heads = heads.assign(tier=heads["post"].map(tier_of), permit=permit)
    # "valid" sorts after both faults, and an expired permit after none at all
    heads = heads.sort_values(["permit", "member_id"], ascending=[False, True])
    columns = ["tier", "unit_code", "member_id", "permit", "permit_expires_on"]
    return heads.drop_duplicates(["tier", "unit_code"])[columns]
