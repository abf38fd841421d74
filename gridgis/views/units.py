"""The units of a township as a tree: township, villages, grids, micro-grids; what a breadcrumb and a list walk on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from gridgis.planning.plan import Plan

TIERS = ("township", "village", "grid", "micro_grid")
COLUMNS: Mapping[str, str] = {"village": "village_code", "grid": "grid_code", "micro_grid": "micro_grid_code"}
"""The column of the households that names their unit of a tier."""

_PARENTS = (("grids", "grid", "village_code"), ("micro_grids", "micro_grid", "grid_code"))


@dataclass(frozen=True)
class Unit:
    """One unit: its code, its name, its tier and the code of the unit it lies in."""

    code: str
    name: str
    tier: str
    parent: str | None


@dataclass(frozen=True)
class Units:
    """All units of one township, the township first."""

    units: tuple[Unit, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Unit]:
        """Find units by their codes."""
        return {unit.code: unit for unit in reversed(self.units)}

    @property
    def root(self) -> Unit:
        """Name the township."""
        return self.units[0]

    @property
    def has_plan(self) -> bool:
        """Whether there are units below the villages."""
        return any(unit.tier == "micro_grid" for unit in self.units)

    def focus(self, code: str | None) -> Unit:
        """Find the unit of a code; the township where there is none, or none such."""
        return self.by_code.get(code or "", self.root)

    def path(self, unit: Unit) -> tuple[Unit, ...]:
        """List the units from the township down to ``unit``."""
        if unit.parent is None:
            return (unit,)
        return (*self.path(self.by_code[unit.parent]), unit)

    def tiers_below(self, unit: Unit) -> tuple[str, ...]:
        """List the tiers below a unit that have units in this township."""
        present = {each.tier for each in self.units}
        return tuple(tier for tier in TIERS[TIERS.index(unit.tier) + 1 :] if tier in present)

    def inside(self, unit: Unit, tier: str) -> tuple[Unit, ...]:
        """List the units of a tier that lie in ``unit``."""
        return tuple(each for each in self.units if each.tier == tier and unit in self.path(each))

    def households(self, households: gpd.GeoDataFrame, unit: Unit) -> gpd.GeoDataFrame:
        """Keep the households that live in ``unit``."""
        if unit.tier == "township":
            return households
        return households[households[COLUMNS[unit.tier]] == unit.code]


def units_of(code: str, name: str, villages: pd.DataFrame, plan: Plan | None) -> Units:
    """Build the tree of a township.

    Parameters
    ----------
    code, name
        The township's own.
    villages
        Layer of villages: ``code``, ``name``.
    plan
        The plan whose grids and micro-grids lie in the villages; None where there is none yet.

    Returns
    -------
        The township, its villages, grids and micro-grids in the order of their tables.
    """
    found = [Unit(code, name, "township", None)]
    found += [Unit(own, label, "village", code) for own, label in zip(villages["code"], villages["name"], strict=True)]
    for layer, tier, parent in _PARENTS if plan is not None else ():
        table = getattr(plan, layer)
        rows = zip(table["code"], table["name"], table[parent], strict=True)
        found += [Unit(own, label, tier, up) for own, label, up in rows]
    return Units(tuple(found))
