"""Entries: what counts depends on what was entered, not on the order it came in, and a correction counts once."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gridgis.ledger.entries import WITHDRAWN, standing


@st.composite
def ledgers(draw) -> pd.DataFrame:
    """Draw chains of entries, each correcting the one before it or none."""
    rows = draw(st.lists(st.tuples(st.booleans(), st.sampled_from(["met", WITHDRAWN])), max_size=12))
    corrects = [f"v{n - 1}" if n and again else None for n, (again, _) in enumerate(rows)]
    return pd.DataFrame(
        {
            "visit_id": pd.Series([f"v{n}" for n in range(len(rows))], dtype="str"),
            "outcome": pd.Series([outcome for _, outcome in rows], dtype="str"),
            "corrects": pd.Series(corrects, dtype="str"),
        }
    )


def kept(ledger: pd.DataFrame) -> set[str]:
    return set(standing(ledger, "visit_id", "outcome")["visit_id"])


@given(ledger=ledgers(), data=st.data())
def test_the_last_of_each_chain_counts_in_whatever_order_it_came(ledger: pd.DataFrame, data) -> None:
    again = ledger["corrects"].shift(-1).notna()
    last = set(ledger["visit_id"][~again])
    withdrawn = set(ledger["visit_id"][ledger["outcome"] == WITHDRAWN])
    assert kept(ledger) == last - withdrawn
    order = data.draw(st.permutations(range(len(ledger))))
    assert kept(ledger.iloc[order]) == kept(ledger)
