"""Reviews as pages show them: computed below, cached here by the store's data version."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from gridgis.ledger.periods import Period
from gridgis.ledger.reviews.books import Books, Records, ReviewRules
from gridgis.ledger.reviews.observation import plan_tour
from gridgis.ledger.reviews.scores import Review, review_units
from gridgis.ledger.reviews.trends import periods_until, trend_of
from gridgis.model.settings import Settings
from gridgis.show.bulletin import Bulletin
from gridgis.store.observing import read_history, read_scores, read_situation_days, units_seen
from gridgis.views import reading
from gridgis.views.keeping import kept
from gridgis.views.measures import cadence, unit_shapes
from gridgis.views.scene import Place, Scene
from gridgis.views.units import COLUMNS, Unit, Units


def rules_of(scene: Scene) -> ReviewRules:
    """Take the rules of reviews out of the settings."""
    settings: Settings = scene.settings
    return ReviewRules(
        cadence(scene),
        settings.review_matter_days,
        settings.review_entry_days,
        settings.review_situation_days,
        settings.review_least,
        settings.review_least_few,
    )


@kept
def scores(scene: Scene) -> pd.DataFrame:
    """Read the score sheets that hold."""
    return read_scores(scene.store, scene.reader)


@kept
def records(scene: Scene) -> Records:
    """Gather what reviews are made from, in the units of the plan that the page speaks of."""
    stored = reading.plan(scene)
    known = Records(
        households=reading.households(scene),
        visits=reading.visits(scene),
        services=reading.services(scene),
        members=reading.members(scene),
        appointments=read_history(scene.store, scene.reader, "appointments"),
        certifications=read_history(scene.store, scene.reader, "certifications"),
        situations=read_situation_days(scene.store, scene.reader),
        scores=scores(scene),
        villages=reading.villages(scene),
        grids=None if stored is None else stored.plan.grids,
        micro_grids=None if stored is None else stored.plan.micro_grids,
    )
    return known.of_units(units_seen(scene.store, scene.reader, scene.plan_id))


@kept
def review(scene: Scene, units: Units, unit: Unit, period: Period, tier: str | None) -> Review:
    """Review the units of a tier inside a unit; None takes the unit as one."""
    return review_units(_books(scene, units, unit, period, tier), scene.settings.review_weights)


@kept
def tour(scene: Scene, units: Units, unit: Unit, half: Period, tier: str) -> gpd.GeoDataFrame:
    """Plan the round of a half-year's observation, as :func:`gridgis.ledger.reviews.observation.plan_tour` has it."""
    weights = replace(scene.settings.review_weights, observation=0.0)
    now, earlier = (review_units(_books(scene, units, unit, each, tier), weights) for each in (half, half.previous()))
    first, sheets = _first_day(scene), scores(scene)
    known = None if first is None or first.date() > half.previous().start else earlier
    seed = scene.settings.seed + half.start.toordinal()
    return plan_tour((now, known), shapes_of(scene, now, tier), sheets[sheets["period"] == half.key], seed)


def shapes_of(scene: Scene, review: Review, tier: str) -> gpd.GeoDataFrame:
    """Take the shapes of the units of a review: index code; ``name``, ``geometry`` in the metric CRS."""
    top = reading.township(scene)
    shapes = unit_shapes(scene, tier).set_index("code")[["name", "geometry"]]
    known = shapes.loc[shapes.index.isin(review.units.index)]
    return known if top is None else known.to_crs(top.metric_epsg)


def _books(scene: Scene, units: Units, unit: Unit, period: Period, tier: str | None) -> Books:
    inside = None if unit is units.root else (COLUMNS[unit.tier], unit.code)
    return records(scene).open(period, None if tier is None else COLUMNS[tier], rules_of(scene), inside)


def review_then(scene: Scene, place: Place, period: Period, tier: str | None) -> Review | None:
    """Review a period in the units that were in force then; None where the unit in focus was not there."""
    then, there = reading.in_units_of(period, scene, place)
    if there.focus.code != place.focus.code:
        return None
    return review(then, there.units, there.focus, period, tier)


def before(scene: Scene, place: Place, period: Period, tier: str | None) -> Review | None:
    """Review the period before, the same days of it where this one is to date; None where the ledger is younger."""
    earlier = period.previous()
    first = _first_day(scene)
    return None if first is None or earlier.start < first.date() else review_then(scene, place, earlier, tier)


def trend(scene: Scene, place: Place, period: Period) -> pd.DataFrame:
    """Lay out how the score of the unit in focus went up to a period."""
    first = _first_day(scene)
    periods = periods_until(period, None if first is None else first.date())
    found = (review_then(scene, place, each, None) for each in periods)
    return trend_of(each for each in found if each is not None)


def bulletin(scene: Scene, place: Place, review: Review, tier: str) -> Bulletin:
    """Gather what a bulletin of a review says; the page is of the period's units already."""
    half, metric = review.period.kind == "half_year", place.township.metric_epsg
    return Bulletin(
        review=review,
        before=before(scene, place, review.period, tier),
        trend=trend(scene, place, review.period),
        weights=scene.settings.review_weights,
        units=shapes_of(scene, review, tier),
        tour=tour(scene, place.units, place.focus, review.period, tier) if half else None,
        top=place.focus.name,
        township=place.units.root.name,
        tier=place.focus.tier,
        made_on=place.on,
        ways=gpd.GeoDataFrame(reading.layer(scene, "barriers")).to_crs(metric).geometry,
        synthetic=place.township.synthetic,
    )


@kept
def _first_day(scene: Scene) -> pd.Timestamp | None:
    days = reading.visits(scene)["visited_on"]
    return None if days.empty else pd.Timestamp(days.min())
