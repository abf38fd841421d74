"""The options that several verbs share, as types that typer reads."""

from __future__ import annotations

import enum
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gridgis.model.errors import CallError
from gridgis.model.words import say, shell_language


def help_of(name: str) -> str:
    """Say what an option or a verb is for, in the shell's language."""
    return say(f"cli.help.{name}", shell_language())


def read_numbers(text: str | None) -> int | dict[str, int] | None:
    """Read a number of units: a total, or ``CODE=N`` of several villages with commas between them.

    Raises
    ------
    CallError
        If it is neither.

    Examples
    --------
    >>> read_numbers("24"), read_numbers("140121202200=3,140121202201=2")
    (24, {'140121202200': 3, '140121202201': 2})
    """
    if text is None:
        return None
    pairs = [part.rpartition("=") for part in text.split(",")]
    if not all(number.strip().isdecimal() and int(number) > 0 for _, _, number in pairs):
        raise CallError("plan.error.numbers", text=text)
    if len(pairs) == 1 and not pairs[0][1]:
        return int(text)
    if not all(code.strip() for code, _, _ in pairs):
        raise CallError("plan.error.numbers", text=text)
    return {code.strip(): int(number) for code, _, number in pairs}


class DatumChoice(enum.StrEnum):
    """Datums of geographic points."""

    auto = "auto"
    wgs84 = "wgs84"
    cgcs2000 = "cgcs2000"
    gcj02 = "gcj02"
    bd09 = "bd09"


class What(enum.StrEnum):
    """What can be exported."""

    grids = "grids"
    micro_grids = "micro_grids"
    villages = "villages"
    households = "households"
    coverage = "coverage"
    hotspots = "hotspots"
    changes = "changes"


class ReportKind(enum.StrEnum):
    """What can be printed."""

    weekly = "weekly"
    monthly = "monthly"
    half_year = "half-year"
    annual = "annual"


class LangChoice(enum.StrEnum):
    """Languages of what is printed."""

    zh = "zh"
    en = "en"


class FormatChoice(enum.StrEnum):
    """Formats of exported files."""

    geojson = "geojson"
    gpkg = "gpkg"
    shp = "shp"
    xlsx = "xlsx"
    csv = "csv"


Case = Annotated[Path | None, typer.Argument(metavar="CASE", help=help_of("case"), show_default=False)]
Villages = Annotated[str | None, typer.Option("--villages", metavar="F", help=help_of("villages"))]
Households = Annotated[str | None, typer.Option("--households", metavar="F", help=help_of("households"))]
NaturalVillages = Annotated[
    str | None, typer.Option("--natural-villages", metavar="F", help=help_of("natural_villages"))
]
Barriers = Annotated[str | None, typer.Option("--barriers", metavar="F", help=help_of("barriers"))]
Buildings = Annotated[str | None, typer.Option("--buildings", metavar="F", help=help_of("buildings"))]
VillagerGroups = Annotated[str | None, typer.Option("--villager-groups", metavar="F", help=help_of("villager_groups"))]
Visits = Annotated[str | None, typer.Option("--visits", metavar="F", help=help_of("visits"))]
Services = Annotated[str | None, typer.Option("--services", metavar="F", help=help_of("services"))]
Members = Annotated[str | None, typer.Option("--members", metavar="F", help=help_of("members"))]
Datum = Annotated[DatumChoice, typer.Option("--datum", help=help_of("datum"))]
StoreUrl = Annotated[str | None, typer.Option("--store", metavar="URL", help=help_of("store"), show_default=False)]
Json = Annotated[Path | None, typer.Option("--json", metavar="OUT", help=help_of("json"))]
PlanOut = Annotated[Path, typer.Option("-o", "--output", metavar="PLAN.gpkg", help=help_of("plan_out"))]
FileOut = Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help=help_of("file_out"))]
PlanIn = Annotated[Path, typer.Argument(metavar="PLAN.gpkg", help=help_of("plan_in"), show_default=False)]
NewPlanOut = Annotated[Path, typer.Option("-o", "--output", metavar="NEW.gpkg", help=help_of("plan_out"))]
Edits = Annotated[Path, typer.Option("--edits", metavar="EDITS.json", help=help_of("edits"), show_default=False)]
OldPlan = Annotated[Path, typer.Argument(metavar="OLD.gpkg", help=help_of("plan_old"), show_default=False)]
NewPlan = Annotated[Path, typer.Argument(metavar="NEW.gpkg", help=help_of("plan_new"), show_default=False)]
Lock = Annotated[list[str] | None, typer.Option("--lock", metavar="CODE", help=help_of("lock"), show_default=False)]
GridSize = Annotated[tuple[int, int] | None, typer.Option("--grid-size", metavar="LO HI", help=help_of("grid_size"))]
MicroSize = Annotated[tuple[int, int] | None, typer.Option("--micro-size", metavar="LO HI", help=help_of("micro_size"))]
Grids = Annotated[str | None, typer.Option("--grids", metavar="K", help=help_of("grids"))]
MicroGrids = Annotated[str | None, typer.Option("--micro-grids", metavar="M", help=help_of("micro_grids"))]
Explain = Annotated[bool, typer.Option("--explain", help=help_of("explain"))]
Seed = Annotated[int | None, typer.Option("--seed", metavar="S", min=0, help=help_of("seed"))]
Quarantine = Annotated[Path | None, typer.Option("--quarantine", metavar="F", help=help_of("quarantine"))]
Exported = Annotated[What, typer.Option("--what", help=help_of("what"))]
Format = Annotated[FormatChoice, typer.Option("--format", help=help_of("format"))]
Crs = Annotated[int | None, typer.Option("--crs", metavar="EPSG", help=help_of("crs"))]
Since = Annotated[datetime | None, typer.Option("--since", metavar="DATE", formats=["%Y-%m-%d"], help=help_of("since"))]
Host = Annotated[str, typer.Option("--host", metavar="H", help=help_of("host"))]
Port = Annotated[int, typer.Option("--port", metavar="P", min=0, max=65535, help=help_of("port"))]
NoServe = Annotated[bool, typer.Option("--no-serve", help=help_of("no_serve"))]
Reported = Annotated[ReportKind, typer.Option("--kind", help=help_of("report_kind"))]
UnitCode = Annotated[str | None, typer.Option("--unit", metavar="CODE", help=help_of("report_unit"))]
PeriodKey = Annotated[str | None, typer.Option("--period", metavar="P", help=help_of("report_period"))]
ReportLang = Annotated[LangChoice | None, typer.Option("--lang", help=help_of("report_lang"))]
PdfOut = Annotated[Path, typer.Option("-o", "--output", metavar="OUT.pdf", help=help_of("report_out"))]
