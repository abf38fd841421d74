"""Attributes of Shapefiles: dBASE tables read as texts, in their own encoding, digit for digit.

GDAL refuses a table whose field names were cut in mid-character, as every Shapefile with long Chinese headers has them,
and turns long numbers into doubles; so the table is read here, and the geometries by GDAL.
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgis.exchange.encodings import encoding_of
from gridgis.exchange.raw import distinct

_HEADER_BYTES = 32
_FIELD_BYTES = 32
_NUMBERS = b"NFIOB"
_DELETED = ord("*")


@dataclass(frozen=True)
class DbaseTable:
    """A dBASE table.

    Parameters
    ----------
    texts
        Rows as texts; missing where a cell is blank. Deleted rows are among them.
    numeric
        Fields that hold numbers.
    deleted
        Mask of the rows that are marked as deleted.
    encoding
        Encoding of the texts.
    is_stated
        Whether a ``.cpg`` file states it; a statement that the texts belie does not count.
    """

    texts: pd.DataFrame
    numeric: frozenset[str]
    deleted: npt.NDArray[np.bool_]
    encoding: str
    is_stated: bool


@dataclass(frozen=True)
class _Field:
    name: bytes
    kind: bytes
    start: int
    end: int


def read_dbase(path: Path, cpg: Path | None) -> DbaseTable:
    """Read a dBASE table.

    Parameters
    ----------
    path
        The ``.dbf`` file.
    cpg
        The file that states its encoding, if there is one.

    Raises
    ------
    ValueError
        If the file is no dBASE table or ends too early.
    """
    data = path.read_bytes()
    if len(data) < _HEADER_BYTES:
        message = f"{path.name} is no dBASE table"
        raise ValueError(message)
    rows, header, width = struct.unpack("<IHH", data[4:12])
    if len(data) < header + rows * width:
        message = f"{path.name} ends too early"
        raise ValueError(message)
    fields = _fields(data[:header])
    records = [data[header + row * width : header + (row + 1) * width] for row in range(rows)]
    columns = [[record[f.start : f.end].strip(b" \0") for record in records] for f in fields]
    encoding, is_stated = _encoding(fields, columns, cpg)
    names = distinct(_decoded(f.name, encoding) for f in fields)
    texts = {n: [_cell(c, f, encoding) for c in column] for n, f, column in zip(names, fields, columns, strict=True)}
    numeric = frozenset(n for n, f in zip(names, fields, strict=True) if f.kind in _NUMBERS)
    deleted = np.array([record[0] == _DELETED for record in records], dtype=bool)
    return DbaseTable(pd.DataFrame(texts, index=range(rows), dtype=object), numeric, deleted, encoding, is_stated)


def _fields(header: bytes) -> list[_Field]:
    fields, start = [], 1
    for at in range(_HEADER_BYTES, len(header) - _FIELD_BYTES + 1, _FIELD_BYTES):
        raw = header[at : at + _FIELD_BYTES]
        if raw[:1] == b"\r":
            break
        fields.append(_Field(raw[:11].split(b"\0")[0], raw[11:12], start, start + raw[16]))
        start += raw[16]
    return fields


def _encoding(fields: list[_Field], columns: list[list[bytes]], cpg: Path | None) -> tuple[str, bool]:
    written = [
        c for f, column in zip(fields, columns, strict=True) if f.kind == b"C" for c in column if not c.isascii()
    ]
    # a name that was cut in mid-character must not speak against the encoding of the cells
    texts = b"\n".join(written or [f.name for f in fields])
    stated = None if cpg is None else _codec(cpg.read_text(encoding="ascii", errors="ignore"))
    if stated is not None and "\ufffd" not in _decoded(texts, stated):
        return stated, True
    return encoding_of(texts), texts.isascii()


def _codec(name: str) -> str | None:
    text = name.strip().upper().removeprefix("OEM").removeprefix("ANSI").strip()
    try:
        return codecs.lookup(f"cp{text}" if text.isdigit() else text).name
    except LookupError:
        return None


def _cell(cell: bytes, field: _Field, encoding: str) -> str | None:
    text = _decoded(cell, encoding).strip()
    if field.kind == b"D" and len(text) == len("20261123"):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if field.kind in _NUMBERS and "." in text and "e" not in text.lower():
        return text.rstrip("0").rstrip(".") or None
    return text or None


def _decoded(data: bytes, encoding: str) -> str:
    """Decode a text whose last character may have been cut in two; what is left of that is dropped."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(data, final=False)
