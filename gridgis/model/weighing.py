"""How much each indicator of a review counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class ReviewWeights:
    """Points out of the sum of all that an indicator is worth; what cannot be measured at all is left out of the sum.

    Parameters
    ----------
    coverage
        Households visited or served in the period.
    cadence
        Days on which a household had been visited within its cadence.
    priority
        The same of households with a priority resident.
    matters
        Matters closed by their due day.
    posts, permits
        Heads in post, and with a valid work permit.
    situations
        Situations of priority residents that were updated lately.
    entries
        Visits entered within days.
    spread
        Visits that did not go to households seen more often than an even spread asks for.
    observation
        Score sheets of the half-yearly observation.
    """

    coverage: float = 25.0
    cadence: float = 20.0
    priority: float = 15.0
    matters: float = 15.0
    posts: float = 5.0
    permits: float = 5.0
    situations: float = 5.0
    entries: float = 5.0
    spread: float = 5.0
    observation: float = 10.0

    def __post_init__(self) -> None:
        values = asdict(self).values()
        if min(values) < 0 or sum(values) <= 0:
            message = f"weights are not negative, and not all are zero: {self}"
            raise ValueError(message)


REVIEW_WEIGHTS = ReviewWeights()
