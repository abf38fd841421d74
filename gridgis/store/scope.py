"""Who reads and writes: what a person may do, in which units, and what is masked before rows leave the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, and_, false, func, or_, select, true, union

from gridgis.model.errors import ForbiddenError
from gridgis.model.messages import Message
from gridgis.model.rights import ALL, Right
from gridgis.store.ruling import in_force, ruling, today
from gridgis.store.schema import (
    LAYERS,
    assignment,
    grids,
    household_cells,
    households,
    micro_grids,
    plans,
    villages,
)

_MASKED = {"households": ("head_name", "phone"), "members": ("phone",)}
_SHORTEST_PHONE = 8


@dataclass(frozen=True)
class Reader:
    """A person who reads and writes, and what that person may see and do; by default nothing.

    Parameters
    ----------
    who
        Name for the audit, and for whatever the person enters.
    units
        Codes of the villages, grids and micro-grids whose rows are shown, with all that lies below them; None shows
        the whole township, and rows that belong to no unit.
    unmasked
        Whether names and phones are shown in full; each such reading is audited.
    rights
        What the person may do.
    member_id
        The member that the person is; None where the person is none.

    Examples
    --------
    >>> Reader("guest").units, Reader("guest").may("look")
    (frozenset(), False)
    >>> Reader.of_township("secretary").units is None
    True
    """

    who: str
    units: frozenset[str] | None = frozenset()
    unmasked: bool = False
    rights: frozenset[Right] = frozenset()
    member_id: str | None = None

    @classmethod
    def of_township(cls, who: str) -> Reader:
        """Make a reader of the whole township who may do all, names and phones masked."""
        return cls(who, units=None, rights=ALL)

    def unmasking(self) -> Reader:
        """Make the same reader, names and phones in full."""
        return replace(self, unmasked=True)

    def may(self, right: Right) -> bool:
        """Tell whether the person may do something."""
        return right in self.rights

    def require(self, right: Right) -> None:
        """Demand that the person may do something.

        Raises
        ------
        ForbiddenError
            If not.
        """
        if not self.may(right):
            raise ForbiddenError("rights.no_right", right=Message(f"rights.{right}"))


def has_masks(layer: str) -> bool:
    """Tell whether a layer has columns that are masked."""
    return layer in _MASKED


def in_scope(layer: str, reader: Reader) -> ColumnElement[bool]:
    """Write the condition that keeps a layer's rows to a reader's units, as the plan in force today has them.

    A service that names no household is let through here for a reader of some units, and kept or dropped by where it
    lies.
    """
    if reader.units is None:
        return true()
    return _within(layer, reader.units) if reader.units else false()


def _within(layer: str, units: frozenset[str]) -> ColumnElement[bool]:
    columns = LAYERS[layer].c
    if layer in {"township", "barriers"}:
        return true()
    if layer == "households":
        return _housed(units)
    if "household_id" not in columns:
        column = columns.code if layer == "villages" else columns.village_code
        return column.in_(_villages_of(units))
    known = columns.household_id.in_(_known(units))
    if layer == "services":
        return or_(known, columns.household_id.is_(None))
    return or_(known, columns.unit_code.in_(units_below(units))) if layer == "members" else known


def check_households(connection: Connection, reader: Reader, ids: Iterable[str]) -> None:
    """Demand that households lie in a reader's units.

    Raises
    ------
    ForbiddenError
        If one does not, or is not there at all: whoever may not see it cannot tell the two apart.
    """
    wanted = set(ids)
    condition = and_(in_scope("households", reader), households.c.household_id.in_(wanted))
    seen = connection.execute(select(func.count()).select_from(households).where(condition)).scalar_one()
    if seen != len(wanted):
        raise ForbiddenError("rights.not_your_households", n=len(wanted) - seen)


def _known(units: frozenset[str]) -> Select[Any]:
    return select(households.c.household_id).where(_housed(units))


def _housed(units: frozenset[str]) -> ColumnElement[bool]:
    plan = in_force(select(plans.c.plan_id, plans.c.fabric_id), today()).subquery()
    placed = (
        select(household_cells.c.household_id)
        .join(plan, plan.c.fabric_id == household_cells.c.fabric_id)
        .join(
            assignment,
            and_(assignment.c.plan_id == plan.c.plan_id, assignment.c.cell_id == household_cells.c.cell_id),
        )
        .where(
            assignment.c.micro_grid_code.in_(
                select(micro_grids.c.code).where(
                    micro_grids.c.plan_id == plan.c.plan_id,
                    or_(micro_grids.c.code.in_(units), micro_grids.c.grid_code.in_(units)),
                )
            )
        )
    )
    return or_(households.c.village_code.in_(units), households.c.household_id.in_(placed))


def _villages_of(units: frozenset[str]) -> CompoundSelect[Any]:
    plan_id = ruling(today())
    of_units = [
        select(table.c.village_code).where(table.c.plan_id == plan_id, table.c.code.in_(units))
        for table in (grids, micro_grids)
    ]
    return union(select(villages.c.code).where(villages.c.code.in_(units)), *of_units)


def units_below(units: frozenset[str]) -> CompoundSelect[Any]:
    """Ask, inside another query, for the codes of some units and of all that lies below them, as of today's plan."""
    plan_id = ruling(today())
    below = [
        select(table.c.code).where(table.c.plan_id == plan_id, or_(*(table.c[name].in_(units) for name in above)))
        for table, above in ((grids, ("code", "village_code")), (micro_grids, ("code", "grid_code", "village_code")))
    ]
    return union(select(villages.c.code).where(villages.c.code.in_(units)), *below)


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
