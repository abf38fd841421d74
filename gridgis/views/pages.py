"""The table of pages: what there is, in which group, at which address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gridgis.model.rights import Right
from gridgis.views import beginning, data, grids, hotspots, overview, redraw, reviews, unvisited
from gridgis.views.scene import Place, Scene


@dataclass(frozen=True)
class Entry:
    """One page: its address and catalogue name, its group, what shows it, in an empty store too, and for whom."""

    name: str
    group: str
    show: Callable[[Scene, Place], None]
    show_empty: Callable[[Scene], None] = beginning.show
    right: Right = "look"


PAGES = (
    Entry("overview", "look", overview.show),
    Entry("unvisited", "look", unvisited.show),
    Entry("hotspots", "look", hotspots.show),
    Entry("grids", "manage", grids.show, right="plan"),
    Entry("redraw", "manage", redraw.show, right="plan"),
    Entry("reviews", "manage", reviews.show, right="review"),
    Entry("data", "data", data.show, data.show_empty, right="data"),
)
