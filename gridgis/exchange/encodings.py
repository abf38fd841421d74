"""Encodings of Chinese files: UTF-8 where the bytes are valid UTF-8, GB 18030 where they are valid in it."""

from __future__ import annotations

import struct
from pathlib import Path

from charset_normalizer import from_bytes

_FIELD_BYTES = 32
_HEADER_BYTES = 32


def encoding_of(data: bytes) -> str:
    """Find the encoding of a text.

    Parameters
    ----------
    data
        The text's bytes, whole.

    Returns
    -------
        ``"utf-8-sig"``, ``"gb18030"``, or what the statistics of the bytes suggest. UTF-8 is tried first because a
        text in another encoding is hardly ever valid in it; GB 18030 next because it holds GB 2312 and GBK.

    Examples
    --------
    >>> encoding_of("户编号".encode()), encoding_of("户编号".encode("gbk"))
    ('utf-8-sig', 'gb18030')
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    best = from_bytes(data).best()
    return "latin-1" if best is None else best.encoding


def encoding_of_shapefile(path: Path) -> str | None:
    """Find the encoding of a Shapefile's attributes; None where the .cpg file states it, or there are none.

    Parameters
    ----------
    path
        The ``.shp`` file.
    """
    siblings = {file.suffix.lower(): file for file in path.parent.glob(f"{path.stem}.*")}
    if ".cpg" in siblings or ".dbf" not in siblings:
        return None
    encoding = encoding_of(_texts_of(siblings[".dbf"].read_bytes()))
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _texts_of(dbf: bytes) -> bytes:
    """Join the field names and the character fields of a dBASE file, leaving its binary header out."""
    rows, header, width = struct.unpack("<IHH", dbf[4:12])
    names, spans, start = [], [], 1
    for at in range(_HEADER_BYTES, header - _FIELD_BYTES + 1, _FIELD_BYTES):
        field = dbf[at : at + _FIELD_BYTES]
        if field[:1] in {b"\r", b""}:
            break
        names.append(field[:11].split(b"\0")[0])
        if field[11:12] == b"C":
            spans.append((start, start + field[16]))
        start += field[16]
    cells = [
        dbf[header + row * width + low : header + row * width + high].strip()
        for row in range(rows)
        for low, high in spans
    ]
    # a name that was cut in mid-character must not speak against the encoding of the cells
    return b"\n".join(cells) if any(cell.strip(b" \0").isascii() is False for cell in cells) else b"\n".join(names)
