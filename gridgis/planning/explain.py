"""In words: what a plan could not keep, in which village, by how much, why, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import geopandas as gpd
import pandas as pd
import shapely

from gridgis.geo.topology import connected
from gridgis.model.messages import Message
from gridgis.model.tiers import SizeRange
from gridgis.planning.feasibility import Assessment
from gridgis.planning.plan import Plan, PlanRequest
from gridgis.planning.splits import explain_splits
from gridgis.planning.totals import assess_township, tell_township
from gridgis.planning.verdicts import NAMES_SHOWN, count_units, tell_assessment


def explain_plan(
    plan: Plan, request: PlanRequest, assessments: Sequence[Assessment], homes: pd.DataFrame
) -> tuple[Message, ...]:
    """Explain a plan.

    Parameters
    ----------
    plan
        The plan.
    request
        What was asked.
    assessments
        What the numbers allow on each piece of land that was planned on its own.
    homes
        A row a household: ``village_code``, ``natural_village``, ``households``, ``grid_code``, ``micro_grid_code``,
        ``x_m``, ``y_m``.

    Returns
    -------
        The township first; rules by village and by unit; then exclaves; then natural villages that were cut though
        they would fit.
    """
    tiers = (
        ("grid", plan.grids, request.grid_size, "grid_code"),
        ("micro_grid", plan.micro_grids, request.micro_size, "micro_grid_code"),
    )
    names = {one.land.village_code: one.land.village for one in assessments}
    messages = list(_explain_totals(plan, request, assessments))
    messages += [message for one in assessments for message in tell_assessment(one)]
    for name, units, rule, column in tiers:
        messages += _explain_units(plan, (name, units, rule), assessments)
        messages += _explain_exclaves(name, units, names)
        messages += _explain_natural_villages((name, rule, column), homes)
        messages += explain_splits(name, request, homes, assessments)
    return tuple(messages)


def _explain_totals(plan: Plan, request: PlanRequest, assessments: Sequence[Assessment]) -> Iterator[Message]:
    """Say what the totals asked for allow, and whether the plan's sum of excess is the least that numbers allow."""
    found = assess_township(assessments, request)
    if found.excess > 0:
        yield from tell_township(found, planned=True)
    sums = [
        sum(rule.excess(int(n)) for n in units["households"])
        for units, rule in ((plan.grids, request.grid_size), (plan.micro_grids, request.micro_size))
    ]
    if sum(sums) > found.excess:
        yield Message("plan.totals.more", {"n": sum(sums), "least": found.excess, "more": sum(sums) - found.excess})
    elif sum(sums) > 0:
        yield Message("plan.totals.least", {"n": sum(sums)})


def _explain_units(
    plan: Plan, tier: tuple[str, gpd.GeoDataFrame, SizeRange], assessments: Sequence[Assessment]
) -> Iterator[Message]:
    name, units, rule = tier
    broken = units[(units["households"] < rule.low) | (units["households"] > rule.high)]
    impossible = {one.land.village_code for one in assessments if _is_forced(one, name)}
    for unit in broken[broken["households"] > 0].itertuples():
        n = int(unit.households)
        side = "short" if n < rule.low else "over"
        said = {"tier": Message(f"plan.tier.{name}"), "code": unit.code, "n": n, "low": rule.low, "high": rule.high}
        why = _why(plan, unit.code, (name, rule), arithmetic=unit.village_code in impossible)
        yield Message(f"plan.unit.{side}", said | {"excess": rule.excess(n), "why": why})


def _is_forced(one: Assessment, tier: str) -> bool:
    """Tell whether numbers alone keep a tier's units out of range, buildings above the ceiling left aside."""
    alone = one.grid if tier == "grid" else one.micro_grid
    above = sum(size - alone.rule.high for size in alone.buildings)
    return alone.excess > above or one.excess > one.grid.excess + one.micro_grid.excess


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
            return Message("plan.why.grid", {"households": households, "counted": count_units(name, len(siblings))})
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
        shown = ", ".join(names[:NAMES_SHOWN]) + (" …" if len(names) > NAMES_SHOWN else "")
        said = {"tier": Message(f"plan.tier.{name}"), "n": len(names), "names": shown}
        yield Message("plan.natural_villages.split", said)
