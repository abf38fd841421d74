"""What a review found, in sentences, and what to do next: each names the unit, the figure and its fraction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from gridgis.ledger.reviews.scores import Review
from gridgis.ledger.reviews.trends import change_of
from gridgis.ledger.sentences import pct_words
from gridgis.ledger.shares import Share
from gridgis.model.messages import Message
from gridgis.model.weighing import ReviewWeights

_PER_INDICATOR = 2
_MOST_FOUND, _MOST_STEPS = 8, 5
_IN_DAYS = {"cadence", "priority"}


def figure_of(indicator: str, share: Share) -> Message:
    """Say an indicator: its name, its percentage and its fraction."""
    named = {"name": Message(f"review.indicator.{indicator}"), "pct": pct_words(share)}
    return Message("review.figure", named | {"fraction": fraction_of(indicator, share)})


def fraction_of(indicator: str, share: Share) -> Message:
    """Say a fraction with its unit, as 512/840 households."""
    counts = {"part": f"{share.numerator:,}", "whole": f"{share.denominator:,}"}
    return Message(f"review.fraction.{indicator}", counts)


def findings_of(
    review: Review, names: Mapping[str, str], weights: ReviewWeights, before: Review | None
) -> list[Message]:
    """Say what stands out: who is surely behind and ahead in what, and who surely moved since the period before.

    Parameters
    ----------
    review
        The period's.
    names
        What each unit is called.
    weights
        What counts more is said first.
    before
        The review of the period before; None where there is none.
    """
    behind, ahead = (_standing(review, names, weights, standing) for standing in ("behind", "ahead"))
    found = [*behind, *_moved(review, names, before), *ahead][:_MOST_FOUND]
    spread = review.share("spread")
    beyond = Share(spread.denominator - spread.numerator, spread.denominator)
    if beyond.numerator:
        counts = {"n": beyond.numerator, "whole": f"{beyond.denominator:,}", "pct": pct_words(beyond)}
        found.append(Message("review.found.spread", counts))
    return found or [Message("review.found.nothing")]


def next_steps(review: Review, names: Mapping[str, str], weights: ReviewWeights, *, top: str) -> list[Message]:
    """Say what to do next, where most of the score is to be won first.

    Parameters
    ----------
    review, names, weights
        As for :func:`findings_of`.
    top
        What all units together are called.
    """
    behind = review.marks.index[review.marks["standing"] == "behind"]
    places: list[tuple[str | None, str]] = [(str(unit), str(indicator)) for unit, indicator in behind]
    short = [
        (weight * (100 - (share.pct or 0.0)), unit, indicator)
        for unit, indicator in places or [(None, name) for name in review.measured]
        if (share := review.share(indicator, unit)).numerator < share.denominator
        for weight in [asdict(weights)[indicator]]
    ]
    first = sorted(short, key=lambda each: -each[0])[:_MOST_STEPS]
    return [
        Message(
            f"review.next.{indicator}",
            {"unit": top if unit is None else names.get(unit, unit), "n": _missing(review, indicator, unit)},
        )
        for _, unit, indicator in first
    ] or [Message("review.next.nothing")]


def _missing(review: Review, indicator: str, unit: str | None) -> int:
    """Count what is missing to the whole; of household-days, the households on a day."""
    share = review.share(indicator, unit)
    missing = share.denominator - share.numerator
    return -(-missing // review.period.days) if indicator in _IN_DAYS else missing


def _standing(review: Review, names: Mapping[str, str], weights: ReviewWeights, standing: str) -> list[Message]:
    said = []
    for indicator, _ in sorted(asdict(weights).items(), key=lambda item: -item[1]):
        marks = review.marks.xs(indicator, level="indicator")
        chosen = marks.loc[marks["standing"] == standing, "pct"].sort_values(kind="stable")
        units = [str(unit) for unit in (chosen if standing == "behind" else chosen[::-1]).index]
        said += [
            Message(
                f"review.found.{standing}",
                {
                    "unit": names.get(unit, unit),
                    "figure": figure_of(indicator, review.share(indicator, unit)),
                    "whole": f"{marks.loc[[unit], 'together_pct'].iloc[0]:.1f}",
                },
            )
            for unit in units[:_PER_INDICATOR]
        ]
    return said


def _moved(review: Review, names: Mapping[str, str], before: Review | None) -> list[Message]:
    if before is None:
        return []
    change = change_of(review, before)
    moved = change[change["moved"] != "level"].sort_values("change", kind="stable")
    return [
        Message(
            f"review.found.{row['moved']}",
            {"unit": names.get(str(unit), str(unit)), "points": f"{abs(row['change']):.1f}"},
        )
        for unit, row in moved.iterrows()
    ]
