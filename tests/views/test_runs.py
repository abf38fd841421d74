"""Runs are held, not stored: a few of them, found by their names; a plan tells by itself what it was asked for."""

from __future__ import annotations

from collections import OrderedDict

import pandas as pd
import pytest

from gridgis.model.messages import Message
from gridgis.model.tiers import GRID, MICRO_GRID, SizeRange
from gridgis.model.words import LANGS
from gridgis.planning.certificate import Certificate, TierCertificate
from gridgis.planning.plan import Plan, PlanRequest
from gridgis.views.records import asked_of, explanation_of, proofs_of, record_plan, sizes_of
from gridgis.views.runs import Run, hold_run

USUAL = {"grid": GRID, "micro_grid": MICRO_GRID}


@pytest.fixture
def plan() -> Plan:
    """A plan of nothing that has something to say."""
    empty = pd.DataFrame()
    return Plan(empty, empty, empty, empty, (Message("app.grids.kept"),))


def test_only_the_last_few_runs_are_held():
    shelf = OrderedDict()
    numbers = [hold_run(shelf, Run(PlanRequest(seed=at), ())) for at in range(6)]
    assert list(shelf) == numbers[-4:]
    assert [run.request.seed for run in shelf.values()] == [2, 3, 4, 5]


def test_a_plan_without_a_record_keeps_the_usual_rules(plan):
    assert sizes_of(plan, USUAL) == USUAL
    assert asked_of(plan) is None
    assert proofs_of(plan) == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_record_is_read_back_and_is_no_part_of_the_explanation(plan, lang):
    proved = Certificate(TierCertificate(1.0, 2.0, 50.0), TierCertificate(3.0, 4.0, 25.0))
    request = PlanRequest(SizeRange(200, 400), SizeRange(40, 80), seed=7)
    recorded = record_plan(plan, request, proved, "alternatives.near")
    assert sizes_of(recorded, USUAL) == {"grid": request.grid_size, "micro_grid": request.micro_size}
    assert explanation_of(recorded) == list(plan.messages)
    assert len(proofs_of(recorded)) == 2
    assert "200–400" in asked_of(recorded).words(lang)
