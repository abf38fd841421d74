"""The 1448 vocabulary: domains, tiers, systems, roles, posts, kinds and categories, as one table in two languages.

``vocabulary.csv`` is the shipped table; a site puts its own in its place by the setting ``vocabulary``. The column
``source`` says ``article`` where the term is in the published account of the mechanism and ``default`` where it is
this product's own suggestion.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gridgis.model.words import LANGS, Lang

SHIPPED = Path(__file__).with_name("vocabulary.csv")
COLUMNS = ("table", "code", "zh", "en", "source")


@dataclass(frozen=True)
class Term:
    """One entry of the vocabulary: its table, its stable code, its words and where it comes from."""

    table: str
    code: str
    zh: str
    en: str
    source: str


@dataclass(frozen=True)
class Vocabulary:
    """The configured terms, in the table's order.

    Examples
    --------
    >>> terms = read_vocabulary()
    >>> len(terms.codes("domain")), len(terms.codes("role"))
    (10, 8)
    >>> terms.word("domain", "epidemic", "zh")
    '疫情防控'
    >>> terms.code("domain", "疫情防控"), terms.code("domain", "Epidemic"), terms.code("domain", "plague")
    ('epidemic', 'epidemic', None)
    """

    terms: tuple[Term, ...]

    def codes(self, table: str) -> tuple[str, ...]:
        """List the codes of a table, such as ``"domain"``."""
        return tuple(term.code for term in self.terms if term.table == table)

    def word(self, table: str, code: str, lang: Lang) -> str:
        """Say a code in ``lang``; a code that the table does not hold is shown as it is."""
        term = self._by_code.get((table, code))
        return code if term is None else str(getattr(term, lang))

    def code(self, table: str, text: str) -> str | None:
        """Find the code that a file's text means, by code or by word in either language; None if it means none."""
        return self._by_text.get((table, text.strip().casefold()))

    @cached_property
    def _by_code(self) -> dict[tuple[str, str], Term]:
        return {(term.table, term.code): term for term in self.terms}

    @cached_property
    def _by_text(self) -> dict[tuple[str, str], str]:
        spellings = [
            (term, text) for term in self.terms for text in (*(getattr(term, lang) for lang in LANGS), term.code)
        ]
        return {(term.table, text.casefold()): term.code for term, text in spellings}


def read_vocabulary(path: Path = SHIPPED) -> Vocabulary:
    """Read a vocabulary table (CSV, UTF-8, columns ``table, code, zh, en, source``).

    Raises
    ------
    ValueError
        If a column is missing, a cell is empty, or a code stands twice in one table.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        return vocabulary_of(csv.DictReader(file))


def vocabulary_of(rows: Iterable[dict[str, str]]) -> Vocabulary:
    """Check rows of a vocabulary table and make it one.

    Raises
    ------
    ValueError
        As for :func:`read_vocabulary`.
    """
    terms = []
    seen = set()
    for number, row in enumerate(rows, start=2):
        values = [(row.get(column) or "").strip() for column in COLUMNS]
        if not all(values):
            message = f"vocabulary, line {number}: {', '.join(COLUMNS)} must all be filled"
            raise ValueError(message)
        term = Term(*values)
        if (term.table, term.code) in seen:
            message = f"vocabulary, line {number}: {term.table}/{term.code} stands twice"
            raise ValueError(message)
        seen.add((term.table, term.code))
        terms.append(term)
    return Vocabulary(tuple(terms))
