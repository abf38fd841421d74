"""What a page is given: the store and who looks at it, the language; and the township with the unit in focus."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce

from gridgis.model.settings import Settings
from gridgis.model.tiers import SizeRange
from gridgis.model.vocabulary import Vocabulary
from gridgis.model.words import Lang, say
from gridgis.store.database import Store
from gridgis.store.reading import Township
from gridgis.store.scope import Reader
from gridgis.views.units import Unit, Units


@dataclass(frozen=True)
class Scene:
    """One run of one page.

    Parameters
    ----------
    settings, vocabulary
        The site's.
    store, version, reader
        Where the township is kept, the version of its data, and who reads.
    lang, dark
        Language and theme.
    plan_id
        The plan whose units the page speaks of: the one in force today, or in a period that is past; None for none.
    """

    settings: Settings
    vocabulary: Vocabulary
    store: Store
    version: int
    reader: Reader
    lang: Lang
    dark: bool
    plan_id: int | None = None

    def say(self, key: str, /, **params: object) -> str:
        """Say a sentence in the page's language."""
        return say(key, self.lang, **params)

    def size_of(self, tier: str) -> SizeRange:
        """Find the size rule of grids or micro-grids."""
        return self.settings.grid_size if tier == "grid" else self.settings.micro_size

    def listed(self, parts: Iterable[str]) -> str:
        """Join parts of a list as the language does."""
        return reduce(lambda left, right: self.say("app.listed", left=left, right=right), parts)

    def name_of(self, group: str) -> Callable[[str], str]:
        """Make the function that says the names of a group of the section ``app``, such as ``tier``."""
        return lambda name: self.say(f"app.{group}.{name}")

    def word(self, table: str) -> Callable[[str], str]:
        """Make the function that says the codes of a vocabulary table."""
        return lambda code: self.vocabulary.word(table, code, self.lang)


@dataclass(frozen=True)
class Place:
    """The township on screen, its units, the one in focus, and the day the page speaks of.

    The day is the ledger's last one where the data is synthetic, else today.
    """

    township: Township
    units: Units
    focus: Unit
    on: date
