"""What a computation has to say: a sentence's key and its values, to be said in either language at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gridgis.model.words import Lang, say


@dataclass(frozen=True)
class Message:
    """One thing to say.

    Parameters
    ----------
    key
        Catalogue key of the sentence, such as ``"plan.size.village_too_small"``.
    params
        Values of its placeholders; a value that is itself a :class:`Message` is said in the same language.
    """

    key: str
    params: Mapping[str, object] = field(default_factory=dict)

    def words(self, lang: Lang) -> str:
        """Say it in ``lang``."""
        values = {name: v.words(lang) if isinstance(v, Message) else v for name, v in self.params.items()}
        return say(self.key, lang, **values)
