"""What an edit does, told before it is kept: sizes and rules, who changes unit, which heads, what goes along."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from gridgis.model.messages import Message
from gridgis.planning.numbers import Rules
from gridgis.redraw.change import Change
from gridgis.redraw.draft import Draft
from gridgis.redraw.laws import Stray, find_strays, moved_land, trace_parts

Pairs = set[tuple[str | None, str | None]]

TIERS = (("grid", "grids"), ("micro_grid", "micro_grids"))
UNIT_COLUMNS = [
    *("tier", "code", "old_code", "name", "change"),
    *("households_before", "households_after", "excess_before", "excess_after"),
]


@dataclass(frozen=True)
class Context:
    """What else hangs on a plan; tables may be empty.

    Parameters
    ----------
    members
        ``member_id``, ``name``, ``post``, ``unit_code`` and ``household_id`` of those who hold a post.
    due
        ``household_id`` and ``state``: ``"open"`` for a service that is not closed, ``"overdue"`` for a visit.
    """

    members: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["member_id", "name", "post", "unit_code", "household_id"])
    )
    due: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["household_id", "state"]))


@dataclass(frozen=True)
class Effect:
    """The effect of an edit.

    Parameters
    ----------
    units
        A row a unit that the edit touches: ``tier``, ``code``, ``old_code`` (another one where it was recoded),
        ``name``, ``change`` (``added``, ``retired``, ``recoded``, ``changed``), ``households_before``,
        ``households_after``, ``excess_before``, ``excess_after``: households out of range; 0 where there is no such
        unit.
    moved
        A row a household that changes unit: ``household_id``, ``households``, ``priority``, ``old_grid_code``,
        ``grid_code``, ``old_micro_grid_code``, ``micro_grid_code``, ``changes_grid`` and ``changes_micro_grid``: a
        unit that only has another code is the same.
    heads
        A row a head who is affected: ``member_id``, ``name``, ``post``, ``unit_code`` and ``why``: ``retired``
        (the unit is no more), ``recoded`` (it has another code), ``home`` (lives elsewhere now), ``size``.
    due
        State to the number of things open or overdue that go along to another unit.
    strays
        Stray pieces that are left.
    cells_cut
        Cells that were cut.
    """

    units: pd.DataFrame
    moved: pd.DataFrame
    heads: pd.DataFrame
    due: Mapping[str, int]
    strays: tuple[Stray, ...]
    cells_cut: int

    def households(self, tier: str) -> int:
        """Count the households that change their unit of a tier, ``"grid"`` or ``"micro_grid"``."""
        return int(self.moved.loc[self.moved[f"changes_{tier}"], "households"].sum())

    def messages(self) -> tuple[Message, ...]:
        """Tell it in sentences, the most important first."""
        return tuple(_tell(self))


def foresee(before: Draft, after: Draft, change: Change, rules: Rules, context: Context) -> Effect:
    """Measure what a change does.

    Parameters
    ----------
    before, after, change
        The village before and after, and what differs.
    rules
        Sizes of a grid and of a micro-grid.
    context
        What else hangs on the plan.
    """
    pairs = moved_land(before, after, change)
    heirs = _heirs(before, after, pairs)
    moved = _find_moved((before, after), change, heirs)
    gone = moved["household_id"]
    due = context.due[context.due["household_id"].isin(gone)]["state"].value_counts()
    touched = _touched(before, after, change, pairs)
    tables = [_compare((before, after), tier, rules, touched, heirs) for tier in TIERS]
    units = pd.concat([table for table in tables if len(table) > 0] or tables[:1], ignore_index=True)
    parts = np.unique(trace_parts(before, after, change)[0], return_counts=True)[1]
    return Effect(
        units,
        moved,
        _find_heads(context.members, units, moved, heirs),
        {str(state): int(n) for state, n in due.sort_index().items()},
        tuple(stray for stray in find_strays(after) if stray.unit in touched),
        int((parts > 1).sum()),
    )


def _touched(before: Draft, after: Draft, change: Change, pairs: Pairs) -> frozenset[str]:
    """List the units whose land or row is another, and the grids they are in."""
    units = {code for pair in pairs for code in pair if code is not None} | set(change.micro_grids)
    grids = {draft.grid_of(code) for draft in (before, after) for code in units if code in draft.micro_grids.index}
    return frozenset(units | grids | set(change.grids))


def _heirs(before: Draft, after: Draft, moved: Pairs) -> dict[str, str]:
    """Find units that only have another code: all of the old one's land is all of the new one's."""
    heirs: dict[str, str] = {}
    pairs = [(old, new) for old, new in moved if old is not None and new is not None]
    grids = {(before.grid_of(old), after.grid_of(new)) for old, new in pairs}
    for old, new in [*pairs, *grids]:
        known = new in before.micro_grids.index or new in before.grids.index
        if not known and np.array_equal(before.cells_of(old), after.cells_of(new)):
            heirs[old] = new
    return heirs


def _find_moved(drafts: tuple[Draft, Draft], change: Change, heirs: Mapping[str, str]) -> pd.DataFrame:
    before, after = drafts
    touched = np.fromiter(change.assigned, dtype=np.int64)
    here = np.isin(before.households["cell_id"].to_numpy(), touched)
    homes = before.households.index[here]
    places = [draft.households["cell_id"].to_numpy()[here] for draft in drafts]
    units = [
        pd.Series(draft.cells["micro_grid_code"].to_numpy(dtype=object)[draft.cells.index.get_indexer(cells)], homes)
        for draft, cells in zip(drafts, places, strict=True)
    ]
    differs = [one != other for one, other in zip(units[0].tolist(), units[1].tolist(), strict=True)]
    old, new = (unit[differs] for unit in units)
    told = after.households.loc[old.index]
    old_grid, grid = (unit.map(draft.micro_grids["grid_code"]) for unit, draft in ((old, before), (new, after)))
    table = pd.DataFrame(
        {
            "household_id": old.index.to_numpy(dtype=object),
            "households": told["households"].to_numpy(dtype=np.int64),
            "priority": told["priority"].notna().to_numpy(),
            "old_grid_code": old_grid.to_numpy(dtype=object),
            "grid_code": grid.to_numpy(dtype=object),
            "old_micro_grid_code": old.to_numpy(dtype=object),
            "micro_grid_code": new.to_numpy(dtype=object),
        }
    )
    for tier, _ in TIERS:
        was = [heirs.get(code, code) if isinstance(code, str) else code for code in table[f"old_{tier}_code"]]
        table[f"changes_{tier}"] = np.array(was, dtype=object) != table[f"{tier}_code"].to_numpy(dtype=object)
    return table[table["changes_grid"] | table["changes_micro_grid"]].reset_index(drop=True)


def _compare(
    drafts: tuple[Draft, Draft],
    tier: tuple[str, str],
    rules: Rules,
    touched: frozenset[str],
    heirs: Mapping[str, str],
) -> pd.DataFrame:
    name, layer = tier
    rule = rules[0] if name == "grid" else rules[1]
    before, after = (getattr(draft, layer) for draft in drafts)
    sizes_before, sizes_after = (draft.sizes(name).to_dict() for draft in drafts)
    old_of = {new: old for old, new in heirs.items()}
    rows = []
    for code in sorted(touched & {*before.index, *after.index} - heirs.keys()):
        old = old_of.get(code, code)
        was, is_now = sizes_before.get(old), sizes_after.get(code)
        change = "added" if was is None else "retired" if is_now is None else "changed" if old == code else "recoded"
        told = (before if is_now is None else after).loc[code, "name"]
        sizes = [0 if n is None else int(n) for n in (was, is_now)]
        over = [0 if n is None else rule.excess(int(n)) for n in (was, is_now)]
        rows.append((name, code, old, told, change, *sizes, *over))
    return pd.DataFrame(rows, columns=UNIT_COLUMNS)


def _find_heads(
    members: pd.DataFrame, units: pd.DataFrame, moved: pd.DataFrame, heirs: Mapping[str, str]
) -> pd.DataFrame:
    heads = members[members["unit_code"].notna()] if len(members) > 0 else members
    change = dict(zip(units["code"], units["change"], strict=True))
    resized = set(units.loc[units["households_before"] != units["households_after"], "code"])
    elsewhere = set(moved["household_id"])
    why: list[str | None] = []
    for head in heads.itertuples():
        unit = head.unit_code
        if unit in heirs:
            why.append("recoded")
        elif change.get(unit) == "retired":
            why.append("retired")
        elif head.household_id in elsewhere:
            why.append("home")
        else:
            why.append("size" if unit in resized else None)
    told = heads[["member_id", "name", "post", "unit_code"]].assign(why=pd.Series(why, heads.index, dtype=object))
    return pd.DataFrame(told[told["why"].notna()].reset_index(drop=True))


def _tell(effect: Effect) -> Iterator[Message]:
    for row in effect.units.to_dict("records"):
        yield from _tell_unit(row)
    for tier, _ in TIERS:
        n = effect.households(tier)
        if n:
            yield Message("redraw.effect.moved", {"n": n, "tier": Message(f"plan.tier.{tier}")})
    counts = {"priority": int(effect.moved["priority"].sum())}
    counts |= {f"head_{why}": int(n) for why, n in effect.heads["why"].value_counts().sort_index().items()}
    counts |= dict(effect.due) | {"cut": effect.cells_cut}
    for name, n in counts.items():
        if n:
            yield Message(f"redraw.effect.{name}", {"n": n})
    for stray in effect.strays:
        said = {"tier": Message(f"plan.tier.{stray.tier}"), "code": stray.unit, "n": stray.households}
        yield Message("redraw.effect.stray", said)


def _tell_unit(row: Mapping[Hashable, Any]) -> Iterator[Message]:
    said: dict[str, object] = {"tier": Message(f"plan.tier.{row['tier']}"), "code": row["code"]}
    before, after = row["households_before"], row["households_after"]
    if row["change"] == "retired":
        yield Message("redraw.effect.retired", said | {"n": before})
        return
    if row["change"] == "added":
        yield Message("redraw.effect.added", said | {"n": after})
    elif row["change"] == "recoded":
        yield Message("redraw.effect.recoded", said | {"old": row["old_code"]})
    if row["change"] != "added" and before != after:
        yield Message("redraw.effect.size", said | {"before": before, "n": after})
    if row["excess_after"] != row["excess_before"]:
        key = "out_of_range" if row["excess_after"] else "legal"
        yield Message(f"redraw.effect.{key}", said | {"n": row["excess_after"]})
