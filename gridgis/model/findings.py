"""What a check has to say of a layer: which rule, which rows, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gridgis.model.messages import Message
from gridgis.model.words import Lang, say

Severity = Literal["error", "warning"]

_IDS_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One thing found in one layer.

    Parameters
    ----------
    severity
        ``"error"`` stops an import, ``"warning"`` is only said.
    layer
        Name of the layer, as in the contract (``villages``, ``households`` …).
    rule
        Name of the rule, such as ``geometry_invalid``. The catalogue holds ``finding.<rule>`` (what and why)
        and ``finding.<rule>.remedy`` (what now).
    ids
        Ids of the rows at fault, in the file's order; row numbers as ``"row 7"`` where a row has no id.
    places
        One (longitude, latitude) in degrees, WGS 84, for each id that can be placed on a map.
    params
        Values of the sentences' placeholders; a value that is a :class:`Message` is said in the same language.
    """

    severity: Severity
    layer: str
    rule: str
    ids: tuple[str, ...] = ()
    places: tuple[tuple[float, float], ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)

    def words(self, lang: Lang) -> str:
        """Say what is wrong, of which rows, in ``lang``."""
        return say(f"finding.{self.rule}", lang, **self._values(lang))

    def remedy(self, lang: Lang) -> str:
        """Say what to do about it, in ``lang``."""
        return say(f"finding.{self.rule}.remedy", lang, **self._values(lang))

    def _values(self, lang: Lang) -> dict[str, object]:
        params = {name: v.words(lang) if isinstance(v, Message) else v for name, v in self.params.items()}
        ids = ", ".join(self.ids[:_IDS_SHOWN])
        if len(self.ids) > _IDS_SHOWN:
            ids = say("finding.and_more", lang, ids=ids, more=len(self.ids) - _IDS_SHOWN)
        return {"layer": say(f"layer.{self.layer}", lang), "ids": ids, "n": len(self.ids), **params}
