from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.show.escape import escape


@given(st.text())
def test_a_page_shows_what_was_meant(text):
    assert html.unescape(escape(text)) == text.replace("\r", "\r")


@given(st.text())
def test_nothing_is_left_that_opens_markup_or_a_template(text):
    assert not set(escape(text)) & set("<>\"'`${}\\")


@pytest.mark.parametrize("value", [7, None, 3.5])
def test_any_value_is_shown_as_its_text(value):
    assert escape(value) == str(value)
