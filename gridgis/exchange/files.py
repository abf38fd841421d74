"""Writing without halves: a file is written beside its place and moved there when it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from gridgis.model.errors import CallError


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Hand out a path to write to, and put the file in its place when the block ends without an error.

    Parameters
    ----------
    path
        Where the file shall be; a file that is there stays until then.

    Raises
    ------
    CallError
        If the folder does not exist or cannot be written to.
    """
    try:
        folder = TemporaryDirectory(prefix=".gridgis-", dir=path.parent)
    except OSError as fault:
        raise CallError("error.file.unwritable", path=path) from fault
    with folder:
        unfinished = Path(folder.name) / path.name
        yield unfinished
        try:
            unfinished.replace(path)
        except OSError as fault:
            raise CallError("error.file.unwritable", path=path) from fault
