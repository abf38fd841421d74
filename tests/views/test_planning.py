"""Planning from the page: the work runs off the page's thread, leaves a draft, and a button puts it in force."""

from __future__ import annotations

import time

import pytest

from gridgis.model.errors import ConflictError
from gridgis.model.layers import Layers
from gridgis.store.database import open_store
from gridgis.store.publishing import publish_plan
from gridgis.store.reading import list_plans, read_layer, read_plan
from gridgis.store.scope import Reader
from gridgis.store.writing import import_layers


def wait_for_plans(store, number, seconds=90):
    deadline = time.monotonic() + seconds
    while len(list_plans(store)) < number:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_plan_made_on_the_page_is_a_draft_until_it_is_published(own_demo, open_page):
    store = open_store(str(own_demo))
    before = read_plan(store)
    app = open_page("grids", lang="en")
    next(button for button in app.button if button.label == "Plan now").click().run()
    wait_for_plans(store, 2)
    assert read_plan(store).plan_id == before.plan_id
    time.sleep(0.5)
    app.run()
    assert app.query_params["plan"] == str(list_plans(store)["plan_id"].iloc[0])
    app.button(key="publish").click().run()
    assert read_plan(store).plan_id != before.plan_id
    assert not app.error
    store.close()


@pytest.mark.usefixtures("demo")
def test_ranges_upside_down_are_refused_in_words(open_page):
    app = open_page("grids", lang="en")
    app.number_input(key="form_grid_low").set_value(900)
    next(button for button in app.button if button.label == "Plan now").click().run()
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
