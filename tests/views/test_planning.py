"""Planning from the page: the work runs off the page's thread, and nothing is stored until it is kept."""

from __future__ import annotations

import time

import pytest

from gridgis.model.errors import ConflictError
from gridgis.model.layers import Layers
from gridgis.model.tiers import MICRO_GRID
from gridgis.model.words import say
from gridgis.store.database import open_store
from gridgis.store.publishing import publish_plan
from gridgis.store.reading import list_plans, read_layer, read_plan
from gridgis.store.scope import Reader
from gridgis.store.writing import import_layers
from gridgis.views.jobs import current_job
from gridgis.views.records import proofs_of, sizes_of


def labelled(app, key, **values):
    """Find the button that says a sentence of the catalogue."""
    return next(button for button in app.button if button.label == say(key, "en", **values))


def wait_for_run(store, seconds=180):
    """Wait until the planner is done."""
    deadline = time.monotonic() + seconds
    while current_job(store) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_run_is_looked_at_kept_as_a_draft_and_published(own_village, open_page, html_of):
    store = open_store(str(own_village))
    app = open_page("grids", lang="en")
    labelled(app, "app.grids.form.go").click().run()
    wait_for_run(store)
    app.run()
    assert app.query_params["plan"].startswith("run")
    assert list_plans(store).empty
    assert say("planner.figure.walk_micro", "en") in html_of(app)
    labelled(app, "planner.keep").click().run()
    plans = list_plans(store)
    assert plans["status"].tolist() == ["draft"]
    assert app.query_params["plan"] == str(plans["plan_id"].iloc[0])
    kept = read_plan(store, int(plans["plan_id"].iloc[0])).plan
    assert len(proofs_of(kept)) == 2
    assert sizes_of(kept, {})["micro_grid"] == MICRO_GRID
    app.button(key="publish").click().run()
    assert read_plan(store).plan_id == plans["plan_id"].iloc[0]
    assert not app.error
    store.close()


@pytest.mark.usefixtures("demo")
def test_ranges_upside_down_are_refused_in_words(open_page):
    app = open_page("grids", lang="en", panel="new")
    app.number_input(key="form_grid_low").set_value(900).run()
    assert "fewest" in app.warning[0].value


def test_only_a_draft_can_be_published(own_demo):
    store = open_store(str(own_demo))
    plan_id = int(list_plans(store)["plan_id"].iloc[0])
    with pytest.raises(ConflictError):
        publish_plan(store, plan_id, who="test")
    store.close()


def test_what_has_households_but_no_plan_is_offered_one(tmp_path, monkeypatch, loaded_demo, open_page):
    path = tmp_path / "unplanned.gpkg"
    monkeypatch.setenv("GRIDGIS_STORE", str(path))
    store, source = open_store(str(path)), open_store(str(loaded_demo))
    reader = Reader.of_township("test")
    names = ("villages", "households")
    import_layers(store, Layers(**{name: read_layer(source, name, reader) for name in names}), who="test")
    for name in ("overview", "unvisited", "hotspots", "data"):
        assert not open_page(name).error
    app = open_page("grids", lang="en")
    assert "Plan now" in [button.label for button in app.button]
    assert not app.error
    store.close()
    source.close()
