"""Roads of the demo: a county road, township roads between settlements, farm tracks between fields, a railway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from synthesis.frame import Numbers, dice, only_lines, smooth_course, turn
from synthesis.land import FIELDS_TURNED, Land
from synthesis.settlements import Laid

Stop = str | tuple[float, float]
"""A gate of a settlement such as ``"西谷.W"``, or a place in kilometres."""

COUNTY_ROAD: tuple[Stop, ...] = (
    (-3.6, 0.16), "南云支.W", "南云支.E", (-1.62, 0.16), "西谷.W", "西谷.E", (0.72, 0.16),
    "东木庄.W", "东木庄.E", (3.6, -0.02),
)  # fmt: skip
TOWNSHIP_ROADS: tuple[tuple[Stop, ...], ...] = (
    ("西谷.N", (-0.42, 0.62), "北堡.S"),
    ("北堡.N", (-0.60, 1.36), "西罗白.S"),
    ("西罗白.N", (-0.10, 2.75), (0.02, 3.4)),
    ("西谷.S", (-0.42, -0.60), (-0.36, -1.10), "柳湾.N"),
    ("柳湾.S", "柳树园.W"),
    ("湾西.S", (-0.62, -2.80), (-0.60, -3.4)),
    ("东木庄.N", (1.70, 0.80), "河东.S"),
    ("河东.N", (1.46, 1.62), "东罗白.S"),
    ("东罗白.N", (1.78, 2.62), (1.86, 3.2)),
    ("东木庄.S", "东场.N"),
    ("东场.S", (1.62, -1.28), "碱场营.N"),
    ("碱场营.S", (1.66, -2.52), (1.72, -3.3)),
    ("南云支.N", (-2.42, 0.86), "北云支.S"),
    ("南云支.S", (-2.30, -0.40), (-1.92, -1.00), "长头.N"),
    ("长头.S", (-1.66, -2.14), "南坡.N"),
    ("长头.W", (-2.26, -1.56), "后庄.E"),
    ("长头.E", (-1.10, -1.62), "柳湾.W"),
    ("柳湾.E", (0.40, -1.66), (1.00, -1.78), "碱场营.W"),
    ("北云支.N", (-2.20, 2.16), "上庄.W"),
    ("上庄.E", (-1.10, 2.36), "西罗白.W"),
    ("西罗白.E", (0.72, 2.12), "东罗白.W"),
    ("东罗白.E", (2.30, 1.86), "小寨.N"),
    ("南云支.E", (-1.98, -0.06), "铺上.W"),
    ("新村.W", (-0.16, -0.62), (-0.42, -0.60)),
    ("湾西.N", (-0.48, -2.16), "柳湾.S"),
    ("滩里.N", (0.82, -1.94), (0.90, -1.74)),
)  # fmt: skip
RAILWAY = ((3.02, 3.3), (2.82, 1.6), (2.60, -0.2), (2.56, -1.3), (2.40, -3.4))
CANALS = (((-3.5, 1.30), (-1.9, 1.12), (-1.0, 1.06), (0.0, 1.16), (0.72, 1.12)),)

CLEAR_M = 22.0
"""Room that farm tracks leave round settlements and along the river."""
LEAST_TRACK_M = 120.0


@dataclass(frozen=True)
class Barrier:
    """A line on the ground that a border can follow; kind as in the vocabulary, name for people."""

    kind: str
    name: str | None
    line: LineString


def lay_roads(land: Land, laid: Mapping[str, Laid]) -> list[Barrier]:
    """Lay every barrier of the township: river, railway, roads, streets and tracks, clipped to its border."""
    barriers = [Barrier("waterway", "柳河", land.river)]
    barriers += [Barrier("waterway", "灌渠", _course(canal, laid)) for canal in CANALS]
    barriers.append(Barrier("railway", "铁路", _course(RAILWAY, laid)))
    county = _through(COUNTY_ROAD, laid)
    barriers.append(Barrier("highway", "县道", county))
    barriers += [Barrier("highway", "乡道", _course(stops, laid)) for stops in TOWNSHIP_ROADS]
    for name, settlement in laid.items():
        main = settlement.streets[1:2] if f"{name}.W" in COUNTY_ROAD else settlement.streets[:2]
        barriers += [Barrier("highway", "主街", street) for street in main]
        barriers += [Barrier("highway", "街巷", lane) for lane in settlement.streets[2:]]
    outlines = [settlement.outline for settlement in laid.values()]
    kept_clear = shapely.union_all([*outlines, land.river]).buffer(CLEAR_M)
    tracks = [*land.tracks, *(track for name in land.villages for track in _tracks(name, land.villages[name]))]
    barriers += [
        Barrier("highway", "机耕路", part)
        for track in tracks
        for part in only_lines(track.difference(kept_clear))
        if part.length >= LEAST_TRACK_M
    ]
    return [
        Barrier(barrier.kind, barrier.name, part)
        for barrier in barriers
        for part in only_lines(barrier.line.intersection(land.township))
    ]


def _stop(stop: Stop, laid: Mapping[str, Laid]) -> tuple[float, float]:
    """Find a stop's place in metres."""
    if isinstance(stop, str):
        name, gate = stop.split(".")
        return laid[name].gates[gate]
    return 1000 * stop[0], 1000 * stop[1]


def _course(stops: Sequence[Stop], laid: Mapping[str, Laid]) -> LineString:
    """Draw a smooth course through stops."""
    return LineString(smooth_course(np.array([_stop(stop, laid) for stop in stops]), step_m=30.0))


def _through(stops: Sequence[Stop], laid: Mapping[str, Laid]) -> LineString:
    """Draw a course that follows the main street between the west and east gates of a settlement."""
    points: list[Numbers] = []
    for stop in stops:
        if isinstance(stop, str) and stop.endswith(".E"):
            points.extend(shapely.get_coordinates(laid[stop.split(".")[0]].streets[0])[1:])
        else:
            points.append(np.array(_stop(stop, laid)))
    return LineString(smooth_course(np.array(points), step_m=30.0))


def _tracks(name: str, village: Polygon) -> Iterator[LineString]:
    """Draw farm tracks between the fields of a village, a third of them left out."""
    rng = dice("tracks", name)
    turned = FIELDS_TURNED + float(rng.uniform(-2.5, 2.5))
    centre = np.array(village.centroid.coords[0])
    inner = village.buffer(-30.0)
    ticks = [np.cumsum(rng.uniform(*spacing, 14)) - 2600.0 for spacing in ((300.0, 480.0), (300.0, 480.0))]
    for axis in (0, 1):
        for place in ticks[axis]:
            for start, end in zip(ticks[1 - axis], ticks[1 - axis][1:], strict=False):
                if rng.random() < 0.33:  # noqa: PLR2004 (tracks left out)
                    continue
                ends = np.array([[place, start], [place, end]])
                ends = ends if axis == 0 else ends[:, ::-1]
                yield from only_lines(LineString(turn(ends, turned) + centre).intersection(inner))
