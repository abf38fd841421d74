"""The lines that a person finds on the ground: roads, rivers, railways and the edges of natural villages."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from gridgis.model.layers import Layers

Geometries = npt.NDArray[np.object_]

_LINE, _POLYGON = 1, 2


def ground_lines(layers: Layers, step: float = 0.0) -> Geometries:
    """Collect the lines found on the ground.

    Parameters
    ----------
    layers
        ``natural_villages`` and ``barriers`` count, where they are given: lines as they are, areas by their outlines.
    step
        How far a line may be straightened, in units of the layers' CRS.

    Returns
    -------
        Single lines, in an order that the layers' rows do not change.
    """
    found = [np.empty(0, dtype=object)]
    for layer in (layers.natural_villages, layers.barriers):
        if layer is not None:
            shapes = shapely.get_parts(layer.geometry.to_numpy())
            areas = shapely.get_dimensions(shapes) == _POLYGON
            shapes = shapely.get_parts(np.where(areas, shapely.boundary(shapes), shapes))
            found.append(shapes[(shapely.get_dimensions(shapes) == _LINE) & ~shapely.is_empty(shapes)])
    lines = shapely.normalize(np.concatenate(found))
    lines = lines[np.argsort(shapely.to_wkb(lines), kind="stable")]
    straight: Geometries = shapely.simplify(lines, step, preserve_topology=False) if step > 0 else lines
    return straight
