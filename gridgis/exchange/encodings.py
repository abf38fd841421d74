"""Encodings of Chinese files: UTF-8 where the bytes are valid UTF-8, GB 18030 where they are valid in it."""

from __future__ import annotations

from charset_normalizer import from_bytes


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
