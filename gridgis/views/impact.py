"""What hangs on a plan besides land and homes: heads in post, services that are open, visits that are overdue."""

from __future__ import annotations

import pandas as pd

from gridgis.redraw.effect import Context
from gridgis.views import measures, reading
from gridgis.views.keeping import kept
from gridgis.views.scene import Scene

_MEMBER = ["member_id", "name", "post", "unit_code", "household_id"]


@kept
def context_of(scene: Scene) -> Context:
    """Gather what an edit may touch besides the plan itself, as of the page's day."""
    place = reading.current_place(scene)
    if place is None:
        return Context()
    members = reading.members(scene)
    services = reading.services(scene)
    standing = services[(services["status"] == "open") & services["household_id"].notna()]
    late = measures.overdue(scene, place.units, place.units.root, place.on)
    due = [table[["household_id"]].assign(state=state) for table, state in ((standing, "open"), (late, "overdue"))]
    return Context(members.loc[members["post"].notna(), _MEMBER], pd.concat(due, ignore_index=True))
