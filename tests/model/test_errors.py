"""Errors and findings: a person can read each in either language, and act on it."""

from __future__ import annotations

import pytest

from gridgis.model.errors import CallError, DataError, GridgisError
from gridgis.model.findings import Finding
from gridgis.model.messages import Message
from gridgis.model.words import LANGS


def test_an_error_says_itself_in_both_languages():
    error = DataError([Finding("error", "households", "any"), Finding("warning", "households", "any")])
    assert isinstance(error, ValueError)
    assert str(error) == error.words("en")
    assert error.words("en").startswith("1 fault")
    assert error.words("zh").startswith("数据有 1 处错误")


def test_an_error_without_words_cannot_be_raised():
    with pytest.raises(KeyError):
        CallError("error.no_such_thing")


@pytest.mark.parametrize("lang", LANGS)
def test_a_message_says_the_messages_inside_it_in_the_same_language(lang):
    inner = Message("ledger.month.11")
    said = Message("ledger.period.month", {"year": 2026, "month": inner}).words(lang)
    assert inner.words(lang) in said


def test_every_error_is_one_of_ours():
    assert issubclass(CallError, GridgisError)
    assert issubclass(DataError, GridgisError)
