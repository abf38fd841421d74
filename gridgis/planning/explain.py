"""In words: what a plan could not keep, in which village, by how much, why, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from gridgis.geo.topology import connected
from gridgis.model.messages import Message
from gridgis.model.tiers import SizeRange
from gridgis.planning.plan import Plan, PlanRequest
from gridgis.planning.shares import Share

_NAMES_SHOWN = 8


@dataclass(frozen=True)
class Land:
    """A piece of land that was planned on its own: its village, its households and the units it was given."""

    village_code: str
    households: int
    share: Share


def explain_plan(
    plan: Plan,
    request: PlanRequest,
    lands: Sequence[Land],
    village_names: Mapping[str, str],
    homes: pd.DataFrame,
) -> tuple[Message, ...]:
    """Explain a plan.

    Parameters
    ----------
    plan
        The plan.
    request
        What was asked.
    lands
        The pieces of land and their shares.
    village_names
        Village code to name.
    homes
        A row a household: ``village_code``, ``natural_village``, ``households``, ``grid_code``, ``micro_grid_code``.

    Returns
    -------
        Rules first, by village and by unit; then exclaves; then natural villages that were cut though they would fit.
    """
    tiers = (
        ("grid", plan.grids, request.grid_size, "grid_code"),
        ("micro_grid", plan.micro_grids, request.micro_size, "micro_grid_code"),
    )
    messages = [message for land in lands for message in _explain_land(land, request, village_names)]
    for name, units, rule, column in tiers:
        messages += _explain_units(plan, (name, units, rule), lands)
        messages += _explain_exclaves(name, units, village_names)
        messages += _explain_natural_villages((name, rule, column), homes)
    return tuple(messages)


def _explain_land(land: Land, request: PlanRequest, names: Mapping[str, str]) -> Iterator[Message]:
    n, share = land.households, land.share
    village = {"village": names[land.village_code], "n": n}
    if n == 0:
        yield Message("plan.village.empty", village)
        return
    least = 0
    for name, rule, units, free in (
        ("grid", request.grid_size, share.grids, request.grids is None),
        ("micro_grid", request.micro_size, share.micro_grids, request.micro_grids is None),
    ):
        excess = rule.least_excess(n, units)
        least += excess
        if excess:
            yield _explain_size(village | {"excess": excess}, (name, rule), (n, units), free=free)
    if share.excess > least:
        counts = {"grids": share.grids, "micro_grids": share.micro_grids, "excess": share.excess}
        yield Message("plan.size.both", village | counts | {"remedy": Message("plan.remedy.counts")})


def _explain_size(
    said: dict[str, object], tier: tuple[str, SizeRange], counts: tuple[int, int], *, free: bool
) -> Message:
    name, rule = tier
    n, units = counts
    said |= {"low": rule.low, "high": rule.high, "least": rule.low * units, "most": rule.high * units}
    said["counted"] = _counted(name, units)
    if not free:
        short = n < rule.low * units
        gap = {"more": rule.low * units - n} if short else {"fewer": n - rule.high * units}
        remedy = Message("plan.remedy.in" if short else "plan.remedy.out", gap)
        return Message("plan.size.short" if short else "plan.size.over", said | {"remedy": remedy})
    fewer_units = n // rule.high
    if fewer_units == 0 or n < rule.low:
        remedy = Message("plan.remedy.in", {"more": rule.low - n})
        return Message("plan.size.short", said | {"remedy": remedy})
    more = rule.low * (fewer_units + 1)
    gap = {"more": more - n, "fewer": n - rule.high * fewer_units}
    said |= {"fewer": _counted(name, fewer_units), "more": _counted(name, fewer_units + 1)}
    said |= {"least": more, "most": rule.high * fewer_units}
    return Message("plan.size.between", said | {"remedy": Message("plan.remedy.in_or_out", gap)})


def _counted(tier: str, units: int) -> Message:
    return Message(f"plan.count.{tier}", {"n": units})


def _explain_units(
    plan: Plan, tier: tuple[str, gpd.GeoDataFrame, SizeRange], lands: Sequence[Land]
) -> Iterator[Message]:
    name, units, rule = tier
    broken = units[(units["households"] < rule.low) | (units["households"] > rule.high)]
    impossible = {land.village_code for land in lands if land.share.excess > 0 or land.households == 0}
    for unit in broken[broken["households"] > 0].itertuples():
        n = int(unit.households)
        side = "short" if n < rule.low else "over"
        said = {"tier": Message(f"plan.tier.{name}"), "code": unit.code, "n": n, "low": rule.low, "high": rule.high}
        why = _why(plan, unit.code, (name, rule), arithmetic=unit.village_code in impossible)
        yield Message(f"plan.unit.{side}", said | {"excess": rule.excess(n), "why": why})


def _why(plan: Plan, code: str, tier: tuple[str, SizeRange], *, arithmetic: bool) -> Message:
    name, rule = tier
    micro_grids = plan.micro_grids
    mine = micro_grids["grid_code"] == code if name == "grid" else micro_grids["code"] == code
    building = int(plan.cells.loc[plan.cells["micro_grid_code"].isin(micro_grids["code"][mine]), "households"].max())
    if building > rule.high:
        return Message("plan.why.building", {"building": building})
    if name == "micro_grid":
        siblings = micro_grids[micro_grids["grid_code"].isin(micro_grids["grid_code"][mine])]
        households = int(siblings["households"].sum())
        if rule.least_excess(households, len(siblings)) > 0:
            return Message("plan.why.grid", {"households": households, "counted": _counted(name, len(siblings))})
    return Message("plan.why.arithmetic" if arithmetic else "plan.why.shape")


def _explain_exclaves(name: str, units: gpd.GeoDataFrame, village_names: Mapping[str, str]) -> Iterator[Message]:
    for unit in units[~connected(units.geometry)].itertuples():
        said = {"tier": Message(f"plan.tier.{name}"), "code": unit.code, "village": village_names[unit.village_code]}
        yield Message("plan.exclave", said | {"n": int(shapely.get_num_geometries(unit.geometry))})


def _explain_natural_villages(tier: tuple[str, SizeRange, str], homes: pd.DataFrame) -> Iterator[Message]:
    name, rule, column = tier
    by_name = homes.dropna(subset="natural_village").groupby(["village_code", "natural_village"])
    size, units = by_name["households"].sum(), by_name[column].nunique()
    names = [str(label) for _, label in size.index[(units > 1) & (size <= rule.high)]]
    if names:
        shown = ", ".join(names[:_NAMES_SHOWN]) + (" …" if len(names) > _NAMES_SHOWN else "")
        said = {"tier": Message(f"plan.tier.{name}"), "n": len(names), "names": shown}
        yield Message("plan.natural_villages.split", said)
