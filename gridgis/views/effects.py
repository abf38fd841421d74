"""What the edit in hand means, beside the map: for whom, how the rules stand, and the buttons that settle it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd
import streamlit as st

from gridgis.redraw.edits import RefusedError
from gridgis.views.bench_strip import headline
from gridgis.views.desk import Desk, Pending, names_of
from gridgis.views.orders import accept, do_again, do_instead, drop
from gridgis.views.parts import show_note, show_sentences, show_table
from gridgis.views.scene import Scene
from gridgis.views.step_names import name_edit
from gridgis.views.unit_panel import order
from gridgis.views.unit_sizes import sized_units
from gridgis.views.wording import text_html, text_markdown

_TABLE, _ROW = 240, 35
"""Pixels of the table at most, and of a row."""
_SIGNS = {"good": "●", "bad": "▲", "same": "◆"}


def show_effect(scene: Scene, desk: Desk) -> None:
    """Show the edit in hand, or what stands in its way."""
    with st.container(key="effect"):
        if desk.trouble is not None:
            _show_trouble(scene, desk)
        elif desk.pending is not None:
            _show_pending(scene, desk, desk.pending)


def _show_trouble(scene: Scene, desk: Desk) -> None:
    if desk.trouble is None:
        return
    st.warning(text_markdown(desk.told_trouble(scene.lang)), icon=":material/block:")
    with st.container(horizontal=True, gap="small"):
        if desk.again is not None:
            _button(scene, "again", lambda now: do_again(scene, now), main=True)
        if isinstance(desk.trouble, RefusedError) and desk.trouble.alternative is not None:
            _button(scene, "instead", lambda now: do_instead(scene, now), main=True)
        _button(scene, "dismiss", drop)
    if desk.again is not None:
        show_note(scene.say("workbench.again_note"))


def _button(scene: Scene, name: str, act: Callable[[Desk], Desk], *, main: bool = False) -> None:
    st.button(
        scene.say(f"workbench.act.{name}"),
        type="primary" if main else "secondary",
        key=f"settle_{name}",
        on_click=order,
        args=(scene, act),
    )


def _show_pending(scene: Scene, desk: Desk, pending: Pending) -> None:
    st.html(f'<p class="gg-said">{text_html(name_edit(desk, pending.edit).words(scene.lang))}</p>')
    with st.container(horizontal=True, gap="small"):
        _button(scene, "commit", lambda now: accept(scene, now), main=True)
        _button(scene, "discard", drop)
    rows = "".join(
        f'<li class="{unit.light}"><i>{_SIGNS[unit.light]}</i>{text_html(unit.words(scene))}</li>'
        for unit in sized_units(desk, pending)
    )
    st.html(f'<p class="gg-change">{text_html(headline(scene, pending))}</p><ul class="gg-lights">{rows}</ul>')
    show_sentences(_people(scene, desk, pending))
    _show_moved(scene, desk, pending)


def _people(scene: Scene, desk: Desk, pending: Pending) -> Iterator[str]:
    """Say for whom the edit matters: households, heads, visits, and what it does to the land."""
    effect = pending.effect
    names = {**names_of(pending.draft), **names_of(desk.draft)}
    priority = int(effect.moved["priority"].sum())
    if priority:
        yield scene.say("workbench.priority", n=priority)
    for state, n in effect.due.items():
        yield scene.say(f"workbench.due.{state}", n=n)
    for head in effect.heads.itertuples():
        yield scene.say(
            f"workbench.heads.{head.why}", name=head.name, unit=names.get(str(head.unit_code), head.unit_code)
        )
    if effect.cells_cut:
        yield scene.say("workbench.cut", n=effect.cells_cut)
    for stray in effect.strays:
        yield scene.say("workbench.stray", unit=names.get(stray.unit, stray.unit), n=stray.households)


def _show_moved(scene: Scene, desk: Desk, pending: Pending) -> None:
    """List the households that change unit, by their ids; whom they are is for those who may see names."""
    moved = pending.effect.moved
    if moved.empty:
        return
    names = {**names_of(desk.draft), **names_of(pending.draft)}
    table = pd.DataFrame(
        {
            "household_id": moved["household_id"],
            "from_unit": moved["old_micro_grid_code"].map(lambda code: names.get(code, code)),
            "to_unit": moved["micro_grid_code"].map(lambda code: names.get(code, code)),
        }
    )
    with st.expander(scene.say("workbench.moved", n=len(table))):
        show_table(scene, table, key="moved_now", height=min(_TABLE, _ROW * (len(table) + 1) + 3))
