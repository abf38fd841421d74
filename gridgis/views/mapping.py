"""The maps of the pages: a constant base, on which only the page's own layer changes; a click goes into the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridgis.exchange.inputs import Reading
from gridgis.model.layers import Layers
from gridgis.model.words import Lang
from gridgis.show.base import base_map, look_at
from gridgis.show.coverage import coverage_layer
from gridgis.show.elements import group_of
from gridgis.show.findings import findings_layer
from gridgis.show.focus import ring_places
from gridgis.show.hotspots import hotspots_layer
from gridgis.show.overdue import overdue_layer
from gridgis.show.plan import borders_of, plan_layer
from gridgis.show.scores import scores_layer
from gridgis.show.tour import tour_layer
from gridgis.views import reading
from gridgis.views.address import go
from gridgis.views.due import labels_of, leaders_of
from gridgis.views.keeping import kept
from gridgis.views.scene import Place, Scene
from gridgis.views.shown import Shown
from gridgis.views.units import Unit

_PLAN = "map_plan"
_HEIGHTS = {"map_coverage": 452, "map_scores": 452}
_TALL = 556
"""Pixels, so that a laptop of 1366 by 768 shows question, figures and map."""
Chosen = Callable[[Mapping[str, Any]], None]


@kept
def _base(scene: Scene, lang: Lang, synthetic: bool, outlined: bool) -> object:  # noqa: FBT001 parts of the cache's key
    names = ("villages", "natural_villages", "barriers", "township")
    layers = Layers(**{name: reading.layer(scene, name) for name in names})
    stored = reading.plan(scene) if outlined else None
    return base_map(layers, lang, plan=None if stored is None else stored.plan, synthetic=synthetic)


def _show(
    scene: Scene,
    place: Place,
    layer: object,
    key: str,
    chosen: Chosen | None = None,
    marks: gpd.GeoSeries | None = None,
) -> None:
    """Show a layer on the base map, looking at what is marked, else at the unit in focus.

    ``chosen`` takes what is clicked.
    """
    # a page of plans draws its own borders; and what st_folium is given it changes
    base = deepcopy(_base(scene, scene.lang, place.township.synthetic, key != _PLAN))
    marked = [] if marks is None or marks.empty else [ring_places(marks)]
    area = marks if marks is not None and marked else _area(scene, place.focus)
    _mount(base, [layer, group_of(look_at(area), *marked)], key, chosen)


def _mount(base: object, groups: list[object], key: str, chosen: Chosen | None = None) -> None:
    # a component is known to the app only if it is imported by a page that runs
    from streamlit_folium import st_folium  # noqa: PLC0415

    def take() -> None:
        choice = st.session_state.get(key)
        if chosen is not None and isinstance(choice, dict):
            chosen(choice)

    with st.container(key="map"):
        st_folium(
            base,
            key=key,
            height=_HEIGHTS.get(key, _TALL),
            use_container_width=True,
            returned_objects=[],
            feature_group_to_add=groups,
            on_change=take,
        )


def _area(scene: Scene, focus: Unit) -> gpd.GeoSeries:
    stored = reading.plan(scene)
    layers = {"village": reading.villages(scene)}
    if stored is not None:
        layers |= {"grid": stored.plan.grids, "micro_grid": stored.plan.micro_grids}
    layer = layers.get(focus.tier, layers["village"])
    inside = layer["code"] == focus.code
    return layer.geometry[inside] if inside.any() else layers["village"].geometry


def _enter(choice: Mapping[str, Any]) -> None:
    if "unit" in choice:
        go(unit=str(choice["unit"]))


def show_coverage(scene: Scene, place: Place, units: gpd.GeoDataFrame) -> None:
    """Show the coverage of units; a click enters the unit.

    Parameters
    ----------
    scene, place
        What the page is given.
    units
        Result of :func:`gridgis.views.measures.coverage_layer`; the unit in focus is outlined where it is among them.
    """
    heads = leaders_of(reading.members(scene))
    drawn = units.set_index("code")
    drawn = drawn.assign(head=pd.Series(drawn.index.map(heads), index=drawn.index, dtype=object))
    _show(scene, place, coverage_layer(drawn, scene.lang, focus=place.focus.code), "map_coverage", _enter)


def show_scores(scene: Scene, place: Place, units: gpd.GeoDataFrame) -> None:
    """Show the scores of units; a click enters the unit.

    Parameters
    ----------
    scene, place
        What the page is given.
    units
        ``code``, ``name``, ``geometry`` and the columns of :attr:`gridgis.ledger.reviews.scores.Review.units`.
    """
    heads = leaders_of(reading.members(scene))
    drawn = units.set_index("code")
    drawn = drawn.assign(head=pd.Series(drawn.index.map(heads), index=drawn.index, dtype=object))
    _show(scene, place, scores_layer(drawn, scene.lang, focus=place.focus.code), "map_scores", _enter)


def show_tour(scene: Scene, place: Place, sites: gpd.GeoDataFrame, way: gpd.GeoSeries, site: str | None) -> None:
    """Show the round of an observation, as :func:`gridgis.show.tour.tour_layer` has it; a click opens a sheet."""

    def pick(choice: Mapping[str, Any]) -> None:
        if "unit" in choice:
            go(site=str(choice["unit"]))

    _show(scene, place, tour_layer(sites, way, scene.lang, focus=site), "map_tour", pick)


def show_due(scene: Scene, place: Place, due: gpd.GeoDataFrame) -> None:
    """Show the households that are due; a click picks one out of the list, and the one picked is marked."""
    labelled = due.assign(label=labels_of(due))

    def pick(choice: Mapping[str, Any]) -> None:
        if "point" in choice:
            go(household=str(due["household_id"].iloc[int(choice["point"])]))

    picked = due.geometry[due["household_id"] == st.query_params.get("household")]
    _show(scene, place, overdue_layer(labelled, scene.lang), "map_due", pick, picked)


def show_hotspots(scene: Scene, place: Place, areas: gpd.GeoDataFrame) -> None:
    """Show the areas by their verdict."""
    names = reading.names(scene, "natural_villages")
    named = areas.assign(name=areas["name"].map(lambda code: names.get(code, code), na_action="ignore"))
    focus = place.focus.code if place.focus.code in named.index else None
    _show(scene, place, hotspots_layer(named, scene.lang, focus=focus), "map_hotspots")


def show_plan(scene: Scene, place: Place, shown: Shown, tier: str, by: str) -> None:
    """Show a plan's units of a tier, coloured by what is asked; a click chooses the unit.

    Parameters
    ----------
    scene, place
        What the page is given.
    shown
        The plan.
    tier
        Which of its tiers.
    by
        ``"units"``, or a figure.
    """
    chosen = shown.unit_asked()
    size, units = shown.sizes[tier], shown.units[tier].set_index("code")
    layer = plan_layer(units, size, scene.lang, by=by, focus=chosen)
    borders_of(shown.plan, tier).add_to(layer)
    # the view rests on the village of what is chosen, so that its neighbours stay in sight
    focus = place.focus if chosen is None else place.units.focus(shown.village_of(chosen))
    _show(scene, replace(place, focus=focus), layer, _PLAN, _enter)


def show_ground(scene: Scene, place: Place) -> None:
    """Show the base map alone."""
    _show(scene, place, group_of(), "map_ground")


def show_findings(scene: Scene, result: Reading) -> None:
    """Show where the findings of a check are; nothing where none has a place, or there is no village to show it in."""
    villages = result.layers.villages
    if villages is None and reading.township(scene) is not None:
        villages = reading.villages(scene)
    if villages is not None and len(villages) and any(finding.places for finding in result.findings):
        base = base_map(Layers(villages=villages), scene.lang)
        _mount(base, [findings_layer(result.findings, scene.lang)], "map_findings")
