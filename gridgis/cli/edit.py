"""``gridgis edit``: a list of edits applied to a plan, so that a redraw can be repeated."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from gridgis.cli.plan import read_plan_layers, tell
from gridgis.cli.replan import change_json
from gridgis.cli.report import write_json
from gridgis.exchange.inputs import Inputs
from gridgis.exchange.plans import read_plan, write_plan
from gridgis.model.errors import CallError, GridgisError
from gridgis.model.settings import Settings
from gridgis.model.words import Lang, say, shell_language
from gridgis.planning.comparison import compare_plans
from gridgis.planning.numbers import Rules
from gridgis.redraw.edits import Edit, Redo, RefusedError, Undo, read_edits
from gridgis.redraw.history import History, Step, take
from gridgis.redraw.planfile import close_plan, open_plan
from gridgis.redraw.problems import problems


def edit(
    plan: Path, edits: Path, output: Path, settings: Settings, *, inputs: Inputs, json_path: Path | None = None
) -> None:
    """Apply edits to a plan in order, write the new plan, and say what each of them did.

    Parameters
    ----------
    plan
        The plan's GeoPackage.
    edits
        A JSON file with a list of edits; shapes in it are GeoJSON in the plan's CRS.
    output
        The new plan's GeoPackage.
    settings
        Sizes, and how files are read.
    inputs
        Files of the layers, which tell what lies on the ground and who lives where; none are needed.
    json_path
        Where to write what each edit did, what differs in the end, and what is out of range.

    Raises
    ------
    CallError
        If a file is missing or unreadable, or holds no edits.
    GridgisError
        If an edit is refused; nothing is written.
    DataError
        If the plan's layers are at fault.
    """
    began = time.perf_counter()
    lang = shell_language()
    rules = settings.grid_size, settings.micro_size
    entries = _read_edits(edits)
    old = read_plan(plan)
    layers = None if inputs == Inputs(datum=inputs.datum) else read_plan_layers(inputs, settings, lang)
    drafts = open_plan(old, layers)
    history = _take_all(History(drafts), entries, rules, lang)
    new = close_plan(old, drafts, history.drafts)
    write_plan(new, output)
    change = compare_plans(old, new)
    seconds = round(time.perf_counter() - began, 2)
    wrong = [one.message.words(lang) for draft in history.drafts.values() for one in problems(draft, rules)]
    done = say("redraw.done", lang, n=len(history.done), moved=len(change.moved), seconds=seconds, path=output)
    tell([done, *(line for step in history.done for line in _describe(step, lang)), *wrong])
    if json_path is not None:
        steps = [_step_json(step, lang) for step in history.done]
        write_json({"steps": steps, "seconds": seconds, "messages": wrong} | change_json(change), json_path)


def _read_edits(path: Path) -> list[Edit | Undo | Redo]:
    if not path.is_file():
        raise CallError("error.file.missing", path=path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise CallError("error.file.unreadable", path=path) from fault
    return read_edits(text)


def _take_all(history: History, entries: Sequence[Edit | Undo | Redo], rules: Rules, lang: Lang) -> History:
    for number, entry in enumerate(entries, 1):
        try:
            history = take(history, entry, rules)
        except RefusedError as refusal:
            said = {"number": number, "op": say(f"redraw.op.{entry.op}", lang), "reason": refusal.words(lang)}
            if refusal.alternative is None:
                raise GridgisError("redraw.refused.at", **said) from refusal
            nearest = json.dumps(refusal.alternative.to_json(), ensure_ascii=False)
            raise GridgisError("redraw.refused.at_near", nearest=nearest, **said) from refusal
    return history


def _describe(step: Step, lang: Lang) -> list[str]:
    sentences = [message.words(lang) for effect in step.effects for message in effect.messages()]
    return [say("redraw.step", lang, op=say(f"redraw.op.{step.edit.op}", lang), said=" ".join(sentences))]


def _step_json(step: Step, lang: Lang) -> dict[str, object]:
    return {
        "edit": step.edit.to_json(),
        "units": [row for effect in step.effects for row in effect.units.to_dict("records")],
        "moved": {tier: sum(effect.households(tier) for effect in step.effects) for tier in ("grid", "micro_grid")},
        "messages": [message.words(lang) for effect in step.effects for message in effect.messages()],
    }
