"""Choosing the period, and the filters that the address holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import accumulate, repeat
from typing import get_args

import streamlit as st

from gridgis.ledger.periods import Period, PeriodKind, period_named, period_of
from gridgis.views.address import bound, commit, go
from gridgis.views.scene import Place, Scene

_KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)
_BACK = {"week": 26, "month": 13, "half_year": 4, "year": 3}
ALL = "all"


def choose_period(scene: Scene, place: Place, kinds_called: str = "app.period") -> Period:
    """Show the kinds of period and the periods of the kind; both live in the address as one key.

    Parameters
    ----------
    scene, place
        What the page is given.
    kinds_called
        Catalogue key whose parts are the names of the kinds.

    Returns
    -------
        The period chosen, cut off at the page's day; the month of that day by default.
    """
    chosen = _period_asked(place.on)
    kinds = _kind_key(chosen)
    st.segmented_control(
        scene.say("app.period.kind"),
        _KINDS,
        required=True,
        format_func=lambda kind: scene.say(f"{kinds_called}.{kind}"),
        key=kinds,
        on_change=_change_kind,
        args=(kinds, chosen, place.on),
        label_visibility="collapsed",
    )
    periods = {period.key: period for period in [*_recent(chosen.kind, place.on), chosen]}
    default = period_of("month", place.on).key
    st.session_state["address_period"] = chosen.key
    st.selectbox(
        scene.say("app.period.which"),
        list(periods),
        format_func=lambda key: periods[key].words(scene.lang),
        key="address_period",
        on_change=commit,
        args=("period", default),
        label_visibility="collapsed",
        width=170,
    )
    return chosen.until(place.on)


def choose_tier(scene: Scene, place: Place) -> str | None:
    """Show the tiers below the unit in focus; the next one is the default. None where there is none."""
    tiers = place.units.tiers_below(place.focus)
    if not tiers:
        return None
    st.segmented_control(
        scene.say("app.overview.by"),
        tiers,
        required=True,
        format_func=scene.name_of("tier"),
        key=bound("by", tiers, tiers[0]),
        on_change=commit,
        args=("by", tiers[0]),
        label_visibility="collapsed",
    )
    return str(st.session_state["address_by"])


def choose_tab(scene: Scene, name: str, tabs: Sequence[str]) -> str:
    """Show the parts of a page, one of which is open; the first by default."""
    param = name.rpartition(".")[2]
    key = bound(param, tabs, tabs[0])
    st.segmented_control(
        scene.say(name),
        tabs,
        required=True,
        format_func=lambda tab: scene.say(f"{name}.{tab}"),
        key=key,
        on_change=commit,
        args=(param, tabs[0]),
        label_visibility="collapsed",
    )
    return str(st.session_state[key])


def choose_flag(scene: Scene, name: str) -> bool:
    """Show a switch that the address holds as ``1``; off by default."""
    param = name.rpartition(".")[2]
    key = f"address_{param}"
    st.session_state[key] = st.query_params.get(param) == "1"

    def write() -> None:
        go(**{param: "1" if st.session_state[key] else None})

    return st.toggle(scene.say(name), key=key, on_change=write)


def choose_one(
    scene: Scene,
    name: str,
    options: Sequence[str],
    words: Callable[[str], str],
    *,
    any_of: bool = True,
    width: int = 170,
) -> str | None:
    """Show a filter that the address holds under ``name``.

    Parameters
    ----------
    scene
        What the page is given.
    name
        Name in the address; its label is a catalogue key of the same name with the page's before it.
    options
        Values to choose from.
    words
        What a value is called.
    any_of
        Whether "all" may be chosen, as it is by default; else the first option is.
    width
        Pixels.

    Returns
    -------
        The value chosen; None for all.
    """
    param = name.rpartition(".")[2]
    offered = [ALL, *options] if any_of else list(options)
    key, what = bound(param, offered, offered[0]), scene.say(name)

    def names(value: str) -> str:
        return scene.say("app.all") if value == ALL else words(value)

    st.selectbox(
        what,
        offered,
        format_func=lambda value: scene.say(
            "app.choice", what=what, value=scene.say("app.all") if value == ALL else words(value)
        ),
        key=key,
        on_change=commit,
        args=(param, offered[0]),
        label_visibility="collapsed",
        width=width,
    )
    value = str(st.session_state[key])
    return None if value == ALL else value


def _period_asked(on: date) -> Period:
    try:
        return period_named(st.query_params["period"])
    except (KeyError, ValueError):
        return period_of("month", on)


def _recent(kind: PeriodKind, on: date) -> list[Period]:
    return list(accumulate(repeat(period_of(kind, on), _BACK[kind]), lambda period, _: period.previous()))


def _kind_key(chosen: Period) -> str:
    st.session_state["address_kind_of_period"] = chosen.kind
    return "address_kind_of_period"


def _change_kind(key: str, chosen: Period, on: date) -> None:
    go(period=period_of(st.session_state[key], min(chosen.end, on)).key)
