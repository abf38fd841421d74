"""A progress bar on a terminal, and nothing of the sort in a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gridgis.model.words import Lang, say


@contextmanager
def progress_bar(lang: Lang) -> Iterator[Callable[[float, str], None]]:
    """Show a bar while the block runs.

    Returns
    -------
        A function to be told the part done (0 to 1) and the catalogue key of the stage that begins.
    """
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def report(part: float, stage: str) -> None:
            bar.update(task, completed=part, description=say(stage, lang))

        yield report
