"""The page 网格 Grids: how is the land divided, and is it within the rules; how else could it be, and at what price."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gridgis.model.messages import Message
from gridgis.show.classes import COLUMNS
from gridgis.views import reading
from gridgis.views.address import go
from gridgis.views.bar import bar
from gridgis.views.chooser import choose_one, choose_tab
from gridgis.views.comparing import show_choice
from gridgis.views.jobs import current_job, settle_job, show_progress
from gridgis.views.legality import legality_table, units_inside
from gridgis.views.mapping import show_ground, show_plan
from gridgis.views.parts import (
    show_empty,
    show_facts,
    show_note,
    show_question,
    show_sentence,
    show_sentences,
    show_table,
)
from gridgis.views.planner import offer_planning, offer_publishing
from gridgis.views.records import asked_of, explanation_of, proofs_of
from gridgis.views.runs import name_of_run, run_asked
from gridgis.views.scene import Place, Scene
from gridgis.views.shown import LAYERS, Shown, show_held, show_stored
from gridgis.views.units import Unit
from gridgis.views.wording import count, day

UNITS, WHY, NEW = "units", "why", "new"
_BY_UNITS = "units"
_TABLE, _ROW = 360, 35
"""Pixels of the table at most, and of a row."""
_PROOF = "planner.proof_of", "planner.proof"


def show(scene: Scene, place: Place) -> None:
    """Show the page."""
    made = settle_job(scene, "plan")
    if made is not None:
        # what was just planned comes into view
        go(plan=name_of_run(made), choice=None, panel=None)
        st.toast(scene.say("planner.done"), icon=":material/check:")
    plans, held = reading.plans(scene), run_asked(scene.store)
    if plans.empty and held is None:
        _show_beginning(scene, place)
        return
    labels = dict(zip(plans["plan_id"].astype(str), plans["name"], strict=True))
    if held is not None:
        labels |= {held[0]: scene.say("planner.held")}
    with bar(scene, place):
        chosen = _choose_plan(scene, labels, None if held is None else held[0])
        tier = str(choose_one(scene, "app.grids.tier", list(LAYERS), scene.name_of("tier"), any_of=False, width=190))
        by = str(
            choose_one(
                scene,
                "planner.colour",
                [_BY_UNITS, *COLUMNS],
                lambda name: scene.say(f"planner.colour.{name}"),
                any_of=False,
            )
        )
    run = held[1] if held is not None and chosen == held[0] else None
    shown = show_stored(scene, int(chosen)) if run is None else show_held(scene, chosen, run)
    scope = _scope(place, shown)
    show_question(scene.say("app.grids.question"), _answer(scene, shown, scope))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        show_plan(scene, place, shown, tier, by)
    with right:
        if run is not None:
            show_choice(scene, run)
        _show_panel(scene, place, shown, (tier, by, scope))


def _choose_plan(scene: Scene, labels: dict[str, str], held: str | None) -> str:
    """Show the plans: the one in force, then what is not stored yet, then the others."""
    in_force = reading.plan(scene)
    force = None if in_force is None else str(in_force.plan_id)
    order = sorted(labels, key=lambda name: (name != force, name != held))
    chosen = choose_one(scene, "app.grids.plan", order, lambda name: labels[name], any_of=False, width=290)
    return str(chosen)


def _colours(scene: Scene) -> Callable[[str], str]:
    return lambda name: scene.say(f"planner.colour.{name}")


def _show_beginning(scene: Scene, place: Place) -> None:
    """Offer to plan what there is: villages and households, but no plan."""
    number = int(reading.households(scene)["households"].sum())
    show_question(scene.say("app.grids.question"), scene.say("app.grids.no_plan"))
    if not number:
        show_empty(scene.say("app.grids.nobody"), scene.say("app.grids.nobody_why"))
        return
    left, right = st.columns([2, 1], gap="medium")
    with left:
        show_ground(scene, place)
    with right:
        amounts = {"households": count(number), "villages": count(len(reading.villages(scene)))}
        show_note(scene.say("app.grids.no_plan_why", **amounts))
        if current_job(scene.store) is not None:
            show_progress(scene)
        else:
            offer_planning(scene, None)


def _scope(place: Place, shown: Shown) -> Unit:
    """Find what the page speaks of: the village of the unit chosen, or the township."""
    code = shown.unit_asked()
    if code is not None:
        return place.units.focus(shown.village_of(code))
    return place.focus if place.focus.tier == "village" else place.units.root


def _answer(scene: Scene, shown: Shown, scope: Unit) -> str:
    inside = {tier: units_inside(units, scope) for tier, units in shown.units.items()}
    values = {
        "unit": scope.name,
        "households": count(inside["micro_grid"]["households"].sum()),
        "grids": count(len(inside["grid"])),
        "micro_grids": count(len(inside["micro_grid"])),
    }
    broken = sum(int((units["excess"] > 0).sum()) for units in inside.values())
    return (
        scene.say("app.grids.answer_broken", n=broken, **values) if broken else scene.say("app.grids.answer", **values)
    )


def _show_panel(scene: Scene, place: Place, shown: Shown, look: tuple[str, str, Unit]) -> None:
    if current_job(scene.store) is not None:
        show_progress(scene)
    if shown.stored is not None:
        status = scene.say(f"app.grids.status.{shown.stored.status}")
        said = {"name": shown.stored.name, "status": status}
        on = shown.stored.effective_on
        line = scene.say("app.grids.plan_line", on=day(on), **said) if on else scene.say("planner.plan_line", **said)
        show_note(line)
        if shown.stored.status == "draft":
            offer_publishing(scene, shown.stored)
    tab = choose_tab(scene, "planner.panel", (UNITS, WHY, NEW))
    if tab == UNITS:
        _show_units(scene, place, shown, look)
    elif tab == WHY:
        _show_why(scene, shown)
    elif current_job(scene.store) is None:
        offer_planning(scene, shown.plan)


def _show_units(scene: Scene, place: Place, shown: Shown, look: tuple[str, str, Unit]) -> None:
    tier, by, scope = look
    code = shown.unit_asked()
    if code is not None:
        show_sentence(shown.sentences[code].words(scene.lang))
    inside = units_inside(shown.units[tier], scope)
    legality = legality_table(inside, shown.sizes[tier], place.units, scene.lang)
    figure = COLUMNS.get(by, "households")
    legality[figure] = inside.set_index("code")[figure].reindex(legality["code"]).round(2).to_numpy()
    # one piece is a law: only a village in several pieces breaks it
    columns = ["name", figure, "verdict", *(() if inside["connected"].all() else ("connected",))]
    show_table(
        scene,
        legality[columns],
        key="legality",
        height=min(_TABLE, _ROW * (len(legality) + 1) + 3),
        chosen=lambda row: go(unit=str(legality["code"].iloc[row])),
    )


def _show_why(scene: Scene, shown: Shown) -> None:
    """Say how far the plan is from the best there could be, why rules are broken, and what was asked."""
    proofs = proofs_of(shown.plan)
    if proofs:
        told = ([Message(key, proof.params).words(scene.lang) for key in _PROOF] for proof in proofs)
        show_facts((tier, said) for tier, said in told)
        show_note(scene.say("planner.proofs"))
    messages = [message.words(scene.lang) for message in explanation_of(shown.plan)]
    show_sentences(messages or [scene.say("app.grids.kept")])
    asked = asked_of(shown.plan)
    if asked is not None:
        show_note(asked.words(scene.lang))
