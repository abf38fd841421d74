"""Beside the map: what is chosen, what may be done with it, and which units break their rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
import streamlit as st

from gridgis.redraw.edits import Dissolve, Edit, Fill, MakeLegal, Merge, Move, Recode, Rename, SplitEvenly, Swap, Unlock
from gridgis.redraw.edits import Lock as LockUnits
from gridgis.views import reading
from gridgis.views.boundary import calm
from gridgis.views.desk import Desk, current_desk, keep_desk, names_of
from gridgis.views.due import leaders_of
from gridgis.views.legality import verdict
from gridgis.views.orders import (
    all_locked,
    broken_units,
    carry_out,
    look_at_problem,
    look_at_unit,
    new_unit_of,
    propose,
)
from gridgis.views.parts import show_facts, show_note, show_table
from gridgis.views.scene import Scene
from gridgis.views.wording import count

_PAIR = 2
_TABLE, _ROW = 300, 35
"""Pixels of the table at most, and of a row."""


def order(scene: Scene, act: Callable[[Desk], Desk]) -> None:
    """Carry out an order of the panel; for callbacks."""
    desk = current_desk()
    if desk is not None:
        with calm(scene.lang):
            keep_desk(carry_out(scene, desk, act))


def ask_for(scene: Scene, edit: Edit) -> None:
    """Show what an edit would do; for callbacks."""
    order(scene, lambda desk: propose(scene, desk, edit))


def show_units(scene: Scene, desk: Desk, *, readonly: bool = False) -> None:
    """Show what is chosen, and the buttons for it where the plan may be redrawn."""
    with st.container(key="chosen"):
        if len(desk.units) == 1:
            _show_facts(scene, desk, desk.units[0])
        if readonly:
            return
        if desk.cells:
            _show_cells(scene, desk)
        elif len(desk.units) == 1:
            _show_acts(scene, desk, desk.units[0])
        elif desk.units:
            _show_several(scene, desk)
        else:
            show_note(scene.say("workbench.choose_something"))
            _offer_settlements(scene, desk)


def _button(scene: Scene, name: str, edit: Edit, *, main: bool = False) -> None:
    st.button(
        scene.say(f"workbench.act.{name}"),
        type="primary" if main else "secondary",
        key=f"act_{name}",
        on_click=ask_for,
        args=(scene, edit),
    )


def _show_facts(scene: Scene, desk: Desk, code: str) -> None:
    draft, names = desk.shown, names_of(desk.shown)
    tier = "grid" if code in draft.grids.index else "micro_grid"
    n = int(draft.sizes(tier)[code])
    facts = [
        (scene.say(f"tier.{tier}"), f"{names[code]} {code}"),
        (scene.say("tier.household"), f"{count(n)} {verdict(n, desk.sizes[tier], scene.lang)}"),
        (
            scene.say("workbench.who_heads"),
            leaders_of(reading.members(scene)).get(code) or scene.say("workbench.vacant"),
        ),
    ]
    if tier == "micro_grid":
        facts.insert(1, (scene.say("tier.grid"), names[draft.grid_of(code)]))
    show_facts(facts)


def _show_acts(scene: Scene, desk: Desk, code: str) -> None:
    draft, names = desk.shown, names_of(desk.shown)
    tier = "grid" if code in draft.grids.index else "micro_grid"
    n, locked = int(draft.sizes(tier)[code]), all_locked(desk)
    with st.container(horizontal=True, gap="small"):
        if desk.sizes[tier].excess(n) and not locked:
            _button(scene, "make_legal", MakeLegal(unit=code), main=True)
        if not locked:
            _button(scene, "split_evenly", SplitEvenly(unit=code))
            _button(scene, "dissolve", Dissolve(unit=code))
        _button(scene, "unlock" if locked else "lock", Unlock(units=(code,)) if locked else LockUnits(units=(code,)))
    left, right = st.columns(2, gap="small")
    with left:
        _offer_text(scene, "name", names[code], lambda text: Rename(unit=code, name=text))
    with right:
        _offer_text(scene, "code", code, lambda text: Recode(unit=code, code=text))
    if tier == "micro_grid" and not locked and len(draft.grids) > 1:
        others = [grid for grid in draft.grids.index if grid != draft.grid_of(code)]
        _offer_target(scene, "to_grid", others, names, lambda to: Move(units=(code,), to=to))


def _offer_text(scene: Scene, name: str, value: str, edit: Callable[[str], Edit]) -> None:
    """Show a field of a unit; another text in it is an edit."""
    key = f"{name}_{value}"

    def take() -> None:
        text = str(st.session_state[key]).strip()
        if text and text != value:
            ask_for(scene, edit(text))

    st.text_input(scene.say(f"workbench.{name}"), value, key=key, max_chars=60, on_change=take)


def _offer_target(
    scene: Scene, name: str, codes: list[str], names: Mapping[str, str], edit: Callable[[str], Edit]
) -> None:
    """Show the units that may take what is chosen; choosing one shows what comes of it."""
    key = f"target_{name}"

    def give() -> None:
        to = st.session_state[key]
        if to is not None:
            ask_for(scene, edit(str(to)))

    words = scene.say(f"workbench.{name}")
    st.selectbox(
        words, codes, None, names.__getitem__, key=key, placeholder=words, on_change=give, label_visibility="collapsed"
    )


def _show_several(scene: Scene, desk: Desk) -> None:
    draft = desk.shown
    n = sum(int(draft.sizes("grid" if code in draft.grids.index else "micro_grid")[code]) for code in desk.units)
    names = names_of(draft)
    show_note(scene.say("workbench.several", n=len(desk.units), households=count(n)))
    show_facts((str(at + 1), names[code]) for at, code in enumerate(desk.units))
    with st.container(horizontal=True, gap="small"):
        _button(scene, "merge", Merge(units=desk.units), main=True)
        grids = {draft.grid_of(code) for code in desk.units if code in draft.micro_grids.index}
        if len(desk.units) == len(grids) == _PAIR:
            _button(scene, "swap", Swap(units=(desk.units[0], desk.units[1])))
        locked = all_locked(desk)
        _button(
            scene, "unlock" if locked else "lock", Unlock(units=desk.units) if locked else LockUnits(units=desk.units)
        )


def _show_cells(scene: Scene, desk: Desk) -> None:
    draft, names = desk.shown, names_of(desk.shown)
    homes = int(draft.cells["households"].loc[list(desk.cells)].sum())
    show_note(scene.say("workbench.cells", n=len(desk.cells), households=count(homes)))
    codes = [str(code) for code in draft.micro_grids.index]
    _offer_target(scene, "to_unit", codes, names, lambda to: Move(cells=desk.cells, to=to))
    st.button(
        scene.say("workbench.act.create"),
        key="act_create",
        on_click=order,
        args=(scene, lambda now: propose(scene, now, new_unit_of(now))),
    )


def _offer_settlements(scene: Scene, desk: Desk) -> None:
    """Offer to give a whole natural village or villagers' group to a unit."""
    draft, names = desk.shown, names_of(desk.shown)
    known = draft.village.natural_villages
    settled = dict(zip(known["code"].astype(str), known["name"].astype(str), strict=True))
    here = [code for code in settled if code in set(draft.cells["natural_village"].dropna())]
    groups = sorted(draft.cells["villager_group"].dropna().astype(str).unique())
    if not here and not groups:
        return
    with st.expander(scene.say("workbench.settlements")):
        options = [*(("natural_village", code) for code in here), *(("villager_group", name) for name in groups)]
        what = st.selectbox(
            scene.say("workbench.settlement"),
            options,
            format_func=lambda one: settled.get(one[1], one[1]),
            key="settlement",
        )
        codes = [str(code) for code in draft.micro_grids.index]
        _offer_target(scene, "to_unit", codes, names, lambda to: Move(**{what[0]: what[1]}, to=to))


def show_problems(scene: Scene, desk: Desk) -> None:
    """List the units that break their size rule; a click brings one into view. Land without a unit comes first."""
    bare = int(desk.shown.cells["micro_grid_code"].isna().sum())
    if bare:
        show_note(scene.say("workbench.bare", n=bare))
        _button(scene, "fill", Fill(village=desk.village), main=True)
    broken = broken_units(desk)
    if not broken:
        show_note(scene.say("workbench.no_problem"))
        return
    draft, names = desk.shown, names_of(desk.shown)
    sizes = {**draft.sizes("grid").to_dict(), **draft.sizes("micro_grid").to_dict()}
    tiers = {code: "grid" if code in draft.grids.index else "micro_grid" for code in broken}
    table = pd.DataFrame(
        {
            "name": [names[code] for code in broken],
            "households": [int(sizes[code]) for code in broken],
            "verdict": [verdict(int(sizes[code]), desk.sizes[tiers[code]], scene.lang) for code in broken],
        }
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show_note(scene.say("workbench.problems", n=len(broken)))
        for name, step in (("previous", -1), ("next", 1)):
            go_on = partial(look_at_problem, step=step)
            words = scene.say(f"workbench.act.{name}")
            st.button(words, key=f"problem_{name}", type="tertiary", on_click=order, args=(scene, go_on))
    show_table(
        scene,
        table,
        key="problems",
        height=min(_TABLE, _ROW * (len(table) + 1) + 3),
        chosen=lambda row: order(scene, lambda now: look_at_unit(now, broken[row])),
    )
