"""Headers of real files: which column of the contract each one means.

``headers.csv`` is the one table of aliases; ``*`` stands for every layer whose contract has the column, and a layer's
own alias comes before it.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gridgis.model.layers import CONTRACTS

ALIASES = Path(__file__).with_name("headers.csv")
COORDINATES = ("lon", "lat")
# a dBASE field name holds ten bytes; a Chinese character may be cut in two, which leaves nine
_CUT_BYTES = (9, 10)


@dataclass(frozen=True)
class Headers:
    """How the headers of one file are understood.

    Parameters
    ----------
    columns
        Column of the contract, or ``lon`` / ``lat``, to the header that means it.
    twice
        Column to the headers that all mean it.
    cut
        Headers that were understood although their end is missing.
    ignored
        Headers that mean nothing here.
    """

    columns: Mapping[str, str]
    twice: Mapping[str, tuple[str, ...]]
    cut: tuple[str, ...]
    ignored: tuple[str, ...]


def match_headers(layer: str, headers: Iterable[str]) -> Headers:
    """Find the column that each header means; case, width, blanks, hyphens and underscores do not matter.

    Parameters
    ----------
    layer
        Name of the layer.
    headers
        The file's headers as they stand.

    Returns
    -------
        A column's own name comes before its aliases, a whole header before one that was cut.

    Examples
    --------
    >>> match_headers("households", ["户编号", "Lon", "纬度", "villager_g", "colour"]).columns
    {'household_id': '户编号', 'lon': 'Lon', 'lat': '纬度', 'villager_group': 'villager_g'}
    """
    spellings = _spellings(layer)
    meant: dict[str, list[str]] = {}
    cut: list[str] = []
    ignored: list[str] = []
    for header in headers:
        column = spellings.get(_folded(header))
        if column is None:
            column = _column_of_cut(header, spellings)
            (ignored if column is None else cut).append(header)
        if column is not None:
            meant.setdefault(column, []).append(header)
    twice = {}
    for column, candidates in meant.items():
        own = [header for header in candidates if _folded(header) == _folded(column)]
        if len(candidates) > 1 and len(own) != 1:
            twice[column] = tuple(candidates)
        elif own:
            ignored += [header for header in candidates if header not in own]
            meant[column] = own
    columns = {column: candidates[0] for column, candidates in meant.items()}
    return Headers(columns, twice, tuple(cut), tuple(ignored))


@cache
def _spellings(layer: str) -> Mapping[str, str]:
    columns = {*CONTRACTS[layer].schema.columns, *COORDINATES}
    with ALIASES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["layer"] in {"*", layer} and row["column"] in columns]
    rows.sort(key=lambda row: row["layer"] == layer)
    return {_folded(row["alias"]): row["column"] for row in rows} | {_folded(column): column for column in columns}


def _folded(header: str) -> str:
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", header).casefold())


def _column_of_cut(header: str, spellings: Mapping[str, str]) -> str | None:
    lengths = {len(header.encode(encoding, "replace")) for encoding in ("utf-8", "gb18030")}
    if not lengths & set(_CUT_BYTES):
        return None
    beginning = _folded(header)
    columns = {column for spelling, column in spellings.items() if spelling.startswith(beginning)}
    return columns.pop() if len(columns) == 1 else None
