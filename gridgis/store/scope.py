"""Who reads: which villages' rows a person may see, and what is masked before rows leave the store."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
from sqlalchemy import ColumnElement, false, or_, select, true

from gridgis.store.schema import LAYERS, grids, households, members, micro_grids

_MASKED = {"households": ("head_name", "phone"), "members": ("phone",)}
_SHORTEST_PHONE = 8


@dataclass(frozen=True)
class Reader:
    """A person who reads, and what that person may see; by default nothing.

    Parameters
    ----------
    who
        Name for the audit.
    villages
        Codes of the villages whose rows are shown; None shows every village, and rows that belong to none.
    unmasked
        Whether names and phones are shown in full; each such reading is audited.

    Examples
    --------
    >>> Reader("guest").villages
    frozenset()
    >>> Reader.of_township("secretary").villages is None
    True
    """

    who: str
    villages: frozenset[str] | None = frozenset()
    unmasked: bool = False

    @classmethod
    def of_township(cls, who: str) -> Reader:
        """Make a reader of the whole township, names and phones masked."""
        return cls(who, villages=None)

    def unmasking(self) -> Reader:
        """Make the same reader, names and phones in full."""
        return replace(self, unmasked=True)


def has_masks(layer: str) -> bool:
    """Tell whether a layer has columns that are masked."""
    return layer in _MASKED


def in_scope(layer: str, reader: Reader) -> ColumnElement[bool]:
    """Write the condition that keeps a layer's rows to a reader's villages.

    A service that names no household is let through here for a reader of some villages, and kept or dropped by where
    it lies.
    """
    if reader.villages is None:
        return true()
    if not reader.villages:
        return false()
    if layer in {"township", "barriers"}:
        return true()
    columns = LAYERS[layer].c
    if layer == "villages":
        return columns.code.in_(reader.villages)
    if "village_code" in columns:
        return columns.village_code.in_(reader.villages)
    return _in_scope_by_household(layer, reader.villages)


def _in_scope_by_household(layer: str, villages: frozenset[str]) -> ColumnElement[bool]:
    household_id = LAYERS[layer].c.household_id
    known = household_id.in_(select(households.c.household_id).where(households.c.village_code.in_(villages)))
    if layer == "services":
        return or_(known, household_id.is_(None))
    if layer == "members":
        units = [select(table.c.code).where(table.c.village_code.in_(villages)) for table in (grids, micro_grids)]
        posts = [members.c.unit_code.in_(unit) for unit in units]
        return or_(known, members.c.unit_code.in_(villages), *posts)
    return known


def masked(layer: str, table: pd.DataFrame) -> pd.DataFrame:
    """Mask what a layer says of residents: names to the first character, phones to the ends.

    Examples
    --------
    >>> one = pd.DataFrame({"head_name": ["王小明", "Ann Lee", None], "phone": ["13912345678", "5551", None]})
    >>> masked("households", one).fillna("-").values.tolist()
    [['王＊＊', '139****78'], ['A**', '****'], ['-', '-']]
    """
    masks = {column: _mask_phone if column == "phone" else _mask_name for column in _MASKED.get(layer, ())}
    return table.assign(**{column: mask(table[column]) for column, mask in masks.items()})


def _mask_name(names: pd.Series[str]) -> pd.Series[str]:
    # a name of one character would be shown in full by its first
    first = names.str.slice(0, 1).where(names.str.len() > 1, "")
    stars = names.mask(names.notna(), "＊＊").mask(names.str.isascii() == True, "**")  # noqa: E712 - missing is not True
    return (first + stars).where(names.notna())


def _mask_phone(phones: pd.Series[str]) -> pd.Series[str]:
    ends = phones.str.slice(0, 3) + "****" + phones.str.slice(-2)
    return ends.where(phones.str.len() >= _SHORTEST_PHONE, "****").where(phones.notna())
