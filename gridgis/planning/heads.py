"""Heads: who may lead a unit, where they live, and whom a plan proposes; one post a person."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgis.geo.places import land_and_people
from gridgis.geo.topology import to_metres
from gridgis.model.layers import Layers, empty_layer
from gridgis.model.messages import Message
from gridgis.planning.middles import find_middles
from gridgis.planning.plan import Plan

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

POSTS: Mapping[str, str] = {"grid": "grid_secretary", "micro_grid": "micro_grid_leader"}
"""Post that heads a unit of each tier."""
COMMITTEE = "village_committee"
"""Post of whoever sits in a village's two committees and heads no unit."""

_CODES_SHOWN = 8
_PLACE = ["x_m", "y_m"]


def eligible_heads(members: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    """List who may head a unit, and the household each lives in.

    Parameters
    ----------
    members
        Layer ``members``.
    households
        Layer ``households``.

    Returns
    -------
        One row a person, by ``member_id``: ``member_id``, ``household_id``, ``post``, ``unit_code`` (both missing where
        none is held), ``grid`` and ``micro_grid``, whether he or she may head a unit of that tier.

    Source: a micro-grid's leader is a Party member of the village, a grid's secretary a Party member of its two
    committees (the published account of the mechanism). Of the committees are those with the post
    ``village_committee`` and those who are or were secretary of a grid. Whoever holds any other post heads no unit
    beside it; whoever has no known home is not proposed, because nobody can tell where it would be near.
    """
    known = members["household_id"].isin(households["household_id"])
    able = members[members["party_member"].astype(bool) & known].sort_values("member_id", ignore_index=True)
    post = able["post"].astype(object).where(able["post"].notna(), None)
    return able[["member_id", "household_id"]].assign(
        post=post,
        unit_code=able["unit_code"].astype(object).where(able["unit_code"].notna(), None),
        grid=post.isin([COMMITTEE, POSTS["grid"]]),
        micro_grid=post.isna() | post.isin([COMMITTEE, POSTS["micro_grid"]]),
    )


def head_places(layers: Layers) -> pd.Series:
    """Say of each household whether somebody lives there who may lead the micro-grid it lies in.

    Parameters
    ----------
    layers
        Checked layers; without ``members`` nobody does.

    Returns
    -------
        1 or 0, int64, index as ``households``.

    Raises
    ------
    CallError
        If villages or households are not given.
    """
    households = land_and_people(layers)[1]
    heads = eligible_heads(_members_of(layers), households)
    places: pd.Series = households["household_id"].isin(heads.loc[heads["micro_grid"], "household_id"])
    return places.astype(np.int64)


def propose_heads(plan: Plan, layers: Layers) -> pd.DataFrame:
    """Propose a head for each unit of both tiers: one post a person, as many posts filled and as short ways as can be.

    Parameters
    ----------
    plan
        The plan.
    layers
        Its layers; nobody can be proposed without ``members``.

    Returns
    -------
        One row a unit, grids first, by code: ``unit``, ``tier``, ``village_code``, ``member_id`` (None where nobody
        can be proposed), ``held`` (whether that person holds the unit's post already), ``distance_m`` from the home to
        the unit's medoid (NaN where either is not known), and ``reason``, a key of the catalogue.

    A post that is held stays, and a person in a post whose unit the plan still has is proposed for nothing else;
    whoever led a unit that the plan no longer has is free. The others are assigned village by village, all vacant units
    of a village at once, to eligible people who live in it.

    Source: H. W. Kuhn, The Hungarian method for the assignment problem, 1955; as in SciPy.
    """
    households = land_and_people(layers)[1]
    members = _members_of(layers)
    homes = _homes_m(plan)
    units = _keep_holders(_units_with_middles(plan, homes, households), members)
    people = _free_people(eligible_heads(members, households), units, plan)
    people = people.join(homes, on="household_id")
    units = _fill_vacancies(units, people)
    lived_in = homes.reindex(units["household_id"])
    units["distance_m"] = np.hypot(*(lived_in[_PLACE].to_numpy() - units[_PLACE].to_numpy()).T).round(1)
    inside = np.where(units["tier"] == "grid", lived_in["grid_code"], lived_in["micro_grid_code"]) == units["unit"]
    units["reason"] = _reasons(units, inside.to_numpy())
    return units[["unit", "tier", "village_code", "member_id", "held", "distance_m", "reason"]]


def tell_heads(heads: pd.DataFrame) -> tuple[Message, ...]:
    """Say how many units of each tier have a head, and which have no candidate; codes and counts, no names.

    Parameters
    ----------
    heads
        As :func:`propose_heads` returns them.
    """
    messages = []
    for tier in POSTS:
        mine = heads[heads["tier"] == tier]
        none = mine["member_id"].isna()
        held = int(mine["held"].sum())
        proposed = len(mine) - int(none.sum()) - held
        said = {"counted": Message(f"plan.count.{tier}", {"n": len(mine)}), "held": held, "proposed": proposed}
        messages.append(Message("heads.filled", said))
        if none.any():
            codes = mine.loc[none, "unit"].tolist()
            shown = ", ".join(codes[:_CODES_SHOWN]) + (" …" if len(codes) > _CODES_SHOWN else "")
            remedy = Message(f"heads.remedy.{tier}")
            counted = Message(f"plan.count.{tier}", {"n": len(codes)})
            messages.append(Message("heads.nobody", {"counted": counted, "codes": shown, "remedy": remedy}))
    return tuple(messages)


def heads_json(heads: pd.DataFrame) -> list[dict[str, object]]:
    """Make proposed heads plain data: ``unit``, ``tier``, ``member_id``, ``held`` and ``distance_m`` of each unit."""
    return [
        {
            "unit": row.unit,
            "tier": row.tier,
            "member_id": row.member_id,
            "held": bool(row.held),
            "distance_m": None if np.isnan(distance_m) else distance_m,
        }
        for row, distance_m in zip(heads.itertuples(), heads["distance_m"].tolist(), strict=True)
    ]


def _members_of(layers: Layers) -> pd.DataFrame:
    return empty_layer("members") if layers.members is None else layers.members


def _homes_m(plan: Plan) -> pd.DataFrame:
    """Place each household of a plan: index ``household_id``, ascending; metres, and codes of where it lies."""
    homes: gpd.GeoDataFrame = plan.households
    places_m = to_metres(shapely.get_coordinates(homes.geometry.to_numpy()), homes)
    table = pd.DataFrame(homes[["household_id", "grid_code", "micro_grid_code"]]).assign(
        x_m=places_m[:, 0], y_m=places_m[:, 1]
    )
    table["village_code"] = table["grid_code"].map(plan.grids.set_index("code")["village_code"])
    return table.set_index("household_id").sort_index()


def _units_with_middles(plan: Plan, homes: pd.DataFrame, households: gpd.GeoDataFrame) -> pd.DataFrame:
    many = households.set_index("household_id")["households"].reindex(homes.index).to_numpy(dtype=np.int64)
    tables = []
    for tier, units in (("grid", plan.grids), ("micro_grid", plan.micro_grids)):
        middles = find_middles(homes[_PLACE].to_numpy(), many, homes[f"{tier}_code"])[_PLACE]
        table = pd.DataFrame({"unit": units["code"], "tier": tier, "village_code": units["village_code"]})
        tables.append(table.join(middles, on="unit").sort_values("unit"))
    return pd.concat(tables, ignore_index=True)


def _keep_holders(units: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Put in who holds a unit's post; of several the one with a permit, then the first id."""
    tier_of = {post: tier for tier, post in POSTS.items()}
    holders = members[members["post"].isin(tier_of) & members["unit_code"].notna()]
    holders = holders.assign(tier=holders["post"].map(tier_of), no_permit=holders["permit_no"].isna())
    holders = holders.sort_values(["no_permit", "member_id"]).drop_duplicates(["tier", "unit_code"])
    columns = ["tier", "unit_code", "member_id", "household_id", "party_member"]
    joined = units.merge(holders[columns], how="left", left_on=["tier", "unit"], right_on=["tier", "unit_code"])
    for column in ("member_id", "household_id"):
        joined[column] = joined[column].astype(object).where(joined[column].notna(), None)
    return joined.assign(held=joined["member_id"].notna())


def _free_people(able: pd.DataFrame, units: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Leave those whom no post binds: a post binds unless its unit was of one of these villages and is no more."""
    there = set(zip(units["tier"].map(POSTS), units["unit"], strict=True))
    villages = tuple(plan.grids["village_code"].unique())
    of_a_unit = able["post"].isin(POSTS.values())
    code = able["unit_code"].fillna("").astype(str)
    stands = [pair in there for pair in zip(able["post"], code, strict=True)]
    gone = (code == "") | (code.str.startswith(villages) & ~np.array(stands, dtype=np.bool_))
    return able[(~of_a_unit | gone) & (able["grid"] | able["micro_grid"])].reset_index(drop=True)


def _fill_vacancies(units: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Put people into the units that nobody heads, all vacancies of a village at once."""
    member, home = units["member_id"].to_numpy(dtype=object).copy(), units["household_id"].to_numpy(dtype=object).copy()
    vacant = np.flatnonzero(~units["held"])
    for village, rows in pd.Series(vacant).groupby(units["village_code"].to_numpy()[vacant]):
        mine = people[people["village_code"] == village]
        unit, person = _assign(units.iloc[rows], mine)
        member[rows.to_numpy()[unit]] = mine["member_id"].to_numpy(dtype=object)[person]
        home[rows.to_numpy()[unit]] = mine["household_id"].to_numpy(dtype=object)[person]
    found = {"member_id": member, "household_id": home}
    return units.assign(**{name: pd.Series(some, units.index, dtype=object) for name, some in found.items()})


def _assign(units: pd.DataFrame, people: pd.DataFrame) -> tuple[Ints, Ints]:
    """Assign people to units, positions of both: as many as can be, then the fewest metres."""
    # the optimisers cost a third of a second of start: whoever plans without members does not pay for them
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    way = units[_PLACE].to_numpy()[:, None, :] - people[_PLACE].to_numpy()[None, :, :]
    distance_m = np.hypot(way[..., 0], way[..., 1])
    may = people[list(POSTS)].to_numpy(dtype=np.bool_)
    tier = units["tier"].map({tier: number for number, tier in enumerate(POSTS)}).to_numpy()
    allowed = may[:, tier].T & np.isfinite(distance_m)
    # a post left vacant costs more than all ways together, so as many as can be are filled
    vacant_m = 1.0 + float(distance_m[allowed].max(initial=0.0)) * (len(units) + 1)
    cost = np.hstack([np.where(allowed, distance_m, np.inf), np.full((len(units), len(units)), vacant_m)])
    unit, person = linear_sum_assignment(cost)
    filled = person < len(people)
    return unit[filled], person[filled]


def _reasons(units: pd.DataFrame, inside: Bools) -> list[str]:
    held, nobody = units["held"].to_numpy(dtype=np.bool_), units["member_id"].isna().to_numpy()
    unfit = held & (units["party_member"] == False).to_numpy()  # noqa: E712 — missing where nobody holds the post
    keys = ["heads.reason.unfit", "heads.reason.held", "heads.reason.nobody", "heads.reason.lives_here"]
    reasons: list[str] = np.select([unfit, held, nobody, inside], keys, "heads.reason.near").tolist()
    return reasons
