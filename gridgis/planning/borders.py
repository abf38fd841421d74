"""How much of a plan's borders a person finds on the ground, measured on the shapes of any plan."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgis.geo.ground import ground_lines
from gridgis.geo.places import land_and_people
from gridgis.geo.zones import metric_crs
from gridgis.model.layers import Layers

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ALONG_M = 10.0
"""How far a border may be drawn from the line that it follows: as far as drawing it simply may move it."""

_ALONG_COSINE = float(np.cos(np.radians(30)))
_OUTLINE_M = 1.0


def border_on_ground_m(units: gpd.GeoDataFrame, layers: Layers) -> tuple[float, float]:
    """Measure the borders between the units of one village, and the part of them found on the ground.

    Parameters
    ----------
    units, layers
        As for :func:`measure_borders`.

    Returns
    -------
        Metres in all, and metres found on the ground. A border is walked along from both sides, so that shapes which do
        not share their vertices are measured as well as those that do.
    """
    border_m, on_ground_m = measure_borders(units, layers).sum()
    return float(border_m) / 2, float(on_ground_m) / 2


def measure_borders(units: gpd.GeoDataFrame, layers: Layers) -> pd.DataFrame:
    """Measure each unit's border with others of its village, and the part of it found on the ground.

    Parameters
    ----------
    units
        Polygons of one tier.
    layers
        ``villages``, and ``barriers`` and ``natural_villages`` where they are given; in any CRS.

    Returns
    -------
        Index as ``units``; ``border_m``, metres without the borders of villages, and ``on_ground_m``, metres of it that
        run along a road, river or railway or along the edge of a natural village: not farther from it than
        :data:`ALONG_M` and in its direction up to 30°, so that merely crossing it does not count.
    """
    villages, _ = land_and_people(layers)
    crs = metric_crs(units)
    needed = {name: getattr(layers, name) for name in ("barriers", "natural_villages")}
    here = Layers(**{name: layer.to_crs(crs) for name, layer in needed.items() if layer is not None})
    rings, unit = shapely.get_parts(shapely.boundary(units.to_crs(crs).geometry.to_numpy()), return_index=True)
    steps, ring = _steps(shapely.segmentize(rings, ALONG_M))
    outlines = shapely.get_parts(shapely.boundary(villages.to_crs(crs).geometry.to_numpy()))
    inside = ~_along(steps, _steps(outlines)[0], _OUTLINE_M)
    inner, mine = steps[inside], unit[ring[inside]]
    length_m = np.hypot(*(inner[:, 1] - inner[:, 0]).T)
    found = _along(inner, _steps(ground_lines(here))[0], ALONG_M)
    sums = (np.bincount(mine, weights, len(units)) for weights in (length_m, length_m * found))
    return pd.DataFrame(dict(zip(("border_m", "on_ground_m"), sums, strict=True)), index=units.index)


def _steps(lines: npt.NDArray[np.object_]) -> tuple[Floats, Ints]:
    """Take lines apart into straight steps, shape (n, 2, 2), and say which line each is of."""
    vertices, line = shapely.get_coordinates(lines, return_index=True)
    inside = line[1:] == line[:-1]
    steps: Floats = np.stack([vertices[:-1][inside], vertices[1:][inside]], axis=1)
    real = (steps[:, 0] != steps[:, 1]).any(axis=1)
    return steps[real], line[1:][inside][real]


def _along(steps: Floats, lines: Floats, far_m: float) -> Bools:
    """Say of each step whether its middle is near one of the lines, and both lead the same way."""
    middles = shapely.points(steps.mean(axis=1))
    step, line = shapely.STRtree(shapely.linestrings(lines)).query(middles, predicate="dwithin", distance=far_m)
    ours, theirs = ((some[:, 1] - some[:, 0]) for some in (steps, lines))
    ours, theirs = (way / np.hypot(*way.T)[:, None] for way in (ours, theirs))
    same_way = np.abs((ours[step] * theirs[line]).sum(axis=1)) >= _ALONG_COSINE
    found = np.zeros(len(steps), dtype=bool)
    found[step[same_way]] = True
    return found
