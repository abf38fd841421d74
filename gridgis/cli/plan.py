"""``gridgis plan`` and ``gridgis score``: files in, a plan or the figures of one out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from gridgis.cli.progress import progress_bar
from gridgis.cli.report import print_findings, write_json
from gridgis.exchange.inputs import Inputs, read_inputs
from gridgis.exchange.plans import read_plan, write_plan
from gridgis.geo.cache import FabricCache
from gridgis.geo.places import land_and_people
from gridgis.model.layers import Layers
from gridgis.model.settings import Settings
from gridgis.model.words import Lang, say, shell_language
from gridgis.planning.plan import Plan, PlanRequest, assess_request, make_plan
from gridgis.planning.portraits import describe_units
from gridgis.planning.score import Scorecard, TierScore, score_plan
from gridgis.planning.totals import assess_township, tell_township
from gridgis.planning.verdicts import tell_assessment, tell_pieces, tell_possible

Numbers = int | Mapping[str, int] | None

if TYPE_CHECKING:
    from gridgis.planning.certificate import Certificate


def plan(
    inputs: Inputs,
    output: Path,
    settings: Settings,
    *,
    numbers: tuple[Numbers, Numbers] = (None, None),
    explain: bool = False,
    json_path: Path | None = None,
) -> None:
    """Plan a township from files, write the plan, and say in words what could not be kept and why.

    Parameters
    ----------
    inputs
        Which files to read; villages and households are needed.
    output
        The plan's GeoPackage.
    settings
        Sizes, seed, and how files are read.
    numbers
        Grids and micro-grids: of the whole township, or by village code; None leaves their number free.
    explain
        Whether to say before planning what the numbers allow, village by village.
    json_path
        Where to write the figures.

    Raises
    ------
    CallError
        If a file is missing or unreadable, or these numbers of units cannot be had.
    DataError
        If the data is at fault; nothing is written.
    """
    began = time.perf_counter()
    lang = shell_language()
    layers = read_plan_layers(inputs, settings, lang)
    request = PlanRequest(settings.grid_size, settings.micro_size, *numbers, settings.seed, settings.weights)
    fabrics = FabricCache(most=1)
    if explain:
        tell(_foresee(layers, request, fabrics, lang))
    with progress_bar(lang) as report:
        made = make_plan(layers, request, progress=report, fabrics=fabrics)
        report(1.0, "plan.stage.score")
        card = score_plan(made, layers, request.grid_size, request.micro_size)
        report(1.0, "certificate.stage")
        proved = _certify(made, layers, settings)
    write_plan(made, output)
    seconds = round(time.perf_counter() - began, 2)
    told = {f"{name}s": _counted(name, tier.units, lang) for name, tier in _tiers(card)}
    messages = [message.words(lang) for message in made.messages]
    tell(
        [
            say("plan.done", lang, **told, n=card.households, seconds=seconds, path=output),
            *_figures(card, lang),
            *(message.words(lang) for message in proved.messages()),
            *messages,
        ]
    )
    if json_path is not None:
        told_too = {"messages": messages, "seconds": seconds, "certificate": proved.to_json()}
        told_units = _units_json(made, layers, request, lang)
        write_json(card.to_json(lang) | told_too | told_units, json_path)


def score(plan_path: Path, inputs: Inputs, settings: Settings, *, json_path: Path | None = None) -> None:
    """Measure a plan from a file, ours or not.

    Parameters
    ----------
    plan_path
        GeoPackage with layers ``grids`` and ``micro_grids``.
    inputs
        Which files to measure it against; villages and households are needed.
    settings
        Sizes to measure against, and how files are read.
    json_path
        Where to write the figures.

    Raises
    ------
    CallError
        If a file is missing or unreadable.
    DataError
        If the data or the plan's layers are at fault.
    """
    lang = shell_language()
    layers = read_plan_layers(inputs, settings, lang)
    measured = read_plan(plan_path)
    card = score_plan(measured, layers, settings.grid_size, settings.micro_size)
    proved = _certify(measured, layers, settings)
    tell([*_figures(card, lang), *(message.words(lang) for message in (*proved.messages(), *card.messages))])
    if json_path is not None:
        write_json(card.to_json(lang) | {"certificate": proved.to_json()}, json_path)


def read_plan_layers(inputs: Inputs, settings: Settings, lang: Lang) -> Layers:
    """Read the layers that a plan needs, and print what is to be said of them."""
    reading = read_inputs(inputs, settings)
    layers = reading.sound()
    print_findings(reading.warnings, lang)
    land_and_people(layers)
    return layers


def _certify(plan: Plan, layers: Layers, settings: Settings) -> Certificate:
    # compiled loops cost a second of start: no other verb pays for them
    from gridgis.planning.certificate import certify_plan  # noqa: PLC0415

    return certify_plan(plan, layers, settings.grid_size, settings.micro_size)


def _foresee(layers: Layers, request: PlanRequest, fabrics: FabricCache, lang: Lang) -> list[str]:
    found = assess_request(layers, request, fabrics=fabrics)
    messages = list(tell_township(assess_township(found, request)))
    for one in found:
        broken = list(tell_assessment(one))
        messages += [*(broken or [tell_possible(one)]), *tell_pieces(one)]
    return [message.words(lang) for message in messages]


def _units_json(made: Plan, layers: Layers, request: PlanRequest, lang: Lang) -> dict[str, object]:
    """Describe every unit in a sentence and, where members are given, name its head by id."""
    sentences = describe_units(made, layers, request.grid_size, request.micro_size)
    grids = set(made.grids["code"])
    units = [
        {"code": code, "tier": "grid" if code in grids else "micro_grid", "sentence": message.words(lang)}
        for code, message in sentences.items()
    ]
    if layers.members is None:
        return {"units": units}
    # the solver that assigns heads is needed for members only
    from gridgis.planning.heads import heads_json, propose_heads  # noqa: PLC0415

    return {"units": units, "heads": heads_json(propose_heads(made, layers))}


def tell(lines: Sequence[str]) -> None:
    """Print lines as they are, whatever the width of the terminal."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for line in lines:
        console.print(line)


def _figures(card: Scorecard, lang: Lang) -> list[str]:
    lines = []
    for name, tier in _tiers(card):
        lines.append(say("plan.figures", lang, counted=_counted(name, tier.units, lang), **vars(tier)))
        if tier.border_on_ground_pct is not None:
            said = {"tier": say(f"plan.tier.{name}", lang), "km": round(tier.border_m / 1000, 1)}
            lines.append(say("ground.border", lang, **said, pct=tier.border_on_ground_pct))
    return lines


def _tiers(card: Scorecard) -> Sequence[tuple[str, TierScore]]:
    return ("grid", card.grid), ("micro_grid", card.micro_grid)


def _counted(tier: str, units: int, lang: Lang) -> str:
    return say(f"plan.count.{tier}", lang, n=units)
