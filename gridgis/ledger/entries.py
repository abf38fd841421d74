"""Entries of the ledger: rows are only ever added, and a correction is a new row that names the one it stands for."""

from __future__ import annotations

from typing import TypeVar

import pandas as pd

WITHDRAWN = "withdrawn"
"""Outcome of a visit, or status of a service, that was entered by mistake and stands for nothing."""

Entries = TypeVar("Entries", bound=pd.DataFrame)


def standing(entries: Entries, key: str, state: str) -> Entries:
    """Keep the rows that count: those that no other row corrects, and that are not withdrawn.

    Parameters
    ----------
    entries
        Layer ``visits`` or ``services``, in any order; a row that corrects one which is not there counts as its own.
    key
        Column of the rows' ids, which ``corrects`` names.
    state
        Column that says :data:`WITHDRAWN`.

    Returns
    -------
        The rows that count, their index kept. Of a chain of corrections the last one counts; of two that correct the
        same row both do, for nobody knows which is meant.

    Examples
    --------
    >>> rows = pd.DataFrame({"visit_id": ["a", "b", "c"], "corrects": [None, "a", None], "outcome": ["met"] * 3})
    >>> standing(rows, "visit_id", "outcome")["visit_id"].tolist()
    ['b', 'c']
    """
    corrected = entries["corrects"].dropna()
    if corrected.empty and not (entries[state] == WITHDRAWN).any():
        return entries
    kept: Entries = entries[~entries[key].isin(corrected) & (entries[state] != WITHDRAWN)]
    return kept
