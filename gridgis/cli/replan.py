"""``gridgis replan`` and ``gridgis diff``: a plan that follows another, and what differs between two."""

from __future__ import annotations

import time
from pathlib import Path

from gridgis.cli.plan import read_plan_layers, tell
from gridgis.cli.progress import progress_bar
from gridgis.cli.report import write_json
from gridgis.exchange.inputs import Inputs
from gridgis.exchange.plans import read_plan, write_plan
from gridgis.model.settings import Settings
from gridgis.model.words import Lang, say, shell_language
from gridgis.planning.comparison import Comparison, compare_plans
from gridgis.planning.plan import PlanRequest
from gridgis.planning.replan import replan as make_replan

_UNITS_SHOWN = 20


def replan(
    old: Path,
    inputs: Inputs,
    output: Path,
    settings: Settings,
    *,
    locked: frozenset[str] = frozenset(),
    json_path: Path | None = None,
) -> None:
    """Change a plan as little as the files and rules of today ask, write the new one, and list who moved.

    Parameters
    ----------
    old
        GeoPackage of the plan in force.
    inputs
        The files of today; villages and households are needed.
    output
        The new plan's GeoPackage.
    settings
        Sizes, seed, and how files are read.
    locked
        Codes of units whose territory stays.
    json_path
        Where to write what changed, every household by its id.

    Raises
    ------
    CallError
        If a file is missing or unreadable, or a locked code is not in the plan.
    DataError
        If the data or the plan's layers are at fault; nothing is written.
    """
    began = time.perf_counter()
    lang = shell_language()
    before = read_plan(old)
    layers = read_plan_layers(inputs, settings, lang)
    request = PlanRequest(settings.grid_size, settings.micro_size, seed=settings.seed)
    with progress_bar(lang) as report:
        done = make_replan(before, layers, request, locked=locked, progress=report)
    write_plan(done.plan, output)
    seconds = round(time.perf_counter() - began, 2)
    messages = [message.words(lang) for message in done.plan.messages]
    said = say("replan.done", lang, n=done.moved, least=done.least, seconds=seconds, path=output)
    tell([said, *_describe(done.change, lang), *messages])
    if json_path is not None:
        figures = {"moved": done.moved, "least_moved": done.least, "seconds": seconds, "messages": messages}
        write_json(figures | change_json(done.change), json_path)


def diff(old: Path, new: Path, *, json_path: Path | None = None) -> None:
    """Say what differs between two plans.

    Parameters
    ----------
    old, new
        Their GeoPackages.
    json_path
        Where to write it, every household by its id.

    Raises
    ------
    CallError
        If a file is missing or unreadable.
    DataError
        If a plan's layers are at fault.
    """
    lang = shell_language()
    change = compare_plans(read_plan(old), read_plan(new))
    tell([say("replan.moved", lang, n=len(change.moved)), *_describe(change, lang)])
    if json_path is not None:
        write_json(change_json(change), json_path)


def change_json(change: Comparison) -> dict[str, object]:
    """Make a comparison plain data.

    Returns
    -------
        ``units`` by change, each with code, tier and households before and after; ``households`` that are in another
        micro-grid, with codes and the reason; ``joined`` and ``left``, ids.
    """
    units = {kind: change.units[change.units["change"] == kind] for kind in ("added", "retired", "changed")}
    columns = ["tier", "code", "village_code", "name", "households_before", "households_after"]
    return {
        "units": {kind: some[columns].to_dict("records") for kind, some in units.items()},
        "kept": int((change.units["change"] == "kept").sum()),
        "households": change.moved.to_dict("records"),
        "joined": list(change.joined),
        "left": list(change.left),
    }


def _describe(change: Comparison, lang: Lang) -> list[str]:
    """Say how many households are elsewhere and why, and which units are added, retired and changed."""
    lines = [say(f"replan.why.{why}", lang, n=int(n)) for why, n in change.moved["why"].value_counts().items()]
    for name, ids in (("joined", change.joined), ("left", change.left)):
        if ids:
            lines.append(say(f"replan.{name}", lang, n=len(ids)))
    for tier in ("grid", "micro_grid"):
        units = change.units[change.units["tier"] == tier]
        counts = {kind: int((units["change"] == kind).sum()) for kind in ("added", "retired", "changed", "kept")}
        lines.append(say("replan.units", lang, tier=say(f"plan.tier.{tier}", lang), **counts))
        for kind in ("added", "retired"):
            some = units[units["change"] == kind]
            shown = some.head(_UNITS_SHOWN).itertuples()
            lines += [
                say(f"replan.{kind}", lang, code=unit.code, name=unit.name, n=_size(unit, kind)) for unit in shown
            ]
    return lines


def _size(unit: object, kind: str) -> int:
    return int(getattr(unit, "households_after" if kind == "added" else "households_before"))
