"""The land of the demo: the river, and villages that tile the township along river and field borders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon

from synthesis.frame import Numbers, dice, smooth_course, turn
from synthesis.places import VILLAGES

FIELD_STRIP_M = 340.0
"""Usual length of one stretch of a border between fields."""
FIELDS_TURNED = 5.0
"""Degrees by which the fields turn from east."""
ATTEMPTS = 400
APART_M = 25.0
"""Room between two borders away from the corner they share."""

# corners where borders meet, in kilometres east and north of the origin
CORNERS: Mapping[str, tuple[float, float]] = {
    "A": (-3.02, 2.42),
    "B": (-1.02, 3.02),
    "C": (0.92, 3.00),
    "D": (3.02, 2.62),
    "E": (3.32, 0.96),
    "F": (3.05, -1.22),
    "G": (2.66, -2.92),
    "H": (1.02, -2.72),
    "I": (-0.98, -3.08),
    "J": (-2.72, -2.78),
    "K": (-3.30, -0.58),
    "L": (-3.12, 0.94),
    "p": (-1.18, 1.36),
    "q": (-1.42, 0.98),
    "r": (0.70, 1.30),
    "s": (0.86, 0.84),
    "t": (-1.30, -0.66),
    "u": (-0.66, -1.02),
    "v": (0.50, -1.12),
    "w": (1.00, -1.36),
}

# the river runs down the middle and bends through Liuwan; letters are corners on its course
RIVER: tuple[str | tuple[float, float], ...] = (
    (1.10, 3.40), "C", (0.66, 2.62), (0.98, 2.04), (0.84, 1.60), "r", "s", (0.62, 0.36), (0.88, -0.16), (0.80, -0.64),
    "v", (0.42, -1.48), (0.54, -1.84), (0.34, -2.22), (0.30, -2.60), (0.10, -3.02), (0.00, -3.40),
)  # fmt: skip
RIVER_BORDERS = ("Cr", "rs", "sv")
FIELD_BORDERS = (
    "Bp", "pq", "qL", "qt", "tK", "tu", "uI", "pr", "sE", "vu", "vw", "wF", "wH",
    "AB", "BC", "CD", "DE", "EF", "FG", "GH", "HI", "IJ", "JK", "KL", "LA",
)  # fmt: skip
TRACKED_BORDERS = ("pr", "tu", "wF", "qL", "uI", "qt")
"""Borders along which a farm track runs."""


@dataclass(frozen=True)
class Land:
    """The land without its settlements, in metres.

    Parameters
    ----------
    township
        The whole.
    villages
        One polygon a village name; they tile the township with the same vertices on both sides of a border.
    river
        Course of the river, running beyond the township at both ends.
    tracks
        Farm tracks along some borders.
    """

    township: Polygon
    villages: Mapping[str, Polygon]
    river: LineString
    tracks: tuple[LineString, ...]


def lay_land() -> Land:
    """Draw the river and the borders, and cut the township along them."""
    river = _river()
    borders = {name: _river_stretch(river, name) for name in RIVER_BORDERS}
    for name in FIELD_BORDERS:
        borders[name] = _clear_border(name, [LineString(points) for points in borders.values()])
    faces = shapely.get_parts(shapely.polygonize([LineString(points) for points in borders.values()]))
    villages = {}
    for village in VILLAGES:
        seat = village.settlements[0]
        (face,) = (face for face in faces if face.contains(Point(1000 * seat.x_km, 1000 * seat.y_km)))
        villages[village.name] = face
    if len(faces) != len(villages):
        message = f"the borders cut {len(faces)} villages instead of {len(villages)}"
        raise ValueError(message)
    tracks = tuple(LineString(borders[name]) for name in TRACKED_BORDERS)
    return Land(shapely.union_all(list(villages.values())), villages, LineString(river), tracks)


def _metres(place: str | tuple[float, float]) -> tuple[float, float]:
    x_km, y_km = CORNERS[place] if isinstance(place, str) else place
    return 1000 * x_km, 1000 * y_km


def _river() -> Numbers:
    """Draw the river as a smooth course through its points."""
    return smooth_course(np.array([_metres(place) for place in RIVER]), step_m=40.0)


def _river_stretch(river: Numbers, name: str) -> Numbers:
    """Cut the river between two corners on it."""
    first, last = (int(np.argmin(np.hypot(*(river - np.array(_metres(corner))).T))) for corner in name)
    return river[first : last + 1]


def _clear_border(name: str, drawn: list[LineString]) -> Numbers:
    """Draw a border that meets those already drawn at corners only, trying until one does."""
    corners = MultiPoint([_metres(corner) for corner in name])
    near, nearer = corners.buffer(0.01), corners.buffer(APART_M)
    for attempt in range(ATTEMPTS):
        border = _field_border(name, attempt)
        line = LineString(border)
        apart = line.difference(nearer)
        if line.is_simple and all(
            line.intersection(other).difference(near).is_empty
            and not apart.dwithin(other.difference(nearer.buffer(APART_M)), APART_M)
            for other in drawn
        ):
            return border
    message = f"no way was found for the border {name}"
    raise ValueError(message)


def _field_border(name: str, attempt: int) -> Numbers:
    """Draw a border between two corners as fields have it: stretches along and across the field strips."""
    rng = dice("border", name, str(attempt))
    start, end = (np.array(_metres(corner)) for corner in name)
    turned = FIELDS_TURNED + rng.uniform(-3.0, 3.0)
    way = turn((end - start)[None, :], -turned)[0]
    stretches = max(2, round(float(np.hypot(*way)) / FIELD_STRIP_M))
    shares = rng.uniform(0.5, 1.5, (stretches, 2))
    moves = shares / shares.sum(axis=0) * way
    # sideways jogs that cancel out along the way
    across = int(abs(way[0]) > abs(way[1]))
    jogs = rng.uniform(-70.0, 70.0, stretches)
    moves[:, across] += jogs - jogs.mean()
    corners = [np.zeros(2)]
    for move, oblique, first in zip(moves, rng.random(stretches), rng.integers(0, 2, stretches), strict=True):
        if oblique > 0.35:  # noqa: PLR2004 (a third of the stretches cut straight across)
            step = np.where(np.arange(2) == first, move, 0.0)
            corners.append(corners[-1] + step)
            corners.append(corners[-1] + move - step)
        else:
            corners.append(corners[-1] + move)
    border: Numbers = turn(np.array(corners), turned) + start
    border[-1] = end
    return border
