"""Figures in words: each a message with numerator, denominator and period, to be said in either language."""

from __future__ import annotations

from datetime import date

import pandas as pd

from gridgis.ledger.ground import GroundCoverage
from gridgis.ledger.overdue import DUE
from gridgis.ledger.periods import Period
from gridgis.ledger.posts import PartyCoverage
from gridgis.ledger.shares import Share
from gridgis.model.messages import Message

_M2_PER_HA = 10_000
_MOST_PCT = 99.9


def sentence_of_services(share: Share, period: Period, on: date | None = None) -> Message:
    """Say how many households were visited or served, and apart from them how many were tried in vain.

    Parameters
    ----------
    share
        Result of :func:`gridgis.ledger.coverage.coverage_of_services`.
    period
        Period that it was counted in.
    on
        Today, for "this week".

    Examples
    --------
    >>> from gridgis.ledger.periods import period_named
    >>> sentence = sentence_of_services(Share(6152, 7466), period_named("2026-W47"), date(2026, 11, 20))
    >>> print(sentence.words("zh"))
    本周 7,466 户中走访或服务 6,152 户（82.4 %）
    >>> print(sentence.words("en"))
    6,152 of 7,466 households visited or served this week (82.4 %)
    """
    said = _share("ledger.coverage.services", share, period=period.during(on))
    if not share.unreachable:
        return said
    return Message("ledger.coverage.services.unreachable", {"covered": said, "n": share.unreachable})


def sentences_of_party(coverage: PartyCoverage) -> tuple[Message, Message]:
    """Say how many units have their head in post, and how many heads who need a permit hold a valid one."""
    return _share("ledger.coverage.party", coverage.posts), _share("ledger.coverage.permits", coverage.permits)


def sentences_of_ground(coverage: GroundCoverage) -> tuple[Message, Message]:
    """Say how many households lie in a grid and a micro-grid, and how much of the land."""
    land = coverage.land
    gap_ha = f"{(land.denominator - land.numerator) / _M2_PER_HA:,.2f}"
    return (
        _share("ledger.coverage.ground", coverage.households),
        Message("ledger.coverage.land", {"pct": pct_words(land), "gap_ha": gap_ha}),
    )


def sentence_of_overdue(households: pd.DataFrame, states: pd.DataFrame) -> Message:
    """Say how many households should have been visited and were not, and how many of them come first.

    Parameters
    ----------
    households
        Layer ``households``.
    states
        Result of :func:`gridgis.ledger.overdue.visit_states` for them, in the same order.
    """
    due = states["state"].isin(DUE).to_numpy()
    first = due & households["priority"].notna().to_numpy()
    n, priority = (int(households["households"][chosen].sum()) for chosen in (due, first))
    return Message("ledger.overdue", {"n": n, "priority": priority}) if n else Message("ledger.overdue.none")


def sentence_of_area(place: str | Message, observed: int, expected: float, verdict: str) -> Message:
    """Say how many services an area asked for, how many were expected, and whether that is more than chance.

    Parameters
    ----------
    place
        Name of the area.
    observed, expected, verdict
        Columns of :func:`gridgis.ledger.hotspots.hotspots_of_units`.

    Examples
    --------
    >>> print(sentence_of_area("西谷 03 微网格", 37, 18.2, "hot").words("zh"))
    西谷 03 微网格：37 件，预期 18 件，明显偏多
    """
    return Message(f"ledger.hotspots.{verdict}", {"place": place, "n": observed, "expected": _few(expected)})


def _share(key: str, share: Share, **params: object) -> Message:
    if not share.denominator:
        return Message(f"{key}.nobody")
    return Message(key, params | {"n": share.denominator, "covered": share.numerator, "pct": pct_words(share)})


def pct_words(share: Share) -> str:
    """Write a percentage with one decimal, as 100 only where it is the whole."""
    # 99.96 % is not everybody: only the whole is said as 100
    pct = share.pct or 0.0
    return f"{pct if share.numerator == share.denominator else min(pct, _MOST_PCT):.1f}"


def _few(expected: float) -> str:
    return f"{expected:,.0f}" if round(expected) >= 10 else f"{expected:.1f}"  # noqa: PLR2004 below ten a tenth matters
