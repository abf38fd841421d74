"""Periods of the four reviews: the week, the month, the half-year and the year, each with a key that names it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from gridgis.model.messages import Message
from gridgis.model.words import Lang

PeriodKind = Literal["week", "month", "half_year", "year"]

_DAY = timedelta(days=1)
_KEYS = re.compile(r"(?P<year>\d{4})(?:-(?:W(?P<week>\d{2})|H(?P<half>[12])|(?P<month>\d{2})))?")


@dataclass(frozen=True, order=True)
class Period:
    """Days from ``start`` to ``end``, both included, of one week, month, half-year or year.

    Parameters
    ----------
    kind
        ``"week"`` (Monday to Sunday, ISO 8601), ``"month"``, ``"half_year"`` or ``"year"``.
    start
        First day of the week, month, half-year or year.
    end
        Last day; earlier than the kind's own last day where the period is taken to date.

    Examples
    --------
    >>> week = period_of("week", date(2026, 11, 18))
    >>> week.key, week.start.isoformat(), week.end.isoformat(), week.previous().key
    ('2026-W47', '2026-11-16', '2026-11-22', '2026-W46')
    """

    kind: PeriodKind
    start: date
    end: date

    @property
    def key(self) -> str:
        """Name the period: ``2026-W47``, ``2026-11``, ``2026-H2`` or ``2026``."""
        if self.kind == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year:04}-W{week:02}"
        if self.kind == "half_year":
            return f"{self.start.year:04}-H{_half(self.start.month)}"
        return f"{self.start.year:04}" + (f"-{self.start.month:02}" if self.kind == "month" else "")

    @property
    def days(self) -> int:
        """Count the days."""
        return (self.end - self.start).days + 1

    @property
    def to_date(self) -> bool:
        """Whether the period was cut off before its own last day."""
        return self.end < _last_day(self.kind, self.start)

    def until(self, on: date) -> Period:
        """Take the period to date: drop the days after ``on``.

        Parameters
        ----------
        on
            Last day to keep; a day before the period keeps its first day alone.
        """
        return replace(self, end=max(min(self.end, on), self.start))

    def previous(self) -> Period:
        """Take the period before; of a period to date, as many of its first days, so that the two compare."""
        before = period_of(self.kind, self.start - _DAY)
        return before.until(before.start + (self.end - self.start)) if self.to_date else before

    def following(self) -> Period:
        """Take the whole period after."""
        return period_of(self.kind, _last_day(self.kind, self.start) + _DAY)

    def message(self, on: date | None = None) -> Message:
        """Name the period in words: "this week" where ``on`` lies in it, else its full name."""
        if self._holds(on):
            return Message(f"ledger.period.this.{self.kind}")
        year, week, _ = self.start.isocalendar()
        names: dict[PeriodKind, dict[str, object]] = {
            "week": {"year": year, "week": week},
            "month": {"year": self.start.year, "month": Message(f"ledger.month.{self.start.month}")},
            "half_year": {"year": self.start.year, "half": Message(f"ledger.half.{_half(self.start.month)}")},
            "year": {"year": self.start.year},
        }
        return Message(f"ledger.period.{self.kind}", names[self.kind])

    def during(self, on: date | None = None) -> Message:
        """Say when: "this week", else "in" the period's full name."""
        named = self.message(on)
        return named if self._holds(on) else Message("ledger.period.during", {"period": named})

    def words(self, lang: Lang, on: date | None = None) -> str:
        """Say the period in ``lang``, as :meth:`message` has it.

        Examples
        --------
        >>> week = period_of("week", date(2026, 11, 18))
        >>> week.words("en", date(2026, 11, 20)), week.words("zh", date(2026, 11, 20)), week.words("zh")
        ('this week', '本周', '2026年第47周')
        """
        return self.message(on).words(lang)

    def _holds(self, on: date | None) -> bool:
        return on is not None and period_of(self.kind, on).start == self.start


def period_of(kind: PeriodKind, on: date) -> Period:
    """Find the period of a kind that a day lies in.

    Parameters
    ----------
    kind
        Kind of period.
    on
        Any day of it.

    Examples
    --------
    >>> [period_of(kind, date(2027, 1, 1)).key for kind in ("week", "month", "half_year", "year")]
    ['2026-W53', '2027-01', '2027-H1', '2027']
    """
    start = {
        "week": on - timedelta(days=on.weekday()),
        "month": on.replace(day=1),
        "half_year": on.replace(month=6 * _half(on.month) - 5, day=1),
        "year": on.replace(month=1, day=1),
    }[kind]
    return Period(kind, start, _last_day(kind, start))


def period_named(key: str) -> Period:
    """Find the period that a key names.

    Parameters
    ----------
    key
        Key as of :attr:`Period.key`.

    Raises
    ------
    ValueError
        If the key names no period.

    Examples
    --------
    >>> period_named("2026-H2").start.isoformat(), period_named("2026-02").days
    ('2026-07-01', 28)
    """
    parts = _KEYS.fullmatch(key)
    if parts is None:
        message = f"{key!r} names no period"
        raise ValueError(message)
    year = int(parts["year"])
    if parts["week"]:
        return period_of("week", date.fromisocalendar(year, int(parts["week"]), 1))
    if parts["half"]:
        return period_of("half_year", date(year, 6 * int(parts["half"]), 1))
    if parts["month"]:
        return period_of("month", date(year, int(parts["month"]), 1))
    return period_of("year", date(year, 1, 1))


def _half(month: int) -> int:
    return 1 if month <= 6 else 2  # noqa: PLR2004 the sixth month ends the first half


def _last_day(kind: PeriodKind, start: date) -> date:
    if kind == "week":
        return start + timedelta(days=6)
    months = {"month": 1, "half_year": 6, "year": 12}[kind]
    after = start.month - 1 + months
    return date(start.year + after // 12, after % 12 + 1, 1) - _DAY
