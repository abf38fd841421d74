"""A year of services: what is asked for everywhere, two hotspots, and three weeks in which a village was isolated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from synthesis.calendar import FIRST, FIRST_DAY, ISOLATION, LAST_DAY, day_number
from synthesis.frame import METRES_PER_DEGREE_LAT, METRES_PER_DEGREE_LON, Numbers, Positions, dice
from synthesis.township import Township

YEAR = (FIRST_DAY, LAST_DAY)
BASE_SERVICES = 2700
FAULTY_VILLAGE = "东场"
"""Natural village whose water and power failed through July and August."""
FAULTS = 96
ISOLATED_VILLAGE = "铺上"
LITTERED_VILLAGE = "西谷"
"""Natural village along whose county road, in its eastern half, sanitation was asked for all autumn."""
LITTERED = 170
ROADSIDE_M = 70.0
PUBLIC_KINDS = ("repair", "sanitation")
PUBLIC_SHARE = 0.25
"""Share of services of these kinds that are asked for at a place, by no household in particular."""
STALE_SHARE = 0.012
"""Share of older services that are still open."""

# kind: domain, share of the usual services, month of the peak (0: none)
_USUAL: dict[str, tuple[str, float, int]] = {
    "certificate": ("convenience", 0.19, 0),
    "repair": ("construction", 0.14, 0),
    "water_power": ("construction", 0.09, 7),
    "medical": ("social_affairs", 0.13, 1),
    "needs": ("social_affairs", 0.10, 0),
    "mediation": ("governance", 0.10, 2),
    "sanitation": ("environment", 0.09, 8),
    "farming": ("agriculture", 0.10, 4),
    "welfare": ("social_affairs", 0.06, 2),
}
# what an isolated household was brought: kind, times in three weeks
_ISOLATION = (("testing", 1.5), ("supplies", 1.9), ("needs", 0.5), ("elderly_check", 0.25), ("livestock", 0.3))


@dataclass(frozen=True)
class _Wave:
    """Services of one kind that come together.

    Parameters
    ----------
    count
        How many.
    homes
        Weight of each household, by position in the register.
    span
        First and last day.
    domain, kind
        Codes of the vocabulary.
    """

    count: int
    homes: Numbers
    span: tuple[date, date]
    domain: str
    kind: str
    peak_month: int = 0


def serve_year(township: Township) -> gpd.GeoDataFrame:
    """Draw a year of services.

    Returns
    -------
        Layer ``services`` in WGS 84, sorted by day and household.
    """
    households = township.households
    asked = pd.concat([_draw(wave, number) for number, wave in enumerate(_waves(township))])
    asked = asked.sort_values(["day", "row", "kind"], kind="stable", ignore_index=True)
    homes = households.iloc[asked["row"]].reset_index(drop=True)
    services = pd.DataFrame(
        {
            "service_id": [f"FW{number:05d}" for number in range(1, len(asked) + 1)],
            "household_id": homes["household_id"].where(~_public(asked["kind"])),
            "reported_on": FIRST + asked["day"].to_numpy().astype("timedelta64[D]"),
            "domain": asked["domain"],
            "kind": asked["kind"],
        }
    )
    return gpd.GeoDataFrame(_closed(services, asked["day"].to_numpy()), geometry=homes.geometry.to_numpy(), crs=4326)


def _public(kinds: pd.Series) -> pd.Series:
    """Choose the services that belong to a place rather than to a household."""
    return kinds.isin(PUBLIC_KINDS) & (dice("public").random(len(kinds)) < PUBLIC_SHARE)


def _waves(township: Township) -> list[_Wave]:
    """List what is asked for: the usual, the two hotspots, the isolation."""
    households = township.households
    usual = households["households"].to_numpy() * np.where(households["priority"].notna(), 2.6, 1.0)
    waves = [
        _Wave(round(BASE_SERVICES * share), usual, YEAR, domain, kind, month)
        for kind, (domain, share, month) in _USUAL.items()
    ]
    faulty = (households["natural_village"] == FAULTY_VILLAGE).to_numpy().astype(np.float64)
    waves.append(_Wave(FAULTS, faulty, (date(2026, 7, 4), date(2026, 8, 29)), "construction", "water_power"))
    littered = (households["natural_village"] == LITTERED_VILLAGE).to_numpy()
    east = shapely.get_x(households.geometry.to_numpy())
    roadside = littered & (east > np.median(east[littered])) & (_road_m(township) < ROADSIDE_M)
    waves.append(
        _Wave(LITTERED, roadside.astype(np.float64), (date(2026, 9, 5), LAST_DAY), "environment", "sanitation")
    )
    isolated = (households["natural_village"] == ISOLATED_VILLAGE).to_numpy().astype(np.float64)
    return waves + [
        _Wave(round(times * isolated.sum()), isolated, ISOLATION, "epidemic", kind) for kind, times in _ISOLATION
    ]


def _road_m(township: Township) -> Numbers:
    """Measure how far each household is from the county road."""
    roads = township.barriers
    county = shapely.union_all(roads.geometry[roads["name"] == "县道"].to_numpy())

    def metres(points: Numbers) -> Numbers:
        scaled: Numbers = points * np.array([METRES_PER_DEGREE_LON, METRES_PER_DEGREE_LAT])
        return scaled

    homes = shapely.transform(township.households.geometry.to_numpy(), metres)
    far: Numbers = np.round(shapely.distance(homes, shapely.transform(county, metres)), 2)
    return far


def _draw(wave: _Wave, number: int) -> pd.DataFrame:
    """Draw one wave: the day, then the household."""
    rng = dice("call", str(number))
    first, last = (day_number(day) for day in wave.span)
    days = np.arange(first, last + 1)
    months = pd.DatetimeIndex(FIRST + days.astype("timedelta64[D]")).month.to_numpy()
    weekend = days % 7 >= 5  # noqa: PLR2004 (the year begins on a Monday)
    weight = np.where(weekend, 0.45, 1.0)
    if wave.peak_month:
        apart = np.minimum((months - wave.peak_month) % 12, (wave.peak_month - months) % 12)
        weight *= np.array([2.4, 1.5])[np.minimum(apart, 1)] ** (apart < 2)  # noqa: PLR2004 (a month either side)
    return pd.DataFrame(
        {
            "day": days[_weighted(rng, weight, wave.count)],
            "row": _weighted(rng, wave.homes, wave.count),
            "domain": wave.domain,
            "kind": wave.kind,
        }
    )


def _weighted(rng: np.random.Generator, weights: Numbers, n: int) -> Positions:
    """Draw positions by weight."""
    bounds = np.cumsum(weights)
    drawn: Positions = np.searchsorted(bounds, rng.random(n) * bounds[-1] * 0.999999, side="right")
    return drawn


def _closed(services: pd.DataFrame, day: Positions) -> pd.DataFrame:
    """Close services some days after they were asked for; the newest and a few old ones stay open."""
    rng = dice("closing")
    took = rng.geometric(0.28, len(services)) - 1
    done = day + np.where(services["domain"] == "construction", 2 * took, took)
    is_open = (done > day_number(LAST_DAY)) | (rng.random(len(services)) < STALE_SHARE)
    closed = pd.Series(FIRST + done.astype("timedelta64[D]")).where(~is_open)
    return services.assign(status=np.where(is_open, "open", "closed"), closed_on=closed, note=None)
