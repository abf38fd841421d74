"""Legends: what each colour, pattern and sign of a layer says, with its unit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from gridgis.show.elements import Drawn

Style = dict[str, str | float]


class Entry(TypedDict, total=False):
    """One line of a legend: its text, the style of its swatch, and the sign where the swatch shows a point."""

    text: str
    style: Style
    shape: str


def legend(title: str, entries: Iterable[Entry], note: str = "") -> Drawn:
    """Make the legend of a layer.

    Parameters
    ----------
    title
        What is shown, and in which unit.
    entries
        The lines, in the order of reading.
    note
        A small sentence below.
    """
    return Drawn("legend", {"title": title, "entries": list(entries), "note": note})
