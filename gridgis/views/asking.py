"""The form of the planner: sizes, numbers, what to start from, wishes and seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from gridgis.model.tiers import SizeRange, Weights
from gridgis.planning.plan import Plan, PlanRequest
from gridgis.views import reading
from gridgis.views.parts import show_note
from gridgis.views.scene import Scene

_MOST = 1_000_000
FREE, TOTAL, VILLAGE = "free", "total", "village"
NUMBERS = (FREE, TOTAL, VILLAGE)
_TABLE, _BASE, _LAST = "form_villages", "villages_base", "villages_last"
Counts = int | Mapping[str, int] | None


@dataclass(frozen=True)
class Asked:
    """What a planner asks for.

    Parameters
    ----------
    request
        Sizes, numbers, wishes and seed.
    follow
        Whether to change the plan shown as little as possible, instead of planning anew.
    locked
        Codes of its grids whose territory stays.
    several
        Whether to look for alternatives too.
    """

    request: PlanRequest
    follow: bool = False
    locked: frozenset[str] = frozenset()
    several: bool = True


def ask(scene: Scene, shown: Plan | None) -> Asked | None:
    """Show the form.

    Parameters
    ----------
    scene
        What the page is given.
    shown
        The plan on the map, to start from; None where there is none.

    Returns
    -------
        None where a range is upside down.
    """
    sizes = _ask_sizes(scene)
    follow, locked = _ask_start(scene, shown) if shown is not None else (False, frozenset())
    grids, micro_grids = (None, None) if follow else _ask_numbers(scene)
    with st.expander(scene.say("planner.advanced")):
        # least change is measured in households that move: wishes have no say in it
        weights = scene.settings.weights if follow else _ask_wishes(scene)
        seed = _number(scene, "seed", scene.settings.seed, least=0) or 0
        several = not follow and st.toggle(
            scene.say("planner.several"), value=True, key="form_several", persist_state="session"
        )
    if sizes is None:
        return None
    return Asked(PlanRequest(*sizes, grids, micro_grids, seed, weights), follow, locked, several)


def _number(scene: Scene, name: str, value: int | None, *, least: int = 1) -> int | None:
    label, free = scene.say(f"planner.form.{name}"), scene.say("planner.free")
    return st.number_input(label, least, _MOST, value, key=f"form_{name}", placeholder=free, persist_state="session")


def _ask_sizes(scene: Scene) -> tuple[SizeRange, SizeRange] | None:
    found = []
    for tier, size in (("grid", scene.settings.grid_size), ("micro", scene.settings.micro_size)):
        left, right = st.columns(2, gap="small")
        with left:
            low = _number(scene, f"{tier}_low", size.low)
        with right:
            high = _number(scene, f"{tier}_high", size.high)
        found.append((low, high))
    ranges = [SizeRange(low, high) for low, high in found if low is not None and high is not None and low <= high]
    return (ranges[0], ranges[1]) if len(ranges) == len(found) else None


def _ask_start(scene: Scene, shown: Plan) -> tuple[bool, frozenset[str]]:
    """Ask whether to start from the plan shown, and which of its grids to leave as they are."""
    follow = st.toggle(scene.say("planner.follow"), key="form_follow", persist_state="page")
    if not follow:
        return False, frozenset()
    villages = reading.names(scene, "villages")
    names = {str(code): str(name) for code, name in zip(shown.grids["code"], shown.grids["name"], strict=True)}
    of_village = shown.grids.groupby("village_code")["code"].agg(list)
    whole = {
        str(code): scene.say("planner.whole_village", village=villages.get(code, code)) for code in of_village.index
    }
    chosen = st.multiselect(
        scene.say("planner.locks"),
        [*whole, *names],
        format_func=lambda code: whole.get(code) or names[code],
        key="form_locks",
        placeholder=scene.say("planner.locks_none"),
        select_all=False,
        persist_state="page",
    )
    show_note(scene.say("planner.follow_note"))
    return True, frozenset(code for one in chosen for code in (of_village[one] if one in whole else [one]))


def _ask_numbers(scene: Scene) -> tuple[Counts, Counts]:
    how = st.segmented_control(
        scene.say("planner.numbers"),
        NUMBERS,
        default=FREE,
        required=True,
        format_func=lambda name: scene.say(f"planner.numbers.{name}"),
        key="form_numbers",
        persist_state="session",
    )
    if how == VILLAGE:
        return _ask_by_village(scene)
    if how == FREE:
        return None, None
    left, right = st.columns(2, gap="small")
    with left:
        grids = _number(scene, "grids", None)
    with right:
        micro_grids = _number(scene, "micro_grids", None)
    return grids, micro_grids


def _ask_by_village(scene: Scene) -> tuple[Counts, Counts]:
    """Show a table of the villages in which the numbers of their units may be written."""
    villages = reading.villages(scene)
    if _TABLE not in st.session_state:
        # what is edited is kept as a difference to this table, which so must stay as it is meanwhile
        st.session_state[_BASE] = _last_table(scene, villages)
    labels = {name: scene.say(f"app.column.{name}") for name in ("village", "households")}
    labels |= {name: scene.say(f"app.tier.{name.removesuffix('s')}") for name in ("grids", "micro_grids")}
    whole = {
        name: st.column_config.NumberColumn(labels[name], min_value=1, step=1) for name in ("grids", "micro_grids")
    }
    plain = {name: st.column_config.Column(labels[name]) for name in ("village", "households")}
    edited = st.data_editor(
        st.session_state[_BASE],
        column_config=plain | whole,
        disabled=list(plain),
        hide_index=True,
        key=_TABLE,
        placeholder=scene.say("planner.free"),
    )
    st.session_state[_LAST] = edited
    show_note(scene.say("planner.numbers.note"))
    grids, micro_grids = (
        {str(code): int(n) for code, n in edited[name].dropna().items()} for name in ("grids", "micro_grids")
    )
    return grids or None, micro_grids or None


def _last_table(scene: Scene, villages: pd.DataFrame) -> pd.DataFrame:
    last = st.session_state.get(_LAST)
    if isinstance(last, pd.DataFrame) and last.index.tolist() == villages["code"].tolist():
        return last
    households = reading.households(scene).groupby("village_code")["households"].sum()
    nothing = pd.array([None] * len(villages), dtype="Int64")
    return pd.DataFrame(
        {
            "village": villages["name"].to_numpy(),
            "households": households.reindex(villages["code"], fill_value=0).to_numpy(),
            "grids": nothing,
            "micro_grids": nothing,
        },
        index=villages["code"].to_numpy(),
    )


def _ask_wishes(scene: Scene) -> Weights:
    """Ask how much each wish counts, in units that a planner knows."""
    usual = scene.settings.weights
    return Weights(
        whole=_slide(scene, "whole", usual.whole, scale=100, most=10, step=0.5) / 100,
        grid_walk=_slide(scene, "grid_walk", usual.grid_walk, scale=1, most=2, step=0.1),
        border=_slide(scene, "border", usual.border, scale=100, most=10, step=0.5) / 100,
        ground=_slide(scene, "ground", usual.ground, scale=100, most=100, step=5) / 100,
        heads=_slide(scene, "heads", usual.heads, scale=1, most=50, step=1),
    )


def _slide(scene: Scene, name: str, usual: float, *, scale: float, most: float, step: float) -> float:
    value = round(usual * scale, 6)
    return st.slider(
        scene.say(f"planner.wish.{name}"),
        0.0,
        float(max(most, value)),
        value,
        float(step),
        format=scene.say(f"planner.wish.{name}.unit"),
        key=f"form_{name}",
        help=scene.say(f"planner.wish.{name}.help", usual=f"{value:g}"),
        persist_state="session",
    )
