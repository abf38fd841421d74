"""The page 数据 Data: is this file right, and what does the county get."""

from __future__ import annotations

from gridgis.views import reading
from gridgis.views.bar import bar
from gridgis.views.chooser import choose_tab
from gridgis.views.handout import show_export
from gridgis.views.importing import show_import
from gridgis.views.parts import show_question
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import count

IMPORT, EXPORT = "import", "export"


def show(scene: Scene, place: Place) -> None:
    """Show the page."""
    amounts = {
        "villages": count(len(reading.villages(scene))),
        "households": count(reading.households(scene)["households"].sum()),
        "visits": count(len(reading.visits(scene))),
        "services": count(len(reading.services(scene))),
    }
    with bar(scene, place, folds=False):
        tab = choose_tab(scene, "app.data.tab", (IMPORT, EXPORT))
    show_question(scene.say("app.data.question"), scene.say("app.data.answer", **amounts))
    if tab == IMPORT:
        show_import(scene)
    else:
        show_export(scene, place)


def show_empty(scene: Scene) -> None:
    """Show the page of an empty store: the import alone."""
    show_question(scene.say("app.data.question"), scene.say("app.data.answer_empty"))
    show_import(scene)
