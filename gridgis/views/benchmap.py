"""The map of the workbench: a base that stays as it is while a village is redrawn, and how the village stands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd
import shapely
import streamlit as st

from gridgis.model.layers import Layers
from gridgis.model.tiers import SizeRange
from gridgis.redraw.draft import Draft
from gridgis.show.base import base_map, look_at
from gridgis.show.bench import Piece, State, Strip, add_bench, bench_state, encode_homes, encode_land
from gridgis.show.elements import Drawn, group_of
from gridgis.views import reading
from gridgis.views.desk import Desk
from gridgis.views.due import leaders_of
from gridgis.views.keeping import kept
from gridgis.views.legality import verdict
from gridgis.views.scene import Place, Scene

KEY = "map_redraw"
_HEIGHT = 590
"""Pixels, so that a laptop of 1366 by 768 shows all of the map."""


@kept
def _base(scene: Scene, lang: str, synthetic: bool) -> object:  # noqa: FBT001 parts of the cache's key
    names = ("villages", "natural_villages", "barriers", "township")
    base = base_map(Layers(**{name: reading.layer(scene, name) for name in names}), scene.lang, synthetic=synthetic)
    add_bench(base, scene.lang)
    del lang
    return base


@st.cache_resource(max_entries=16, show_spinner=False)
def _land(key: str, _draft: Draft) -> Mapping[str, Any]:
    return encode_land(_draft.cells, key)


@st.cache_resource(max_entries=16, show_spinner=False)
def _homes(village: str, version: int, _draft: Draft) -> list[int]:
    del village, version
    return encode_homes(_draft.households.geometry)


def show_bench(scene: Scene, place: Place, desk: Desk, *, strip: Strip | None, flags: Mapping[str, bool]) -> None:
    """Show the village on the workbench; what the map tells is ``st.session_state[KEY]`` in the next run.

    Parameters
    ----------
    scene, place
        What the page is given.
    desk
        What lies before the planner.
    strip
        What the map says at its foot.
    flags
        Whether there is something to ``undo`` and to ``redo``, and whether the plan is ``readonly``.
    """
    # a component is known to the app only if it is imported by a page that runs
    from streamlit_folium import st_folium  # noqa: PLC0415

    # what st_folium is given it changes
    base = deepcopy(_base(scene, scene.lang, place.township.synthetic))
    with st.container(key="map"):
        st_folium(
            base,
            key=KEY,
            height=_HEIGHT,
            use_container_width=True,
            returned_objects=[],
            feature_group_to_add=[group_of(_state(scene, desk, strip, flags), look_at(shapely.box(*desk.view)))],
        )


def _state(scene: Scene, desk: Desk, strip: Strip | None, flags: Mapping[str, bool]) -> Drawn:
    shown = desk.shown
    codes = list(shown.micro_grids.index)
    return bench_state(
        _land(_key_of(shown), shown),
        _owners(shown, codes),
        _pieces(scene, desk),
        strip=strip,
        before=None if desk.pending is None else _before(desk, codes),
        places=_homes(f"{desk.plan_id}/{desk.village}", scene.version, desk.draft),
        chosen={"units": list(desk.units), "cells": list(desk.cells)},
        ack=desk.ack,
        **flags,
    )


def _key_of(draft: Draft) -> str:
    """Name the cells of a village: a cell never changes, so their numbers name them."""
    numbers = np.ascontiguousarray(draft.cells.index.to_numpy(dtype=np.int64))
    return f"{draft.village_code}/{hashlib.sha256(numbers.tobytes()).hexdigest()[:16]}"


def _owners(draft: Draft, codes: list[str]) -> list[int]:
    owners: list[int] = pd.Index(codes).get_indexer(draft.cells["micro_grid_code"]).tolist()
    return owners


def _before(desk: Desk, codes: list[str]) -> list[int]:
    """Find the unit that each cell had before the edit in hand; of a new cell, that of the land it was cut from."""
    was = desk.draft.cells["micro_grid_code"]
    found = was.reindex(desk.shown.cells.index)
    new = desk.shown.cells[~desk.shown.cells.index.isin(was.index)]
    if len(new):
        points = new.representative_point()
        old = desk.draft.cells[~was.index.isin(desk.shown.cells.index)]
        at, of = old.sindex.query(points, predicate="intersects")
        found = found.astype(object)
        found.loc[new.index[at]] = old["micro_grid_code"].to_numpy()[of]
    every = [*codes, *sorted(set(was.dropna()) - set(codes))]
    owners: list[int] = pd.Index(every).get_indexer(found).tolist()
    return owners


def _pieces(scene: Scene, desk: Desk) -> list[Piece]:
    draft = desk.shown
    heads = leaders_of(reading.members(scene))
    sizes = draft.sizes("micro_grid")
    rule = desk.sizes["micro_grid"]
    pieces = []
    for unit in map(str, draft.micro_grids.index):
        row, n = draft.micro_grids.loc[unit], int(sizes[unit])
        name = row["name"] or unit
        locked = bool(row["locked"]) or bool(draft.grids.loc[row["grid_code"], "locked"])
        head = heads.get(unit)
        said = scene.say("workbench.tip", n=n, verdict=verdict(n, rule, scene.lang))
        post = scene.say("workbench.head", name=head) if head else scene.say("workbench.vacant")
        pieces.append(
            Piece(
                unit,
                str(row["grid_code"]),
                _short(name, draft, locked=locked, scene=scene),
                [f"{name} {unit}", said, post],
                _state_of(n, rule),
                locked,
            )
        )
    return pieces


def _short(name: str, draft: Draft, *, locked: bool, scene: Scene) -> str:
    """Shorten a unit's name by its village's, which is written on the map anyway."""
    short = name.removeprefix(draft.village.name) or name
    return scene.say("workbench.locked_name", name=short) if locked else short


def _state_of(households: int, rule: SizeRange) -> State:
    if not rule.excess(households):
        return "ok"
    return "short" if households < rule.low else "over"
