"""The strip at the map's foot: what the edit in hand does, in a few lines, and the two keys that settle it."""

from __future__ import annotations

from gridgis.redraw.edits import RefusedError
from gridgis.show.bench import Act, Line, Strip
from gridgis.views.desk import Desk, Pending
from gridgis.views.scene import Scene
from gridgis.views.step_names import name_edit
from gridgis.views.unit_sizes import sized_units
from gridgis.views.wording import count

_LINES = 3


def strip_of(scene: Scene, desk: Desk) -> Strip | None:
    """Say what the map says of the edit in hand, or of what stands in its way; None where there is neither."""
    if desk.trouble is not None:
        acts = []
        if desk.again is not None:
            acts.append(Act(scene.say("workbench.act.again"), "again", main=True, key="Enter"))
        if isinstance(desk.trouble, RefusedError) and desk.trouble.alternative is not None:
            acts.append(Act(scene.say("workbench.act.instead"), "instead", main=True, key="Enter"))
        acts.append(Act(scene.say("workbench.act.dismiss"), "discard", key="Esc"))
        return Strip("refused", [Line(desk.told_trouble(scene.lang))], acts)
    return None if desk.pending is None else _told(scene, desk, desk.pending)


def _told(scene: Scene, desk: Desk, pending: Pending) -> Strip:
    units = sized_units(desk, pending)
    lines = [
        Line(f"{name_edit(desk, pending.edit).words(scene.lang)} · {headline(scene, pending)}"),
        *(Line(unit.words(scene), unit.light) for unit in units[:_LINES]),
    ]
    if len(units) > _LINES:
        lines.append(Line(scene.say("workbench.more_units", n=len(units) - _LINES)))
    acts = [
        Act(scene.say("workbench.act.commit"), "commit", main=True, key="Enter"),
        Act(scene.say("workbench.act.discard"), "discard", key="Esc"),
    ]
    return Strip("broken" if any(unit.worse > 0 for unit in units) else "good", lines, acts)


def headline(scene: Scene, pending: Pending) -> str:
    """Say in one line how many households change unit."""
    micro, grid = (pending.effect.households(tier) for tier in ("micro_grid", "grid"))
    if not micro and not grid:
        return scene.say("workbench.change_none")
    key = "workbench.change_grid" if grid else "workbench.change"
    return scene.say(key, n=micro, grid=count(grid))
