"""The pieces every page is laid out with: question, figures, empty state, notes. Words come in as plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
import streamlit as st

from gridgis.views.scene import Scene
from gridgis.views.wording import text_html


@dataclass(frozen=True)
class Figure:
    """One figure of a page: what it is, its value, of what and when, and its change since the last period."""

    label: str
    value: str
    of: str
    change: str = ""


def show_question(question: str, answer: str) -> None:
    """Show the page's one question, and its answer in a sentence."""
    # no line may break between a number and what it counts
    whole = re.sub(r"(?<=\d) (?=\w)", "\N{NO-BREAK SPACE}", answer)
    st.html(f'<div class="gg-question"><h1>{text_html(question)}</h1><p>{text_html(whole)}</p></div>')


def show_figures(figures: Sequence[Figure]) -> None:
    """Show at most five figures in a row."""
    st.html(f'<dl class="gg-figures">{"".join(map(_figure_html, figures))}</dl>')


def _figure_html(figure: Figure) -> str:
    change = f'<span class="change">{text_html(figure.change)}</span>' if figure.change else ""
    return (
        f'<div class="gg-figure"><dt>{text_html(figure.label)}</dt><dd><span class="value">{text_html(figure.value)}'
        f'</span><span class="of">{text_html(figure.of)}</span>{change}</dd></div>'
    )


def show_empty(title: str, why: str) -> None:
    """Say what would stand here and why nothing does; the button that helps is the page's to add below."""
    st.html(f'<div class="gg-empty"><h2>{text_html(title)}</h2><p>{text_html(why)}</p></div>')


def show_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Show facts of one thing, each with its name."""
    rows = "".join(f"<dt>{text_html(name)}</dt><dd>{text_html(fact)}</dd>" for name, fact in facts)
    st.html(f'<dl class="gg-facts">{rows}</dl>')


def show_note(text: str) -> None:
    """Say a small thing beside what is shown."""
    st.html(f'<p class="gg-note">{text_html(text)}</p>')


def show_sentence(text: str) -> None:
    """Say the one sentence that belongs to what is chosen."""
    st.html(f'<p class="gg-said">{text_html(text)}</p>')


def show_sentences(sentences: Iterable[str]) -> None:
    """List sentences, each as plain text."""
    st.html(f'<ul class="gg-list">{"".join(f"<li>{text_html(each)}</li>" for each in sentences)}</ul>')


def show_table(
    scene: Scene,
    table: pd.DataFrame,
    *,
    key: str,
    height: int = 360,
    widths: Mapping[str, int] = MappingProxyType({}),
    chosen: Callable[[int], None] | None = None,
) -> None:
    """Show a table whose columns the catalogue names; cells are plain text.

    Parameters
    ----------
    scene
        What the page is given.
    table
        Columns are named ``app.column.<column>``.
    key
        Names the table on its page.
    height
        Pixels.
    widths
        Pixels of those columns that are not as wide as their texts.
    chosen
        Called with the position of the row that is clicked, before the page runs again.
    """
    columns = {
        str(name): st.column_config.Column(scene.say(f"app.column.{name}"), width=widths.get(str(name)))
        for name in table
    }

    def take() -> None:
        cells = st.session_state[f"table_{key}"]["selection"]["cells"]
        if chosen is not None and cells:
            chosen(int(cells[0][0]))

    st.dataframe(
        table,
        column_config=columns,
        hide_index=True,
        height=height,
        key=f"table_{key}",
        placeholder="–",
        on_select="ignore" if chosen is None else take,
        selection_mode="single-cell",
    )
