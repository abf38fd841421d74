"""A year of visits: rounds that leaders walk, each in their own way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import Point

from synthesis.calendar import FIRST, ISOLATION, WEEKS, day_number, weekly_share
from synthesis.doings import describe_visits
from synthesis.frame import METRES_PER_DEGREE_LAT, METRES_PER_DEGREE_LON, Numbers, Positions, dice
from synthesis.township import Township

SHARE_OF_MIGRANTS = 0.09
SHARE_LONG_AWAY = 0.015
UNREACHABLE = (0.018, 0.20)
"""Chance that nobody is met: at home, and in a household of migrants."""
SHARE_OF_NEGLECTED = 0.22
"""Share of the priority residents whom their leader tends to pass by."""
SHARE_OF_REPEATS = 0.055
"""Share of visits that go to a neighbour who was seen in the same week anyway."""


@dataclass(frozen=True)
class _Leader:
    """How one micro-grid is served.

    Parameters
    ----------
    effort
        Visits over those of a usual leader, at the beginning and at the end of the year.
    home
        Where the leader lives, in degrees.
    days
        Share of the visits that falls on each weekday, from Monday.
    name, secretary
        Who visits mostly, and who now and then; a name is None where the post is vacant.
    """

    effort: tuple[float, float]
    home: Point
    days: Numbers
    name: str | None
    secretary: str | None


def walk_year(township: Township, assigned: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Walk every leader's rounds for a year.

    Parameters
    ----------
    township
        The register.
    assigned
        ``grid_code`` and ``micro_grid_code`` of each household, index as the register's.
    members
        Layer ``members``.

    Returns
    -------
        Layer ``visits``, sorted by day and household.
    """
    households = township.households
    heads = members.dropna(subset=["unit_code"]).set_index("unit_code")
    units = sorted(assigned["micro_grid_code"].unique())
    efforts = _efforts(len(units))
    rounds = []
    for number, unit in enumerate(units):
        own = households[assigned["micro_grid_code"] == unit]
        leader = _leader(unit, own, heads, efforts[number])
        rounds.append(_walk(unit, own, leader))
    visits = pd.concat(rounds, ignore_index=True)
    visits = visits.sort_values(["day", "household_id"], kind="stable", ignore_index=True)
    visits["visited_on"] = FIRST + visits.pop("day").to_numpy().astype("timedelta64[D]")
    visits = describe_visits(visits, households)
    visits.insert(0, "visit_id", [f"ZF{number:06d}" for number in range(1, len(visits) + 1)])
    return visits


def _efforts(units: int) -> list[tuple[float, float]]:
    """Share out diligence: most leaders near the usual, a few far above, three far below; most improve."""
    rng = dice("efforts")
    end = np.clip(np.exp(rng.normal(0.0, 0.26, units)), 0.58, 1.6)
    place = rng.permutation(units)
    end[place[:3]] = rng.uniform(0.24, 0.34, 3)
    end[place[3:8]] = rng.uniform(0.45, 0.60, 5)
    end[place[8:18]] = rng.uniform(1.45, 1.85, 10)
    start = end * rng.uniform(0.75, 1.25, units)
    return [(float(first), float(last)) for first, last in zip(start, end, strict=True)]


def _leader(unit: str, own: pd.DataFrame, heads: pd.DataFrame, effort: tuple[float, float]) -> _Leader:
    """Describe who serves a micro-grid; where nobody leads it, the grid's secretary does, less often."""
    rng = dice("leader", unit)
    days = np.array([0.10, 0.10, 0.10, 0.10, 0.10, 0.09, 0.05])
    days[rng.choice(6, 2, replace=False)] += 0.18
    names = heads["name"].to_dict()
    secretary = names.get(unit[:-2]) or names.get(unit[:-5])
    if unit not in names:
        effort = (effort[0] * 0.5, effort[1] * 0.5)
        return _Leader(effort, own.geometry.iloc[0], days / days.sum(), None, secretary)
    home = own.geometry[own["household_id"] == heads["household_id"].to_dict()[unit]].iloc[0]
    return _Leader(effort, home, days / days.sum(), names[unit], secretary)


def _walk(unit: str, own: pd.DataFrame, leader: _Leader) -> pd.DataFrame:
    """Walk one micro-grid's rounds, week by week."""
    rng = dice("visits", unit)
    appeal, away = _appeal(rng, own, leader.home)
    isolated = (own["natural_village"] == "铺上").to_numpy()
    last = rng.integers(-60, 0, len(own)).astype(np.float64)
    rows = []
    for week, share in enumerate(weekly_share()):
        effort = leader.effort[0] + (leader.effort[1] - leader.effort[0]) * week / (WEEKS - 1)
        wanted = len(own) * share * effort * rng.normal(1.0, 0.10)
        if isolated.all() and day_number(ISOLATION[0]) <= 7 * week <= day_number(ISOLATION[1]):
            wanted = 0.8 * len(own)
        count = int(np.clip(round(wanted), 0, round(0.9 * len(own))))
        due = np.clip((7 * week - last) / 21.0, 0.08, 3.5) ** 0.9
        seen = np.argsort(-(np.log(appeal * due) + rng.gumbel(size=len(own))), kind="stable")[:count]
        again = seen[rng.random(count) < SHARE_OF_REPEATS * 2 * appeal[seen] / (1 + appeal[seen])]
        rounds = np.concatenate([seen, again])
        day = 7 * week + np.searchsorted(np.cumsum(leader.days), rng.random(len(rounds)) * 0.999999)
        rows.append(pd.DataFrame({"row": rounds, "day": day}))
        last[seen] = 7 * week + 3
    visits = pd.concat(rows, ignore_index=True)
    who = away[visits["row"]]
    missed = rng.random(len(visits)) < np.array([*UNREACHABLE, 0.97])[who]
    mostly = leader.name or leader.secretary
    other = leader.secretary or leader.name
    by = np.array([mostly, other], dtype=object)[(rng.random(len(visits)) < 0.08).astype(int)]  # noqa: PLR2004 (share of the secretary's own visits)
    return pd.DataFrame(
        {
            "household_id": own["household_id"].to_numpy()[visits["row"]],
            "day": visits["day"],
            "by": by,
            "outcome": np.where(missed, "unreachable", "met"),
        }
    ).drop_duplicates(["household_id", "day"])


def _appeal(rng: np.random.Generator, own: pd.DataFrame, home: Point) -> tuple[Numbers, Positions]:
    """Weigh how readily each household is called on, and tell who is away: 1 for migrants, 2 for the long away."""
    east, north = (shapely.get_coordinates(own.geometry.to_numpy()) - np.array(home.coords[0])).T
    far_m = np.hypot(east * METRES_PER_DEGREE_LON, north * METRES_PER_DEGREE_LAT)
    appeal = (0.5 + 1.1 * np.exp(-far_m / 90.0)) * np.exp(rng.normal(0.0, 0.40, len(own)))
    chance = rng.random(len(own))
    away = (chance < SHARE_OF_MIGRANTS).astype(np.int64) + (chance < SHARE_LONG_AWAY)
    appeal *= np.array([1.0, 0.75, 0.25])[away]
    neglected = rng.random(len(own)) < SHARE_OF_NEGLECTED
    priority = own["priority"].notna().to_numpy()
    appeal *= np.where(priority, np.where(neglected, 0.10, 3.6), 1.0)
    away[priority] = np.minimum(away[priority], 1)
    return appeal, away
