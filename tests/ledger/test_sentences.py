"""Figures in words: the same figures in both languages, and every sentence complete."""

from __future__ import annotations

from datetime import date

import pytest

from gridgis.ledger.ground import GroundCoverage
from gridgis.ledger.overdue import Cadence, visit_states
from gridgis.ledger.periods import period_named
from gridgis.ledger.posts import PartyCoverage
from gridgis.ledger.sentences import (
    sentence_of_area,
    sentence_of_overdue,
    sentence_of_services,
    sentences_of_ground,
    sentences_of_party,
)
from gridgis.ledger.shares import Share
from gridgis.model.words import LANGS

WEEK = period_named("2026-W47")


def test_the_unreachable_are_said_apart():
    said = sentence_of_services(Share(6152, 7466, unreachable=85), WEEK, date(2026, 11, 20))
    assert said.words("zh") == "本周 7,466 户中走访或服务 6,152 户（82.4 %）；另有 85 户上门未见到"
    assert said.words("en") == (
        "6,152 of 7,466 households visited or served this week (82.4 %); 85 more tried but not reached"
    )


def test_one_is_singular_in_english():
    assert sentence_of_services(Share(1, 1), WEEK).words("en").startswith("1 of 1 household visited")


def test_another_period_is_said_with_its_name():
    said = sentence_of_services(Share(2960, 7466), WEEK, date(2026, 11, 30))
    assert said.words("en") == "2,960 of 7,466 households visited or served in week 47 of 2026 (39.6 %)"
    assert said.words("zh") == "2026年第47周 7,466 户中走访或服务 2,960 户（39.6 %）"


def test_almost_everybody_is_not_everybody():
    assert "99.9 %" in sentence_of_services(Share(9999, 10000), WEEK).words("zh")
    assert "100.0 %" in sentence_of_services(Share(10000, 10000), WEEK).words("zh")


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_a_sentence_too(lang):
    party = PartyCoverage(Share(0, 0), Share(0, 0), None, None)
    ground = GroundCoverage(Share(0, 0), Share(0, 270_000), (), None)
    messages = [sentence_of_services(Share(0, 0), WEEK), *sentences_of_party(party), *sentences_of_ground(ground)]
    assert all(message.words(lang) for message in messages)


@pytest.mark.parametrize("lang", LANGS)
def test_party_and_ground_are_said_with_their_fractions(lang):
    party = PartyCoverage(Share(108, 112), Share(95, 99), None, None)
    ground = GroundCoverage(Share(7460, 7466), Share(9_990_000, 10_000_000), (), None)
    said = [message.words(lang) for message in (*sentences_of_party(party), *sentences_of_ground(ground))]
    for sentence, figures in zip(
        said,
        (("108", "112", "96.4 %"), ("95", "99", "96.0 %"), ("7,460", "7,466", "99.9 %"), ("99.9 %", "1.00")),
        strict=True,
    ):
        assert all(figure in sentence for figure in figures)


def test_the_overdue_are_counted_by_households(households, visits):
    states = visit_states(households, visits, date(2026, 12, 31), Cadence(days=10, priority_days=5, soon_days=2))
    said = sentence_of_overdue(households, states)
    assert said.words("en") == "39 households are due and were not visited, 3 with a priority resident"
    assert sentence_of_overdue(households.iloc[:0], states.iloc[:0]).words("zh") == "所有住户均按期走访"


@pytest.mark.parametrize("verdict", ["hot", "cold", "ordinary", "too_few"])
@pytest.mark.parametrize("lang", LANGS)
def test_every_verdict_has_its_sentence(verdict, lang):
    said = sentence_of_area("西谷 03 微网格", 37, 18.2, verdict).words(lang)
    assert all(part in said for part in ("西谷 03 微网格", "37", "18"))
    assert "1.8" in sentence_of_area("x", 2, 1.8, verdict).words(lang)
