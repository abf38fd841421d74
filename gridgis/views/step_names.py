"""What an edit is called in the history: by what was asked, to be said in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from gridgis.model.messages import Message
from gridgis.redraw.edits import Edit, Land
from gridgis.views.desk import Desk, names_of

_MANY = 3


def name_edit(desk: Desk, edit: Edit) -> Message:
    """Name an edit of the village on the desk."""
    names = names_of(desk.draft)
    said = edit.to_json()
    units = [names.get(code, code) for code in said.get("units") or () if isinstance(code, str)]
    one = said.get("to") or said.get("unit")
    where: object = desk.draft.village.name
    if units:
        where = _listed(units)
    elif one:
        where = names.get(one, one)
    cells = len(edit.cells or ()) if isinstance(edit, Land) else 0
    values = {"unit": where, "n": cells, "name": said.get("name") or said.get("code") or ""}
    return Message(f"workbench.step.{said['op']}", values)


def _listed(names: Sequence[str]) -> Message:
    listed: Message | str = names[0]
    for name in names[1:_MANY]:
        listed = Message("app.listed", {"left": listed, "right": name})
    if len(names) > _MANY:
        return Message("workbench.and_more", {"names": listed, "n": len(names) - _MANY})
    return listed if isinstance(listed, Message) else Message("workbench.only", {"name": listed})
