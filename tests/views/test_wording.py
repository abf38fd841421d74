from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.views.wording import count, day, percent, text_html, text_markdown


@given(st.text())
def test_no_text_becomes_markup(text):
    assert not set("<>\"'") & set(text_html(text))


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "[a](b:c)", "**x**", ":red[x]", "$x$", "`x`"])
def test_no_text_becomes_markdown(text):
    said = text_markdown(text)
    assert said.replace("\\", "") == text
    assert all(said[at - 1] == "\\" for at, sign in enumerate(said) if sign in "<>[]()*:`$")


def test_figures_are_written_alike_everywhere():
    assert (count(7466), percent(82.44), percent(None), day(None)) == ("7,466", "82.4\N{NO-BREAK SPACE}%", "–", "–")
