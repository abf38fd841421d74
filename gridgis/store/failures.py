"""What a database says when it fails, turned into words that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from gridgis.model.errors import CallError, ConflictError, DataError

_SENTENCES = {
    "readonly": "store.not_writable",
    "read-only": "store.not_writable",
    "unable to open": "store.not_writable",
    "permission denied": "store.not_writable",
    "disk is full": "store.full",
    "disk full": "store.full",
    "no space left": "store.full",
    "not a database": "store.foreign",
    "malformed": "store.damaged",
    "does not exist": "store.unreachable",
    "connection": "store.unreachable",
    "connect": "store.unreachable",
}


@contextmanager
def in_words(url: str) -> Iterator[None]:
    """Raise a database's failure as an error with a remedy; one that is nobody's fault but ours passes as it is.

    Parameters
    ----------
    url
        Where the store is, without a password.

    Raises
    ------
    CallError
        If the store cannot be reached, read or written.
    ConflictError
        If another program keeps it locked.
    DataError
        If rows name others that are not there.
    """
    try:
        yield
    except IntegrityError as error:
        if "foreign key" in str(error.orig).lower():
            raise DataError((), "store.reference") from error
        raise
    except DatabaseError as error:
        raise _spoken(error, url) from error
    except OSError as error:
        raise CallError("store.not_writable", path=url) from error


def _spoken(error: DatabaseError, url: str) -> Exception:
    said = str(error.orig).lower()
    if "locked" in said:
        return ConflictError("store.busy", path=url)
    for sign, key in _SENTENCES.items():
        if sign in said and (isinstance(error, OperationalError) or key == "store.foreign"):
            return CallError(key, path=url)
    return error
