"""Rows that were left behind: the file's own texts, and why, for whoever mends them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from gridgis.exchange.files import replaced
from gridgis.exchange.sheets import write_csv, write_workbook
from gridgis.model.words import Lang, say


def write_rejected(rejected: Mapping[str, pd.DataFrame], path: Path, lang: Lang) -> None:
    """Write rows at fault with their reasons: a sheet a layer in Excel, else one CSV file.

    Parameters
    ----------
    rejected
        As in :attr:`gridgis.exchange.inputs.Reading.rejected`.
    path
        Where to write; its suffix decides the format.
    lang
        Language of the reasons.

    Raises
    ------
    CallError
        If the file cannot be written.
    """
    reasons = {say(f"layer.{name}", lang): _with_reasons(table, lang) for name, table in rejected.items()}
    with replaced(path) as unfinished:
        if path.suffix.lower() == ".xlsx":
            write_workbook(reasons, unfinished)
        else:
            column = say("exchange.layer", lang)
            write_csv(pd.concat([t.assign(**{column: name}) for name, t in reasons.items()]), unfinished)


def _with_reasons(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    said = [" ".join(f"{f.words(lang)} {f.remedy(lang)}" for f in findings) for findings in table["findings"]]
    return table.drop(columns="findings").assign(**{say("exchange.reason", lang): said})
