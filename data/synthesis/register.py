"""The register of the demo: a household at every gate, with invented heads, addresses and phones."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from synthesis.frame import Numbers, dice, to_degrees, turn
from synthesis.groups import Groups, cut_groups
from synthesis.places import VILLAGES, Settlement, Village
from synthesis.settlements import Laid

SURNAMES = "王李张刘赵郭杨陈武郝任白韩田高马吴孟梁贾温牛常秦侯薛范罗成雷"
GENERATION = "建志国文永宝福春秀玉明天德俊海金树全林成"
GIVEN = "华军平强勇明亮生根旺民贵英兰芳梅花珍霞萍红燕娥莲仙香文武斌峰刚伟龙虎山林"
SHARE_WITH_TWO_CHARACTERS = 0.78
PHONE_PREFIX = "1200000"
"""Mobile numbers begin with 13 to 19: a number that begins with 120 can be nobody's."""

PRIORITY_SHARE = 0.06
PRIORITIES: Mapping[str, float] = {
    "lonely_elderly": 0.32,
    "disabled": 0.21,
    "low_income": 0.20,
    "seriously_ill": 0.14,
    "left_behind_child": 0.12,
    "isolated": 0.01,
}
ROW_M = 21.0
"""Depth of a row of courtyards, by which houses are counted along their lane."""


def register_households(laid: Mapping[str, Laid]) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Register every household, and draw the villagers' groups they are registered in.

    Parameters
    ----------
    laid
        Settlements by name.

    Returns
    -------
        Layers ``households`` and ``villager_groups``, in degrees, sorted by id and code.
    """
    households, groups = [], []
    for village in VILLAGES:
        first = 1
        for settlement in village.settlements:
            cut = cut_groups(laid[settlement.name], settlement.turned)
            groups.append(_group_rows(village, settlement, cut, first))
            households.append(_house_rows(village, settlement, laid[settlement.name], cut, first))
            first += len(cut.shapes)
    register = pd.concat(households, ignore_index=True)
    people = pd.concat([_people(village, register) for village in VILLAGES])
    register = register.join(people).sort_values("household_id", ignore_index=True)
    register["phone"] = [f"{PHONE_PREFIX}{number:04d}" for number in range(len(register))]
    columns = ["household_id", "village_code", "natural_village", "villager_group", "households"]
    columns += ["head_name", "address", "phone", "priority", "geometry"]
    drawn = pd.concat(groups, ignore_index=True)
    return gpd.GeoDataFrame(register[columns], crs=4326), gpd.GeoDataFrame(drawn, crs=4326)


def group_name(village: Village, number: int) -> str:
    """Name a villagers' group, so that no two of the township share a name."""
    return f"{village.name}村{number}组"


def _group_rows(village: Village, settlement: Settlement, groups: Groups, first: int) -> pd.DataFrame:
    """Describe the villagers' groups of one settlement."""
    numbers = range(first, first + len(groups.shapes))
    return pd.DataFrame(
        {
            "code": [f"{village.code}{number:02d}" for number in numbers],
            "name": [group_name(village, number) for number in numbers],
            "village_code": village.code,
            "natural_village": settlement.name,
            "geometry": to_degrees(np.array(groups.shapes, dtype=object)),
        }
    )


def _house_rows(village: Village, settlement: Settlement, laid: Laid, groups: Groups, first: int) -> pd.DataFrame:
    """Give every building its number: group by group, row by row from the north, each row from the west."""
    across = turn(laid.houses, -settlement.turned)
    order = np.lexsort((across[:, 0], -np.floor(across[:, 1] / ROW_M), groups.of_house))
    group = groups.of_house[order] + first
    starts = np.searchsorted(group, group)
    door = np.arange(len(order)) - starts + 1
    return pd.DataFrame(
        {
            "household_id": [f"{village.code}{g:02d}{d:04d}" for g, d in zip(group, door, strict=True)],
            "village_code": village.code,
            "natural_village": settlement.name,
            "villager_group": [group_name(village, int(g)) for g in group],
            "households": laid.households[order],
            "address": [f"{group_name(village, int(g))}{d}号" for g, d in zip(group, door, strict=True)],
            "geometry": to_degrees(shapely.points(laid.houses[order])),
        }
    )


def _people(village: Village, register: pd.DataFrame) -> pd.DataFrame:
    """Invent the heads of a village's households; a few surnames are common in each village, as clans are."""
    rng = dice("people", village.name)
    index = register.index[register["village_code"] == village.code]
    names = invent_names(rng, len(index))
    chance = np.cumsum([0.0, *PRIORITIES.values()]) * PRIORITY_SHARE
    codes = np.array([*PRIORITIES, None], dtype=object)
    drawn = np.searchsorted(chance[1:], rng.random(len(index)), side="right")
    # an apartment block is no household of concern
    priority = pd.Series(codes[drawn], index).where(register.loc[index, "households"] <= 2)  # noqa: PLR2004
    return pd.DataFrame({"head_name": names, "priority": priority}, index=index)


def invent_names(rng: np.random.Generator, n: int) -> list[str]:
    """Invent names, four surnames bearing two thirds of them. No real person is meant."""
    clans = rng.permutation(len(SURNAMES))
    weights: Numbers = np.full(len(SURNAMES), 0.34 / (len(SURNAMES) - 4))
    weights[clans[:4]] = (0.27, 0.18, 0.12, 0.09)
    surnames = np.searchsorted(np.cumsum(weights), rng.random(n) * 0.999999)
    first = rng.integers(0, len(GENERATION), n)
    last = rng.integers(0, len(GIVEN), n)
    double = rng.random(n) < SHARE_WITH_TWO_CHARACTERS
    return [
        SURNAMES[s] + (GENERATION[f] if two else "") + GIVEN[g]
        for s, f, g, two in zip(surnames, first, last, double, strict=True)
    ]
