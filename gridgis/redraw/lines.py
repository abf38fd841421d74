"""Drawn lines that end too early: the nearest line that divides the land."""

from __future__ import annotations

import numpy as np
import shapely

from gridgis.redraw.draft import Draft, Floats, Ints


def extend_line(draft: Draft, cells: Ints, line: shapely.Geometry) -> shapely.Geometry | None:
    """Extend a line straight on at both ends until it leaves some land.

    Parameters
    ----------
    draft
        The village.
    cells
        The cells of the land.
    line
        A line in the CRS of the draft.

    Returns
    -------
        The extended line; None where the line does not divide the land even so.
    """
    land = shapely.coverage_union_all(draft.cells.geometry.loc[cells].to_numpy())
    west, south, east, north = shapely.bounds(land)
    far = 2 * float(np.hypot(east - west, north - south))
    vertices = shapely.get_coordinates(line)
    ends: list[Floats | None] = []
    for end, before in ((vertices[0], vertices[1]), (vertices[-1], vertices[-2])):
        way = end - before
        step = float(np.hypot(way[0], way[1]))
        ray = shapely.linestrings([end, end + way * (far / step)])
        out = shapely.get_coordinates(shapely.intersection(ray, shapely.boundary(land)))
        if not shapely.intersects(land, shapely.Point(end)) or len(out) == 0:
            ends.append(None)
            continue
        reach = out[np.argmin(np.hypot(*(out - end).T))]
        # a little beyond, or the last digits decide whether the line arrives
        ends.append(reach + way / step * far * 1e-6)
    first, last = ([] if end is None else [end] for end in ends)
    longer = shapely.linestrings(np.array([*first, *vertices, *last]))
    faces = shapely.polygonize(shapely.get_parts(shapely.union_all([shapely.boundary(land), longer])))
    inside = shapely.intersects(land, shapely.point_on_surface(shapely.get_parts(faces)))
    parts = len(shapely.get_parts(land))
    return longer if int(inside.sum()) > parts and not shapely.equals(longer, line) else None
