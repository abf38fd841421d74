"""The ranked list of units: a component of the page, so that a row is a button and every name is plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from gridgis.ledger.shares import ranks_words
from gridgis.views.address import go
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import count, percent

_HERE = Path(__file__).parent
_NAME = "gridgis_ranking"
_KEY = "ranking"


@st.cache_resource(max_entries=1, show_spinner=False)
def _source() -> Mapping[str, str]:
    return {suffix: (_HERE / f"ranking.{suffix}").read_text(encoding="utf-8") for suffix in ("js", "css")}


def choose_unit(scene: Scene, place: Place, coverage: pd.DataFrame) -> None:
    """Show units ranked by coverage; choosing one puts it in focus.

    Parameters
    ----------
    scene, place
        What the page is given.
    coverage
        Result of :func:`gridgis.ledger.coverage.coverage_by_unit`.
    """
    rows = coverage.sort_values(["share_pct", "households"], ascending=[False, False])
    show_ranking(
        scene.say("app.overview.ranking"), [_row(scene, place, str(code), row) for code, row in rows.iterrows()]
    )


def show_ranking(label: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Show units ranked by a figure; choosing one puts it in focus.

    Parameters
    ----------
    label
        What is ranked.
    rows
        Best first; of each unit its ``code`` and ``name``, ``rank``, ``share`` and ``fraction`` in words, a ``hint``,
        its ``standing``, ``pct``, ``low`` and ``high`` (0 to 100), and whether it is ``here``, in focus.
    """
    source = _source()
    mount = st.components.v2.component(_NAME, html="<ol></ol>", js=source["js"], css=source["css"])
    mount(key=_KEY, data={"label": label, "units": list(rows)}, on_chosen_change=_enter)


def _enter() -> None:
    go(unit=st.session_state[_KEY]["chosen"])


def _row(scene: Scene, place: Place, code: str, row: pd.Series) -> dict[str, object]:
    standing = scene.say(f"app.standing.{row['standing']}")
    hint = scene.say("app.overview.interval", low=percent(row["low_pct"]), high=percent(row["high_pct"]))
    return {
        "code": code,
        "name": place.units.by_code[code].name,
        "rank": ranks_words(row["rank"], row["last_rank"]),
        "share": percent(row["share_pct"]),
        "fraction": f"{count(row['covered'])}/{count(row['households'])}",
        "hint": f"{standing} · {hint}",
        "standing": row["standing"],
        "pct": row["share_pct"],
        "low": row["low_pct"],
        "high": row["high_pct"],
        "here": code == place.focus.code,
    }
