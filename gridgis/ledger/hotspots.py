"""Where more services were asked for than chance explains: observed against expected, by H3 cell and by unit.

The expectation is that every household asks at the same rate (indirect standardisation), the usual one: that of the
areas which are no hotspot themselves. The caller chooses domain, kind and period by filtering ``services``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import geopandas as gpd
import h3.api.basic_str as h3
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgis.ledger.contacts import rows_of

_WGS84 = 4326


@dataclass(frozen=True)
class HotspotRules:
    """When an area is called a hotspot.

    Parameters
    ----------
    h3_resolution
        Resolution of the H3 cells; 9 is about 0.1 km² a cell.
    fdr
        False-discovery rate: the share of the areas called hot or cold that may be so by chance.
    least_expected
        Expected services below which an area is too small to judge.
    least_areas
        Areas below which local statistics are refused.
    least_ratio
        How many times the expectation a hotspot must hold, and a cold spot the other way round, after shrinkage: among
        many services a difference may be more than chance and still be too small to matter.
    """

    h3_resolution: int = 9
    fdr: float = 0.05
    least_expected: float = 3.0
    least_areas: int = 30
    least_ratio: float = 1.25


def hotspots_of_units(
    services: gpd.GeoDataFrame,
    households: pd.DataFrame,
    units: gpd.GeoDataFrame,
    rules: HotspotRules,
    *,
    by: str = "micro_grid_code",
) -> gpd.GeoDataFrame:
    """Compare the services of each unit with what its households let expect.

    Parameters
    ----------
    services
        Layer ``services``, filtered as wished. A service belongs where its household does; one of no known household,
        where its point lies. A service that stands twice counts once.
    households
        Layer ``households`` with the column ``by``.
    units
        Grids, micro-grids or villages: ``code``, ``name``, ``geometry``.
    rules
        When a unit is called a hotspot.
    by
        Column of ``households`` that names the unit.

    Returns
    -------
        Index ``area`` (the units' codes, in their order), CRS of ``units``: ``name``, ``households``, ``observed``
        (int), ``expected`` (at the usual rate), ``rate_ratio`` (observed over expected, shrunk towards 1 where
        households are few), ``p`` and ``q`` (missing where too few), ``verdict`` (``"hot"``, ``"cold"``,
        ``"ordinary"``, ``"too_few"``), ``geometry``.
    """

    def locate(points: gpd.GeoSeries) -> pd.Series:
        pairs = points.to_crs(units.crs).to_frame("geometry").sjoin(units[["code", "geometry"]], predicate="intersects")
        codes: pd.Series = pairs["code"].groupby(level=0).min()
        return codes.reindex(points.index)

    observed = _areas_of_services(services, households, households[by], locate).value_counts()
    counts = households.groupby(by)["households"].sum()
    areas = units[["code", "name", "geometry"]].set_index(pd.Index(units["code"], name="area"))
    return judge_areas(
        areas.drop(columns="code").assign(
            households=counts.reindex(areas.index, fill_value=0), observed=observed.reindex(areas.index, fill_value=0)
        ),
        rules,
    )


def hotspots_of_cells(
    services: gpd.GeoDataFrame, households: gpd.GeoDataFrame, rules: HotspotRules
) -> gpd.GeoDataFrame:
    """Compare the services of each H3 cell with what its households let expect.

    Parameters
    ----------
    services, rules
        As for :func:`hotspots_of_units`.
    households
        Layer ``households``, in any CRS.

    Returns
    -------
        As of :func:`hotspots_of_units`, one row a cell that holds a household or a service, sorted; ``area`` is the
        cell's address, ``name`` the natural village (else the village's code) that most of its households belong to,
        missing where there is none; CRS of ``households``.
    """

    def locate(points: gpd.GeoSeries) -> pd.Series:
        placed = points.to_crs(_WGS84)
        cells = [h3.latlng_to_cell(lat, lon, rules.h3_resolution) for lon, lat in zip(placed.x, placed.y, strict=True)]
        return pd.Series(cells, index=points.index, dtype=str)

    cells = locate(households.geometry)
    observed = _areas_of_services(services, households, cells, locate).value_counts()
    counts = households["households"].groupby(cells).sum()
    index = counts.index.union(observed.index).rename("area")
    rings = [[(lon, lat) for lat, lon in h3.cell_to_boundary(cell)] for cell in index]
    areas = gpd.GeoDataFrame(
        {
            "name": _places(households, cells).reindex(index),
            "households": counts.reindex(index, fill_value=0),
            "observed": observed.reindex(index, fill_value=0),
        },
        geometry=[shapely.Polygon(ring) for ring in rings],
        crs=_WGS84,
        index=index,
    )
    return judge_areas(areas.to_crs(households.crs), rules)


def judge_areas(areas: gpd.GeoDataFrame, rules: HotspotRules) -> gpd.GeoDataFrame:
    """Judge which areas hold more or fewer services than the same rate for every household lets expect.

    Parameters
    ----------
    areas
        ``name``, ``households``, ``observed``, ``geometry``.
    rules
        When an area is called a hotspot.

    Returns
    -------
        As of :func:`hotspots_of_units`. Services in areas without a household have no part in the expectation.

    Notes
    -----
    A great outbreak would raise the expectation everywhere, and make cold spots of all the rest. So areas found hot are
    set aside, one round after the other, and the rate of the usual ones alone is what all are compared with.

    Source: exact conditional test of a Poisson rate (J. Przyborowski and H. Wilenski 1940, Biometrika 31: 313-323),
    two-sided, as mid-p (H. O. Lancaster 1961, JASA 56: 223-234); Y. Benjamini and Y. Hochberg (1995), JRSS B 57(1):
    289-300; Z. Zhang, R. Assunção and M. Kulldorff (2010), Spatial scan statistics adjusted for multiple clusters,
    J. Probability and Statistics: 642379, for the setting aside.
    """
    population, observed = (areas[column].to_numpy(dtype=np.int64) for column in ("households", "observed"))
    lived_in = population > 0
    # what is too small to judge is fixed before anything is compared, so that no test is chosen for its result
    judged = observed[lived_in].sum() * population >= rules.least_expected * max(population.sum(), 1)
    expected, ratio, p, q = _compare(population, observed, _usual(population, observed, judged, rules), judged)
    hot = (q <= rules.fdr) & (ratio >= rules.least_ratio)
    cold = (q <= rules.fdr) & (ratio <= 1 / rules.least_ratio)
    verdict = np.select([~judged, hot, cold], ["too_few", "hot", "cold"], "ordinary")
    return gpd.GeoDataFrame(
        {
            "name": areas["name"],
            "households": population,
            "observed": observed,
            "expected": expected,
            "rate_ratio": ratio,
            "p": p,
            "q": q,
            "verdict": verdict,
        },
        geometry=areas.geometry,
        index=areas.index,
    )


def _usual(
    population: NDArray[np.int64], observed: NDArray[np.int64], judged: NDArray[np.bool_], rules: HotspotRules
) -> NDArray[np.bool_]:
    """Set the hot areas aside, round after round, while the rest still holds services and most of the households."""
    usual = population > 0
    while True:
        _, ratio, _, q = _compare(population, observed, usual, judged)
        rest = usual & ~((q <= rules.fdr) & (ratio >= rules.least_ratio))
        few = 2 * population[rest].sum() < population.sum() or not observed[rest].any()
        if few or (rest == usual).all():
            return usual
        usual = rest


def _compare(
    population: NDArray[np.int64], observed: NDArray[np.int64], usual: NDArray[np.bool_], judged: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], ...]:
    """Compare each area with the usual ones: expectation, shrunk ratio, p and q."""
    # scipy.stats costs half a second of start: who opens another page does not pay for it
    from scipy.stats import false_discovery_control  # noqa: PLC0415

    # an unusual area is compared with all the usual ones, a usual one with them all, itself among them
    total = observed[usual].sum() + np.where(usual, 0, observed)
    chance = population / np.maximum(population[usual].sum() + np.where(usual, 0, population), 1)
    expected = observed[usual].sum() * population / max(population[usual].sum(), 1)
    p, q = np.where(judged, _mid_p(observed, total, chance), np.nan), np.full(len(observed), np.nan)
    if judged.any():
        q[judged] = false_discovery_control(p[judged], method="bh")
    return expected, shrunk_ratio(observed, expected), p, q


def shrunk_ratio(observed: NDArray[np.int64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shrink observed over expected towards 1, the more the less is expected.

    Parameters
    ----------
    observed, expected
        Counts of each area.

    Returns
    -------
        Empirical-Bayes ratios; missing where nothing is expected.

    Source: R. J. Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators,
    Applied Statistics 40(2): 283-294; the global estimator.

    Examples
    --------
    >>> shrunk_ratio(np.array([3, 30, 12]), np.array([1.0, 22.0, 22.0])).round(2)
    array([1.32, 1.29, 0.63])
    """
    known = expected > 0
    ratio = np.full(len(expected), np.nan)
    if not known.any():
        return ratio
    e = expected[known]
    raw = observed[known] / e
    spread = max((e * (raw - 1) ** 2).sum() / e.sum() - 1 / e.mean(), 0.0)
    weight = spread / (spread + 1 / e)
    ratio[known] = weight * raw + 1 - weight
    return ratio


def merge_hot_cells(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Merge the hot cells that touch into findings with one name each.

    Parameters
    ----------
    cells
        Result of :func:`hotspots_of_cells`.

    Returns
    -------
        One row a finding, the most services beyond expectation first: ``name`` (that of the cells with most
        households), ``cells``, ``households``, ``observed``, ``expected``, ``verdict`` (``"hot"``), ``geometry``. There
        is no p-value: the cells were chosen for theirs.
    """
    hot = cells[cells["verdict"] == "hot"].sort_index()
    group = _touching(hot.index)
    named = hot.groupby([group, "name"])["households"].sum().sort_values(ascending=False, kind="stable")
    names = named.reset_index("name")["name"].groupby(level=0).first()
    sums = hot.assign(cells=1)[["cells", "households", "observed", "expected"]].groupby(group).sum()
    shapes = gpd.GeoSeries(hot.geometry).groupby(group).agg(lambda parts: shapely.union_all(parts.to_numpy()))
    found = gpd.GeoDataFrame(
        sums.assign(name=names.reindex(sums.index), verdict="hot"), geometry=gpd.GeoSeries(shapes, crs=cells.crs)
    )
    order = (found["observed"] - found["expected"]).sort_values(ascending=False, kind="stable").index
    columns = ["name", "cells", "households", "observed", "expected", "verdict", "geometry"]
    return found.loc[order, columns].reset_index(drop=True)


def _mid_p(observed: NDArray[np.int64], total: NDArray[np.int64], chance: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.stats import binom  # noqa: PLC0415 — as above

    half = 0.5 * binom.pmf(observed, total, chance)
    upper = binom.sf(observed, total, chance) + half
    lower = binom.cdf(observed - 1, total, chance) + half
    return np.asarray(np.minimum(2 * np.minimum(lower, upper), 1.0), dtype=np.float64)


def _areas_of_services(
    services: gpd.GeoDataFrame,
    households: pd.DataFrame,
    areas_of_households: pd.Series,
    locate: Callable[[gpd.GeoSeries], pd.Series],
) -> pd.Series:
    services = services.drop_duplicates("service_id")
    rows = rows_of(households, services["household_id"])
    known = areas_of_households.iloc[rows[rows >= 0]]
    points = services.geometry[rows < 0]
    points = points[points.notna() & ~points.is_empty].reset_index(drop=True)
    return pd.concat([known, locate(points)]) if len(points) else known


def _places(households: pd.DataFrame, cells: pd.Series) -> pd.Series:
    """Name each cell after the natural village, else the village, of most of its households."""
    places = households["natural_village"].fillna(households["village_code"])
    counts = households["households"].groupby([cells.rename("cell"), places.rename("place")]).sum()
    # the index is sorted: of places with as many households the first by name is taken
    largest = counts.sort_values(ascending=False, kind="stable").reset_index("place")["place"]
    return largest.groupby(level=0).first()


def _touching(cells: Iterable[str]) -> NDArray[np.int64]:
    """Give each cell the number of the group that it hangs together with."""
    position = {cell: at for at, cell in enumerate(cells)}
    pairs = [(at, position[n]) for cell, at in position.items() for n in h3.grid_disk(cell, 1) if n in position]
    a, b = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    size = len(position)
    labels = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(size, size)), directed=False)[1]
    return np.asarray(labels, dtype=np.int64)
