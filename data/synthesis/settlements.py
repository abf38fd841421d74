"""Settlements of the demo: courtyards in rows along lanes, main streets that cross, an irregular rim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from synthesis.frame import Mask, Numbers, Positions, dice, turn
from synthesis.places import Settlement

MAIN_STREET_M = 7.0
"""Half the width of a main street, from its middle to the first wall."""
LOT_DEPTH_M = 17.0
LANE_M = 5.0
SHARE_OF_DOUBLE_COURTYARDS = 0.015
"""Share of courtyards in which a son's household was split off."""
SHARE_OF_EMPTY_LOTS = 0.06
BESIDE_M = 24.0
"""How far from a lane a house stands that opens on it."""
LEAST_BESIDE = 4
"""Houses that a lane needs."""
OPENS_WITHIN_M = 45.0
"""How near the main street a lane's first house stands where the lane opens on the street."""


@dataclass(frozen=True)
class Laid:
    """A settlement laid out, in metres.

    Parameters
    ----------
    houses
        One point a building, shape (n, 2), rows from north-west to south-east.
    households
        Households of each building.
    outline
        The natural village.
    streets
        Streets and lanes by which blocks are bounded, the two main streets first.
    gates
        Ends of the main streets: ``"W"``, ``"E"``, ``"S"``, ``"N"``.
    """

    houses: Numbers
    households: Positions
    outline: Polygon
    streets: tuple[LineString, ...]
    gates: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class _Plots:
    """Building plots in the settlement's own frame (along, across): a row each."""

    along: Numbers
    across: Numbers
    width: Numbers
    piece: Positions

    def taken(self, chosen: Mask | Positions) -> _Plots:
        """Keep the plots of ``chosen``, a mask or positions."""
        return _Plots(self.along[chosen], self.across[chosen], self.width[chosen], self.piece[chosen])


@dataclass(frozen=True)
class _Lane:
    """A lane of one quarter: across the rows (axis 0) or along them (axis 1), at a place on that axis.

    ``half`` is the sign of the quarter on the other axis.
    """

    axis: int
    place: float
    half: int


def lay_settlement(settlement: Settlement) -> Laid:
    """Lay out one settlement with exactly its households."""
    rng = dice("settlement", settlement.name)
    blocks = np.sort(rng.integers(3, 9, settlement.apartments) * 2 + 2)[::-1]
    single = settlement.households - int(blocks.sum())
    doubles = round(single * SHARE_OF_DOUBLE_COURTYARDS)
    half = _half_extent(settlement)
    plots, lanes = _plots(rng, half)
    plots = plots.taken(rng.random(len(plots.along)) >= SHARE_OF_EMPTY_LOTS)
    estate = _estate(half, len(blocks))
    plots = plots.taken(~_inside(plots, estate) & ~_inside(plots, _common(rng, half)))
    plots = plots.taken(_innermost(rng, plots, half, single - doubles))
    households = np.ones(len(plots.along), dtype=np.int64)
    households[np.sort(rng.permutation(len(households))[:doubles])] = 2
    along = np.concatenate([plots.along, *([_estate_points(estate, len(blocks))[:, 0]] if len(blocks) else [])])
    across = np.concatenate([plots.across, *([_estate_points(estate, len(blocks))[:, 1]] if len(blocks) else [])])
    households = np.concatenate([households, blocks])
    houses = np.column_stack([along, across])
    outline = _outline(plots, estate if len(blocks) else None)
    streets = _main_streets(outline) + _drawn_lanes(houses, lanes)
    place = _Placing(settlement, rng)
    laid_streets = tuple(LineString(place(np.array(street))) for street in streets)
    return Laid(
        np.round(place(houses) + rng.uniform(-0.7, 0.7, houses.shape), 3),
        households,
        shapely.transform(outline, place),
        laid_streets,
        _gates(laid_streets),
    )


class _Placing:
    """The way from a settlement's own frame to the township's: a gentle bend, a turn, a shift."""

    def __init__(self, settlement: Settlement, rng: np.random.Generator) -> None:
        self.settlement = settlement
        self.phases = rng.uniform(0.0, 2 * np.pi, 2)
        self.waves_m = rng.uniform(420.0, 700.0, 2)
        self.swing_m = rng.uniform(7.0, 11.0, 2)

    def __call__(self, points: Numbers) -> Numbers:
        """Place points, shape (n, 2)."""
        bend = self.swing_m * np.sin(2 * np.pi * points[:, ::-1] / self.waves_m + self.phases)
        centre = np.array([self.settlement.x_km, self.settlement.y_km]) * 1000
        placed: Numbers = turn(points + bend, self.settlement.turned) + centre
        return placed


def _half_extent(settlement: Settlement) -> tuple[float, float]:
    """Estimate half the extents along and across that hold the settlement's courtyards."""
    area_m2 = settlement.households * 14.3 * (LOT_DEPTH_M + LANE_M + 2.5) * 1.12
    across = np.sqrt(area_m2 / np.pi / settlement.aspect)
    return float(across * settlement.aspect), float(across)


def _plots(rng: np.random.Generator, half: tuple[float, float]) -> tuple[_Plots, list[_Lane]]:
    """Parcel four quarters round the crossing of the main streets, each with its own lanes."""
    rows: list[tuple[float, float, float, int]] = []
    lanes: list[_Lane] = []
    piece = 0
    for side, rise in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        depths, between = _row_depths(rng, 1.45 * half[1])
        lanes.extend(_Lane(1, rise * depth, side) for depth in between)
        along = MAIN_STREET_M
        while along < 1.45 * half[0]:
            lots, width = int(rng.integers(4, 9)), float(rng.uniform(12.8, 15.4))
            shift = float(rng.uniform(-1.5, 1.5))
            for depth in depths:
                piece += 1
                rows.extend(
                    (side * (along + (lot + 0.5) * width), rise * (depth + shift), width, piece) for lot in range(lots)
                )
            along += lots * width + LANE_M
            lanes.append(_Lane(0, side * (along - LANE_M / 2), rise))
    table = np.array(rows)
    return _Plots(table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(np.int64)), lanes


def _row_depths(rng: np.random.Generator, reach_m: float) -> tuple[list[float], list[float]]:
    """Stack rows of courtyards outward from a main street, with a lane after every second or third."""
    depths, lanes = [], []
    edge = MAIN_STREET_M
    while edge < reach_m:
        for _ in range(int(rng.integers(2, 4))):
            depth = LOT_DEPTH_M + float(rng.uniform(-1.5, 1.5))
            depths.append(edge + depth / 2)
            edge += depth + float(rng.uniform(2.0, 5.0))
        lanes.append(edge + 0.5)
        edge += LANE_M
    return depths, lanes


def _rim(rng: np.random.Generator, plots: _Plots, half: tuple[float, float]) -> Numbers:
    """Measure how far out plots lie, 1 being the rim of an irregular rounded shape."""
    u, v = plots.along / half[0], plots.across / half[1]
    bearing = np.arctan2(v, u)
    reach = np.ones_like(u)
    for wave in range(2, 6):
        reach += rng.uniform(0.03, 0.13) * np.cos(wave * bearing + rng.uniform(0.0, 2 * np.pi))
    return (np.abs(u) ** 2.6 + np.abs(v) ** 2.6) ** (1 / 2.6) / reach


def _innermost(rng: np.random.Generator, plots: _Plots, half: tuple[float, float], n: int) -> Positions:
    """Choose the ``n`` plots that lie furthest in, whole row pieces rather than single plots at the rim."""
    pieces = rng.uniform(-0.14, 0.14, int(plots.piece.max()) + 1)
    rank = np.argsort(np.round(_rim(rng, plots, half) + pieces[plots.piece], 9), kind="stable")
    return np.sort(rank[:n])


def _estate(half: tuple[float, float], blocks: int) -> tuple[float, float, float, float]:
    """Reserve a rectangle (along from, to, across from, to) for apartment blocks, in the south-east quarter."""
    columns = -(-blocks // 2)
    start = max(0.45 * half[0], 20.0)
    return start, start + columns * 52.0, -0.25 * half[1] - 84.0, -0.25 * half[1]


def _estate_points(estate: tuple[float, float, float, float], blocks: int) -> Numbers:
    """Stand apartment blocks in two rows on the estate."""
    number = np.arange(blocks)
    return np.column_stack([estate[0] + 26.0 + 52.0 * (number // 2), estate[3] - 21.0 - 42.0 * (number % 2)])


def _common(rng: np.random.Generator, half: tuple[float, float]) -> tuple[float, float, float, float]:
    """Reserve a rectangle for what is common: the school, the square, the threshing ground."""
    width, depth = (float(rng.uniform(0.16, 0.24)) * side for side in half)
    along, across = (float(rng.uniform(0.05, 0.35)) * side for side in half)
    return along, along + width, across, across + depth


def _inside(plots: _Plots, box: tuple[float, float, float, float]) -> Mask:
    """Tell which plots lie in a rectangle."""
    margin = 8.0
    return (
        (plots.along > box[0] - margin)
        & (plots.along < box[1] + margin)
        & (plots.across > box[2] - margin)
        & (plots.across < box[3] + margin)
    )


def _outline(plots: _Plots, estate: tuple[float, float, float, float] | None) -> Polygon:
    """Draw the settlement's edge along its outermost walls, without courtyards left out inside."""
    wide, deep = plots.width / 2 + 1.0, LOT_DEPTH_M / 2 + 2.0
    walls = shapely.box(plots.along - wide, plots.across - deep, plots.along + wide, plots.across + deep)
    if estate is not None:
        walls = np.append(walls, shapely.box(estate[0], estate[2], estate[1], estate[3]))
    merged = shapely.union_all(walls).buffer(16.0, join_style="mitre").buffer(-11.0, join_style="mitre")
    largest = max(shapely.get_parts(merged), key=lambda part: float(part.area))
    return Polygon(largest.exterior).simplify(3.0).segmentize(30.0)


def _main_streets(outline: Polygon) -> list[list[tuple[float, float]]]:
    """Lay the two main streets through the settlement's middle, a little beyond its edge."""
    west, south, east, north = outline.bounds
    along = [(float(x), 0.0) for x in np.linspace(west - 12.0, east + 12.0, 24)]
    across = [(0.0, float(y)) for y in np.linspace(south - 12.0, north + 12.0, 24)]
    return [along, across]


def _drawn_lanes(houses: Numbers, lanes: list[_Lane]) -> list[list[tuple[float, float]]]:
    """Draw lanes as far as there are houses beside them."""
    drawn = []
    for lane in lanes:
        beside = houses[np.abs(houses[:, lane.axis] - lane.place) < BESIDE_M, 1 - lane.axis]
        beside = beside[beside * lane.half > 0]
        if len(beside) >= LEAST_BESIDE:
            # a lane begins at the main street where its houses do
            inner, outer = sorted((float(beside.min()) - 9.0, float(beside.max()) + 9.0), key=abs)
            ends = np.linspace(0.0 if abs(inner) < OPENS_WITHIN_M else inner, outer, 12)
            drawn.append([(lane.place, float(end)) if lane.axis == 0 else (float(end), lane.place) for end in ends])
    return drawn


def _gates(streets: tuple[LineString, ...]) -> dict[str, tuple[float, float]]:
    """Name the ends of the two main streets, which come first."""
    along, across = (shapely.get_coordinates(street) for street in streets[:2])
    ends = {"W": along[0], "E": along[-1], "S": across[0], "N": across[-1]}
    return {name: (float(end[0]), float(end[1])) for name, end in ends.items()}
