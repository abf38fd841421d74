"""From texts to the contract's values: headers understood, numbers, dates, yes and no, vocabulary terms, ids."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgis.exchange.drafts import Draft, Mask
from gridgis.exchange.headers import COORDINATES, Headers, match_headers
from gridgis.exchange.raw import RawTable
from gridgis.model.vocabulary import Vocabulary

Objects = npt.NDArray[np.object_]

_DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
_YES = {"1", "true", "yes", "y", "是", "党员", "中共党员", "√", "有"}
_NO = {"0", "false", "no", "n", "否", "群众", "非党员", "×", "无"}
_SCIENTIFIC = re.compile(r"^\d(\.\d+)?[eE]\+?\d{2,}$")
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+\-]?[\d.,\s()\-]+$")
_HTML = re.compile(r"<[a-zA-Z/!][^>]*>|&#?\w+;|javascript:", re.IGNORECASE)
# UTF-8 or GBK read as Latin-1 leaves runs of these; U+FFFD is what a failed decoding leaves
_MOJIBAKE = re.compile(r"\ufffd|[\u00c0-\u00ff][\u0080-\u00bf\u0152-\u0192\u2013-\u2122]|[\u00a1-\u00ff]{4,}|锟斤拷")
# made ids: a content hash, so that a file that is imported twice brings nothing twice
# a service lies where its household lies, a villagers' group may be a mere name
_PLACED_BY_OTHERS = {"services", "villager_groups"}
_MADE_IDS = {"visits": ("visit_id", "v"), "services": ("service_id", "s")}


def draft_of(name: str, raw: RawTable, first_row: int) -> Draft:
    """Understand a file's headers, and say what was assumed of it.

    Parameters
    ----------
    name
        Name of the layer.
    raw
        What the file holds.
    first_row
        Number of the first row for a person.
    """
    headers = match_headers(name, raw.texts.columns)
    table = pd.DataFrame(
        {column: raw.texts[header] for column, header in headers.columns.items()}, index=raw.texts.index, dtype=object
    )
    meant = {header: column for column, header in headers.columns.items()}
    numeric = frozenset(meant[header] for header in raw.numeric if header in meant)
    draft = Draft(name, raw.texts, table, raw.geometry, numeric, first_row)
    for column, twice in headers.twice.items():
        draft = draft.say("column_twice", "error", column=column, headers=", ".join(twice))
    draft = _say_missing(draft, headers, located=raw.geometry is not None or set(COORDINATES) <= set(headers.columns))
    if headers.cut:
        draft = draft.say("header_cut", headers=", ".join(headers.cut))
    if headers.ignored:
        draft = draft.say("columns_ignored", headers=", ".join(headers.ignored))
    if raw.encoding is not None:
        draft = draft.say("encoding_assumed", encoding=raw.encoding)
    for header, lost in raw.lost:
        if header in meant and meant[header] not in COORDINATES:
            draft = draft.blame("digits_lost", lost, column=meant[header])
    return draft


def read_values(draft: Draft, vocabulary: Vocabulary) -> Draft:
    """Turn the texts of a draft into values, and name every cell that is none.

    Parameters
    ----------
    draft
        Texts under the contract's column names.
    vocabulary
        Terms that coded columns hold, by code or by word in either language.

    Returns
    -------
        A draft whose table has every column of the contract, missing where there is no value, and ``lon`` and ``lat``
        as texts where the file has them.
    """
    texts = draft.table
    columns: dict[str, Objects] = {c: texts[c].to_numpy(dtype=object) for c in COORDINATES if c in texts}
    for column, spec in draft.contract.schema.columns.items():
        cells = texts[column].to_numpy(dtype=object) if column in texts else np.full(len(texts), None, dtype=object)
        columns[column] = cells
        table = draft.contract.vocabulary.get(column)
        if table is not None:
            columns[column] = _parsed(cells, partial(vocabulary.code, table))
            draft = _blame_unread(draft, "term_unknown", column, cells, columns[column])
        elif (parser := _parser(str(spec.dtype))) is not None:
            rule, parse = parser
            columns[column] = _parsed(cells, parse)
            draft = _blame_unread(draft, rule, column, cells, columns[column])
        else:
            draft = _check_texts(draft, column, cells)
    return _with_ids(replace(draft, table=pd.DataFrame(columns, index=texts.index, dtype=object)))


def check_presence(draft: Draft) -> Draft:
    """Name the rows without a value that every row needs, and the ids that stand twice."""
    key = draft.contract.key
    for column in draft.contract.required:
        if not _column_at_fault(draft, column):
            rule = "id_missing" if column == key else "value_missing"
            draft = draft.blame(rule, draft.table[column].isna() & draft.sound, column=column)
    ids = draft.table[key]
    if draft.contract.schema.columns[key].unique:
        draft = draft.blame("id_duplicate", ids.duplicated(keep=False) & ids.notna(), column=key)
    return _check_zeros(draft)


def check_days(draft: Draft, today: date | None) -> Draft:
    """Name visits and services in the future, and services closed before they were reported."""
    happened = {"visits": "visited_on", "services": "reported_on"}.get(draft.name)
    if happened is None:
        return draft
    days = pd.to_datetime(draft.table[happened], errors="coerce")
    if today is not None:
        draft = draft.blame("in_future", days > pd.Timestamp(today), column=happened, today=today.isoformat())
    if draft.name == "services":
        closed = pd.to_datetime(draft.table["closed_on"], errors="coerce")
        draft = draft.blame("closed_before_reported", closed < days)
    return draft


def _say_missing(draft: Draft, headers: Headers, *, located: bool) -> Draft:
    """Name the columns that a file of this layer has to bring and does not."""
    there = ", ".join(draft.source.columns)
    made = _MADE_IDS.get(draft.name, ("",))[0]
    for column in draft.contract.required:
        if column not in headers.columns and column != made:
            draft = draft.say("column_missing", "error", column=column, headers=there)
    if located or draft.contract.geometry == "none" or draft.name in _PLACED_BY_OTHERS:
        return draft
    return draft.say("geometry_column_missing", "error", headers=there)


def _column_at_fault(draft: Draft, column: str) -> bool:
    return any(
        fault.finding.rule in {"column_missing", "column_twice"} and fault.finding.params["column"] == column
        for fault in draft.faults
    )


def _parsed(cells: Objects, parse: Callable[[str], object]) -> Objects:
    known: dict[str, object] = {text: parse(text) for text in {c for c in cells.tolist() if isinstance(c, str)}}
    return np.array([known.get(c) if isinstance(c, str) else None for c in cells.tolist()], dtype=object)


def _blame_unread(draft: Draft, rule: str, column: str, cells: Objects, values: Objects) -> Draft:
    unread = pd.notna(cells) & pd.isna(values)
    examples = ", ".join(dict.fromkeys(cells[unread][:1000].tolist()))
    return draft.blame(rule, unread, column=column, values=examples[:200])


def _check_texts(draft: Draft, column: str, cells: Objects) -> Draft:
    draft = draft.blame("formula_as_text", _marked(cells, is_formula), "warning", column=column)
    draft = draft.blame("html_as_text", _marked(cells, _HTML.search), "warning", column=column)
    draft = draft.blame("mojibake", _marked(cells, _MOJIBAKE.search), column=column)
    if column == draft.contract.key or column in draft.contract.refers or column.endswith("_code"):
        draft = draft.blame("digits_lost", _marked(cells, _SCIENTIFIC.search), column=column)
    return draft


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take a text for a formula.

    Examples
    --------
    >>> is_formula("=1+1"), is_formula("@SUM(A1)"), is_formula("-12.5"), is_formula("+86 351 123"), is_formula("西谷")
    (True, True, False, False, False)
    """
    return bool(_FORMULA.match(text)) and not _NUMBER.match(text)


def _marked(cells: Objects, meant: Callable[[str], object]) -> Mask:
    marked = {text for text in {c for c in cells.tolist() if isinstance(c, str)} if meant(text)}
    return np.array([cell in marked for cell in cells.tolist()], dtype=bool)


def _check_zeros(draft: Draft) -> Draft:
    """Find ids that stood as numbers beside longer ones that begin with a zero."""
    key = draft.contract.key
    if key not in draft.numeric:
        return draft
    ids = draft.table[key].astype("str")
    width = int(ids.str.len().max()) if ids.notna().any() else 0
    digits = ids.str.fullmatch(r"\d+").fillna(value=False)
    padded = digits & ids.str.startswith("0") & (ids.str.len() == width)
    if padded.any():
        return draft.blame("zeros_lost", digits & (ids.str.len() < width), column=key)
    return draft.say("ids_were_numbers", column=key) if draft.first_row > 1 else draft


def _with_ids(draft: Draft) -> Draft:
    """Make ids of visits and services that have none, out of their content and its occurrence in the file."""
    if draft.name not in _MADE_IDS:
        return draft
    key, letter = _MADE_IDS[draft.name]
    missing = draft.table[key].isna()
    if not missing.any():
        return draft
    content = draft.table.loc[missing, [c for c in draft.table if c != key]].astype("str")
    # only what is filled counts, so that a column which the contract gains later changes no id
    named = [(f"{column}=" + content[column] + "\x1f").fillna("") for column in content]
    joined = pd.concat(named, axis=1).sum(axis=1)
    occurrence = joined.groupby(joined).cumcount().astype("str")
    made = [
        f"{letter}-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}" for text in joined + "\x1f" + occurrence
    ]
    return replace(draft, table=draft.table.assign(**{key: draft.table[key].mask(missing, _filled(missing, made))}))


def _filled(missing: pd.Series[bool], made: list[str]) -> pd.Series[str]:
    values = pd.Series(index=missing.index, dtype=object)
    values[missing] = made
    return values


def _day(text: str) -> datetime | None:
    first = text.replace("T", " ").partition(" ")[0]
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(first, form)  # noqa: DTZ007 — a day has no time zone
        except ValueError:
            continue
    return None


def _whole(text: str) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() and 1 <= number <= 10_000 else None  # noqa: PLR2004 — the contract's range


def _yes(text: str) -> bool | None:
    folded = text.casefold()
    return True if folded in _YES else False if folded in _NO else None


def _parser(dtype: str) -> tuple[str, Callable[[str], object]] | None:
    """Choose the rule and the reader for a column's type; None for a text."""
    if dtype.startswith("datetime64"):
        return "not_a_day", _day
    return {"int64": ("not_a_count", _whole), "bool": ("not_yes_or_no", _yes)}.get(dtype)
