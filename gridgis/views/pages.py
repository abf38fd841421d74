"""The table of pages: what there is, in which group, at which address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gridgis.views import beginning, data, grids, hotspots, overview, redraw, unvisited
from gridgis.views.scene import Place, Scene


@dataclass(frozen=True)
class Entry:
    """One page: its address and catalogue name, its group, what shows it, and what shows it in an empty store."""

    name: str
    group: str
    show: Callable[[Scene, Place], None]
    show_empty: Callable[[Scene], None] = beginning.show


PAGES = (
    Entry("overview", "look", overview.show),
    Entry("unvisited", "look", unvisited.show),
    Entry("hotspots", "look", hotspots.show),
    Entry("grids", "manage", grids.show),
    Entry("redraw", "manage", redraw.show),
    Entry("data", "data", data.show, data.show_empty),
)
