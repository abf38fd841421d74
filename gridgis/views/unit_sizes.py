"""How many households the units have that an edit touches, before and after it, and how they keep their rules."""

from __future__ import annotations

from dataclasses import dataclass

from gridgis.model.tiers import SizeRange
from gridgis.show.bench import Light
from gridgis.views.desk import Desk, Pending
from gridgis.views.legality import verdict
from gridgis.views.scene import Scene


@dataclass(frozen=True)
class Sized:
    """A unit before and after an edit.

    Parameters
    ----------
    code, name
        Which unit.
    before, after
        Its households; None where it is not there.
    worse
        By how many households more than before it leaves the size range.
    rule
        The size rule of its tier.
    """

    code: str
    name: str
    before: int | None
    after: int | None
    worse: int
    rule: SizeRange

    @property
    def light(self) -> Light:
        """Its light: rule kept, broken, or broken no more than before."""
        if self.after is None or not self.rule.excess(self.after):
            return "good"
        return "bad" if self.worse > 0 else "same"

    def words(self, scene: Scene) -> str:
        """Say how many households it has before and after, and how it keeps its rule."""
        said = {"name": self.name, "before": self.before, "after": self.after}
        if self.after is None:
            return scene.say("workbench.size_gone", **said)
        said["verdict"] = verdict(self.after, self.rule, scene.lang).partition(" ")[2]
        if self.before is None:
            return scene.say("workbench.size_new", **said)
        return scene.say("workbench.size_same" if self.before == self.after else "workbench.size", **said)


def sized_units(desk: Desk, pending: Pending) -> list[Sized]:
    """List the units that the edit in hand touches, the worst first."""
    units = [
        Sized(
            code=str(row["code"]),
            name=str(row["name"] or row["code"]),
            before=None if row["change"] == "added" else int(row["households_before"]),
            after=None if row["change"] == "retired" else int(row["households_after"]),
            worse=int(row["excess_after"]) - int(row["excess_before"]),
            rule=desk.sizes[str(row["tier"])],
        )
        for row in pending.effect.units.to_dict("records")
    ]
    order = {"bad": 0, "same": 1, "good": 2}
    return sorted(units, key=lambda unit: (order[unit.light], unit.before == unit.after))
