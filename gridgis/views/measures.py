"""The ledger's figures as pages show them: computed below, cached here by the store's data version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd

from gridgis.ledger.coverage import coverage_by_unit, coverage_of_services
from gridgis.ledger.ground import GroundCoverage, coverage_of_ground
from gridgis.ledger.hotspots import HotspotRules, hotspots_of_cells, hotspots_of_units
from gridgis.ledger.overdue import Cadence, overdue_households
from gridgis.ledger.periods import Period
from gridgis.ledger.posts import PartyCoverage, coverage_of_party
from gridgis.ledger.shares import Share
from gridgis.views import reading
from gridgis.views.keeping import kept
from gridgis.views.scene import Place, Scene
from gridgis.views.units import COLUMNS, Unit, Units


def cadence(scene: Scene) -> Cadence:
    """Take the cadence of visits out of the settings."""
    settings = scene.settings
    return Cadence(settings.cadence_days, settings.priority_cadence_days, settings.due_soon_days)


@kept
def households_in(scene: Scene, units: Units, unit: Unit) -> gpd.GeoDataFrame:
    """List the households of a unit."""
    return units.households(reading.households(scene), unit)


@kept
def services_in(scene: Scene, units: Units, unit: Unit) -> gpd.GeoDataFrame:
    """List the services of a unit's households; of the township all of them, those without a household too."""
    services = reading.services(scene)
    if unit is units.root:
        return services
    return services[services["household_id"].isin(households_in(scene, units, unit)["household_id"])]


@kept
def served(scene: Scene, units: Units, unit: Unit, period: Period) -> Share:
    """Count a unit's households that were visited or served in a period."""
    households = households_in(scene, units, unit)
    return coverage_of_services(households, reading.visits(scene), reading.services(scene), period)


@kept
def served_by_unit(scene: Scene, units: Units, unit: Unit, period: Period, tier: str) -> pd.DataFrame:
    """Compare the units of a tier inside a unit."""
    households = households_in(scene, units, unit)
    return coverage_by_unit(households, reading.visits(scene), reading.services(scene), period, COLUMNS[tier])


@kept
def overdue(scene: Scene, units: Units, unit: Unit, on: date) -> pd.DataFrame:
    """List a unit's households that should have been visited by a day and were not, in the order to see them."""
    return overdue_households(households_in(scene, units, unit), reading.visits(scene), on, cadence(scene))


@kept
def party(scene: Scene, units: Units, unit: Unit, on: date) -> PartyCoverage | None:
    """Count the units with their head in post, inside a unit; None while no plan is in force."""
    stored = reading.plan(scene)
    if stored is None:
        return None
    layers = {"grids": stored.plan.grids, "micro_grids": stored.plan.micro_grids, "villages": reading.villages(scene)}
    inside = {each.code for each in units.units if unit in units.path(each)}
    chosen = {name: layer[layer["code"].isin(inside)] for name, layer in layers.items()}
    top = pd.DataFrame([{"code": units.root.code, "name": units.root.name}]) if unit is units.root else None
    return coverage_of_party(**chosen, members=reading.members(scene), on=on, township=top)


@kept
def ground(scene: Scene, units: Units, unit: Unit) -> GroundCoverage | None:
    """Measure how much of a unit's village land and how many of its households lie in grids; None without a plan."""
    stored = reading.plan(scene)
    if stored is None:
        return None
    villages = reading.villages(scene)
    if unit is not units.root:
        villages = villages[villages["code"] == units.path(unit)[1].code]
    micro_grids = stored.plan.micro_grids
    chosen = micro_grids[micro_grids["village_code"].isin(villages["code"])]
    return coverage_of_ground(households_in(scene, units, unit), chosen, villages)


@dataclass(frozen=True)
class OpenServices:
    """How many services are open on a day, and how many were reported in a period."""

    open: int
    reported: int


@kept
def open_services(scene: Scene, units: Units, unit: Unit, period: Period) -> OpenServices:
    """Count a unit's services that were open on the last day of a period."""
    services = services_in(scene, units, unit)
    end = pd.Timestamp(period.end)
    reported = services["reported_on"]
    standing = (reported <= end) & ((services["status"] == "open") | (services["closed_on"] > end))
    return OpenServices(int(standing.sum()), int(reported.between(pd.Timestamp(period.start), end).sum()))


def unit_shapes(scene: Scene, tier: str) -> gpd.GeoDataFrame:
    """Take the shapes of a tier's units: ``code``, ``name``, ``geometry``."""
    stored = reading.plan(scene)
    if tier == "village" or stored is None:
        return reading.villages(scene)
    return stored.plan.grids if tier == "grid" else stored.plan.micro_grids


@kept
def coverage_layer(scene: Scene, place: Place, period: Period, tier: str) -> gpd.GeoDataFrame:
    """Put the coverage of a tier's units inside the unit in focus on their shapes."""
    coverage = served_by_unit(scene, place.units, place.focus, period, tier)
    shapes = unit_shapes(scene, tier)
    return shapes[["code", "name", "geometry"]].merge(coverage, left_on="code", right_index=True)


@kept
def services_asked(
    scene: Scene, place: Place, period: Period, domain: str | None, kind: str | None
) -> gpd.GeoDataFrame:
    """List the services reported in the unit in focus in a period, of a domain and a kind; None for any."""
    services = services_in(scene, place.units, place.focus)
    keep = services["reported_on"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))
    for column, value in (("domain", domain), ("kind", kind)):
        if value is not None:
            keep &= services[column] == value
    return services[keep]


@kept
def hotspots(
    scene: Scene, place: Place, asked: tuple[Period, str | None, str | None], *, by_cell: bool
) -> gpd.GeoDataFrame:
    """Judge the cells or micro-grids of the unit in focus by the services asked for."""
    settings = scene.settings
    rules = HotspotRules(
        settings.hotspot_h3_resolution,
        settings.hotspot_fdr,
        settings.hotspot_least_expected,
        settings.hotspot_least_areas,
    )
    services = services_asked(scene, place, *asked)
    households = households_in(scene, place.units, place.focus)
    if by_cell:
        return hotspots_of_cells(services, households, rules)
    units = unit_shapes(scene, "micro_grid")
    inside = [unit.code for unit in place.units.inside(place.focus, "micro_grid")]
    return hotspots_of_units(services, households, units[units["code"].isin(inside)], rules)
