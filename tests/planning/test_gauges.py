"""Gauges: every unit has its figures, and they are those of its sentence."""

from __future__ import annotations

import numpy as np
import pytest

from gridgis.planning.gauges import gauge_units
from gridgis.planning.plan import PlanRequest, make_plan


@pytest.fixture(scope="module")
def measured(township):
    layers = township([700, 0], hamlets="polygons", seed=1)
    plan = make_plan(layers, PlanRequest())
    return plan, gauge_units(plan, layers)


def test_units_keep_their_order_and_gain_figures(measured):
    plan, gauges = measured
    for units, before in ((gauges.grids, plan.grids), (gauges.micro_grids, plan.micro_grids)):
        assert units[before.columns].equals(before)
        assert units["polsby_popper"].between(0, 1).all()
        assert units["on_ground_pct"].dropna().between(0, 100).all()


def test_figures_are_those_of_the_sentences(measured):
    _, gauges = measured
    for unit in gauges.micro_grids.itertuples():
        said = gauges.sentences[unit.code].words("en")
        if unit.households:
            assert f"mean walk {unit.walk_m:,.0f} m" in said
        else:
            assert np.isnan(unit.walk_m)
            assert np.isnan(unit.on_ground_pct)
