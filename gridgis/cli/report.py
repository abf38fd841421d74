"""What a check found, for people and for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gridgis.exchange.files import replaced
from gridgis.model.findings import Finding
from gridgis.model.words import Lang, say

_PLACES_SHOWN = 3


def print_findings(findings: Sequence[Finding], lang: Lang) -> None:
    """Print findings, errors first: as a table on a terminal, a line each in a pipe.

    Parameters
    ----------
    findings
        What was found.
    lang
        Language to say it in.
    """
    ordered = sorted(findings, key=lambda finding: finding.severity != "error")
    if not ordered:
        return
    if sys.stdout.isatty():
        Console().print(_table(ordered, lang))
        return
    for finding in ordered:
        print("\t".join(_cells(finding, lang)), flush=True)  # noqa: T201 — the command's answer


def findings_json(findings: Sequence[Finding], lang: Lang) -> list[dict[str, object]]:
    """Make findings plain data, in the order they were found.

    Returns
    -------
        For each ``severity``, ``layer``, ``rule``, ``ids``, ``places`` (longitude, latitude, WGS 84), ``message`` and
        ``remedy``.
    """
    return [
        {
            "severity": finding.severity,
            "layer": finding.layer,
            "rule": finding.rule,
            "ids": list(finding.ids),
            "places": [list(place) for place in finding.places],
            "message": finding.words(lang),
            "remedy": finding.remedy(lang),
        }
        for finding in findings
    ]


def write_json(content: Mapping[str, object], path: Path) -> None:
    """Write plain data as JSON, whole or not at all.

    Raises
    ------
    CallError
        If the file cannot be written.
    """
    with replaced(path) as unfinished:
        unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _cells(finding: Finding, lang: Lang) -> tuple[str, ...]:
    places = " ".join(f"({lon:.5f}, {lat:.5f})" for lon, lat in finding.places[:_PLACES_SHOWN])
    severity = say(f"cli.severity.{finding.severity}", lang)
    layer = say(f"layer.{finding.layer}", lang)
    return severity, layer, finding.rule, finding.words(lang), places, finding.remedy(lang)


def _table(findings: Sequence[Finding], lang: Lang) -> Table:
    table = Table(show_lines=True)
    for column in ("severity", "layer", "rule", "found", "where", "remedy"):
        table.add_column(say(f"cli.column.{column}", lang))
    for finding in findings:
        style = "bold red" if finding.severity == "error" else ""
        # names in the data are shown as they are, never as markup
        table.add_row(*(Text(cell) for cell in _cells(finding, lang)), style=style)
    return table
