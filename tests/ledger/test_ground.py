"""Coverage of ground: gaps and overlaps of known size, in any CRS."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely
from shapely import box

from gridgis.ledger.ground import coverage_of_ground
from gridgis.ledger.shares import Share


def test_a_plan_that_tiles_the_villages_leaves_nothing_out(households, micro_grids, villages):
    ground = coverage_of_ground(households, micro_grids, villages)
    assert ground.households == Share(39, 39)
    assert ground.land == Share(270_000, 270_000)
    assert ground.outside == ()
    assert ground.gaps.empty


@pytest.mark.parametrize("crs", ["EPSG:4546", "EPSG:4490"])
def test_a_gap_is_measured_in_square_metres_whatever_the_crs(households, micro_grids, villages, crs):
    holed = micro_grids.iloc[:2].to_crs(crs)
    ground = coverage_of_ground(households, holed, villages.to_crs(crs))
    assert ground.land.denominator == pytest.approx(270_000, rel=1e-3)
    assert ground.gaps["gap_m2"].round(-2).to_dict() == {"W": 90_000}


def test_an_overlap_is_listed_and_no_more_land_is_counted(households, micro_grids, villages):
    wide = micro_grids.assign(geometry=[box(500_000, 4_150_000, 500_310, 4_150_300), *micro_grids.geometry.iloc[1:]])
    ground = coverage_of_ground(households, wide, villages)
    assert ground.land == Share(270_000, 270_000)
    assert ground.gaps[["gap_m2", "overlap_m2"]].round(3).to_numpy().tolist() == [[0.0, 3000.0]]


def test_what_rounding_to_seven_decimals_opens_is_no_gap(households, micro_grids, villages):
    rounded, whole = micro_grids.to_crs("EPSG:4490"), villages.to_crs("EPSG:4490")
    rounded = rounded.set_geometry(shapely.transform(rounded.geometry, lambda xy: xy.round(7)))
    ground = coverage_of_ground(households, rounded, whole)
    assert ground.gaps.empty
    assert ground.land.numerator == ground.land.denominator


def test_a_household_in_no_unit_is_named(households, micro_grids, villages):
    codes = households["micro_grid_code"].where(households["household_id"] != "j")
    ground = coverage_of_ground(households.assign(micro_grid_code=codes), micro_grids, villages)
    assert ground.households == Share(29, 39)
    assert ground.outside == ("j",)


def test_without_a_plan_all_the_land_is_a_gap(households, micro_grids, villages):
    bare = households.assign(grid_code=pd.NA, micro_grid_code=pd.NA)
    ground = coverage_of_ground(bare, micro_grids.iloc[:0], villages)
    assert (ground.households, ground.land) == (Share(0, 39), Share(0, 270_000))
    assert ground.gaps["gap_m2"].to_dict() == {"E": 180_000, "W": 90_000}
