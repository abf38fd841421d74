"""The planner's desk: the village that is being redrawn, the edit in hand, and what is chosen; one a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import streamlit as st

from gridgis.model.errors import GridgisError
from gridgis.model.tiers import SizeRange
from gridgis.model.words import Lang, say
from gridgis.redraw.apply import Applied
from gridgis.redraw.draft import Draft
from gridgis.redraw.edits import Edit
from gridgis.redraw.effect import Effect

View = tuple[float, float, float, float]
"""West, south, east, north, in WGS 84."""

WGS84 = 4326
_DESK, _PAGE = "desk", "desk_page"


@dataclass(frozen=True)
class Pending:
    """An edit that is shown but not kept: what was asked, and what comes of it."""

    edit: Edit
    applied: Applied

    @property
    def draft(self) -> Draft:
        """The village after the edit."""
        return self.applied.draft

    @property
    def effect(self) -> Effect:
        """What the edit means."""
        return self.applied.effect


@dataclass(frozen=True)
class Desk:
    """What lies before the planner.

    Parameters
    ----------
    plan_id, village
        Which plan, and which of its villages.
    version
        Version of the plan that ``draft`` is.
    draft
        The village as it is stored.
    sizes
        Size rule of each tier, as the plan was made by.
    view
        What is to be seen until the planner looks elsewhere; an edit does not change it.
    units, cells
        Codes and numbers that are chosen on the map.
    pending
        The edit in hand.
    trouble
        Why the last order was not carried out.
    again
        An edit that somebody else's got in the way of, kept to be applied again.
    looked
        The unit whose problem was looked at last.
    ack
        The last event of the map that was answered: ``bench`` and ``serial``.
    """

    plan_id: int
    village: str
    version: int
    draft: Draft
    sizes: Mapping[str, SizeRange]
    view: View
    units: tuple[str, ...] = ()
    cells: tuple[int, ...] = ()
    pending: Pending | None = None
    trouble: GridgisError | None = None
    again: Edit | None = None
    looked: str | None = None
    ack: Mapping[str, object] | None = None

    def told_trouble(self, lang: Lang) -> str:
        """Say why the last order was not carried out, units by their names."""
        if self.trouble is None:
            return ""
        code = str(self.trouble.params.get("code"))
        name = names_of(self.draft).get(code)
        if name is None:
            return self.trouble.words(lang)
        return say(self.trouble.key, lang, **{**self.trouble.params, "code": name})

    @property
    def shown(self) -> Draft:
        """The village with the edit in hand."""
        return self.draft if self.pending is None else self.pending.draft

    def cleared(self) -> Desk:
        """Take the desk without the edit in hand and without what was said of it."""
        return replace(self, pending=None, trouble=None)


def current_desk() -> Desk | None:
    """Find the session's desk."""
    desk = st.session_state.get(_DESK)
    return desk if isinstance(desk, Desk) else None


def keep_desk(desk: Desk) -> Desk:
    """Make it the session's desk."""
    st.session_state[_DESK] = desk
    return desk


def view_of(land: gpd.GeoSeries) -> View:
    """Find the bounds of some land, in any CRS."""
    west, south, east, north = land.to_crs(WGS84).total_bounds.round(6).tolist()
    return west, south, east, north


def ask_for_page() -> None:
    """Ask for the whole page to be run anew, not only the workbench; for callbacks."""
    st.session_state[_PAGE] = True


def page_asked_for() -> bool:
    """Say, once, whether the whole page was asked for."""
    return bool(st.session_state.pop(_PAGE, False))


def names_of(draft: Draft) -> Mapping[str, str]:
    """Name the units of a village by their codes."""
    tables = draft.grids, draft.micro_grids
    return {str(code): name or str(code) for table in tables for code, name in table["name"].items()}
