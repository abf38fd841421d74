"""The frame of the demo: its seed, its place on Earth, and how metres become degrees."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Numbers = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.object_]
Shapes = npt.NDArray[np.object_]

SEED = 140121202
TOWNSHIP_CODE = "140121202"
TOWNSHIP_NAME = "西谷乡"

ORIGIN_LON, ORIGIN_LAT = 112.43, 37.57
DECIMALS = 7
"""Decimals of a degree that are kept: about a centimetre, and coarse enough to swallow numeric noise."""

# source: series for the length of a degree on the GRS 80 ellipsoid, at the origin's latitude
_PHI = math.radians(ORIGIN_LAT)
METRES_PER_DEGREE_LAT = 111132.954 - 559.822 * math.cos(2 * _PHI) + 1.175 * math.cos(4 * _PHI)
METRES_PER_DEGREE_LON = 111412.84 * math.cos(_PHI) - 93.5 * math.cos(3 * _PHI) + 0.118 * math.cos(5 * _PHI)


def dice(*topic: str) -> np.random.Generator:
    """Make the generator of one topic, so that a change in one part of the demo does not stir the others.

    Parameters
    ----------
    topic
        Words that name the topic, such as ``"visits", "14012120220000101"``.
    """
    digest = hashlib.blake2b("/".join(topic).encode(), digest_size=8).digest()
    return np.random.default_rng([SEED, int.from_bytes(digest, "big")])


def to_degrees(shapes: Shapes) -> Shapes:
    """Turn geometries from metres east and north of the origin into degrees, rounded.

    Parameters
    ----------
    shapes
        Geometries in metres.

    Returns
    -------
        The same in degrees of longitude and latitude with :data:`DECIMALS` decimals.
    """

    def degrees(metres: Numbers) -> Numbers:
        lon = ORIGIN_LON + metres[:, 0] / METRES_PER_DEGREE_LON
        lat = ORIGIN_LAT + metres[:, 1] / METRES_PER_DEGREE_LAT
        return np.column_stack([lon, lat]).round(DECIMALS)

    placed: Shapes = shapely.transform(shapes, degrees)
    return placed


def smooth_course(points: Numbers, step_m: float = 25.0) -> Numbers:
    """Draw a smooth course through points.

    Parameters
    ----------
    points
        At least two points in metres, shape (n, 2); the course passes through each of them.
    step_m
        Spacing of the course's vertices.

    Source: centripetal-free Catmull-Rom spline, Catmull & Rom 1974.
    """
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    pieces = [points[:1]]
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        steps = max(1, round(float(np.hypot(*(end - start))) / step_m))
        t = (np.arange(1, steps + 1) / steps)[:, None]
        curve = (
            2 * start
            + (end - before) * t
            + (2 * before - 5 * start + 4 * end - after) * t**2
            + (3 * start - before - 3 * end + after) * t**3
        ) / 2
        curve[-1] = end
        pieces.append(curve)
    return np.vstack(pieces)


def turn(points: Numbers, degrees: float) -> Numbers:
    """Turn points about the origin, anticlockwise."""
    angle = math.radians(degrees)
    cosine, sine = math.cos(angle), math.sin(angle)
    turned: Numbers = points @ np.array([[cosine, sine], [-sine, cosine]])
    return turned


def only_lines(shape: BaseGeometry) -> list[BaseGeometry]:
    """Pick the lines out of the result of an overlay."""
    return [part for part in shapely.get_parts(shape) if shapely.get_type_id(part) == shapely.GeometryType.LINESTRING]
