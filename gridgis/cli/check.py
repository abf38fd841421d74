"""``gridgis check`` and ``gridgis import``: files in, everything wrong with them said, all or nothing."""

from __future__ import annotations

import getpass
from contextlib import closing
from datetime import date
from pathlib import Path

from gridgis.cli.report import findings_json, print_findings, write_json
from gridgis.exchange.inputs import Inputs, Reading, read_inputs
from gridgis.exchange.quarantine import write_rejected
from gridgis.model.errors import GridgisError
from gridgis.model.layers import CONTRACTS, Layers
from gridgis.model.settings import Settings
from gridgis.model.words import say, shell_language
from gridgis.store.database import Store, open_store
from gridgis.store.reading import read_layer
from gridgis.store.scope import Reader
from gridgis.store.writing import import_layers

_KNOWN = ("villages", "households")


def check(inputs: Inputs, json_path: Path | None, settings: Settings) -> None:
    """Read every layer given and say every problem; nothing is written but the report.

    Parameters
    ----------
    inputs
        Which files to read.
    json_path
        Where to write the findings as data.
    settings
        Size limits, vocabulary, and whether village codes must be division codes.

    Raises
    ------
    DataError
        If there is an error; it carries every finding.
    CallError
        If a file cannot be read.
    """
    lang = shell_language()
    reading = read_inputs(inputs, settings, today=date.today())  # noqa: DTZ011 — the day where the command runs
    if json_path is not None:
        counts = {name: len(table) for name, table in reading.layers.given()}
        summary = {"errors": len(reading.errors), "warnings": len(reading.warnings), "rows": counts}
        write_json({**summary, "findings": findings_json(reading.findings, lang)}, json_path)
    reading.sound()
    print_findings(reading.findings, lang)
    _print(say("cli.check.done", lang, rows=_rows_in_words(reading.layers), n=len(reading.warnings)))


def import_files(inputs: Inputs, store_url: str, quarantine: Path | None, settings: Settings) -> None:
    """Check every layer given and write all of them to the store, or nothing.

    Parameters
    ----------
    inputs
        Which files to read.
    store_url
        The store; made where there is none.
    quarantine
        File for the rows at fault, so that the rest comes in; None lets one error stop everything.
    settings
        Size limits, vocabulary, and whether village codes must be division codes.

    Raises
    ------
    DataError
        If there is an error that is not left behind; the store is as it was.
    CallError
        If a file cannot be read, or the store cannot be opened.
    """
    lang = shell_language()
    # a store that is not there yet is made only when there is something to put into it
    known = _known(store_url) if "://" in store_url or Path(store_url).exists() else Layers()
    reading = read_inputs(inputs, settings, known=known, today=date.today())  # noqa: DTZ011 — as above
    layers = reading.sound(quarantine=quarantine is not None)
    print_findings(reading.findings, lang)
    if quarantine is not None and reading.rejected:
        write_rejected(reading.rejected, quarantine, lang)
    with closing(open_store(store_url)) as store:
        _import(store, layers, reading, quarantine)


def _import(store: Store, layers: Layers, reading: Reading, quarantine: Path | None) -> None:
    lang = shell_language()
    try:
        written = import_layers(store, layers, who=getpass.getuser())
    except GridgisError:
        if quarantine is not None:
            quarantine.unlink(missing_ok=True)
        raise
    rows = _in_words(written)
    _print(say("cli.import.done", lang, rows=rows, store=store.url, n=len(reading.warnings)))
    rejected = sum(len(table) for table in reading.rejected.values())
    if rejected:
        _print(say("cli.import.quarantined", lang, n=rejected, path=quarantine))


def _known(store_url: str) -> Layers:
    """Read what files may refer to; only ids and places of it are used."""
    reader = Reader.of_township(getpass.getuser())
    with closing(open_store(store_url)) as store:
        tables = {name: read_layer(store, name, reader) for name in _KNOWN}
    return Layers(**{name: table for name, table in tables.items() if len(table)})


def _rows_in_words(layers: Layers) -> str:
    return _in_words({name: len(table) for name, table in layers.given()})


def _in_words(rows: dict[str, int]) -> str:
    lang = shell_language()
    said = [f"{say(f'layer.{name}', lang)} {rows[name]:,}" for name in CONTRACTS if name in rows]
    return " · ".join(said)


def _print(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 — the command's answer
