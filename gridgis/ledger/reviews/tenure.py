"""Who was in post on a day, with which permit: what is entered since changes nothing of a period that is past."""

from __future__ import annotations

from datetime import date

import pandas as pd

_PERMIT = {"number": "permit_no", "on": "permit_issued_on", "expires_on": "permit_expires_on"}


def members_on(
    members: pd.DataFrame, appointments: pd.DataFrame, certifications: pd.DataFrame, on: date
) -> pd.DataFrame:
    """Put members into the posts that they held on a day.

    Parameters
    ----------
    members
        Layer ``members``, as it is today: what holds of whoever has no history.
    appointments
        ``member_id``, ``post``, ``unit_code``, ``from_on`` and ``until_on``, the first and the last day in post;
        missing where it is not known, or still goes on.
    certifications
        ``member_id``, ``step``, ``passed``, ``number``, ``on`` (missing where it is not known), ``expires_on``.
    on
        The day.

    Returns
    -------
        ``member_id``, ``post``, ``unit_code``, ``permit_no``, ``permit_issued_on``, ``permit_expires_on``; a member who
        has left since is among them, and one who held two posts has two rows.
    """
    day = pd.Timestamp(on)
    begun = appointments["from_on"].isna() | (appointments["from_on"] <= day)
    going_on = appointments["until_on"].isna() | (appointments["until_on"] >= day)
    held = appointments.loc[begun & going_on, ["member_id", "post", "unit_code"]]
    known = members[["member_id", "post", "unit_code"]]
    posts = pd.concat([held, known[~known["member_id"].isin(appointments["member_id"])]])
    given = certifications[(certifications["step"] == "permit") & certifications["passed"].astype(bool)]
    issued = given[given["on"].isna() | (given["on"] <= day)].sort_values("on", na_position="first", kind="stable")
    latest = issued.drop_duplicates("member_id", keep="last")[["member_id", *_PERMIT]].rename(columns=_PERMIT)
    today = members.loc[~members["member_id"].isin(given["member_id"]), ["member_id", *_PERMIT.values()]]
    return posts.merge(pd.concat([latest, today]), how="left", on="member_id")
