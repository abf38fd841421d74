"""Long work off the page's thread: one job at a time a store, with its progress, and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

import streamlit as st

from gridgis.model.words import say
from gridgis.store.database import Store
from gridgis.views.boundary import calm
from gridgis.views.scene import Scene
from gridgis.views.wording import text_markdown

Progress = Callable[[float, str], None]


class CancelledError(Exception):
    """The person who started the work stopped it."""


@dataclass
class Job:
    """Work in hand; the worker writes ``fraction`` and ``step``, the page reads them.

    Parameters
    ----------
    kind
        What is done: the name of its sentence in the section ``app``.
    future
        The result; of a plan, its id.
    """

    kind: str
    future: Future[int] = field(default_factory=Future)
    stop: Event = field(default_factory=Event)
    fraction: float = 0.0
    step: str = "app.job.waiting"

    def note(self, fraction: float, step: str) -> None:
        """Take note of progress; raise where the work is to stop."""
        if self.stop.is_set():
            raise CancelledError
        self.fraction, self.step = min(max(fraction, 0.0), 1.0), step


@st.cache_resource(max_entries=1, show_spinner=False)
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="gridgis-job")


@st.cache_resource(max_entries=8, show_spinner=False)
def _board(url: str) -> dict[str, Job]:
    del url
    return {}


def current_job(store: Store) -> Job | None:
    """Find the job of a store that waits or runs; None where there is none."""
    job = _board(store.url).get("job")
    return None if job is None or job.future.done() else job


def start_job(store: Store, kind: str, work: Callable[[Progress], int]) -> None:
    """Begin to work, unless something is being done for this store already.

    Parameters
    ----------
    store
        Whose job it is.
    kind
        What is done, for its sentence.
    work
        The work itself; it is given the function to tell its progress to.
    """
    if current_job(store) is None:
        job = Job(kind)
        _board(store.url)["job"] = job
        job.future = _workers().submit(work, job.note)


@st.fragment(run_every="1s")
def show_progress(scene: Scene) -> None:
    """Show the progress of the store's job and the button that stops it; rerun the page when it is done."""
    with calm(scene.lang):
        job = current_job(scene.store)
        if job is None:
            st.rerun()
        step = text_markdown(say(job.step, scene.lang))
        st.progress(job.fraction, scene.say(f"app.job.{job.kind}", step=step))
        st.button(scene.say("app.job.cancel"), key="cancel", on_click=job.stop.set)


def settle_job(scene: Scene, kind: str) -> int | None:
    """Take the result of a job of a kind that is done, and forget it.

    Returns
    -------
        The result; None where nothing is done, or the work was stopped.

    Raises
    ------
    Exception
        What the work raised.
    """
    board = _board(scene.store.url)
    job = board.get("job")
    if job is None or job.kind != kind or not job.future.done():
        return None
    del board["job"]
    try:
        return job.future.result()
    except CancelledError:
        st.toast(scene.say("app.job.cancelled"), icon=":material/block:")
        return None
