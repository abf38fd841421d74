"""Figures of units in five classes with round breaks, from little to much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgis.model.words import Lang, say
from gridgis.show.legend import Entry, Style
from gridgis.show.palette import class_words

COLUMNS = {"size": "households", "walk": "walk_m", "shape": "polsby_popper", "ground": "on_ground_pct"}
"""The figures that units can be coloured by, and the column that holds each."""

_CLASSES = 5
_NONE = _CLASSES
_BORDER: Style = {"line": "line", "width": 1}
STYLES: list[Style] = [
    *({"fill": f"share_{at}", "opacity": 0.85, **_BORDER} for at in range(_CLASSES)),
    {"texture": "hatch", "textureColour": "unreachable", **_BORDER},
]
_STEPS = (1.0, 2.0, 5.0)
_FINEST, _COARSEST = 8, 1


@dataclass(frozen=True)
class Classified:
    """Units in the classes of a figure: the class of each, what its tooltip says, and the legend."""

    kinds: list[int]
    tips: list[str]
    title: str
    entries: list[Entry]


def classify(units: pd.DataFrame, by: str, lang: Lang) -> Classified:
    """Put units into the classes of a figure.

    Parameters
    ----------
    units
        Holds the column of :data:`COLUMNS`; a missing figure has a class of its own.
    by
        Name of the figure.
    lang
        Language of the words.
    """
    values = units[COLUMNS[by]].to_numpy(dtype=float, na_value=np.nan)
    breaks = round_breaks(values)
    missing = np.isnan(values)
    kinds = np.where(missing, _NONE, np.digitize(values, breaks))
    words = [*class_words(breaks), say(f"figure.none.{by}", lang)]
    # from much to little, and last what is not known
    order = [at for at in (*reversed(range(_CLASSES)), _NONE) if at in kinds.tolist()]
    entries: list[Entry] = [{"text": words[at], "style": STYLES[at]} for at in order]
    return Classified(kinds.tolist(), list(_tips(values, by, lang)), say(f"figure.title.{by}", lang), entries)


def round_breaks(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Choose four round breaks, evenly spaced, that spread some figures over the most classes.

    Parameters
    ----------
    values
        Figures, 0 or more; missing ones are passed over.

    Examples
    --------
    >>> round_breaks(np.array([271.0, 310, 360, 420, 461])), round_breaks(np.array([0.31, 0.55, 0.42, 0.62]))
    ((300, 350, 400, 450), (0.3, 0.4, 0.5, 0.6))
    """
    known = values[~np.isnan(values)]
    if len(known) == 0 or known.max() <= 0:
        return (1, 2, 3, 4)
    least, most = float(known.min()), float(known.max())
    # figures that hardly differ are not told apart for the map's sake
    span = max(most - least, most / 10)
    power = 10.0 ** int(np.floor(np.log10(span)))
    steps = [base * scale for scale in (power / 10, power) for base in _STEPS]
    able = [step for step in reversed(steps) if span / _FINEST <= step <= span / _COARSEST]
    offered = [
        tuple(_tidy(float(step) * (first + more)) for more in range(_CLASSES - 1))
        for step in able
        for first in range(max(int(least / step) - _CLASSES, 1), max(int(most / step) + 1, 1) + 1)
    ]
    return max(offered, key=lambda breaks: _evenness(known, breaks))


def _evenness(known: NDArray[np.float64], breaks: tuple[float, ...]) -> tuple[int, int]:
    counts = np.bincount(np.digitize(known, breaks), minlength=_CLASSES)
    return int((counts > 0).sum()), -int(counts.max())


def _tidy(value: float) -> float:
    rounded = round(value, 10)
    return int(rounded) if rounded == int(rounded) else rounded


def _tips(values: NDArray[np.float64], by: str, lang: Lang) -> Iterator[str]:
    for value in values.tolist():
        if np.isnan(value):
            yield say(f"figure.none.{by}", lang)
        elif by == "size":
            yield say("map.plan.figure", lang, n=int(value))
        else:
            yield say(f"figure.tip.{by}", lang, value=value)
