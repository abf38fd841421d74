"""The plan on the map: a stored one, or an alternative that is not; its rules, and its units with their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import streamlit as st

from gridgis.model.messages import Message
from gridgis.model.tiers import SizeRange
from gridgis.planning.gauges import Gauges, gauge_units
from gridgis.planning.plan import Plan
from gridgis.store.reading import StoredPlan
from gridgis.views import reading
from gridgis.views.comparing import chosen_alternative
from gridgis.views.keeping import kept
from gridgis.views.legality import judge_units
from gridgis.views.records import sizes_of
from gridgis.views.runs import Run, shelf_of, short_key
from gridgis.views.scene import Scene

LAYERS = {"grid": "grids", "micro_grid": "micro_grids"}


@dataclass(frozen=True)
class Shown:
    """What is on the map.

    Parameters
    ----------
    plan
        The plan.
    sizes
        Size rule of each tier, as it was made by.
    units
        Its units of each tier with their figures and how they keep the rules.
    sentences
        A sentence for every unit, by code.
    stored
        Its row in the list of plans; None for an alternative that is not stored.
    """

    plan: Plan
    sizes: Mapping[str, SizeRange]
    units: Mapping[str, gpd.GeoDataFrame]
    sentences: Mapping[str, Message]
    stored: StoredPlan | None = None

    def unit_asked(self) -> str | None:
        """Find the unit that the address asks for, where the plan has it."""
        code = st.query_params.get("unit")
        return code if code is not None and code in self.sentences else None

    def village_of(self, code: str) -> str:
        """Find the village that a unit lies in."""
        for units in self.units.values():
            mine = units.loc[units["code"] == code, "village_code"]
            if len(mine):
                return str(mine.iloc[0])
        raise KeyError(code)


def show_stored(scene: Scene, plan_id: int) -> Shown:
    """Take a stored plan to show."""
    stored = reading.stored_plan(scene, plan_id)
    return _show(scene, stored.plan, _gauge_stored(scene, plan_id), stored)


def show_held(scene: Scene, name: str, run: Run) -> Shown:
    """Take the alternative of a run that the address asks for."""
    chosen = chosen_alternative(run)
    return _show(scene, chosen.plan, _gauge_held(scene, name, short_key(chosen)))


def _show(scene: Scene, plan: Plan, gauges: Gauges, stored: StoredPlan | None = None) -> Shown:
    sizes = _sizes(scene, plan)
    units = {tier: judge_units(getattr(gauges, layer), sizes[tier]) for tier, layer in LAYERS.items()}
    return Shown(plan, sizes, units, {str(code): told for code, told in gauges.sentences.items()}, stored)


def _sizes(scene: Scene, plan: Plan) -> Mapping[str, SizeRange]:
    return sizes_of(plan, {tier: scene.size_of(tier) for tier in LAYERS})


@kept
def _gauge_stored(scene: Scene, plan_id: int) -> Gauges:
    return _gauge(scene, reading.stored_plan(scene, plan_id).plan)


@kept
def _gauge_held(scene: Scene, name: str, key: str) -> Gauges:
    run = shelf_of(scene.store.url)[int(name.removeprefix("run"))]
    return _gauge(scene, run.choice(key).plan)


def _gauge(scene: Scene, plan: Plan) -> Gauges:
    sizes = _sizes(scene, plan)
    return gauge_units(plan, reading.layers(scene), sizes["grid"], sizes["micro_grid"])
