"""Clusters: neighbourhoods of areas that ask for more, or for fewer, services than the rest of the township.

A hotspot is one area against its expectation; a cluster is an area together with its neighbours against all the others.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import false_discovery_control

from gridgis.ledger.hotspots import HotspotRules
from gridgis.model.errors import GridgisError

_PERMUTATIONS = 9_999
_SEAM = 0.01
"""Width of a seam that neighbours may leave between them, as a part of the side of a middling area."""


def clusters_of_areas(areas: gpd.GeoDataFrame, rules: HotspotRules, *, seed: int = 0) -> pd.DataFrame:
    """Find the neighbourhoods whose rates are high or low together, by the local statistic G_i*.

    Parameters
    ----------
    areas
        Result of :func:`gridgis.ledger.hotspots.judge_areas`; the logarithm of its shrunk ``rate_ratio`` is what is
        compared, lest one great outbreak hide all else; areas without an expectation are passed over.
    rules
        When a cluster is called one.
    seed
        Seed of the permutations.

    Returns
    -------
        Index of ``areas``: ``z`` (standardised G_i*), ``p`` (two-sided, conditional permutation), ``q`` (false
        discoveries held), ``cluster`` (``"hot"``, ``"cold"``, ``"ordinary"``, ``"too_few"`` where passed over).

    Raises
    ------
    GridgisError
        If fewer than ``rules.least_areas`` areas can be compared.

    Source: J. K. Ord and A. Getis (1995), Local spatial autocorrelation statistics, Geographical Analysis 27(4):
    286-306. The z-values are those of ``esda.G_Local``, as a test sees to; esda takes seconds to import and compile.
    """
    compared = areas[areas["rate_ratio"] > 0].sort_index()
    if len(compared) < rules.least_areas:
        raise GridgisError("ledger.hotspots.too_few_areas", n=len(compared), least=rules.least_areas)
    ratio = np.log(compared["rate_ratio"].to_numpy())
    near = _neighbours(compared.geometry)
    p = _permuted_p(ratio, near, np.random.default_rng(seed))
    q = false_discovery_control(p, method="bh")
    z = local_g_star(ratio, near)
    cluster = np.select([(q <= rules.fdr) & (z > 0), (q <= rules.fdr) & (z < 0)], ["hot", "cold"], "ordinary")
    found = pd.DataFrame({"z": z, "p": p, "q": q, "cluster": cluster}, index=compared.index).reindex(areas.index)
    return found.assign(cluster=found["cluster"].fillna("too_few"))


def local_g_star(values: NDArray[np.float64], near: csr_array) -> NDArray[np.float64]:
    """Compute the standardised G_i* of each area.

    Parameters
    ----------
    values
        One value an area.
    near
        Square matrix of ones where two areas are neighbours, an area its own among them.

    Returns
    -------
        z-values; 0 where all values are alike or everybody is a neighbour.

    Source: Ord and Getis (1995), equation 14.
    """
    n = len(values)
    sizes = near.sum(axis=1)
    spread = values.std() * np.sqrt((n * sizes - sizes**2) / (n - 1))
    excess = near @ values - sizes * values.mean()
    return np.asarray(np.divide(excess, spread, out=np.zeros(n), where=spread > 0), dtype=np.float64)


def _permuted_p(values: NDArray[np.float64], near: csr_array, rng: np.random.Generator) -> NDArray[np.float64]:
    """Compare each neighbourhood's sum with those of as many areas drawn from all the others, its own value kept."""
    n = len(values)
    others = near.sum(axis=1).astype(int) - 1
    draws = rng.random((_PERMUTATIONS, n - 1), dtype=np.float32).argsort(axis=1)[:, : max(others.max(), 1)]
    sums = near @ values
    p = np.ones(n)
    for area in np.flatnonzero(others):
        rest = np.delete(values, area)
        drawn = values[area] + rest[draws[:, : others[area]]].sum(axis=1)
        # rounding must not make equal sums differ
        above, below = (drawn >= sums[area] - 1e-12).sum(), (drawn <= sums[area] + 1e-12).sum()
        p[area] = min(1.0, 2 * (min(above, below) + 1) / (_PERMUTATIONS + 1))
    return p


def _neighbours(shapes: gpd.GeoSeries) -> csr_array:
    geometries = shapes.to_numpy()
    seam = _SEAM * float(np.sqrt(np.median(shapely.area(geometries))))
    a, b = shapely.STRtree(geometries).query(geometries, predicate="dwithin", distance=seam)
    return csr_array((np.ones(len(a)), (a, b)), shape=(len(shapes), len(shapes)))
