"""Tables for spreadsheets: texts stay texts, and no name becomes a formula."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from gridgis.exchange.values import is_formula

_CELL_CHARACTERS = 32_767
_SHEET_NAME = 31
_WIDEST = 60


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV in UTF-8 with a byte-order mark, which Excel needs to see it is UTF-8.

    A text that a spreadsheet would take for a formula gets an apostrophe in front, which the product takes off again
    when it reads the file.

    Parameters
    ----------
    table
        Plain columns; days are written as 2026-11-23.
    path
        Where to write.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([guarded(str(column)) for column in table.columns])
        writer.writerows([[guarded(c) if isinstance(c, str) else c for c in row] for row in _rows(table)])


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write tables as the sheets of an Excel workbook; every text is a string cell, never a formula or a link.

    Parameters
    ----------
    tables
        Name of the sheet to its table.
    path
        Where to write.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        for name, table in tables.items():
            sheet = book.add_worksheet(name[:_SHEET_NAME])
            for place, column in enumerate(table.columns):
                sheet.write_string(0, place, str(column), bold)
            for number, row in enumerate(_rows(table), start=1):
                for place, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, place, cell[:_CELL_CHARACTERS])
                    elif cell is not None:
                        sheet.write(number, place, cell)
            sheet.freeze_panes(1, 0)
            sheet.autofit(_WIDEST * 7)


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> guarded("=1+1"), guarded("'=1+1"), guarded("西谷")
    ("'=1+1", "''=1+1", '西谷')
    """
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """Take off the apostrophe that :func:`guarded` put on.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("''=1+1"), unguarded("'西谷")
    ('=1+1', "'=1+1", "'西谷")
    """
    return text[1:] if text.startswith("'") and is_formula(text.lstrip("'")) else text


def _rows(table: pd.DataFrame) -> list[list[object]]:
    columns = [_cells(table.iloc[:, place]) for place in range(table.shape[1])]
    return [list(row) for row in zip(*columns, strict=True)]


def _cells(column: pd.Series[Any]) -> list[object]:
    """Make a column's cells plain: a missing one is None, a day is a text, a number stays a number."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return [None if pd.isna(day) else day.strftime("%Y-%m-%d") for day in column]
    cells = column.astype(object).where(column.notna(), None).tolist()
    return [None if isinstance(cell, float) and not np.isfinite(cell) else cell for cell in cells]
