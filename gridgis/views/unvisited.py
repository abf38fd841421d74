"""The page 未走访 Unvisited: whom must we see next, and who goes."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridgis.ledger.overdue import DUE
from gridgis.views import measures, reading
from gridgis.views.address import go
from gridgis.views.bar import bar
from gridgis.views.chooser import choose_flag, choose_one
from gridgis.views.due import LISTED, Wanted, due_table, wanted_households
from gridgis.views.handout import offer_downloads
from gridgis.views.mapping import show_due
from gridgis.views.parts import show_empty, show_facts, show_note, show_question, show_table
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import count

_WIDTH = 190


def show(scene: Scene, place: Place) -> None:
    """Show the page."""
    due = measures.overdue(scene, place.units, place.focus, place.on)
    due = wanted_households(due, _choose(scene, place, due))
    show_question(scene.say("app.unvisited.question"), _answer(scene, place, due))
    if due.empty:
        settings = scene.settings
        why = {"days": settings.cadence_days, "priority_days": settings.priority_cadence_days}
        show_empty(scene.say("app.unvisited.none", unit=place.focus.name), scene.say("app.unvisited.none_why", **why))
        return
    table = due_table(due, reading.members(scene), place.units, scene.vocabulary, scene.lang)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_due(scene, place, due)
    with right:
        _show_one(scene, table)
        ids = table["household_id"]
        show_table(
            scene, table[list(LISTED)], key="due", widths=LISTED, chosen=lambda row: go(household=str(ids.iloc[row]))
        )
        offer_downloads(scene, table, layer="unvisited", formats=("csv", "xlsx"))
        show_note(scene.say("app.unvisited.masked"))


def _show_one(scene: Scene, table: pd.DataFrame) -> None:
    """Show the household that was chosen on the map or in the list, if it is among those listed."""
    for _, row in table[table["household_id"] == st.query_params.get("household")].head(1).iterrows():
        facts = row.dropna()
        show_facts((scene.say(f"app.column.{name}"), str(fact)) for name, fact in facts.items())


def _choose(scene: Scene, place: Place, due: gpd.GeoDataFrame) -> Wanted:
    with bar(scene, place):
        state = choose_one(scene, "app.unvisited.state", DUE, scene.name_of("state"), width=_WIDTH)
        places = [
            choose_one(
                scene,
                f"app.unvisited.{name}",
                sorted(due[name].dropna().unique()),
                _place_name(scene, layer),
                width=_WIDTH,
            )
            for name, layer in (("natural_village", "natural_villages"), ("villager_group", "villager_groups"))
        ]
        return Wanted(state, choose_flag(scene, "app.unvisited.priority"), *places)


def _place_name(scene: Scene, layer: str) -> Callable[[str], str]:
    names = reading.names(scene, layer)
    return lambda code: names.get(code, code)


def _answer(scene: Scene, place: Place, due: gpd.GeoDataFrame) -> str:
    if due.empty:
        return scene.say("app.unvisited.none", unit=place.focus.name)
    first = due["priority"].notna()
    never = due["state"] == "never"
    values = {
        "unit": place.focus.name,
        "households": count(due["households"].sum()),
        "priority": count(due.loc[first, "households"].sum()),
    }
    if never.any():
        return scene.say("app.unvisited.answer_never", never=count(due.loc[never, "households"].sum()), **values)
    longest = due["days_since"].max()
    return scene.say("app.unvisited.answer", days=0 if pd.isna(longest) else count(longest), **values)
