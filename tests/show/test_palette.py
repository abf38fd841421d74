"""Colours that people with each of the three common deficiencies of colour vision can tell apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.show.palette import DARK, LIGHT, SHAPES, class_words, share_breaks

# G. M. Machado, M. M. Oliveira and L. A. F. Fernandes (2009), A physiologically-based model for simulation of color
# vision deficiency, IEEE TVCG 15(6): 1291-1298; severity 1.0
VISION = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TOLD_APART = 10.0
"""CIE76 distance; about 2.3 is just noticeable side by side."""


def lab(colour, vision):
    srgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(VISION[vision] @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    ratio = xyz / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def least_distance(palette, names, vision):
    return min(
        np.linalg.norm(lab(palette[one], vision) - lab(palette[other], vision)) for one, other in combinations(names, 2)
    )


SETS = {
    "states": list(SHAPES),
    "verdicts": ["hot", "cold", "ordinary"],
    "share": [f"share_{at}" for at in range(5)],
}


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("names", SETS.values(), ids=SETS)
def test_colours_that_mean_different_things_are_told_apart(palette, vision, names):
    assert least_distance(palette, names, vision) >= TOLD_APART


def test_colour_never_stands_alone():
    assert len(set(SHAPES.values())) == len(SHAPES)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISION)
def test_a_larger_share_is_darker_for_everybody(palette, vision):
    lightness = [lab(palette[name], vision)[0] for name in SETS["share"]]
    assert lightness == sorted(lightness, reverse=True)


def test_both_themes_know_the_same_colours():
    assert LIGHT.keys() == DARK.keys()


@given(st.lists(st.floats(0, 100), max_size=30))
def test_breaks_are_round_and_rising(shares):
    breaks = share_breaks(np.array(shares))
    assert len(breaks) == 4
    assert list(breaks) == sorted(set(breaks))
    assert len(class_words(breaks)) == 5
