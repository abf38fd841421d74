"""A township small enough to count by hand, and strategies that draw ledgers at random."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import strategies as st
from shapely import box

FIRST_DAY = pd.Timestamp("2026-11-09")


def days(texts):
    return pd.Series(pd.to_datetime(pd.Series(texts, dtype="str")).astype("datetime64[s]"))


def visit_table(rows):
    """Lay out (household_id, day, outcome) as the layer ``visits``."""
    ids, on, outcome = zip(*rows, strict=True) if rows else ((), (), ())
    return pd.DataFrame(
        {
            "visit_id": pd.Series([f"v{number}" for number in range(len(rows))], dtype="str"),
            "household_id": pd.Series(ids, dtype="str"),
            "visited_on": days(on),
            "outcome": pd.Series(outcome, dtype="str"),
        }
    )


def service_table(rows, crs="EPSG:4546"):
    """Lay out (household_id, reported, status, closed) as the layer ``services``; the points are not given."""
    ids, reported, status, closed = zip(*rows, strict=True) if rows else ((), (), (), ())
    return gpd.GeoDataFrame(
        {
            "service_id": pd.Series([f"s{number}" for number in range(len(rows))], dtype="str"),
            "household_id": pd.Series(ids, dtype="str"),
            "reported_on": days(reported),
            "status": pd.Series(status, dtype="str"),
            "closed_on": days(closed),
        },
        geometry=gpd.GeoSeries([None] * len(rows)),
        crs=crs,
    )


@pytest.fixture(scope="session")
def villages():
    shapes = gpd.GeoSeries([box(0, 0, 600, 300), box(600, 0, 900, 300)], crs="EPSG:4546")
    return gpd.GeoDataFrame({"code": ["E", "W"], "name": ["东", "西"]}, geometry=shapes.translate(500_000, 4_150_000))


@pytest.fixture(scope="session")
def micro_grids():
    shapes = gpd.GeoSeries([box(0, 0, 300, 300), box(300, 0, 600, 300), box(600, 0, 900, 300)], crs="EPSG:4546")
    columns = {"code": ["E01", "E02", "W01"], "grid_code": ["E0", "E0", "W0"], "village_code": ["E", "E", "W"]}
    return gpd.GeoDataFrame(
        columns | {"name": ["东 01 微网格", "东 02 微网格", "西 01 微网格"]},
        geometry=shapes.translate(500_000, 4_150_000),
    )


@pytest.fixture(scope="session")
def households():
    """Thirty households, a letter each, in two villages and three micro-grids; capitals have a priority resident.

    ::

        village E            E             W
        micro-grid E01       E02           W01
                 +-----------+-----------+-----------+
                 | A b c d e | K l m n o | U v w x y |   one household a point, but for
                 | f g h i j | p q r s t | z 1 2 3 4 |   "j", a block of flats with 10 households
                 +-----------+-----------+-----------+

    So E01 holds 19 households, E02 10 and W01 10; E 29, the township 39.

    Weeks 46 (9-15 November 2026) and 47 (16-22 November)::

        day     Mo 9  Tu10  We11  Th12  Fr13  Sa14  Su15 | Mo16  Tu17  We18  Th19  Fr20  Sa21  Su22
        met     b c   A     j j   -     K     -     l    | A     b     j     -     K     -     U
        tried   -     -     d     -     -     -     -    | -     d     -     -     d     -     u (unknown)
        served  -     -     -     x     -     -     -    | -     -     -     m     -     -     -   (n still open)

    Week 46 covers b c A j K l x: 1 + 1 + 1 + 10 + 1 + 1 + 1 = 16 of 39; d is unreachable.
    Both weeks together cover b c A j K l x U m: 18.
    Week 47 covers A b j K U m: 1 + 1 + 10 + 1 + 1 + 1 = 15 of 39; d is unreachable.
    """
    letters = list("AbcdefghijKlmnopqrstUvwxyz1234")
    units = ["E01"] * 10 + ["E02"] * 10 + ["W01"] * 10
    column = [position % 5 + 5 * (position // 10) for position in range(30)]
    row = [1 - position % 10 // 5 for position in range(30)]
    points = gpd.points_from_xy([500_030 + 60 * x for x in column], [4_150_075 + 150 * y for y in row], crs="EPSG:4546")
    return gpd.GeoDataFrame(
        {
            "household_id": pd.Series(letters, dtype="str"),
            "households": [10 if letter == "j" else 1 for letter in letters],
            "priority": pd.Series(["disabled" if letter in "AKU" else None for letter in letters], dtype="str"),
            "village_code": pd.Series([unit[0] for unit in units], dtype="str"),
            "natural_village": pd.Series([None] * 30, dtype="str"),
            "grid_code": pd.Series([unit[:2] for unit in units], dtype="str"),
            "micro_grid_code": pd.Series(units, dtype="str"),
        },
        geometry=points,
    )


@pytest.fixture(scope="session")
def visits():
    rows = {
        "met": "b09 c09 A10 j11 j11 K13 l15 A16 b17 j18 K20 U22",
        "unreachable": "d11 d17 d20 u22",
    }
    return visit_table(
        [(word[0], f"2026-11-{word[1:]}", outcome) for outcome, words in rows.items() for word in words.split()]
    )


@pytest.fixture(scope="session")
def services():
    return service_table(
        [
            ("x", "2026-11-12", "closed", None),
            ("m", "2026-11-10", "closed", "2026-11-19"),
            ("n", "2026-11-17", "open", None),
        ]
    )


@pytest.fixture(scope="session")
def visit_ledgers():
    """Draw visits over four weeks, some of them to a household that is not registered."""
    visit = st.tuples(
        st.sampled_from("AbcdKlmUvj!"),
        st.integers(0, 27).map(lambda day: str((FIRST_DAY + pd.Timedelta(days=day)).date())),
        st.sampled_from(["met", "unreachable"]),
    )
    return st.lists(visit, max_size=30).map(visit_table)
