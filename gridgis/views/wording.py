"""Numbers, shares and names as a page writes them; every name from the data comes out as plain text."""

from __future__ import annotations

import html
import re
from datetime import date

import pandas as pd

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$~:^=&@])")


def count(number: float) -> str:
    """Write a whole number with its thousands separated.

    Examples
    --------
    >>> count(7466)
    '7,466'
    """
    return f"{round(number):,}"


def percent(pct: float | None) -> str:
    r"""Write a percentage with one decimal; a dash where there is none.

    Examples
    --------
    >>> percent(82.44), percent(None)
    ('82.4\xa0%', '–')
    """
    # no line may break before the sign
    return "–" if pct is None or pd.isna(pct) else f"{pct:.1f}\N{NO-BREAK SPACE}%"


def day(value: date | None) -> str:
    """Write a day as 2026-11-23; a dash where there is none."""
    return "–" if value is None or pd.isna(value) else f"{value:%Y-%m-%d}"


def text_html(text: object) -> str:
    """Make any text harmless inside HTML.

    Examples
    --------
    >>> text_html("<img src=x>")
    '&lt;img src=x&gt;'
    """
    return html.escape(str(text), quote=True)


def text_markdown(text: object) -> str:
    r"""Make any text mean itself inside Markdown, as in the label of a button.

    Examples
    --------
    >>> print(text_markdown("<b>*A*</b> [x](y)"))
    \<b\>\*A\*\</b\> \[x\]\(y\)
    """
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))
