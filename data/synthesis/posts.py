"""The people in post: a member for every unit but a few, permits that expire, Party members in reserve."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from synthesis.calendar import LAST_DAY
from synthesis.frame import TOWNSHIP_CODE, dice
from synthesis.places import VILLAGES
from synthesis.register import PHONE_PREFIX

VACANT_MICRO_GRIDS = (17, 42, 66)
"""Places in the list of micro-grids, by code, whose leader's post is vacant."""
VACANT_GRID = 13
"""Place in the list of grids whose secretary's post is vacant."""
EXPIRED = {"grid_secretary": (5,), "micro_grid_leader": (8, 31, 59)}
"""Heads by place whose permit has expired."""
EXPIRING = {"grid_secretary": (19,), "micro_grid_leader": (3, 47)}
"""Heads by place whose permit expires within a month."""
NO_PERMIT = 72
"""Place of the micro-grid leader who took the post without a permit."""
PERMIT_DAYS = 730
RESERVE_OF_A_MICRO_GRID = 2

Post = tuple[str, str, pd.Index]
"""A post, its unit's code, and the households among which its holder lives."""


def fill_posts(households: pd.DataFrame, assigned: pd.DataFrame) -> pd.DataFrame:
    """Fill the posts of all four tiers with heads of households that live in the unit.

    Parameters
    ----------
    households
        The register.
    assigned
        ``grid_code`` and ``micro_grid_code`` of each household, index as ``households``.

    Returns
    -------
        Layer ``members``: those in post from the township down, then Party members without a post.
    """
    rng = dice("posts")
    open_to = _eligible(households)
    rows: list[dict[str, object]] = []
    places: dict[str, int] = {}
    for post, unit, homes in _posts(households, assigned):
        place = places.get(post, 0)
        places[post] = place + 1
        if (post == "grid_secretary" and place == VACANT_GRID) or (
            post == "micro_grid_leader" and place in VACANT_MICRO_GRIDS
        ):
            continue
        home = rng.choice(homes.intersection(open_to))
        open_to = open_to.drop(home)
        rows.append({"post": post, "unit_code": unit, "home": home, **_permit(rng, post, place, len(rows))})
    for homes in assigned.groupby("micro_grid_code").groups.values():
        reserve = rng.choice(homes.intersection(open_to), RESERVE_OF_A_MICRO_GRID, replace=False)
        rows.extend({"home": home} for home in reserve)
    members = pd.DataFrame(rows)
    home = members.pop("home")
    members.insert(0, "member_id", [f"XG{number:04d}" for number in range(1, len(members) + 1)])
    members.insert(1, "name", households.loc[home, "head_name"].to_numpy())
    members.insert(2, "party_member", value="true")
    members.insert(3, "household_id", households.loc[home, "household_id"].to_numpy())
    members["phone"] = [f"{PHONE_PREFIX}{9999 - number:04d}" for number in range(len(members))]
    columns = ["member_id", "name", "party_member", "household_id", "post", "unit_code", "phone"]
    return members[[*columns, "permit_no", "permit_issued_on", "permit_expires_on"]]


def _eligible(households: pd.DataFrame) -> pd.Index:
    """Find households whose head may take a post: a single household, no priority residents, a name of its own."""
    fit = (households["households"] == 1) & households["priority"].isna()
    return households.index[fit & ~households["head_name"].duplicated(keep=False)]


def _posts(households: pd.DataFrame, assigned: pd.DataFrame) -> Iterator[Post]:
    """Walk over all posts from the township down, by code."""
    seat = VILLAGES[0].settlements[0].name
    yield "township_secretary", TOWNSHIP_CODE, households.index[households["natural_village"] == seat]
    for village in VILLAGES:
        yield "village_secretary", village.code, households.index[households["village_code"] == village.code]
    for post, column in (("grid_secretary", "grid_code"), ("micro_grid_leader", "micro_grid_code")):
        for code in sorted(assigned[column].unique()):
            yield post, code, assigned.index[assigned[column] == code]


def _permit(rng: np.random.Generator, post: str, place: int, number: int) -> dict[str, object]:
    """Issue a permit, for two years, to whoever needs one."""
    if post not in EXPIRED or (post == "micro_grid_leader" and place == NO_PERMIT):
        return {}
    if place in EXPIRED[post]:
        expires = LAST_DAY - timedelta(days=int(rng.integers(4, 75)))
    elif place in EXPIRING[post]:
        expires = LAST_DAY + timedelta(days=int(rng.integers(5, 28)))
    else:
        expires = date(2027, 2, 1) + timedelta(days=int(rng.integers(0, 280)))
    issued = expires - timedelta(days=PERMIT_DAYS)
    return {
        "permit_no": f"西谷网格证{issued.year}{number:03d}",
        "permit_issued_on": issued.isoformat(),
        "permit_expires_on": expires.isoformat(),
    }
