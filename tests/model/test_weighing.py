"""The weights of a review are a site's to set; they are not negative, and not all zero."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from gridgis.model.settings import Settings
from gridgis.model.weighing import REVIEW_WEIGHTS, ReviewWeights


def test_a_site_sets_one_weight_and_keeps_the_others(monkeypatch):
    monkeypatch.setenv("GRIDGIS_REVIEW_WEIGHTS__COVERAGE", "40")
    assert asdict(Settings().review_weights) == asdict(REVIEW_WEIGHTS) | {"coverage": 40.0}


@pytest.mark.parametrize("weights", [{"coverage": -1.0}, dict.fromkeys(asdict(REVIEW_WEIGHTS), 0.0)])
def test_weights_that_weigh_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        ReviewWeights(**weights)
