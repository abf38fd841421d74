"""Why a natural village was cut: each reason drawn once, and the sum of excess against the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gridgis.model.tiers import SizeRange
from gridgis.planning.feasibility import Land, Piece, assess_lands
from gridgis.planning.plan import PlanRequest, assess_request, make_plan
from gridgis.planning.shares import Share
from gridgis.planning.splits import explain_splits

SMALL = PlanRequest(SizeRange(30, 50), SizeRange(5, 10))


def homes_of(rows: list[tuple[str, str, int, float]]) -> pd.DataFrame:
    """Put households in a row: grid, natural village, how many, and how far east of the origin."""
    return pd.DataFrame(
        {
            "village_code": "V",
            "natural_village": [name or None for _, name, _, _ in rows],
            "households": [many for _, _, many, _ in rows],
            "grid_code": [grid for grid, _, _, _ in rows],
            "micro_grid_code": [f"{grid}{place:02}" for place, (grid, _, _, _) in enumerate(rows)],
            "x_m": [east for _, _, _, east in rows],
            "y_m": 0.0,
        }
    )


def reasons(rows: list[tuple[str, str, int, float]], request: PlanRequest = SMALL) -> list[tuple[str, str]]:
    homes = homes_of(rows)
    n = int(homes["households"].sum())
    sizes = homes.groupby("natural_village")["households"].sum()
    pieces = tuple(Piece("natural_village", str(name), int(size)) for name, size in sizes.items())
    land = Land("V", "V", n, Share(homes["grid_code"].nunique(), len(homes), 0), pieces=pieces, sites=n)
    told = list(explain_splits("grid", request, homes, assess_lands([land], request)))
    assert all(message.words("zh") and message.words("en") for message in told)
    return [(str(message.params["name"]), message.key) for message in told]


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        # 58 households in two grids of at least 30: 45 of them in one leave 13
        ([("A", "N", 30, 0.0), ("B", "N", 15, 10.0), ("B", "", 15, 20.0)], "split.numbers"),
        # all of N would make A 30 + 15 + 10 = 55
        ([("A", "", 30, 0.0), ("A", "N", 15, 5.0), ("B", "N", 10, 10.0), ("B", "", 35, 20.0)], "split.over"),
        # without N, B would keep 25
        ([("A", "", 20, 0.0), ("A", "N", 15, 5.0), ("B", "N", 10, 10.0), ("B", "", 25, 20.0)], "split.short"),
        # N lies in two places far apart
        ([("A", "", 20, 0.0), ("A", "N", 15, 0.0), ("B", "N", 5, 900.0), ("B", "", 35, 900.0)], "split.walk"),
        # N lies in one place
        ([("A", "", 20, 0.0), ("A", "N", 15, 0.0), ("B", "N", 5, 0.0), ("B", "", 35, 900.0)], "split.other"),
    ],
)
def test_each_reason_is_said_where_it_holds(rows, key):
    free_inside = replace(SMALL, micro_size=SizeRange(1, 100))
    assert reasons(rows, free_inside) == [("N", key)]


def test_micro_grids_too_can_forbid_a_natural_village_to_stay_whole():
    """A and B have four micro-grids each; 36 households fit them, 41 and 31 do not, with 9 to 10 in each."""
    rows = [("A", "", 10, 0.0)] * 3 + [("A", "N", 6, 0.0), ("B", "N", 5, 0.0)] + [("B", "", 10, 900.0)] * 2
    rows.append(("B", "", 11, 900.0))
    assert reasons(rows, replace(SMALL, micro_size=SizeRange(5, 15))) == [("N", "split.other")]
    assert reasons(rows, replace(SMALL, micro_size=SizeRange(9, 10))) == [("N", "split.inner")]


def village_table(n: int, grids: int, micro_grids: int) -> np.ndarray:
    """Tabulate the least excess of n households in k grids with m micro-grids, one grid after the other."""
    sizes = np.arange(n + 1)
    grid = np.array([SMALL.grid_size.excess(int(size)) for size in sizes])
    one = {
        inner: grid + np.array([SMALL.micro_size.least_excess(int(size), inner) for size in sizes])
        for inner in range(1, 14)
    }
    best = np.full((grids + 1, micro_grids + 1, n + 1), 10**6)
    best[0, 0, 0] = 0
    for k in range(1, grids + 1):
        for m in range(k, micro_grids + 1):
            for inner, excess in one.items():
                if inner <= m:
                    before = best[k - 1, m - inner]
                    found = np.array([(before[size::-1] + excess[: size + 1]).min() for size in sizes])
                    best[k, m] = np.minimum(best[k, m], found)
    return best[:, :, n]


def least_in_all(sizes: tuple[int, ...], grids: int, micro_grids: int) -> int:
    """Share units among villages, one village after the other, by trying every number."""
    best = np.full((grids + 1, micro_grids + 1), 10**6)
    best[0, 0] = 0
    for size in sizes:
        after = np.full_like(best, 10**6)
        for (k, m), price in np.ndenumerate(village_table(size, size // 30 + 2, size // 5 + 2)):
            if 1 <= k <= min(m, grids) and m <= micro_grids and price < 10**5:
                after[k:, m:] = np.minimum(after[k:, m:], best[: grids + 1 - k, : micro_grids + 1 - m] + price)
        best = after
    return int(best[grids, micro_grids])


def test_the_published_township_in_miniature_breaks_sizes_least_and_every_exception_is_said(township):
    """The demo's villages in tenths: 24 grids and 78 micro-grids want 720 to 780 households, there are 747."""
    sizes = (152, 93, 122, 59, 57, 46, 89, 60, 68)
    request = replace(SMALL, grids=24, micro_grids=78)
    layers = township(sizes)
    plan = make_plan(layers, request)
    tiers = ((plan.grids, SMALL.grid_size), (plan.micro_grids, SMALL.micro_size))
    excess = sum(rule.excess(int(n)) for units, rule in tiers for n in units["households"])
    assert excess == sum(one.excess for one in assess_request(layers, request))
    assert excess == least_in_all(sizes, 24, 78)
    said = {message.params.get("code") for message in plan.messages}
    broken = {unit.code for units, rule in tiers for unit in units.itertuples() if rule.excess(int(unit.households))}
    assert broken <= said
    assert f"{excess} households are out of range: the least" in " ".join(m.words("en") for m in plan.messages)
