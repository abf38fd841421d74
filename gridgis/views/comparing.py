"""Alternatives side by side: what each is like, which one is on the map, and the button that keeps it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gridgis.planning.alternatives import Alternative, share_on_ground_pct
from gridgis.store.writing import write_plan
from gridgis.views import reading
from gridgis.views.address import bound, choice, commit, go
from gridgis.views.boundary import calm
from gridgis.views.parts import show_note, show_sentences
from gridgis.views.runs import Run, forget_run, short_key
from gridgis.views.scene import Scene
from gridgis.views.wording import count, day, text_html

_PARAM = "choice"


def chosen_alternative(run: Run) -> Alternative:
    """Find the alternative that the address asks for; the first by default."""
    keys = [short_key(one) for one in run.alternatives]
    return run.choice(choice(_PARAM, keys, keys[0]))


def show_choice(scene: Scene, run: Run) -> None:
    """Show the alternatives of a run, and what may be done with the one on the map."""
    names = {short_key(one): scene.say(one.key) for one in run.alternatives}
    keys = list(names)
    with st.container(key="choice"):
        show_note(scene.say("planner.choose", n=len(keys)) if len(keys) > 1 else scene.say("planner.unstored"))
        if len(keys) > 1:
            st.segmented_control(
                scene.say("planner.choice"),
                keys,
                required=True,
                format_func=lambda key: names[key],
                key=bound(_PARAM, keys, keys[0]),
                on_change=commit,
                args=(_PARAM, keys[0]),
                label_visibility="collapsed",
            )
        chosen = chosen_alternative(run)
        st.html(_table_html(scene, run.alternatives, chosen))
        show_note(scene.say("planner.figure.note"))
        if run.change:
            show_sentences(message.words(scene.lang) for message in run.change)
        with st.container(horizontal=True, gap="small"):
            st.button(scene.say("planner.keep"), type="primary", key="keep", on_click=_keep, args=(scene, chosen))
            st.button(scene.say("planner.discard"), type="tertiary", key="discard", on_click=_discard)


def _keep(scene: Scene, chosen: Alternative) -> None:
    with calm(scene.lang):
        words = {"on": day(reading.today()), "made_for": scene.say(chosen.key)}
        name = scene.say("planner.draft_name", **words)
        made = write_plan(scene.store, chosen.plan, name=name, who=scene.reader.who, status="draft")
        go(plan=str(made), choice=None, panel=None)


def _discard() -> None:
    forget_run()
    go(plan=None, choice=None)


def _table_html(scene: Scene, alternatives: Sequence[Alternative], chosen: Alternative) -> str:
    marks = [' class="here"' if one is chosen else "" for one in alternatives]
    heads = [
        f'<th scope="col"{mark}>{text_html(scene.say(one.key))}</th>'
        for one, mark in zip(alternatives, marks, strict=True)
    ]
    figures = [figures_of(one) for one in alternatives]
    rows = [
        f'<tr><th scope="row">{text_html(scene.say(f"planner.figure.{name}"))}</th>'
        + "".join(
            f"<td{mark}>{cell_html(table[name], [other[name] for other in figures])}</td>"
            for table, mark in zip(figures, marks, strict=True)
        )
        + "</tr>"
        for name in figures[0]
    ]
    return f'<table class="gg-compare"><thead><tr><td></td>{"".join(heads)}</tr></thead>{"".join(rows)}</table>'


def figures_of(one: Alternative) -> dict[str, tuple[float, str]]:
    """List the figures of a plan, each as a number, the less the better, and as it is written."""
    grid, micro = one.card.grid, one.card.micro_grid
    cut = grid.natural_villages_split_avoidable + micro.natural_villages_split_avoidable
    on_ground = share_on_ground_pct(one.card)
    shape = (grid.polsby_popper_mean + micro.polsby_popper_mean) / 2
    return {
        "walk_micro": (round(micro.walk_m_mean, 1), f"{micro.walk_m_mean:,.1f}"),
        "walk_grid": (round(grid.walk_m_mean, 1), f"{grid.walk_m_mean:,.1f}"),
        "cut": (cut, count(cut)),
        "ground": (0.0, "–") if on_ground is None else (-round(on_ground, 1), f"{on_ground:.1f}"),
        "shape": (-round(shape, 2), f"{shape:.2f}"),
        "excess": (one.excess, count(one.excess)),
    }


def cell_html(figure: tuple[float, str], others: Sequence[tuple[float, str]]) -> str:
    """Write a figure, bold where it is the best of several that differ."""
    values = {value for value, _ in others}
    best = figure[0] == min(values) and len(values) > 1
    return f"<b>{text_html(figure[1])}</b>" if best else text_html(figure[1])
