"""A check's findings as a table for people: errors first, each with what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from gridgis.model.findings import Finding
from gridgis.model.words import Lang, say


def findings_table(findings: Iterable[Finding], lang: Lang) -> pd.DataFrame:
    """Put findings in words.

    Returns
    -------
        ``severity``, ``layer``, ``what``, ``remedy``; errors before remarks.
    """
    ordered = sorted(findings, key=lambda finding: finding.severity != "error")
    rows = [
        (
            say(f"app.data.severity.{finding.severity}", lang),
            say(f"layer.{finding.layer}", lang),
            finding.words(lang),
            finding.remedy(lang),
        )
        for finding in ordered
    ]
    return pd.DataFrame(rows, columns=["severity", "layer", "what", "remedy"])
