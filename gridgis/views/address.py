"""The address of a view: language, unit, period and filters live in the URL, and only there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from gridgis.model.words import LANGS, Lang, language_of

CARRIED = ("lang", "unit", "period")
"""What goes along from page to page."""

Option = TypeVar("Option")


def language() -> Lang:
    """Read the language: the address's, else the browser's, else Chinese."""
    asked = st.query_params.get("lang")
    return next((lang for lang in LANGS if lang == asked), language_of(st.context.locale))


def carried(**changes: str | None) -> dict[str, str]:
    """List the parameters that a link to another page takes along.

    Parameters
    ----------
    changes
        Parameters to set, or to leave out where None.
    """
    kept = {name: st.query_params[name] for name in CARRIED if name in st.query_params}
    return {name: value for name, value in (kept | changes).items() if value is not None}


def go(**changes: str | None) -> None:
    """Change the address of the view on screen; for callbacks.

    Parameters
    ----------
    changes
        Parameters to set, or to leave out where None.
    """
    address = st.query_params.to_dict() | changes
    st.query_params.from_dict({name: value for name, value in address.items() if value is not None})


def choice(name: str, options: Sequence[str], default: str) -> str:
    """Read one of ``options`` from the address."""
    asked = st.query_params.get(name, default)
    return asked if asked in options else default


def bound(name: str, options: Sequence[str], default: str) -> str:
    """Tie a widget to the address: return its key, its state set to what the address says.

    The widget must take :func:`commit` as its callback, with ``name`` and ``default`` as arguments.
    """
    key = f"address_{name}"
    st.session_state[key] = choice(name, options, default)
    return key


def commit(name: str, default: str) -> None:
    """Write a widget's value into the address; the default is left out, to keep links short."""
    value = st.session_state.get(f"address_{name}")
    go(**{name: None if value in {None, default} else str(value)})
