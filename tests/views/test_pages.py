"""Every page, in both languages, of an empty store and of the demo: nothing breaks, in the right words."""

from __future__ import annotations

import re

import pytest

from gridgis.model.words import say
from gridgis.views.pages import PAGES

NAMES = [entry.name for entry in PAGES]
FAULT = re.compile(r"[0-9a-f]{8}")
CJK = re.compile(r"[一-鿿]")


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_page_of_the_demo_shows_its_question_and_no_fault(open_page, html_of, name, lang):
    app = open_page(name, lang=lang)
    assert not app.error
    assert say(f"app.{name}.question", lang) in html_of(app)
    assert say("app.synthetic", lang) in html_of(app)


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_page_of_an_empty_store_shows_how_to_begin(open_page, html_of, name, lang):
    app = open_page(name, lang=lang)
    assert not app.error
    words = "app.data.answer_empty" if name == "data" else "app.empty.title"
    assert say(words, lang) in html_of(app)
    assert name == "data" or say("app.empty.demo", lang) in [button.label for button in app.button]


@pytest.mark.usefixtures("demo")
def test_chinese_is_spoken_where_nothing_is_known_of_the_browser(open_page, html_of):
    assert say("app.overview.question", "zh") in html_of(open_page())


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("name", NAMES)
def test_an_english_page_has_no_chinese_but_names(open_page, name):
    app = open_page(name, lang="en")
    names = {"西谷乡", "中文"}
    labels = [widget.label for kind in ("selectbox", "button", "toggle") for widget in app.get(kind)]
    assert {label for label in labels if CJK.search(label)} <= names


@pytest.mark.usefixtures("demo")
def test_one_click_switches_the_language_and_the_address_says_so(open_page, html_of):
    app = open_page(unit="140121202207")
    next(button for button in app.button if button.label == "English").click().run()
    assert app.query_params["lang"] == "en"
    assert app.query_params["unit"] == "140121202207"
    assert say("app.overview.question", "en") in html_of(app)


@pytest.mark.usefixtures("demo")
def test_the_breadcrumb_leads_back_up(open_page):
    app = open_page(unit="140121202207")
    trail = [button for button in app.button if (button.key or "").startswith("trail_")]
    assert [button.label for button in trail] == ["西谷乡", "柳湾"]
    trail[0].click().run()
    assert "unit" not in app.query_params


@pytest.mark.usefixtures("demo")
def test_the_address_restores_unit_and_period(open_page, html_of):
    app = open_page(unit="140121202207", period="2026-W40", lang="en")
    assert app.get("button_group")[0].value == "week"
    assert next(box for box in app.selectbox if box.key == "address_period").value == "2026-W40"
    assert "柳湾" in html_of(app)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("params", [{"period": "never"}, {"unit": "nowhere"}, {"lang": "tlh"}, {"by": "moon"}])
def test_an_address_that_makes_no_sense_falls_back_to_the_default(open_page, html_of, params):
    app = open_page(**params)
    assert not app.error
    assert say("app.overview.question", "zh") in html_of(app)


@pytest.mark.usefixtures("demo")
def test_choosing_a_kind_of_period_goes_into_the_address(open_page):
    app = open_page()
    app.get("button_group")[0].set_value("year").run()
    assert app.query_params["period"] == "2026"


@pytest.mark.usefixtures("demo")
def test_a_filter_goes_into_the_address_and_narrows_the_list(open_page):
    app = open_page("unvisited")
    everybody = len(app.dataframe[0].value)
    app.toggle[0].set_value(True).run()
    assert app.query_params["priority"] == "1"
    assert 0 < len(app.dataframe[0].value) < everybody


@pytest.mark.usefixtures("demo")
def test_what_a_page_raises_becomes_words_with_a_reference(open_page, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("gridgis.views.overview.headline_figures", broken)
    app = open_page()
    assert FAULT.search(app.error[0].value)
    assert "ZeroDivisionError" not in app.error[0].value
