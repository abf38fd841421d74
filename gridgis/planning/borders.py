"""How much of a plan's borders a person finds on the ground, measured on the shapes of any plan."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gridgis.geo.ground import ground_lines
from gridgis.geo.places import land_and_people
from gridgis.geo.zones import metric_crs
from gridgis.model.layers import Layers

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
    units
        Polygons of one tier.
    layers
        ``villages``, and ``barriers`` and ``natural_villages`` where they are given; in any CRS.

    Returns
    -------
        Metres in all, and metres that run along a road, river or railway or along the edge of a natural village: not
        farther from it than :data:`ALONG_M` and in its direction up to 30°, so that merely crossing it does not count.
        Borders of villages are left out. A border is walked along from both sides, so that shapes which do not share
        their vertices are measured as well as those that do.
    """
    villages, _ = land_and_people(layers)
    crs = metric_crs(units)
    needed = {name: getattr(layers, name) for name in ("barriers", "natural_villages")}
    here = Layers(**{name: layer.to_crs(crs) for name, layer in needed.items() if layer is not None})
    rings = shapely.get_parts(shapely.boundary(units.to_crs(crs).geometry.to_numpy()))
    steps = _steps(shapely.segmentize(rings, ALONG_M))
    outlines = shapely.get_parts(shapely.boundary(villages.to_crs(crs).geometry.to_numpy()))
    inner = steps[~_along(steps, _steps(outlines), _OUTLINE_M)]
    length_m = np.hypot(*(inner[:, 1] - inner[:, 0]).T)
    found = _along(inner, _steps(ground_lines(here)), ALONG_M)
    return float(length_m.sum()) / 2, float(length_m[found].sum()) / 2


def _steps(lines: npt.NDArray[np.object_]) -> Floats:
    """Take lines apart into straight steps, shape (n, 2, 2)."""
    vertices, line = shapely.get_coordinates(lines, return_index=True)
    inside = line[1:] == line[:-1]
    steps: Floats = np.stack([vertices[:-1][inside], vertices[1:][inside]], axis=1)
    real: Floats = steps[(steps[:, 0] != steps[:, 1]).any(axis=1)]
    return real


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
