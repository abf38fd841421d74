"""What pages read, cached by the store's data version: a write makes every open page read anew at its next run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridgis.ledger.periods import Period
from gridgis.model.layers import CONTRACTS, Layers
from gridgis.model.settings import Settings
from gridgis.model.vocabulary import Vocabulary, read_vocabulary
from gridgis.model.words import Lang
from gridgis.store.database import Store, open_store
from gridgis.store.reading import (
    StoredPlan,
    Township,
    data_version,
    list_plans,
    read_households,
    read_layer,
    read_plan,
    read_services,
    read_township,
    read_visits,
)
from gridgis.store.ruling import plan_on
from gridgis.store.scope import Reader
from gridgis.views.keeping import kept
from gridgis.views.scene import Place, Scene
from gridgis.views.units import Units, units_of


@st.cache_resource(max_entries=4, show_spinner=False)
def _vocabulary(path: Path) -> Vocabulary:
    return read_vocabulary(path)


@st.cache_resource(max_entries=4, show_spinner=False)
def _store(url: str) -> Store:
    return open_store(url)


def current_scene(lang: Lang) -> Scene:
    """Make the scene of this run: the site's settings and store, who looks at it and how."""
    settings = Settings()
    vocabulary, store = _vocabulary(settings.vocabulary), _store(settings.store)
    dark = st.context.theme.type == "dark"
    version, reader = data_version(store), Reader.of_township("page")
    return Scene(settings, vocabulary, store, version, reader, lang, dark, plan_on(store))


def current_place(scene: Scene) -> Place | None:
    """Find the township on screen and the unit in focus; None in an empty store."""
    top = township(scene)
    if top is None:
        return None
    tree = units(scene, top, top.name or scene.say("tier.township"))
    last = top.ledger_until
    on = last if top.synthetic and last else today()
    return Place(top, tree, tree.focus(st.query_params.get("unit")), on)


def in_units_of(period: Period, scene: Scene, place: Place) -> tuple[Scene, Place]:
    """Let a page speak of a period in the units that were in force on its last day; of today's where none were yet."""
    ruling = plan_on(scene.store, period.end) or scene.plan_id
    if ruling == scene.plan_id:
        return scene, place
    then = replace(scene, plan_id=ruling)
    tree = units(then, place.township, place.units.root.name)
    return then, replace(place, units=tree, focus=tree.focus(place.focus.code))


def today() -> date:
    """Tell the site's day."""
    return datetime.now().astimezone().date()


@kept
def township(scene: Scene) -> Township | None:
    """Read the township; None in an empty store."""
    return read_township(scene.store)


@kept
def layer(scene: Scene, name: str) -> pd.DataFrame:
    """Read a layer, masked as the reader's scope has it."""
    return read_layer(scene.store, name, scene.reader)


def villages(scene: Scene) -> gpd.GeoDataFrame:
    """Read the villages."""
    return gpd.GeoDataFrame(layer(scene, "villages"))


def members(scene: Scene) -> pd.DataFrame:
    """Read the members."""
    return layer(scene, "members")


@kept
def plan(scene: Scene) -> StoredPlan | None:
    """Read the plan that the page speaks of; None where there is none."""
    return None if scene.plan_id is None else read_plan(scene.store, scene.plan_id)


@kept
def stored_plan(scene: Scene, plan_id: int) -> StoredPlan:
    """Read a plan of the list.

    Raises
    ------
    KeyError
        If there is no such plan.
    """
    stored = read_plan(scene.store, plan_id)
    if stored is None:
        raise KeyError(plan_id)
    return stored


@kept
def plans(scene: Scene) -> pd.DataFrame:
    """List the plans, newest first."""
    return list_plans(scene.store)


@kept
def names(scene: Scene, name: str) -> Mapping[str, str]:
    """Find the names of a layer's rows by their codes."""
    table = layer(scene, name)
    return dict(zip(table["code"], table["name"], strict=True))


@kept
def households(scene: Scene) -> gpd.GeoDataFrame:
    """Read the households, each with its grid and micro-grid of the plan that the page speaks of."""
    return read_households(scene.store, scene.reader, scene.plan_id)


@kept
def layers(scene: Scene) -> Layers:
    """Read what a plan is made of."""
    names = ("villages", "natural_villages", "villager_groups", "barriers", "members")
    given = {name: layer(scene, name) for name in names}
    known = households(scene)[CONTRACTS["households"].columns]
    return Layers(households=known, **{name: table for name, table in given.items() if name != "members" or len(table)})


@kept
def visits(scene: Scene) -> pd.DataFrame:
    """Read the visits."""
    return read_visits(scene.store, scene.reader)


@kept
def services(scene: Scene) -> gpd.GeoDataFrame:
    """Read the services."""
    return read_services(scene.store, scene.reader)


@kept
def units(scene: Scene, top: Township, name: str) -> Units:
    """Build the tree of the township's units; ``name`` is what the township is called."""
    stored = plan(scene)
    return units_of(top.code, name, villages(scene), None if stored is None else stored.plan)
