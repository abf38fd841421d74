"""The redraw page without a browser: what the map tells is put into the session as the map would put it."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gridgis.model.words import say
from gridgis.redraw.edits import RefusedError
from gridgis.store.database import open_store
from gridgis.store.drafts import read_draft
from gridgis.store.history import undo
from gridgis.store.logbook import list_snapshots, list_steps
from gridgis.store.publishing import copy_plan
from gridgis.store.reading import list_plans
from gridgis.views.benchmap import KEY
from gridgis.views.jobs import current_job

LIUWAN = "140121202207"
PATIENCE_S = 240


class Map:
    """Stands in for the map: tells events, and repeats those that were not answered."""

    def __init__(self, app, name="map"):
        self.app, self.name, self.serial = app, name, 0

    def tell(self, *events):
        told = []
        for event in events:
            self.serial += 1
            told.append({"serial": self.serial, **event})
        self.app.session_state[KEY] = {"bench": self.name, "events": told}
        self.app.run()
        assert not self.app.exception
        assert not self.app.error
        return self.app.session_state["desk"]


@pytest.fixture
def store(own_demo):
    opened = open_store(str(own_demo))
    yield opened
    opened.close()


@pytest.fixture
def plan_id(store):
    return copy_plan(store, 1, name="draft", who="test")


@pytest.fixture
def bench(store, plan_id, open_page):
    assert store
    return Map(open_page("redraw", lang="en", unit=LIUWAN, plan=str(plan_id)))


def stored(store, plan_id):
    return read_draft(store, plan_id, LIUWAN).draft


def first_two(store, plan_id):
    """Two micro-grids of one grid that border on each other."""
    draft = stored(store, plan_id)
    a, b = (draft.cells["micro_grid_code"].loc[list(side)].tolist() for side in (draft.mesh.a, draft.mesh.b))
    pairs = {(one, other) for one, other in zip(a, b, strict=True) if one < other}
    return min((one, other) for one, other in pairs if draft.grid_of(one) == draft.grid_of(other))


def test_an_edit_is_shown_kept_undone_and_redone(store, plan_id, bench):
    before = stored(store, plan_id)
    pair = first_two(store, plan_id)
    desk = bench.tell({"tool": "choose", "units": list(pair), "cells": []}, {"tool": "merge"})
    assert desk.pending is not None
    assert stored(store, plan_id).same_as(before)
    desk = bench.tell({"tool": "commit"})
    assert desk.pending is None
    merged = stored(store, plan_id)
    assert len(merged.micro_grids) == len(before.micro_grids) - 1
    assert desk.draft.same_as(merged)
    bench.tell({"tool": "undo"})
    assert stored(store, plan_id).same_as(before)
    bench.tell({"tool": "redo"})
    assert stored(store, plan_id).same_as(merged)


def test_an_event_that_is_told_twice_is_carried_out_once(store, plan_id, bench):
    unit = first_two(store, plan_id)[0]
    bench.tell({"tool": "choose", "units": [unit], "cells": []}, {"tool": "lock"})
    assert len(list_steps(store, plan_id)) == 2
    bench.app.run()
    assert len(list_steps(store, plan_id)) == 2
    # another map begins to count anew
    Map(bench.app, "other").tell({"tool": "lock"})
    assert list_steps(store, plan_id)["kind"].tolist() == ["copy", "edit", "edit"]


def test_a_discarded_edit_leaves_no_trace(store, plan_id, bench):
    bench.tell({"tool": "choose", "units": list(first_two(store, plan_id)), "cells": []}, {"tool": "merge"})
    desk = bench.tell({"tool": "discard"})
    assert desk.pending is None
    assert len(list_steps(store, plan_id)) == 1


def test_what_is_asked_of_nothing_chosen_is_answered_in_words(bench):
    desk = bench.tell({"tool": "merge"})
    assert desk.told_trouble("en") == say("workbench.error.choose_two", "en")
    assert bench.app.warning[0].value.startswith("Choose two or more units")


def test_an_edit_that_is_no_longer_possible_is_kept_and_the_new_state_shown(store, plan_id, bench):
    pair = first_two(store, plan_id)
    desk = bench.tell({"tool": "choose", "units": list(pair), "cells": []}, {"tool": "merge"}, {"tool": "commit"})
    # the one that is left of the two
    assert len(desk.units) == 1
    desk = bench.tell({"tool": "split_evenly"})
    assert desk.pending is not None
    undo(store, plan_id, who="another planner")
    desk = bench.tell({"tool": "commit"})
    assert "another planner" in desk.told_trouble("en")
    assert desk.again is not None
    assert desk.draft.same_as(stored(store, plan_id))
    desk = bench.tell({"tool": "again"})
    assert desk.pending is not None or desk.trouble is not None


def test_the_next_problem_comes_into_view_and_an_edit_leaves_the_view_alone(store, plan_id, bench):
    first = bench.app.session_state["desk"].view
    desk = bench.tell({"tool": "next"})
    assert desk.view != first
    assert len(desk.units) == 1
    looked = desk.view
    desk = bench.tell({"tool": "lock"})
    assert desk.view == looked
    assert stored(store, plan_id).micro_grids["locked"].sum() + stored(store, plan_id).grids["locked"].sum() >= 1


def test_a_published_plan_is_copied_before_it_is_redrawn(store, plan_id, open_page):
    app = open_page("redraw", lang="en", unit=LIUWAN, plan="1")
    copies = len(list_plans(store))
    next(button for button in app.button if button.key == "plan_copy").click().run()
    assert not app.error
    plans = list_plans(store)
    assert len(plans) == copies + 1
    assert app.query_params["plan"] == [str(plans["plan_id"].iloc[0])] or app.query_params["plan"] == str(
        plans["plan_id"].iloc[0]
    )
    assert plan_id in plans["plan_id"].tolist()


def test_all_units_of_the_plan_are_locked_in_one_step(store, plan_id, open_page):
    app = open_page("redraw", lang="en", unit=LIUWAN, plan=str(plan_id), panel="plan")
    next(button for button in app.button if button.key == "plan_lock_all").click().run()
    assert not app.error
    assert list_steps(store, plan_id)["kind"].tolist() == ["copy", "edit"]
    assert stored(store, plan_id).grids["locked"].all()
    assert read_draft(store, plan_id, "140121202208").draft.grids["locked"].all()


def test_a_step_is_named_and_gone_back_to(store, plan_id, bench, open_page):
    before = stored(store, plan_id)
    bench.tell({"tool": "choose", "units": list(first_two(store, plan_id)), "cells": []}, {"tool": "merge"})
    bench.tell({"tool": "commit"})
    app = open_page("redraw", lang="en", unit=LIUWAN, plan=str(plan_id), panel="steps")
    app.text_input(key="state_name").set_value("as agreed").run()
    assert list_snapshots(store, plan_id)["name"].tolist() == ["as agreed"]
    app.session_state["step_chosen"] = 1
    app.run()
    app.button(key="jump").click().run()
    assert not app.error
    assert stored(store, plan_id).same_as(before)


@pytest.mark.usefixtures("store")
def test_what_cannot_be_compared_yet_says_so(open_page, html_of):
    app = open_page("redraw", lang="en", do="compare", plan="1")
    assert say("workbench.contrast_alone", "en") in html_of(app)


def test_two_plans_are_compared_in_words(store, plan_id, bench, open_page, html_of):
    bench.tell({"tool": "choose", "units": list(first_two(store, plan_id)), "cells": []}, {"tool": "merge"})
    bench.tell({"tool": "commit"})
    app = open_page("redraw", lang="en", do="compare", plan=str(plan_id))
    assert "change micro-grid" in html_of(app)
    assert say("planner.figure.walk_micro", "en") in html_of(app)


def test_without_a_plan_the_page_leads_to_planning(own_village, open_page, html_of):
    assert own_village
    app = open_page("redraw", lang="en")
    assert say("workbench.no_plan", "en") in html_of(app)


def test_a_refused_edit_offers_the_nearest_that_is_legal(store, plan_id, bench):
    draft = stored(store, plan_id)
    unit = str(draft.micro_grids.index[0])
    owner = draft.cells["micro_grid_code"].to_numpy()
    a, b = draft.edges
    near = {*b[owner[a] == unit].tolist(), *a[owner[b] == unit].tolist()}
    apart = ~np.isin(np.arange(len(owner)), list(near))
    far = draft.cells.index[(owner == draft.micro_grids.index[-1]) & apart]
    offered = None
    for cell in far[:20].tolist():
        desk = bench.tell({"tool": "paint", "unit": unit, "cells": [cell]})
        assert desk.pending is None
        assert isinstance(desk.trouble, RefusedError)
        offered = offered or desk.trouble.alternative
        if offered is not None:
            break
    assert offered is not None
    desk = bench.tell({"tool": "instead"})
    assert desk.pending is not None
    assert desk.pending.edit == offered
    assert stored(store, plan_id).same_as(draft)


def test_a_plan_is_followed_with_the_least_change_and_its_locks(store, plan_id, bench, open_page):
    unit = str(stored(store, plan_id).grids.index[0])
    bench.tell({"tool": "choose", "units": [unit], "cells": []}, {"tool": "lock"})
    app = open_page("redraw", lang="en", unit=LIUWAN, plan=str(plan_id), panel="plan")
    next(button for button in app.button if button.key == "plan_follow").click().run()
    deadline = time.monotonic() + PATIENCE_S
    while current_job(store) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    app.run()
    assert not app.error
    plans = list_plans(store)
    assert plans["status"].tolist().count("draft") == 2
    made = read_draft(store, int(plans["plan_id"].iloc[0]), LIUWAN).draft
    before = stored(store, plan_id)
    assert set(made.unit_of.index[made.unit_of.str.startswith(unit)]) == set(
        before.unit_of.index[before.unit_of.str.startswith(unit)]
    )
