"""``gridgis demo``: the demo township in a store of its own, and the app on it."""

from __future__ import annotations

from contextlib import closing

from gridgis.cli.progress import progress_bar
from gridgis.cli.serve import serve
from gridgis.demo import demo_loaded, load_demo
from gridgis.model.errors import CallError
from gridgis.model.words import Lang, say, shell_language
from gridgis.store.database import Store, open_store
from gridgis.store.reading import read_township

DEMO_STORE = "var/demo.gpkg"


def demo(store: str | None = None, port: int = 8501, *, no_serve: bool = False) -> None:
    """Load the demo township where it is not yet loaded, and open the app on it.

    Parameters
    ----------
    store
        Path of a store, or ``postgresql://…``; by default a file that holds nothing else.
    port
        Where the app listens.
    no_serve
        Whether to stop after loading.

    Raises
    ------
    CallError
        If the store holds other data, or the app cannot listen on the port.
    """
    lang = shell_language()
    url = store or DEMO_STORE
    with closing(open_store(url)) as opened:
        _load(opened, url, lang)
    if not no_serve:
        serve(url, port=port)


def _load(store: Store, url: str, lang: Lang) -> None:
    if demo_loaded(store):
        _tell(say("demo.kept", lang, store=url))
        return
    township = read_township(store)
    if township is not None and not township.synthetic:
        raise CallError("demo.store_in_use", store=url)
    with progress_bar(lang) as report:
        rows = load_demo(store, report)
    _tell(say("demo.loaded", lang, store=url, **rows))


def _tell(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 — the command's answer
