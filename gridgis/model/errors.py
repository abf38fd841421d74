"""Errors that a person can act on: each carries a catalogue key, so that every edge can say it in its language."""

from __future__ import annotations

from collections.abc import Sequence

from gridgis.model.findings import Finding
from gridgis.model.messages import Message
from gridgis.model.words import Lang


class GridgisError(ValueError):
    """Something the user can mend; the root of every error the product raises on purpose.

    Parameters
    ----------
    key
        Catalogue key of the sentence, such as ``"error.file.unreadable"``.
    params
        Values of the sentence's placeholders; a value that is itself a :class:`Message` is said in the same language.
    """

    def __init__(self, key: str, **params: object) -> None:
        self.key = key
        self.params = params
        super().__init__(self.words("en"))

    def words(self, lang: Lang) -> str:
        """Say what happened and what to do, in ``lang``."""
        return Message(self.key, self.params).words(lang)


class CallError(GridgisError):
    """The call is at fault, or a file cannot be read (exit code 2)."""


class ConflictError(GridgisError):
    """Somebody else changed the same thing meanwhile (exit code 1)."""


class ForbiddenError(GridgisError):
    """The person who asks may not see or do this (exit code 1)."""


class DataError(GridgisError):
    """The data is at fault (exit code 1); carries every finding.

    Parameters
    ----------
    findings
        What was found, errors and warnings alike.
    """

    def __init__(self, findings: Sequence[Finding], key: str = "error.data", **params: object) -> None:
        self.findings = tuple(findings)
        n = sum(finding.severity == "error" for finding in self.findings)
        super().__init__(key, **({"n": n} | params))
