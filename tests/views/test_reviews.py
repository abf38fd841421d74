"""The page of reviews shows the figures of the review, and a past period stays as it was."""

from __future__ import annotations

import pytest

from gridgis.ledger.periods import period_named
from gridgis.ledger.reviews.books import ReviewRules
from gridgis.ledger.reviews.scores import review_units
from gridgis.model.weighing import ReviewWeights
from gridgis.store.database import open_store
from gridgis.store.observing import read_records, read_scores
from gridgis.store.reading import read_township
from gridgis.store.ruling import plan_on
from gridgis.store.scope import Reader

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture(scope="module")
def review(loaded_demo):
    """The demo's review of November, computed from the store."""
    store = open_store(str(loaded_demo))
    top = read_township(store)
    records = read_records(store, Reader.of_township("test"), plan_on(store))
    period = period_named("2026-11").until(top.ledger_until)
    store.close()
    return review_units(records.open(period, "village_code", ReviewRules()), ReviewWeights())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_each_figure_with_its_fraction(open_page, html_of, review, lang):
    shown = html_of(open_page("reviews", lang=lang, period="2026-11"))
    assert f"{review.score:.1f}" in shown
    for indicator in review.measured:
        for unit in [*review.units.index, None]:
            share = review.share(indicator, unit)
            assert f"{share.numerator:,}/{share.denominator:,}" in shown, (indicator, unit)


def test_the_coverage_of_the_review_is_that_of_the_overview(open_page, html_of, review):
    share = review.share("coverage")
    shown = html_of(open_page("overview", period="2026-11", lang="zh")).replace("\N{NO-BREAK SPACE}", " ")
    assert f"{share.denominator:,} 户中走访或服务 {share.numerator:,} 户" in shown


def test_a_unit_is_reviewed_among_those_inside_it(open_page, html_of):
    shown = html_of(open_page("reviews", lang="en", unit="140121202207", by="micro_grid", period="2026-W47"))
    assert "柳湾" in shown
    assert "too few to judge" in shown


def test_a_month_before_the_ledger_counts_nobody(open_page, html_of):
    shown = html_of(open_page("reviews", lang="en", period="2020-01"))
    assert "0/7,466<" in shown


def test_a_score_sheet_entered_once_is_in_the_half_years_review(own_demo, open_page, html_of):
    app = open_page("reviews", lang="en", period="2026-H2", part="observation")
    site = next(box.value for box in app.selectbox if box.key == "address_site")
    for item in app.number_input:
        item.set_value(8)
    next(button for button in app.button if button.label == "Keep the sheet").click()
    app.run()
    app.run()  # as the page reruns itself once the sheet is kept
    assert not app.exception
    assert "1 sheet so far: 40/50 points" in html_of(app).replace("\N{NO-BREAK SPACE}", " ")
    store = open_store(str(own_demo))
    assert set(read_scores(store, Reader.of_township("test"))["unit_code"]) == {site}
    store.close()
    shown = html_of(open_page("reviews", lang="en", period="2026-H2"))
    assert shown.count(">40/50<") == 2  # of the unit and of the whole


def test_an_empty_ledger_says_what_would_stand_here(own_village, monkeypatch, open_page, html_of):
    monkeypatch.setenv("GRIDGIS_STORE", str(own_village))
    shown = html_of(open_page("reviews", lang="en"))
    assert "there is nothing to review" in shown
    assert "enter visits and matters" in shown
