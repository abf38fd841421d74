"""The plan page: what is foreseen, chosen, locked and coloured, in both languages; the address holds the view."""

from __future__ import annotations

import pytest

from gridgis.model.layers import Layers
from gridgis.model.tiers import Weights
from gridgis.model.words import LANGS, say
from gridgis.planning.alternatives import rate_plan
from gridgis.planning.plan import PlanRequest
from gridgis.show.classes import COLUMNS
from gridgis.store.database import open_store
from gridgis.store.reading import list_plans, read_layer, read_plan
from gridgis.store.scope import Reader
from gridgis.views.runs import Run, hold_run, name_of_run, shelf_of

LIUWAN = "140121202207"


@pytest.fixture
def run(demo):
    """Two alternatives that nobody kept: the demo's plan, held twice."""
    store = open_store(str(demo))
    reader = Reader.of_township("test")
    layers = Layers(**{name: read_layer(store, name, reader) for name in ("villages", "households")})
    plan = read_plan(store).plan
    pair = (rate_plan(f"alternatives.{key}", plan, layers, PlanRequest()) for key in ("asked", "near"))
    number = hold_run(shelf_of(store.url), Run(PlanRequest(), tuple(pair)))
    yield name_of_run(number)
    shelf_of(store.url).clear()
    assert len(list_plans(store)) == 1
    store.close()


@pytest.mark.parametrize("lang", LANGS)
def test_alternatives_stand_side_by_side_and_the_address_says_which_is_shown(run, open_page, html_of, lang):
    app = open_page("grids", lang=lang, plan=run, choice="near")
    html = html_of(app)
    assert html.count('class="here"') > 1
    for key in ("alternatives.asked", "alternatives.near", "planner.figure.walk_micro", "planner.figure.ground"):
        assert say(key, lang) in html
    choice = next(group for group in app.get("button_group") if group.key == "address_choice")
    assert choice.value == "near"
    choice.set_value("asked").run()
    assert "choice" not in app.query_params
    assert not app.error


def test_what_is_discarded_is_gone_from_the_list_of_plans(run, open_page):
    app = open_page("grids", lang="en", plan=run)
    app.button(key="discard").click().run()
    plans = next(box for box in app.selectbox if box.key == "address_plan")
    assert "plan" not in app.query_params
    assert len(plans.options) == 1


@pytest.mark.usefixtures("demo")
def test_a_run_that_the_server_forgot_falls_back_to_the_plan_in_force(open_page, html_of):
    app = open_page("grids", lang="en", plan="run7", choice="near")
    assert not app.error
    assert '<table class="gg-compare"' not in html_of(app)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("by", COLUMNS)
def test_the_list_shows_the_figure_that_the_map_is_coloured_by(open_page, by, lang):
    app = open_page("grids", lang=lang, colour=by, tier="micro_grid")
    assert not app.error
    assert app.dataframe[0].value.columns.tolist() == ["name", COLUMNS[by], "verdict"]
    assert next(box for box in app.selectbox if box.key == "address_colour").value == by


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("lang", LANGS)
def test_a_unit_says_its_sentence_among_the_units_of_its_village(open_page, html_of, lang):
    app = open_page("grids", lang=lang, unit=f"{LIUWAN}002")
    assert f"{LIUWAN}002" in html_of(app)
    assert '<p class="gg-said">' in html_of(app)
    assert len(app.dataframe[0].value) == 2


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("lang", LANGS)
def test_the_form_says_what_its_numbers_allow_before_anything_is_planned(open_page, html_of, lang):
    app = open_page("grids", lang=lang, panel="new")
    assert say("planner.foreseen.broken", lang, good=7, n=9) in html_of(app)
    app.number_input(key="form_grid_low").set_value(285).run()
    assert say("planner.foreseen.kept", lang, good=9, n=9) in html_of(app)
    assert not app.error


@pytest.mark.usefixtures("demo")
def test_a_total_that_cannot_be_had_is_said_at_once(open_page):
    app = open_page("grids", lang="en", panel="new")
    next(group for group in app.get("button_group") if group.key == "form_numbers").set_value("total").run()
    app.number_input(key="form_grids").set_value(3).run()
    assert "3" in app.error[0].value


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("lang", LANGS)
def test_numbers_by_village_count_for_their_village_alone(open_page, html_of, lang):
    app = open_page("grids", lang=lang, panel="new")
    numbers = next(group for group in app.get("button_group") if group.key == "form_numbers")
    numbers.set_value("village").run()
    assert say("planner.foreseen.broken", lang, good=7, n=9) in html_of(app)
    table = app.session_state["villages_base"].copy()
    table.loc[LIUWAN, "grids"] = 3
    app.session_state["villages_last"] = table
    numbers = next(group for group in app.get("button_group") if group.key == "form_numbers")
    numbers.set_value("free").run()
    numbers = next(group for group in app.get("button_group") if group.key == "form_numbers")
    numbers.set_value("village").run()
    assert say("planner.foreseen.broken", lang, good=6, n=9) in html_of(app)
    assert not app.error


@pytest.mark.usefixtures("demo")
def test_starting_from_the_plan_shown_asks_for_locks_and_for_no_numbers(open_page):
    app = open_page("grids", lang="en", panel="new")
    app.toggle(key="form_follow").set_value(True).run()
    locks = app.multiselect(key="form_locks")
    assert len(locks.options) == 9 + 24
    assert "form_numbers" not in [group.key for group in app.get("button_group")]
    assert not app.slider


@pytest.mark.usefixtures("demo")
def test_wishes_begin_as_the_site_set_them(open_page):
    app = open_page("grids", lang="en", panel="new")
    usual = Weights()
    assert app.slider(key="form_whole").value == pytest.approx(100 * usual.whole)
    assert app.slider(key="form_grid_walk").value == pytest.approx(usual.grid_walk)
    assert app.slider(key="form_heads").value == pytest.approx(usual.heads)
