"""What visits were about: kind, domain, role and now and then a note, by season and by who lives there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthesis.calendar import ISOLATION
from synthesis.frame import Codes, Numbers, dice

# share of routine visits by domain, then the month's own emphasis
_DOMAINS = {
    "governance": 0.16,
    "public_safety": 0.16,
    "environment": 0.14,
    "social_affairs": 0.16,
    "convenience": 0.16,
    "agriculture": 0.09,
    "party_building": 0.06,
    "construction": 0.04,
    "economy": 0.03,
}
_EMPHASIS = {12: "public_safety", 1: "public_safety", 2: "social_affairs", 3: "agriculture", 4: "agriculture"} | {
    5: "environment", 6: "agriculture", 7: "public_safety", 8: "environment", 9: "agriculture", 10: "agriculture",
    11: "public_safety",
}  # fmt: skip
EMPHASIS_SHARE = 0.3
_ROLES = {
    "governance": "dispute_mediator",
    "public_safety": "hazard_inspector",
    "environment": "sanitation_supervisor",
    "social_affairs": "special_care_worker",
    "convenience": "livelihood_assistant",
    "agriculture": "policy_promoter",
    "party_building": "opinion_liaison",
    "construction": "hazard_inspector",
    "economy": "information_collector",
    "epidemic": "information_collector",
}
_KINDS = {"routine": 0.74, "needs": 0.17, "screening": 0.06, "welfare": 0.03}
_KIND_OF_PRIORITY = {"lonely_elderly": "elderly_check", "low_income": "welfare", "seriously_ill": "welfare"}
_NOTES = (
    "情况正常",
    "已更新联系方式",
    "提醒用火用电安全",
    "已告知医保缴费",
    "反映路灯不亮",
    "门前道路需修补",
    "子女已返家",
)
_NOTES_MISSED = ("家中无人", "外出务工", "电话联系")
SHARE_NOTED = 0.03


def describe_visits(visits: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    """Say what each visit was about.

    Parameters
    ----------
    visits
        ``household_id``, ``visited_on``, ``by``, ``outcome``.
    households
        The register.
    """
    rng = dice("doings")
    n = len(visits)
    months = pd.DatetimeIndex(visits["visited_on"]).month.to_numpy()
    domain = _drawn(rng, _DOMAINS, n)
    emphasis = np.array([_EMPHASIS[int(month)] for month in months], dtype=object)
    domain = np.where(rng.random(n) < EMPHASIS_SHARE, emphasis, domain)
    kind = _drawn(rng, _KINDS, n)
    homes = households.set_index("household_id").loc[visits["household_id"]]
    special = homes["priority"].map(_KIND_OF_PRIORITY).to_numpy(dtype=object)
    cared = pd.notna(special) & (rng.random(n) < 0.6)  # noqa: PLR2004 (the other visits to them are like any)
    kind, domain = np.where(cared, special, kind), np.where(cared, "social_affairs", domain)
    days = visits["visited_on"].to_numpy()
    within = (days >= np.datetime64(ISOLATION[0])) & (days <= np.datetime64(ISOLATION[1]))
    isolated = within & (homes["natural_village"] == "铺上").to_numpy()
    kind, domain = np.where(isolated, "screening", kind), np.where(isolated, "epidemic", domain)
    noted = rng.random(n) < SHARE_NOTED
    missed = (visits["outcome"] == "unreachable").to_numpy()
    words = np.where(missed, _picked(rng, _NOTES_MISSED, n), _picked(rng, _NOTES, n))
    described = visits.assign(
        role=[_ROLES[code] for code in domain],
        domain=domain,
        kind=kind,
        note=pd.Series(words).where(noted | (missed & (rng.random(n) < 0.3))),  # noqa: PLR2004 (misses are noted more often)
    )
    return described[["household_id", "visited_on", "by", "role", "domain", "kind", "outcome", "note"]]


def _drawn(rng: np.random.Generator, shares: dict[str, float], n: int) -> Codes:
    """Draw codes by their shares."""
    bounds: Numbers = np.cumsum(list(shares.values()))
    codes = np.array(list(shares), dtype=object)
    return codes[np.searchsorted(bounds / bounds[-1], rng.random(n) * 0.999999)]


def _picked(rng: np.random.Generator, words: tuple[str, ...], n: int) -> Codes:
    """Pick words, each as likely as the other."""
    return np.array(words, dtype=object)[rng.integers(0, len(words), n)]
