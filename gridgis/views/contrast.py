"""Two plans side by side or under one another's handle: what differs, for whom, and which does better in what."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

import geopandas as gpd
import pandas as pd
import streamlit as st

from gridgis.model.layers import Layers
from gridgis.planning.alternatives import Alternative, rate_plan
from gridgis.planning.comparison import Comparison, compare_plans
from gridgis.planning.plan import Plan, PlanRequest
from gridgis.show.base import base_map, look_at
from gridgis.show.contrast import side_layer, swipe_layer
from gridgis.show.elements import group_of
from gridgis.views import reading
from gridgis.views.chooser import choose_one, choose_tab
from gridgis.views.comparing import cell_html, figures_of
from gridgis.views.keeping import kept
from gridgis.views.parts import show_empty, show_note, show_question, show_table
from gridgis.views.records import sizes_of
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import count, text_html

SWIPE, SIDES = "swipe", "sides"
_HEIGHT = 500
_TABLE, _ROW = 190, 35
"""Pixels of the table at most, and of a row."""
_TIERS = {"micro_grid": "micro_grids", "grid": "grids"}


def show_contrast(scene: Scene, place: Place, plan_id: int, plans: pd.DataFrame) -> None:
    """Compare a plan with another one.

    Parameters
    ----------
    scene, place
        What the page is given.
    plan_id
        The plan on the right.
    plans
        The list of plans.
    """
    names = dict(zip(plans["plan_id"].astype(str), plans["name"], strict=True))
    others = [number for number in names if number != str(plan_id)]
    if not others:
        show_question(scene.say("workbench.contrast_question"), scene.say("workbench.contrast_alone"))
        show_empty(scene.say("workbench.contrast_alone"), scene.say("workbench.contrast_alone_why"))
        return
    force = reading.plan(scene)
    order = sorted(others, key=lambda number: force is None or number != str(force.plan_id))
    with st.container(key="contrast_bar", horizontal=True, vertical_alignment="center", gap="small"):
        other = str(choose_one(scene, "workbench.other", order, names.__getitem__, any_of=False, width=300))
        tier = str(choose_one(scene, "app.grids.tier", list(_TIERS), scene.name_of("tier"), any_of=False, width=190))
        look = choose_tab(scene, "workbench.look", (SWIPE, SIDES))
    old_id = int(other)
    change = _compare(scene, old_id, plan_id)
    moved = _moved(scene, change)
    called = names[other], names[str(plan_id)]
    show_question(scene.say("workbench.contrast_question"), _answer(scene, change, moved))
    sides = _units(scene, old_id, change, tier), _units(scene, plan_id, change, tier)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        if look == SWIPE:
            _mount(scene, place, "contrast", swipe_layer(*sides, moved.geometry, called, scene.lang))
        else:
            _show_sides(scene, place, sides, moved, called)
    with right:
        _show_scores(scene, (old_id, plan_id), called)
        _show_moved(scene, moved, (old_id, plan_id))


@kept
def _compare(scene: Scene, old_id: int, new_id: int) -> Comparison:
    return compare_plans(reading.stored_plan(scene, old_id).plan, reading.stored_plan(scene, new_id).plan)


@kept
def _rate(scene: Scene, plan_id: int) -> Alternative:
    plan = reading.stored_plan(scene, plan_id).plan
    sizes = sizes_of(plan, {tier: scene.size_of(tier) for tier in _TIERS})
    request = PlanRequest(sizes["grid"], sizes["micro_grid"])
    return rate_plan("alternatives.asked", plan, reading.layers(scene), request)


def _moved(scene: Scene, change: Comparison) -> gpd.GeoDataFrame:
    homes = reading.households(scene).set_index("household_id")
    known = change.moved[change.moved["household_id"].isin(homes.index)]
    return gpd.GeoDataFrame(
        known.reset_index(drop=True),
        geometry=homes.geometry.loc[known["household_id"]].to_numpy(),
        crs=homes.crs,
    ).assign(households=homes["households"].loc[known["household_id"]].to_numpy())


def _answer(scene: Scene, change: Comparison, moved: pd.DataFrame) -> str:
    n = int(moved["households"].sum())
    if not n and (change.units["change"] == "kept").all():
        return scene.say("workbench.contrast_same")
    of_grid = int(moved.loc[moved["old_grid_code"] != moved["grid_code"], "households"].sum())
    units = int((change.units["change"] != "kept").sum())
    return scene.say("workbench.contrast_answer", n=n, grid=count(of_grid), units=count(units))


def _units(scene: Scene, plan_id: int, change: Comparison, tier: str) -> gpd.GeoDataFrame:
    plan: Plan = reading.stored_plan(scene, plan_id).plan
    units: gpd.GeoDataFrame = getattr(plan, _TIERS[tier]).set_index("code")
    told = change.units[change.units["tier"] == tier].set_index("code")["change"]
    return units.assign(change=told.reindex(units.index))


@kept
def _base(scene: Scene, lang: str, synthetic: bool) -> object:  # noqa: FBT001 parts of the cache's key
    names = ("villages", "natural_villages", "barriers", "township")
    del lang
    return base_map(Layers(**{name: reading.layer(scene, name) for name in names}), scene.lang, synthetic=synthetic)


def _mount(scene: Scene, place: Place, key: str, group: object) -> None:
    # a component is known to the app only if it is imported by a page that runs
    from streamlit_folium import st_folium  # noqa: PLC0415

    villages = reading.villages(scene)
    here = {unit.code for unit in place.units.path(place.focus)}
    inside = villages["code"].isin(here)
    area = villages.geometry[inside] if inside.any() else villages.geometry
    with st.container(key=f"map_{key}"):
        st_folium(
            deepcopy(_base(scene, scene.lang, place.township.synthetic)),
            key=f"map_{key}",
            height=_HEIGHT,
            use_container_width=True,
            returned_objects=[],
            feature_group_to_add=[group, group_of(look_at(area))],
        )


def _show_sides(
    scene: Scene,
    place: Place,
    sides: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    moved: gpd.GeoDataFrame,
    called: tuple[str, str],
) -> None:
    channel = st.session_state.setdefault("contrast_channel", f"gridgis-{id(st.session_state):x}")
    for at, (column, units) in enumerate(zip(st.columns(2, gap="small"), sides, strict=True)):
        with column:
            show_note(called[at])
            _mount(scene, place, f"side_{at}", side_layer(units, moved.geometry, channel, scene.lang))


def _show_scores(scene: Scene, numbers: tuple[int, int], called: tuple[str, str]) -> None:
    figures = [figures_of(_rate(scene, number)) for number in numbers]
    heads = "".join(f'<th scope="col">{text_html(name)}</th>' for name in called)
    rows = "".join(
        f'<tr><th scope="row">{text_html(scene.say(f"planner.figure.{name}"))}</th>'
        + "".join(f"<td>{cell_html(table[name], [other[name] for other in figures])}</td>" for table in figures)
        + "</tr>"
        for name in figures[0]
    )
    st.html(f'<table class="gg-compare"><thead><tr><td></td>{heads}</tr></thead>{rows}</table>')
    show_note(scene.say("planner.figure.note"))


def _show_moved(scene: Scene, moved: pd.DataFrame, numbers: tuple[int, int]) -> None:
    show_note(scene.say("workbench.moved", n=len(moved)))
    if moved.empty:
        return
    names: list[Mapping[str, str]] = []
    for number in numbers:
        units = reading.stored_plan(scene, number).plan.micro_grids
        names.append(dict(zip(units["code"], units["name"], strict=True)))
    table = pd.DataFrame(
        {
            "household_id": moved["household_id"],
            "from_unit": moved["old_micro_grid_code"].map(lambda code: names[0].get(code, code)),
            "to_unit": moved["micro_grid_code"].map(lambda code: names[1].get(code, code)),
            "why": moved["why"].map(lambda why: scene.say(f"workbench.why.{why}")),
        }
    )
    show_table(scene, table, key="moved", height=min(_TABLE, _ROW * (len(table) + 1) + 3))
