"""The scorecard: units by indicators, each with its fraction, its class by sign and tint; as a table and as a file."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from gridgis.ledger.reviews.scores import Review
from gridgis.ledger.shares import ranks_words
from gridgis.show.scorecard import Cell, Row, head_of, scorecard_rows
from gridgis.views.scene import Place, Scene
from gridgis.views.wording import count, text_html


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
    rows = scorecard_rows(review, {code: unit.name for code, unit in place.units.by_code.items()}, scene.lang)
    heads = [scene.say("review.unit"), scene.say("review.score")]
    heads += [head_of(indicator, scene.lang) for indicator in review.measured]
    head = "".join(f'<th scope="col">{text_html(words)}</th>' for words in heads)
    *units, whole = [_row_html(scene, row) for row in rows]
    st.html(
        f'<table class="gg-scorecard"><thead><tr>{head}</tr></thead><tbody>{"".join(units)}</tbody>'
        f'<tfoot>{whole}</tfoot></table><p class="gg-note">{text_html(scene.say("review.key"))}</p>'
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


def _row_html(scene: Scene, row: Row) -> str:
    cells = "".join(_cell_html(scene, cell) for cell in row.cells)
    return f'<tr><th scope="row">{text_html(row.name)}</th>{cells}</tr>'


def _cell_html(scene: Scene, cell: Cell) -> str:
    words = text_html(scene.say(f"review.standing.{cell.standing}")) if cell.standing else ""
    sign = f'<i title="{words}">{cell.sign}</i> ' if cell.standing else ""
    return (
        f'<td class="{cell.standing}" data-name="{text_html(cell.name)}">{sign}<b>{text_html(cell.words)}</b>'
        f"<small>{text_html(cell.below)}</small></td>"
    )
