"""What a file holds, before anything in it is understood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

# a double holds every whole number of up to fifteen digits
EXACT = 10**15


@dataclass(frozen=True)
class RawTable:
    """Rows as texts, and geometries where the file is a geographic one.

    Parameters
    ----------
    texts
        Rows as texts under the file's own headers; missing where a cell is empty.
    geometry
        Geometries, or None where the file is a plain table.
    repaired
        Mask of the geometries whose rings had to be closed to be read at all.
    numeric
        Headers with cells that are numbers.
    lost
        Header to the mask of cells whose last digits a number could not hold.
    crs_unknown
        Name of a coordinate system that the file states and nobody knows.
    encoding
        Encoding that was assumed for the texts, where the file does not state it.
    """

    texts: pd.DataFrame
    geometry: gpd.GeoSeries | None = None
    repaired: npt.NDArray[np.bool_] | None = None
    numeric: frozenset[str] = frozenset()
    lost: tuple[tuple[str, npt.NDArray[np.bool_]], ...] = ()
    crs_unknown: str | None = None
    encoding: str | None = None


def number_text(number: float) -> str | None:
    """Write a number as a person would: no decimal point behind a whole one, nothing where there is none.

    Examples
    --------
    >>> number_text(12.0), number_text(112.43), number_text(float("nan"))
    ('12', '112.43', None)
    """
    if np.isnan(number):
        return None
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def cell_text(value: object) -> str | None:
    """Write any cell as a text; dates as ISO 8601, nothing where there is nothing but blanks."""
    if value is None:
        return None
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text.strip() or None


def distinct(headers: Iterable[str]) -> list[str]:
    """Put a number behind a header that stands before it already.

    Examples
    --------
    >>> distinct(["a", "b", "a"])
    ['a', 'b', 'a (2)']
    """
    seen: dict[str, int] = {}
    names = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        names.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return names
