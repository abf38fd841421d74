"""The scorecard: units by indicators, each with its fraction, its class by sign and tint; as a table and as a file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from gridgis.ledger.reviews.findings import fraction_of
from gridgis.ledger.reviews.scores import Review
from gridgis.ledger.sentences import pct_words
from gridgis.views.ranking import ranks_words
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import count, text_html

SIGNS: Mapping[str, str] = {"ahead": "▲", "behind": "▼", "level": "●", "too_few": "○"}


def ranked_rows(scene: Scene, place: Place, review: Review) -> list[Mapping[str, object]]:
    """Lay out the units for the ranked list, the best first."""
    rows = review.units.sort_values(["score", "households"], ascending=False, kind="stable")
    return [
        {
            "code": code,
            "name": place.units.by_code[code].name,
            "rank": ranks_words(row["rank"], row["last_rank"]),
            "share": scene.say("review.points", points=f"{row['score']:.1f}"),
            "fraction": scene.say("review.households", n=count(row["households"])),
            "hint": scene.say(
                "review.hint",
                standing=scene.say(f"review.standing.{row['standing']}"),
                low=f"{row['low']:.1f}",
                high=f"{row['high']:.1f}",
            ),
            "standing": row["standing"],
            "pct": row["score"],
            "low": max(row["low"], 0.0),
            "high": min(row["high"], 100.0),
            "here": code == place.focus.code,
        }
        for code, row in zip(rows.index.astype(str), rows.to_dict("records"), strict=True)
    ]


def show_scorecard(scene: Scene, place: Place, review: Review) -> None:
    """Show the table; on a phone each unit is a block of its own."""
    indicators = review.measured
    heads = [
        scene.say("review.unit"),
        scene.say("review.score"),
        *(scene.say(f"review.indicator.{i}") for i in indicators),
    ]
    head = "".join(f'<th scope="col">{text_html(words)}</th>' for words in heads)
    order = review.units.sort_values(["score", "households"], ascending=False, kind="stable").index.astype(str)
    rows = "".join(_row_html(scene, place.units.by_code[code].name, code, review) for code in order)
    whole = _row_html(scene, scene.say("review.whole"), None, review)
    st.html(
        f'<table class="gg-scorecard"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody><tfoot>{whole}</tfoot></table>'
        f'<p class="gg-note">{text_html(scene.say("review.key"))}</p>'
    )


def scorecard_table(scene: Scene, place: Place, review: Review) -> pd.DataFrame:
    """Lay the scorecard out for a file: percentages and their fractions in columns of their own, headed in words."""
    rows = []
    for code in [*review.units.index.astype(str), None]:
        name = scene.say("review.whole") if code is None else place.units.by_code[code].name
        low, high = (review.low, review.high) if code is None else review.units.loc[code, ["low", "high"]].astype(float)
        score = review.score if code is None else float(review.units.loc[[code], "score"].iloc[0])
        rank = "" if code is None else ranks_words(*review.units.loc[code, ["rank", "last_rank"]])
        row: dict[str, object] = {
            scene.say("review.unit"): name,
            scene.say("review.code"): code or place.focus.code,
            scene.say("review.score"): round(score, 2),
            scene.say("review.low"): round(low, 2),
            scene.say("review.high"): round(high, 2),
            scene.say("review.rank"): rank,
        }
        for indicator in review.measured:
            share, called = review.share(indicator, code), scene.say(f"review.indicator.{indicator}")
            unit = scene.say(f"review.counted.{indicator}")
            row |= {
                scene.say("review.column.pct", name=called): None if share.pct is None else round(share.pct, 2),
                scene.say("review.column.part", name=called, unit=unit): share.numerator,
                scene.say("review.column.whole", name=called, unit=unit): share.denominator,
                scene.say("review.column.standing", name=called): _standing(scene, review, indicator, code),
            }
        rows.append(row)
    return pd.DataFrame(rows)


def _standing(scene: Scene, review: Review, indicator: str, code: str | None) -> str:
    if code is None:
        return ""
    return scene.say(f"review.standing.{review.standing(indicator, code)}")


def _row_html(scene: Scene, name: str, code: str | None, review: Review) -> str:
    if code is None:
        low, high, score, standing = review.low, review.high, review.score, ""
    else:
        low, high, score = review.units.loc[[code], ["low", "high", "score"]].to_numpy(dtype=float)[0]
        standing = str(review.units.loc[[code], "standing"].iloc[0])
    span = "" if np.isnan(score) else f"{low:.1f}–{high:.1f}"
    cells = [_cell_html(scene, scene.say("review.score"), f"{score:.1f}", span, standing)]
    for indicator in review.measured:
        share = review.share(indicator, code)
        standing = "" if code is None else review.standing(indicator, code)
        words = f"{pct_words(share)} %" if share.denominator else "–"
        fraction = fraction_of(indicator, share).words(scene.lang) if share.denominator else ""
        cells.append(_cell_html(scene, scene.say(f"review.indicator.{indicator}"), words, fraction, standing))
    return f'<tr><th scope="row">{text_html(name)}</th>{"".join(cells)}</tr>'


def _cell_html(scene: Scene, name: str, words: str, below: str, standing: str) -> str:
    sign = (
        f'<i title="{text_html(scene.say(f"review.standing.{standing}"))}">{SIGNS[standing]}</i> ' if standing else ""
    )
    return (
        f'<td class="{standing}" data-name="{text_html(name)}">{sign}<b>{text_html(words)}</b>'
        f"<small>{text_html(below)}</small></td>"
    )
