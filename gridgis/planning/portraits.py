"""A sentence for every unit, to be read out: who lives in it, how far they walk, and where its border runs."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.geo.places import land_and_people, locate_natural_villages
from gridgis.geo.topology import LEAST_BORDER_M, to_metres
from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.model.tiers import GRID, MICRO_GRID, SizeRange
from gridgis.planning.borders import measure_borders
from gridgis.planning.middles import find_middles
from gridgis.planning.plan import Plan
from gridgis.planning.surveys import name_natural_villages

_NAMES_SHOWN = 4


def describe_units(
    plan: Plan, layers: Layers, grid_size: SizeRange = GRID, micro_size: SizeRange = MICRO_GRID
) -> pd.Series:
    """Describe every unit of both tiers in one sentence.

    Parameters
    ----------
    plan
        The plan.
    layers
        Its layers: villages, households and, where there are any, natural villages and barriers.
    grid_size, micro_size
        The rules to hold sizes against.

    Returns
    -------
        One message a unit, index the units' codes, grids first, each tier by code.

    Raises
    ------
    CallError
        If villages or households are not given.
    """
    homes = _gather_homes(plan, layers)
    told: dict[str, Message] = {}
    for tier, units, rule in (("grid", plan.grids, grid_size), ("micro_grid", plan.micro_grids, micro_size)):
        column = f"{tier}_code"
        walk_m = find_middles(homes[["x_m", "y_m"]].to_numpy(), homes["weight"].to_numpy(), homes[column])["walk_m"]
        hamlets = {str(code): mine["natural_village"] for code, mine in homes.groupby(column)}
        on_ground = _share_on_ground(units, layers)
        for unit in units.sort_values("code").itertuples():
            code, n = str(unit.code), int(unit.households)
            said = {"tier": Message(f"plan.tier.{tier}"), "code": code, "name": unit.name, "n": n}
            if n == 0:
                told[code] = Message("portrait.empty", said)
                continue
            said |= {"where": _tell_hamlets(hamlets[code]), "size": _tell_size(n, rule)}
            told[code] = Message(
                "portrait.unit",
                said | {"walk_m": round(float(walk_m[code])), "border": _tell_border(on_ground.get(code, np.nan))},
            )
    return pd.Series(told, dtype=object)


def _gather_homes(plan: Plan, layers: Layers) -> pd.DataFrame:
    """Put together place, weight, units and natural village of each household, the first id first."""
    villages, households = land_and_people(layers)
    households = households.to_crs(villages.crs).set_index("household_id", drop=False).sort_index()
    known = None if layers.natural_villages is None else layers.natural_villages.to_crs(villages.crs)
    places_m = to_metres(shapely.get_coordinates(households.geometry.to_numpy()), villages)
    found = pd.DataFrame(index=households.index).assign(
        x_m=places_m[:, 0],
        y_m=places_m[:, 1],
        weight=households["households"].to_numpy(dtype=np.int64),
        natural_village=name_natural_villages(locate_natural_villages(households, known), layers),
    )
    units = plan.households.set_index("household_id")[["grid_code", "micro_grid_code"]]
    return found.join(units)


def _share_on_ground(units: gpd.GeoDataFrame, layers: Layers) -> dict[str, float]:
    """Measure which part of each unit's border inside its village is found on the ground; NaN without any."""
    borders = measure_borders(units.set_index("code"), layers)
    some = borders["border_m"] > LEAST_BORDER_M
    shares = (borders["on_ground_m"] / borders["border_m"].where(some)).items()
    return {str(code): float(share) for code, share in shares}


def _tell_hamlets(names: pd.Series) -> Message | str:
    counts = names.dropna().value_counts()
    if len(counts) == 0:
        return ""
    ordered = sorted(counts.index, key=lambda name: (-counts[name], str(name)))
    shown = ", ".join(str(name) for name in ordered[:_NAMES_SHOWN]) + (" …" if len(ordered) > _NAMES_SHOWN else "")
    return Message("portrait.hamlets", {"n": len(ordered), "names": shown})


def _tell_size(n: int, rule: SizeRange) -> Message:
    side = "short" if n < rule.low else "over" if n > rule.high else "kept"
    return Message(f"portrait.size.{side}", {"low": rule.low, "high": rule.high, "excess": rule.excess(n)})


def _tell_border(share: float) -> Message:
    if np.isnan(share):
        return Message("portrait.border.none", {})
    return Message("portrait.border.ground", {"pct": round(100 * share)})
