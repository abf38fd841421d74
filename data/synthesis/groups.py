"""Villagers' groups of the demo: each natural village cut between its rows into parts of like size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon

from synthesis.frame import Numbers, Positions, Shapes, turn
from synthesis.settlements import Laid

HOUSEHOLDS_OF_A_GROUP = 84
_BEYOND_M = 9000.0
OVERSHOOT_M = 0.5


@dataclass(frozen=True)
class Groups:
    """The villagers' groups of one settlement.

    Parameters
    ----------
    of_house
        Group of each building, numbered from 0, north-west first.
    shapes
        Polygon of each group, in metres; they tile the natural village.
    """

    of_house: Positions
    shapes: tuple[Polygon | MultiPolygon, ...]


@dataclass(frozen=True)
class _Part:
    """Buildings not yet cut apart, and the land cut out for them, in the settlement's own directions."""

    members: Positions
    land: Polygon | MultiPolygon
    groups: int


def cut_groups(laid: Laid, turned: float) -> Groups:
    """Cut a settlement into villagers' groups.

    Parameters
    ----------
    laid
        The settlement.
    turned
        Degrees by which its lanes turn from east; cuts run along and across them.
    """
    houses = turn(laid.houses, -turned)
    outline = shapely.transform(laid.outline, lambda points: turn(points, -turned))
    groups = max(1, round(int(laid.households.sum()) / HOUSEHOLDS_OF_A_GROUP))
    parts, cuts = _halve(houses, laid.households, _Part(np.arange(len(houses)), outline, groups))
    # noding all cuts at once gives neighbours the same vertices
    noded = shapely.union_all([outline.boundary, *cuts])
    faces = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(noded))))
    owners = _owners(faces, [part.land for part in parts])
    order = sorted(range(len(parts)), key=lambda part: _reading_order(houses[parts[part].members]))
    of_house = np.zeros(len(houses), dtype=np.int64)
    shapes = []
    for number, part in enumerate(order):
        of_house[parts[part].members] = number
        land = shapely.union_all(faces[owners == part])
        shapes.append(shapely.transform(land, lambda points: turn(points, turned)))
    return Groups(of_house, tuple(shapes))


def _halve(houses: Numbers, households: Positions, part: _Part) -> tuple[list[_Part], list[LineString]]:
    """Cut a part across its longer side, again and again, until every part is one group."""
    if part.groups == 1:
        return [part], []
    points = houses[part.members]
    axis = int(np.ptp(points[:, 1]) > np.ptp(points[:, 0]))
    order = np.argsort(np.round(points[:, axis], 3), kind="stable")
    share = (part.groups // 2) / part.groups
    counted = np.cumsum(households[part.members][order])
    place = _gap(points[order, axis], int(np.searchsorted(counted, share * counted[-1])))
    ends = ((place, -_BEYOND_M), (place, _BEYOND_M)) if axis == 0 else ((-_BEYOND_M, place), (_BEYOND_M, place))
    line = LineString([(float(x), float(y)) for x, y in ends])
    low, high = (-_BEYOND_M, place), (place, _BEYOND_M)
    parts: list[_Part] = []
    # a little too long: what overshoots is dropped, what falls short would not cut
    cuts = [line.intersection(part.land.buffer(OVERSHOOT_M))]
    for span, below, groups in ((low, True, part.groups // 2), (high, False, part.groups - part.groups // 2)):
        box = _strip(axis, span)
        members = part.members[(points[:, axis] < place) == below]
        more_parts, more_cuts = _halve(houses, households, _Part(members, part.land.intersection(box), groups))
        parts += more_parts
        cuts += more_cuts
    return parts, cuts


def _gap(places: Numbers, wanted: int) -> float:
    """Find the widest gap between sorted places near a position: a lane rather than a wall."""
    reach = max(6, len(places) // 16)
    start, stop = max(1, wanted - reach), min(len(places) - 1, wanted + reach)
    gaps = np.round(places[start : stop + 1] - places[start - 1 : stop], 3)
    best = start + int(np.argmax(gaps))
    return round(float(places[best - 1] + places[best]) / 2, 3)


def _strip(axis: int, span: tuple[float, float]) -> Polygon:
    """Make the strip of land between two places on an axis."""
    across = (-_BEYOND_M, _BEYOND_M)
    (west, east), (south, north) = (span, across) if axis == 0 else (across, span)
    return shapely.box(west, south, east, north)


def _owners(faces: Shapes, lands: list[Polygon | MultiPolygon]) -> Positions:
    """Tell which part each face belongs to; -1 for a hole."""
    owners = np.full(len(faces), -1)
    inside = shapely.point_on_surface(faces)
    for number, land in enumerate(lands):
        owners[shapely.intersects(inside, land)] = number
    return owners


def _reading_order(points: Numbers) -> tuple[float, float]:
    """Order groups as they would be counted: bands of 250 m from the north, then from the west."""
    x, y = points.mean(axis=0)
    return -round(float(y) / 250.0), float(x)
