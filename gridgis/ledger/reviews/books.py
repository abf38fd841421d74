"""What a period is reviewed from: the ledger, who is in post, and the units that were in force then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgis.ledger.contacts import day_number, met, rows_of
from gridgis.ledger.overdue import Cadence, days_allowed
from gridgis.ledger.periods import Period
from gridgis.ledger.posts import TIERS, coverage_of_party
from gridgis.ledger.reviews.tenure import members_on

ALL = "all"
"""The one unit that everything belongs to where units are not told apart."""
_ORGANISED = ("tier", "code", "name", "village_code", "grid_code", "micro_grid_code")


@dataclass(frozen=True)
class ReviewRules:
    """When work counts as done in time, and how many cases a judgement needs.

    Parameters
    ----------
    cadence
        How often a household is to be visited.
    matter_days
        Days within which a matter that names no due day is to be closed.
    entry_days
        Days after a visit within which its entry is on time.
    situation_days
        Days for which what is known of a priority resident is up to date.
    least
        Households or visits below which an indicator of a unit is not judged.
    least_few
        Matters or priority residents below which it is not judged.
    """

    cadence: Cadence = field(default_factory=Cadence)
    matter_days: int = 15
    entry_days: int = 3
    situation_days: int = 30
    least: int = 20
    least_few: int = 10


@dataclass(frozen=True)
class Records:
    """What is on record of a township, in the units of one plan: what the books of any period are opened from.

    Parameters
    ----------
    households
        Layer ``households`` with ``village_code``, ``grid_code`` and ``micro_grid_code``.
    visits, services
        Layers ``visits`` and ``services``, the entries that count.
    members, appointments, certifications
        Layer ``members``, and the histories of posts and permits as :func:`gridgis.ledger.reviews.tenure.members_on`
        takes them.
    situations
        ``household_id``, ``recorded_on``.
    scores
        ``period`` (key), ``unit_code``, ``score``, ``most``.
    villages, grids, micro_grids
        The units: ``code``, ``name``, ``geometry`` and the codes of the units that they lie in; None without a plan.
    """

    households: gpd.GeoDataFrame
    visits: pd.DataFrame
    services: gpd.GeoDataFrame
    members: pd.DataFrame
    appointments: pd.DataFrame
    certifications: pd.DataFrame
    situations: pd.DataFrame
    scores: pd.DataFrame
    villages: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame | None
    micro_grids: gpd.GeoDataFrame | None

    def of_units(self, codes: frozenset[str] | None) -> Records:
        """Keep the units that somebody may see, so that no unit is reviewed by a part of it; None keeps all."""
        if codes is None:
            return self
        tables = {name: getattr(self, name) for name in ("villages", "grids", "micro_grids")}
        kept = {name: table[table["code"].isin(codes)] for name, table in tables.items() if table is not None}
        return replace(self, **kept)

    @cached_property
    def placed(self) -> pd.DataFrame:
        """The services, each with its units."""
        return place_services(self.services, self.households, self.micro_grids)

    @cached_property
    def organisation(self) -> pd.DataFrame:
        """The units that have a Party organisation."""
        return organisation_of(self.villages, self.grids, self.micro_grids)

    def open(self, period: Period, by: str | None, rules: ReviewRules, inside: tuple[str, str] | None = None) -> Books:
        """Open the books of a period.

        Parameters
        ----------
        period
            Period taken to date.
        by, rules
            As for :class:`Books`.
        inside
            Column and code of the unit whose books they are; None for the township's.
        """
        households, services, organisation = self.households, self.placed, self.organisation
        if inside is not None:
            column, code = inside
            households, services = households[households[column] == code], services[services[column] == code]
            organisation = organisation[organisation[column] == code]
        year = str(period.start.year)
        keys = {"half_year": [period.key], "year": [f"{year}-H1", f"{year}-H2"]}.get(period.kind, [])
        return Books(
            households=households,
            visits=self.visits,
            services=services,
            situations=self.situations,
            members=members_on(self.members, self.appointments, self.certifications, period.end),
            organisation=organisation,
            scores=self.scores[self.scores["period"].isin(keys)],
            period=period,
            by=by,
            rules=rules,
        )


@dataclass(frozen=True)
class Books:
    """All that one period is reviewed from.

    Parameters
    ----------
    households
        Layer ``households`` with ``village_code``, ``grid_code`` and ``micro_grid_code`` of the plan in force then.
    visits
        Layer ``visits``, the entries that count, of any days up to the period's last at least.
    services
        Result of :func:`place_services`.
    situations
        ``household_id``, ``recorded_on``.
    members
        Result of :func:`gridgis.ledger.reviews.tenure.members_on` for the period's last day.
    organisation
        Result of :func:`organisation_of`.
    scores
        Score sheets of the period's observations: ``unit_code``, ``score``, ``most``.
    period
        Period taken to date.
    by
        Column that names the units compared, such as ``village_code``; None for all as one.
    rules
        When work is done in time.
    """

    households: pd.DataFrame
    visits: pd.DataFrame
    services: pd.DataFrame
    situations: pd.DataFrame
    members: pd.DataFrame
    organisation: pd.DataFrame
    scores: pd.DataFrame
    period: Period
    by: str | None
    rules: ReviewRules

    def as_one(self) -> Books:
        """Take all units as one, so that the whole is measured by the same functions as its parts."""
        one = replace(self, by=None)
        # what does not depend on the units is found once
        vars(one).update({name: getattr(self, name) for name in ("every", "gaps", "meetings")})
        return one

    def units_of(self, table: pd.DataFrame) -> pd.Series:
        """Name the unit of each row of a table that has the columns of units."""
        return pd.Series(ALL, index=table.index) if self.by is None else table[self.by]

    @cached_property
    def every(self) -> NDArray[np.int64]:
        """Days within which each household is to be visited."""
        return days_allowed(self.households, self.rules.cadence)

    @cached_property
    def gaps(self) -> pd.Series:
        """Say what each organised unit lacks on the last day: its head, the head's permit; empty where nothing."""
        units = self.organisation
        micro_grids, grids, villages = (units[units["tier"] == tier] for tier in TIERS[:0:-1])
        party = coverage_of_party(micro_grids, grids, villages, self.members, self.period.end)
        gaps: pd.Series = units["code"].map(party.gaps.set_index("code")["gap"]).fillna("")
        return gaps

    @cached_property
    def meetings(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """List who was met when, once a day: position of the household and day number, sorted by both."""
        end = day_number(self.period.end)
        first = day_number(self.period.start) - int(self.every.max(initial=0))
        days = self.visits["visited_on"].to_numpy().astype("datetime64[D]").astype(np.int64)
        counts = met(self.visits).to_numpy() & (days >= first) & (days <= end)
        rows = rows_of(self.households, self.visits["household_id"][counts])
        days = days[counts][rows >= 0] - first
        span = end - first + 1
        keys = np.unique(rows[rows >= 0] * span + days)
        return keys // span, keys % span + first


def organisation_of(
    villages: pd.DataFrame, grids: pd.DataFrame | None, micro_grids: pd.DataFrame | None
) -> pd.DataFrame:
    """List the units that have a Party organisation, with the units that each lies in.

    Parameters
    ----------
    villages, grids, micro_grids
        ``code`` and ``name``; grids with ``village_code``, micro-grids with ``grid_code`` as well; None without a plan.

    Returns
    -------
        ``tier``, ``code``, ``name``, ``village_code``, ``grid_code``, ``micro_grid_code``; a unit lies in itself.
    """
    tables = [villages.assign(tier="village", village_code=villages["code"], grid_code=None, micro_grid_code=None)]
    if grids is not None and micro_grids is not None:
        tables += [
            grids.assign(tier="grid", grid_code=grids["code"], micro_grid_code=None),
            micro_grids.assign(tier="micro_grid", micro_grid_code=micro_grids["code"]),
        ]
    return pd.concat([pd.DataFrame(table[list(_ORGANISED)]).astype("str") for table in tables], ignore_index=True)


def place_services(services: gpd.GeoDataFrame, households: pd.DataFrame, micro_grids: gpd.GeoDataFrame) -> pd.DataFrame:
    """Tell in which units each service was asked for: those of its household, else those of the place it lies in.

    Parameters
    ----------
    services
        Layer ``services``, the entries that count.
    households
        As for :class:`Books`.
    micro_grids
        ``code``, ``grid_code``, ``village_code``, ``geometry``; None while there is no plan.

    Returns
    -------
        The services without geometry, with ``village_code``, ``grid_code`` and ``micro_grid_code``, missing where
        neither household nor place is known.
    """
    names = ["village_code", "grid_code", "micro_grid_code"]
    rows = rows_of(households, services["household_id"])
    # -1, which is no position, leaves a row missing
    units = pd.DataFrame(households[names]).reset_index(drop=True).reindex(rows).set_axis(services.index)
    placed = pd.DataFrame(services.drop(columns="geometry")).assign(**units)
    homeless = services[services["household_id"].isna() & services.geometry.notna()]
    if micro_grids is None or homeless.empty:
        return placed
    shapes = micro_grids.rename(columns={"code": "micro_grid_code"})[[*names, "geometry"]].to_crs(homeless.crs)
    found = gpd.sjoin(homeless[["geometry"]], shapes, predicate="intersects")
    found = found[~found.index.duplicated()]
    placed.loc[found.index, names] = found[names]
    return placed
