"""The list of households to see next, as a table for people: words instead of codes, and who goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from gridgis.ledger.posts import HEADS
from gridgis.model.vocabulary import Vocabulary
from gridgis.model.words import Lang, say
from gridgis.views.units import Units

LISTED: Mapping[str, int] = MappingProxyType(
    {"head_name": 58, "leader": 78, "state": 126, "days_overdue": 78, "priority": 175}
)
"""The columns beside the map and their widths in pixels; the household chosen shows the others."""


@dataclass(frozen=True)
class Wanted:
    """Which of the households that are due to list; None for all."""

    state: str | None = None
    priority_only: bool = False
    natural_village: str | None = None
    villager_group: str | None = None


def wanted_households(due: gpd.GeoDataFrame, wanted: Wanted) -> gpd.GeoDataFrame:
    """Keep the households that are wanted, in their order.

    Parameters
    ----------
    due
        Result of :func:`gridgis.ledger.overdue.overdue_households`.
    wanted
        What to keep.
    """
    keep = pd.Series(data=True, index=due.index)
    for column in ("state", "natural_village", "villager_group"):
        value = getattr(wanted, column)
        if value is not None:
            keep &= due[column] == value
    if wanted.priority_only:
        keep &= due["priority"].notna()
    return due[keep]


def labels_of(due: gpd.GeoDataFrame) -> pd.Series[str]:
    """Name each household on the map: its id, and under it its masked head and address."""
    below = due["head_name"].fillna("").str.cat(due["address"].fillna(""), sep=" ").str.strip()
    labels: pd.Series[str] = due["household_id"].str.cat(below, sep="\n").str.strip()
    return labels


def leaders_of(members: pd.DataFrame) -> Mapping[str, str]:
    """Find who heads each unit: the names, joined where there are several."""
    leaders = members[members["post"].isin(HEADS.values())].dropna(subset=["unit_code"])
    joined = leaders.groupby("unit_code")["name"].agg(" · ".join)
    return {str(code): name for code, name in joined.items()}


def due_table(
    due: gpd.GeoDataFrame, members: pd.DataFrame, units: Units, vocabulary: Vocabulary, lang: Lang
) -> pd.DataFrame:
    """Put the list in words.

    Parameters
    ----------
    due
        Households that are due, masked as the reader's scope has it.
    members
        Layer ``members``.
    units
        The tree whose micro-grids the households lie in.
    vocabulary, lang
        What a code is called.

    Returns
    -------
        ``head_name``, ``leader``, ``state``, ``days_overdue``, ``priority``, ``micro_grid``, ``last_visited_on``,
        ``address``, ``household_id``; the index and order of ``due``.
    """
    micro_grid = due["micro_grid_code"]
    names = {code: unit.name for code, unit in units.by_code.items() if unit.tier == "micro_grid"}
    return pd.DataFrame(
        {
            "head_name": due["head_name"],
            "leader": micro_grid.map(leaders_of(members)),
            "state": due["state"].map(lambda state: say(f"app.state.{state}", lang)),
            "days_overdue": due["days_overdue"],
            "priority": due["priority"].map(lambda code: vocabulary.word("priority", code, lang), na_action="ignore"),
            "micro_grid": micro_grid.map(names),
            "last_visited_on": due["last_visited_on"].dt.strftime("%Y-%m-%d"),
            "address": due["address"],
            "household_id": due["household_id"],
        }
    )
