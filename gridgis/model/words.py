"""The catalogue: every sentence the product says, in Chinese and in English, found by its key.

The catalogue is a set of gettext files, ``locale/<lang>/<section>.po``; a key's first part names its section
(``cli.plan.done`` stands in ``cli.po``). A message's ``msgid`` is its key; a sentence that counts has a
``msgid_plural`` equal to its ``msgid`` and is chosen by the parameter ``n``.
"""

from __future__ import annotations

import os
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal, get_args

from babel import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)
LOCALE = Path(__file__).parent / "locale"


def say(key: str, lang: Lang, /, **params: object) -> str:
    """Say the sentence of a key.

    Parameters
    ----------
    key
        Catalogue key, such as ``"app.overview.question"``.
    lang
        Language to say it in.
    params
        Values for its ``{placeholders}``, as for :meth:`str.format`; an integer ``n`` also chooses the plural.

    Returns
    -------
        The sentence.

    Raises
    ------
    KeyError
        If the catalogue has no such sentence in that language.

    Examples
    --------
    >>> say("tier.micro_grid", "en")
    'micro-grid'
    >>> say("tier.micro_grid", "zh")
    '微网格'
    """
    section = catalogue(lang, key.partition(".")[0])
    n = params.get("n")
    text = section.ngettext(key, key, n) if isinstance(n, int) else key
    if text == key:
        text = section.gettext(key)
    if text == key:
        raise KeyError(key)
    return text.format(**params) if params else text


@cache
def catalogue(lang: Lang, section: str) -> GNUTranslations:
    """Read one section of the catalogue.

    Raises
    ------
    KeyError
        If there is no such section.
    """
    path = LOCALE / lang / f"{section}.po"
    if not path.is_file():
        raise KeyError(section)
    with path.open("rb") as file:
        messages = read_po(file, locale=lang)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_of(preferred: str | None) -> Lang:
    """Choose the language for a browser's or a shell's preference; Chinese where it is unknown.

    Parameters
    ----------
    preferred
        Language tags in order of preference, separated by commas, as in ``Accept-Language`` or ``LANG``.

    Examples
    --------
    >>> language_of("en-GB,en;q=0.9"), language_of("zh_CN.UTF-8"), language_of("fr"), language_of(None)
    ('en', 'zh', 'zh', 'zh')
    """
    tags = [tag.partition(";")[0].partition(".")[0].strip().replace("-", "_") for tag in (preferred or "").split(",")]
    wanted = [form for tag in tags for form in (tag, tag.partition("_")[0]) if form]
    return "en" if negotiate_locale(wanted, list(LANGS)) == "en" else "zh"


def shell_language() -> Lang:
    """Choose the language of a command line by the locale's environment variables; Chinese where it is unknown.

    Returns
    -------
        The language of the first of ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set; the neutral locales
        ``C`` and ``POSIX`` speak English.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.partition(".")[0] in {"C", "POSIX"} else language_of(value)
    return "zh"
