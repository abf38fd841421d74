"""The vocabulary: the published mechanism's numbers, and tables that a site may bring."""

from __future__ import annotations

import pytest

from gridgis.model.layers import CONTRACTS
from gridgis.model.vocabulary import read_vocabulary, vocabulary_of

TERMS = read_vocabulary()


@pytest.mark.parametrize(
    ("table", "count"),
    [("domain", 10), ("tier", 4), ("system", 4), ("role", 8), ("post", 6), ("party_organisation", 4)],
)
def test_the_mechanism_has_its_numbers(table, count):
    assert len(TERMS.codes(table)) == count


def test_four_roles_are_from_the_article_and_four_are_not():
    sources = [term.source for term in TERMS.terms if term.table == "role"]
    assert sources == ["article"] * 4 + ["default"] * 4


def test_no_term_records_what_must_not_be_collected():
    words = " ".join(term.en.casefold() for term in TERMS.terms if term.table == "priority")
    assert not any(word in words for word in ("ethnic", "religio", "politic", "identity"))


def test_every_table_that_a_layer_names_has_terms():
    named = {table for contract in CONTRACTS.values() for table in contract.vocabulary.values()}
    assert all(TERMS.codes(table) for table in named)


@pytest.mark.parametrize("term", TERMS.terms, ids=lambda term: f"{term.table}/{term.code}")
def test_a_term_is_found_by_its_code_and_by_its_words(term):
    assert all(
        TERMS.code(term.table, f" {text} ") == term.code for text in (term.code, term.zh, term.en, term.en.upper())
    )
    assert (TERMS.word(term.table, term.code, "zh"), TERMS.word(term.table, term.code, "en")) == (term.zh, term.en)


def test_an_unknown_code_is_shown_as_it_is():
    assert TERMS.word("domain", "fishing", "zh") == "fishing"
    assert TERMS.code("domain", "fishing") is None


def test_a_site_brings_its_own_table(tmp_path):
    table = tmp_path / "terms.csv"
    table.write_text("table,code,zh,en,source\ndomain,fishing,渔业,Fishing,site\n", encoding="utf-8-sig")
    assert read_vocabulary(table).code("domain", "渔业") == "fishing"


ROW = {"table": "role", "code": "a", "zh": "甲", "en": "A", "source": "site"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([ROW, ROW], "line 3: role/a stands twice"),
        ([ROW | {"en": " "}], "line 2: .* must all be filled"),
        ([{"table": "role", "code": "a"}], "line 2"),
    ],
)
def test_a_faulty_table_is_refused_with_its_line(rows, said):
    with pytest.raises(ValueError, match=said):
        vocabulary_of(rows)
