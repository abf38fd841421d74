"""What was planned and is not stored yet: the alternatives of the last few runs, held by the server."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from secrets import randbelow

import streamlit as st

from gridgis.model.messages import Message
from gridgis.planning.alternatives import Alternative
from gridgis.planning.plan import PlanRequest
from gridgis.store.database import Store

_MOST = 4
_NUMBERS = 2**31
_PREFIX = "run"


@dataclass(frozen=True)
class Run:
    """One run of the planner.

    Parameters
    ----------
    request
        What was asked.
    alternatives
        What came of it, the plan asked for first; their messages are complete.
    change
        What differs from the plan that was replanned; nothing for a new plan.
    """

    request: PlanRequest
    alternatives: tuple[Alternative, ...]
    change: tuple[Message, ...] = ()

    def choice(self, key: str | None) -> Alternative:
        """Find the alternative of a key; the first where there is none such."""
        return next((one for one in self.alternatives if short_key(one) == key), self.alternatives[0])


Shelf = OrderedDict[int, Run]


@st.cache_resource(max_entries=8, show_spinner=False)
def shelf_of(url: str) -> Shelf:
    """Find where the runs of a store are held."""
    del url
    return OrderedDict()


def hold_run(shelf: Shelf, run: Run) -> int:
    """Hold a run, and let go of the oldest where there are too many.

    Returns
    -------
        Its number.
    """
    number = randbelow(_NUMBERS)
    shelf[number] = run
    while len(shelf) > _MOST:
        shelf.popitem(last=False)
    return number


def run_asked(store: Store) -> tuple[str, Run] | None:
    """Find the run that the address asks for, else the session's last: its name in the address, and itself."""
    asked = st.query_params.get("plan", "")
    for name in (asked, st.session_state.get(_PREFIX, "")):
        number = name.removeprefix(_PREFIX)
        if name.startswith(_PREFIX) and number.isdecimal() and int(number) in shelf_of(store.url):
            st.session_state[_PREFIX] = name
            return name, shelf_of(store.url)[int(number)]
    return None


def name_of_run(number: int) -> str:
    """Name a run for the address."""
    return f"{_PREFIX}{number}"


def forget_run() -> None:
    """Let the session's last run go."""
    st.session_state.pop(_PREFIX, None)


def short_key(one: Alternative) -> str:
    """Name an alternative for the address."""
    return one.key.rpartition(".")[2]
