"""The one way to make a PDF: a template of this package, data beside it, and no font but the package's own.

Data goes to the template as JSON, so that no text in it is ever read as markup; pictures go as files. Nothing is read
from the machine but the template, and nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import manimgx_fonts_cjk
import typst

TEMPLATES = Path(__file__).with_name("templates")
FONT = "Noto Sans CJK SC"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{FONT}" font-weight="500"'
"""How a picture begins, so that its words are in the package's font."""
FONT_FILE = next(Path(manimgx_fonts_cjk.__file__).parent.glob("*.ttc"))
# the stub knows one file only, the compiler a set of them as well
_compile: Callable[..., bytes | list[bytes]] = typst.compile
_NONE: Mapping[str, bytes] = MappingProxyType({})


def typeset(template: str, data: Mapping[str, object], files: Mapping[str, bytes] = _NONE) -> bytes:
    """Make a PDF.

    Parameters
    ----------
    template
        Name of the template, such as ``"review"``.
    data
        What the template shows: plain data, which it reads from ``data.json``.
    files
        Pictures that it shows, by name.
    """
    return _pages(_compile(_project(template, data, files), format="pdf", **_fonts()))[0]


def typeset_png(
    template: str, data: Mapping[str, object], files: Mapping[str, bytes] = _NONE, ppi: int = 96
) -> list[bytes]:
    """Make the same as pictures, a page each.

    Parameters
    ----------
    template, data, files
        As for :func:`typeset`.
    ppi
        Pixels an inch.
    """
    return _pages(_compile(_project(template, data, files), format="png", ppi=float(ppi), **_fonts()))


def _fonts() -> dict[str, object]:
    return {"font_paths": [str(FONT_FILE.parent)], "ignore_system_fonts": True}


def _project(template: str, data: Mapping[str, object], files: Mapping[str, bytes]) -> dict[str, bytes]:
    shared = {"main.typ": _read(template), "base.typ": _read("base")}
    return {**shared, "data.json": json.dumps(data, ensure_ascii=False).encode(), **files}


@cache
def _read(template: str) -> bytes:
    return (TEMPLATES / f"{template}.typ").read_bytes()


def _pages(made: bytes | list[bytes]) -> list[bytes]:
    return [made] if isinstance(made, bytes) else made
