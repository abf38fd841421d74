"""The verbs and their options; what a verb does stands in a module of its own, imported when it is called."""

# ruff: noqa: PLC0415 — each verb imports what it needs, so that the others start fast
# ruff: noqa: PLR0913 — a verb has as many options as the contract gives it

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from gridgis.cli import options as o
from gridgis.cli.options import help_of


def make_app() -> typer.Typer:
    """Make the command, with its help in the shell's language."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=help_of("gridgis"),
    )
    app.callback()(_gridgis)
    verbs: dict[str, Callable[..., None]] = {
        "demo": _demo,
        "serve": _serve,
        "check": _check,
        "import": _import,
        "plan": _plan,
        "replan": _replan,
        "edit": _edit,
        "score": _score,
        "diff": _diff,
        "export": _export,
        "report": _report,
    }
    for name, verb in verbs.items():
        app.command(name, help=help_of(f"verb_{name}"))(verb)
    return app


def _say_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"gridgis {version('gridgis')}")
        raise typer.Exit


def _gridgis(
    *,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=lambda wanted: _say_version(wanted=wanted), help=help_of("version")
        ),
    ] = False,
) -> None:
    del show_version


def _check(
    *,
    case: o.Case = None,
    villages: o.Villages = None,
    households: o.Households = None,
    natural_villages: o.NaturalVillages = None,
    barriers: o.Barriers = None,
    buildings: o.Buildings = None,
    villager_groups: o.VillagerGroups = None,
    visits: o.Visits = None,
    services: o.Services = None,
    members: o.Members = None,
    datum: o.Datum = o.DatumChoice.auto,
    json: o.Json = None,
) -> None:
    from gridgis.cli.check import check
    from gridgis.cli.configuration import read_settings
    from gridgis.exchange.inputs import Inputs

    inputs = Inputs(
        case,
        villages,
        households,
        natural_villages,
        barriers,
        villager_groups,
        visits,
        services,
        members,
        buildings,
        datum.value,
    )
    check(inputs, json, read_settings())


def _import(
    *,
    case: o.Case = None,
    villages: o.Villages = None,
    households: o.Households = None,
    natural_villages: o.NaturalVillages = None,
    barriers: o.Barriers = None,
    villager_groups: o.VillagerGroups = None,
    visits: o.Visits = None,
    services: o.Services = None,
    members: o.Members = None,
    datum: o.Datum = o.DatumChoice.auto,
    store: o.StoreUrl = None,
    quarantine: o.Quarantine = None,
) -> None:
    from gridgis.cli.check import import_files
    from gridgis.cli.configuration import read_settings
    from gridgis.exchange.inputs import Inputs

    inputs = Inputs(
        case,
        villages,
        households,
        natural_villages,
        barriers,
        villager_groups,
        visits,
        services,
        members,
        datum=datum.value,
    )
    settings = read_settings()
    import_files(inputs, store or settings.store, quarantine, settings)


def _plan(
    *,
    output: o.PlanOut,
    case: o.Case = None,
    villages: o.Villages = None,
    households: o.Households = None,
    natural_villages: o.NaturalVillages = None,
    barriers: o.Barriers = None,
    members: o.Members = None,
    buildings: o.Buildings = None,
    datum: o.Datum = o.DatumChoice.auto,
    grid_size: o.GridSize = None,
    micro_size: o.MicroSize = None,
    grids: o.Grids = None,
    micro_grids: o.MicroGrids = None,
    seed: o.Seed = None,
    explain: o.Explain = False,
    json: o.Json = None,
) -> None:
    from gridgis.cli.configuration import read_settings
    from gridgis.cli.plan import plan
    from gridgis.exchange.inputs import Inputs

    inputs = Inputs(
        case, villages, households, natural_villages, barriers, members=members, buildings=buildings, datum=datum.value
    )
    settings = read_settings(grid_size=grid_size, micro_size=micro_size, seed=seed)
    numbers = o.read_numbers(grids), o.read_numbers(micro_grids)
    plan(inputs, output, settings, numbers=numbers, explain=explain, json_path=json)


def _score(
    *,
    plan: o.PlanIn,
    case: o.Case = None,
    villages: o.Villages = None,
    households: o.Households = None,
    natural_villages: o.NaturalVillages = None,
    barriers: o.Barriers = None,
    buildings: o.Buildings = None,
    datum: o.Datum = o.DatumChoice.auto,
    grid_size: o.GridSize = None,
    micro_size: o.MicroSize = None,
    json: o.Json = None,
) -> None:
    from gridgis.cli.configuration import read_settings
    from gridgis.cli.plan import score
    from gridgis.exchange.inputs import Inputs

    inputs = Inputs(case, villages, households, natural_villages, barriers, buildings=buildings, datum=datum.value)
    settings = read_settings(grid_size=grid_size, micro_size=micro_size)
    score(plan, inputs, settings, json_path=json)


def _replan(
    *,
    plan: o.PlanIn,
    output: o.NewPlanOut,
    case: o.Case = None,
    villages: o.Villages = None,
    households: o.Households = None,
    natural_villages: o.NaturalVillages = None,
    barriers: o.Barriers = None,
    datum: o.Datum = o.DatumChoice.auto,
    lock: o.Lock = None,
    grid_size: o.GridSize = None,
    micro_size: o.MicroSize = None,
    seed: o.Seed = None,
    json: o.Json = None,
) -> None:
    from gridgis.cli.configuration import read_settings
    from gridgis.cli.replan import replan
    from gridgis.exchange.inputs import Inputs

    inputs = Inputs(case, villages, households, natural_villages, barriers, datum=datum.value)
    settings = read_settings(grid_size=grid_size, micro_size=micro_size, seed=seed)
    replan(plan, inputs, output, settings, locked=frozenset(lock or ()), json_path=json)


def _edit(
    *,
    plan: o.PlanIn,
    edits: o.Edits,
    output: o.NewPlanOut,
    case: o.Case = None,
    villages: o.Villages = None,
    households: o.Households = None,
    natural_villages: o.NaturalVillages = None,
    barriers: o.Barriers = None,
    buildings: o.Buildings = None,
    datum: o.Datum = o.DatumChoice.auto,
    grid_size: o.GridSize = None,
    micro_size: o.MicroSize = None,
    json: o.Json = None,
) -> None:
    from gridgis.cli.configuration import read_settings
    from gridgis.cli.edit import edit
    from gridgis.exchange.inputs import Inputs

    inputs = Inputs(case, villages, households, natural_villages, barriers, buildings=buildings, datum=datum.value)
    settings = read_settings(grid_size=grid_size, micro_size=micro_size)
    edit(plan, edits, output, settings, inputs=inputs, json_path=json)


def _diff(*, old: o.OldPlan, new: o.NewPlan, json: o.Json = None) -> None:
    from gridgis.cli.replan import diff

    diff(old, new, json_path=json)


def _export(
    *,
    what: o.Exported,
    form: o.Format,
    output: o.FileOut,
    store: o.StoreUrl = None,
    crs: o.Crs = None,
    since: o.Since = None,
) -> None:
    from gridgis.cli.configuration import read_settings
    from gridgis.cli.export import export

    settings = read_settings(store=store)
    export(what.value, output, settings, form=form.value, epsg=crs, since=None if since is None else since.date())


def _report(
    *,
    kind: o.Reported,
    output: o.PdfOut,
    unit: o.UnitCode = None,
    period: o.PeriodKey = None,
    lang: o.ReportLang = None,
    store: o.StoreUrl = None,
) -> None:
    from gridgis.cli.bulletins import write_bulletin
    from gridgis.cli.configuration import read_settings
    from gridgis.model.words import shell_language

    spoken = shell_language() if lang is None else lang.value
    write_bulletin(kind.value, output, read_settings(store=store), unit=unit, period=period, lang=spoken)


def _serve(store: o.StoreUrl = None, host: o.Host = "127.0.0.1", port: o.Port = 8501) -> None:
    from gridgis.cli.configuration import read_settings
    from gridgis.cli.serve import serve

    serve(read_settings(store=store).store, host, port)


def _demo(store: o.StoreUrl = None, port: o.Port = 8501, *, no_serve: o.NoServe = False) -> None:
    from gridgis.cli.demo import demo

    demo(store, port, no_serve=no_serve)
