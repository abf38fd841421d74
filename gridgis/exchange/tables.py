"""Plain tables: CSV in any encoding and Excel, every cell as a text, digits and leading zeros kept."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from io import StringIO
from itertools import zip_longest

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from gridgis.exchange.encodings import encoding_of
from gridgis.exchange.raw import EXACT, RawTable, cell_text, distinct, number_text
from gridgis.exchange.sheets import unguarded
from gridgis.exchange.sources import Source
from gridgis.exchange.vectors import MAX_FEATURES
from gridgis.model.errors import CallError

_SNIFFED = 64_000
_DELIMITERS = ",;\t|"


def list_sheets(source: Source) -> list[str]:
    """Name the sheets of a workbook; a CSV file has one, of its own name.

    Raises
    ------
    CallError
        If the workbook cannot be read.
    """
    if source.path.suffix.lower() in {".csv", ".tsv", ".txt"}:
        return [source.path.stem]
    return list(_workbook(source).sheet_names)


def read_table(source: Source, sheet: str | None) -> RawTable:
    """Read a CSV file or one sheet of a workbook.

    Parameters
    ----------
    source
        The file.
    sheet
        Name of the sheet; None for the first.

    Raises
    ------
    CallError
        If the file cannot be read, has no header line or too many rows.
    """
    if source.path.suffix.lower() in {".csv", ".tsv", ".txt"}:
        return _read_csv(source)
    return _read_sheet(source, sheet)


def _read_csv(source: Source) -> RawTable:
    data = source.path.read_bytes()
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding)
        rows = [row for row in csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)) if any(row)]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise CallError("error.file.unreadable", path=source.shown) from fault
    headers, columns = _split(rows, source)
    texts = [_texts(column) for column in columns]
    said = None if encoding == "utf-8-sig" else encoding
    return RawTable(_table(headers, texts), encoding=said)


def _texts(column: Sequence[object]) -> list[str | None]:
    known = {cell: cell_text(unguarded(str(cell or ""))) for cell in set(column)}
    return [known[cell] for cell in column]


def _table(headers: Sequence[str], columns: Sequence[Sequence[str | None]]) -> pd.DataFrame:
    return pd.DataFrame(dict(zip(distinct(headers), columns, strict=True)), dtype=object)


def _delimiter(text: str) -> str:
    """Choose the delimiter that the header line holds most of; a comma where it holds none."""
    header = text[:_SNIFFED].lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _workbook(source: Source) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(source.path))
    except (CalamineError, PasswordError, OSError) as fault:
        raise CallError("error.file.unreadable", path=source.shown) from fault


def _read_sheet(source: Source, sheet: str | None) -> RawTable:
    book = _workbook(source)
    name = book.sheet_names[0] if sheet is None else sheet
    if name not in book.sheet_names:
        raise CallError("error.file.no_layer", path=source.shown, name=name, names=", ".join(book.sheet_names))
    rows = [row for row in book.get_sheet_by_name(name).to_python(skip_empty_area=True) if any(c != "" for c in row)]
    headers, columns = _split(rows, source)
    texts = [[_sheet_text(cell) for cell in column] for column in columns]
    numbers = [np.array([_number_of(cell) for cell in column], dtype=np.float64) for column in columns]
    numeric = frozenset(h for h, column in zip(headers, numbers, strict=True) if np.isfinite(column).any())
    too_long = [np.nan_to_num(np.abs(column)) >= EXACT for column in numbers]
    lost = tuple((h, column) for h, column in zip(headers, too_long, strict=True) if column.any())
    return RawTable(_table(headers, texts), numeric=numeric, lost=lost)


def _sheet_text(cell: object) -> str | None:
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, (int, float)):
        return number_text(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell_text(cell)


def _number_of(cell: object) -> float:
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else np.nan


def _split(rows: Sequence[Sequence[object]], source: Source) -> tuple[list[str], list[tuple[object, ...]]]:
    """Turn rows into headers and as many columns, each with a cell for every row."""
    if not rows:
        raise CallError("error.file.empty", path=source.shown)
    if len(rows) > MAX_FEATURES:
        raise CallError("error.file.too_many", path=source.shown, count=len(rows), most=MAX_FEATURES)
    headers = [str(cell).strip() for cell in rows[0]]
    columns = list(zip_longest(*rows))
    used = [i for i, header in enumerate(headers) if header]
    return [headers[i] for i in used], [columns[i][1:] for i in used]
