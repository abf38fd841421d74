"""What a proof is about: items that stay whole, the places that units lie around, and which of all plans are meant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgis.planning.separators import Web

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ground:
    """Items that are never cut, and the places a unit's middle can be.

    Parameters
    ----------
    far_m
        Shape (items, places): metres that all households of an item walk to a place.
    size
        Households of each item.
    home
        Item of each place.
    places_m
        Shape (places, 2), metres.
    web
        Which items border each other.
    units
        How many units.
    window
        Fewest and most households of a unit.
    """

    far_m: Floats
    size: Floats
    home: Ints
    places_m: Floats
    web: Web
    units: int
    window: tuple[float, float]

    @property
    def own(self) -> tuple[Ints, Ints]:
        """Index, in arrays of items by places, each place's own item."""
        return self.home, np.arange(len(self.home))


@dataclass(frozen=True)
class Case:
    """A part of all plans.

    Parameters
    ----------
    quotas
        Places, with the least and the most number of middles among them.
    allowed
        Shape (items, places): whether an item may be in the unit around a place.
    """

    quotas: tuple[tuple[Bools, int, int], ...]
    allowed: Bools
