"""The page 服务热点 Hotspots: what do people need, where, and is it more than chance."""

from __future__ import annotations

import geopandas as gpd
import streamlit as st

from gridgis.ledger.hotspots import merge_hot_cells
from gridgis.ledger.periods import Period
from gridgis.ledger.sentences import sentence_of_area
from gridgis.views import measures, reading
from gridgis.views.bar import bar
from gridgis.views.chooser import choose_one, choose_period
from gridgis.views.mapping import show_hotspots
from gridgis.views.parts import show_empty, show_note, show_question, show_sentences
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import count

CELLS, UNITS = "cells", "units"
_MOST_WANTED = 4


def show(scene: Scene, place: Place) -> None:
    """Show the page."""
    with bar(scene, place):
        period = choose_period(scene, place)
        scene, place = reading.in_units_of(period, scene, place)
        domain = choose_one(scene, "app.hotspots.domain", scene.vocabulary.codes("domain"), scene.word("domain"))
        kind = choose_one(
            scene, "app.hotspots.kind", scene.vocabulary.codes("service_kind"), scene.word("service_kind")
        )
        shapes = [CELLS, UNITS] if place.units.has_plan else [CELLS]
        areas = choose_one(scene, "app.hotspots.areas", shapes, scene.name_of("hotspots"), any_of=False)
    services = measures.services_asked(scene, place, period, domain, kind)
    if services.empty:
        _show_nothing(scene, place, period)
        return
    by_cell = areas == CELLS
    found = measures.hotspots(scene, place, (period, domain, kind), by_cell=by_cell)
    findings = merge_hot_cells(found) if by_cell else found[found["verdict"] == "hot"]
    show_question(scene.say("app.hotspots.question"), _answer(scene, place, period, len(services), len(findings)))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        show_hotspots(scene, place, found)
    with right:
        _show_findings(scene, found, findings)
        show_note(_most_wanted(scene, services))


def _show_nothing(scene: Scene, place: Place, period: Period) -> None:
    words = {"period": period.words(scene.lang, place.on), "unit": place.focus.name}
    show_question(scene.say("app.hotspots.question"), scene.say("app.hotspots.nothing", **words))
    show_empty(scene.say("app.hotspots.nothing", **words), scene.say("app.hotspots.nothing_why"))


def _answer(scene: Scene, place: Place, period: Period, services: int, hot: int) -> str:
    words = {"period": period.words(scene.lang, place.on), "unit": place.focus.name, "services": count(services)}
    return scene.say("app.hotspots.answer", n=hot, **words) if hot else scene.say("app.hotspots.none", **words)


def _most_wanted(scene: Scene, services: gpd.GeoDataFrame) -> str:
    counts = services["kind"].value_counts().head(_MOST_WANTED)
    word = scene.word("service_kind")
    return scene.say(
        "app.hotspots.wanted", kinds=scene.listed(f"{word(kind)} {count(n)}" for kind, n in counts.items())
    )


def _show_findings(scene: Scene, found: gpd.GeoDataFrame, findings: gpd.GeoDataFrame) -> None:
    names = reading.names(scene, "natural_villages")
    cold = found[found["verdict"] == "cold"]
    show_sentences(
        sentence_of_area(names.get(row.name_, row.name_), row.observed, row.expected, row.verdict).words(scene.lang)
        for table in (findings, cold)
        for row in table.rename(columns={"name": "name_"}).itertuples()
    )
    few = int((found["verdict"] == "too_few").sum())
    if few:
        show_note(scene.say("app.hotspots.too_few", n=few))
    show_note(scene.say("app.hotspots.method", fdr=scene.settings.hotspot_fdr))
