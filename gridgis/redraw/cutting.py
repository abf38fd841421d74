"""Cut cells exactly along a line; the coverage stays valid, for neighbours get the vertices where the line ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgis.redraw.change import Cell, Change, apply_change
from gridgis.redraw.draft import Draft, Floats, Ints

Geometries = npt.NDArray[np.object_]

SNAP_M = 0.5
"""A line is drawn by hand: where it runs so near to a corner of a cell, it means the corner."""

_LEAST_M2 = 1.0
"""No part of a cell is smaller than this, or a line beside a border would cut off slivers."""

_REACH_M = 1e-7


def metre(draft: Draft) -> float:
    """Measure how much of the draft's CRS a metre is, on average of both directions."""
    land = shapely.box(*draft.cells.total_bounds)
    square_m = shapely.area(shapely.transform(land, draft.to_metres))
    return float(np.sqrt(shapely.area(land) / square_m))


def cut_cells(draft: Draft, cells: Ints, line: shapely.Geometry) -> Draft:
    """Cut some cells along a line.

    Parameters
    ----------
    draft
        The village.
    cells
        The cells that may be cut; where the line crosses others, they stay whole.
    line
        A line, or the outline of an area, in the CRS of the draft.

    Returns
    -------
        The village with the parts in the place of cells that were cut, in the same units. A household lives in the
        part that its point lies in. A part below a square metre stays with the next one.
    """
    unit = metre(draft)
    shapes = draft.cells.geometry.loc[cells]
    line = _snap(line, shapes.to_numpy(), SNAP_M * unit)
    crossed = shapes[shapely.intersects(shapes.to_numpy(), line) & ~shapely.touches(shapes.to_numpy(), line)]
    if len(crossed) == 0:
        return draft
    parts, parent = _cut(crossed.to_numpy(), line)
    ids = crossed.index.to_numpy(dtype=np.int64)
    parts, parent = _join_specks(parts, parent, _LEAST_M2 * unit**2)
    known = _as_complex(shapely.get_coordinates(crossed.to_numpy()))
    new = np.setdiff1d(_as_complex(shapely.get_coordinates(parts)), known)
    around, reshaped = _reach_neighbours(draft, ids, new.view(np.float64).reshape(-1, 2), _REACH_M * unit)
    same = _unchanged(crossed.to_numpy(), parts, parent)
    parts, owner = np.append(parts[~same], reshaped), np.append(ids[parent[~same]], around)
    return replace_cells(draft, parts, owner) if len(parts) > 0 else draft


def replace_cells(draft: Draft, parts: Geometries, parent: Ints) -> Draft:
    """Replace cells by their parts, numbered anew; each in the unit of its parent, with the households on it."""
    order = np.lexsort((*shapely.bounds(parts).T[::-1], parent))
    parts, parent = parts[order], parent[order]
    number = draft.next_cell + np.arange(len(parts))
    old = np.unique(parent)
    homes = draft.households[draft.households["cell_id"].isin(old).to_numpy()]
    house = _house(homes.geometry.to_numpy(), homes["cell_id"].to_numpy(), parts, parent)
    people = np.bincount(house, homes["households"].to_numpy(), len(parts)).astype(np.int64)
    codes = draft.cells["micro_grid_code"]
    rows = draft.cells.loc[old]
    # what a cell counts beyond the rows that are known goes with its largest part
    beyond = rows["households"] - homes.groupby("cell_id")["households"].sum().reindex(old, fill_value=0)
    largest = pd.Series(shapely.area(parts)).groupby(parent).idxmax()
    people[largest.reindex(old).to_numpy()] += beyond.to_numpy()
    assigned: dict[int, tuple[str | None, str | None]] = {int(cell): (codes[cell], None) for cell in old}
    assigned |= {int(n): (None, codes[cell]) for n, cell in zip(number, parent, strict=True)}
    change = Change(
        draft.village_code,
        {int(cell): Cell(int(row.households), row.geometry) for cell, row in zip(old, rows.itertuples(), strict=True)},
        {int(n): Cell(int(many), shape) for n, many, shape in zip(number, people, parts, strict=True)},
        assigned,
        rehoused={
            str(one): (int(before), int(number[after]))
            for one, before, after in zip(homes.index, homes["cell_id"], house, strict=True)
        },
    )
    return apply_change(draft, change)


def _snap(line: shapely.Geometry, shapes: Geometries, tolerance: float) -> shapely.Geometry:
    """Draw a line through the corners that it nearly touches."""
    shapely.prepare(line)
    around = shapes[shapely.dwithin(shapes, line, tolerance)]
    points = shapely.points(np.unique(shapely.get_coordinates(around), axis=0))
    near = shapely.dwithin(points, line, tolerance)
    return shapely.snap(line, shapely.multipoints(points[near]), tolerance) if near.any() else line


def _cut(shapes: Geometries, line: shapely.Geometry) -> tuple[Geometries, Ints]:
    """Cut shapes of a coverage along a line all at once, so that neighbours share the vertices of the cut."""
    noded = shapely.union_all(np.append(shapely.boundary(shapes), line))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    face, shape = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), predicate="within")
    face, first = np.unique(face, return_index=True)
    return shapely.normalize(faces[face]), shape[first].astype(np.int64)


def _join_specks(parts: Geometries, parent: Ints, least: float) -> tuple[Geometries, Ints]:
    """Join parts that are too small with the sibling that they share the longest border with."""
    while True:
        lone = np.bincount(parent)[parent] == 1
        area = np.where(lone, np.inf, shapely.area(parts))
        speck = int(np.argmin(area))
        if area[speck] >= least:
            return parts, parent
        siblings = np.flatnonzero(parent == parent[speck])
        others = siblings[siblings != speck]
        border = shapely.length(shapely.intersection(shapely.boundary(parts[others]), shapely.boundary(parts[speck])))
        heir = others[int(np.argmax(border))]
        parts = parts.copy()
        parts[heir] = shapely.normalize(shapely.coverage_union_all(parts[[heir, speck]]))
        kept = np.arange(len(parts)) != speck
        parts, parent = parts[kept], parent[kept]


def _unchanged(shapes: Geometries, parts: Geometries, parent: Ints) -> npt.NDArray[np.bool_]:
    """Say which parts are their whole parent, to the last vertex."""
    same: npt.NDArray[np.bool_] = shapely.equals_exact(shapes[parent], parts, tolerance=0.0, normalize=True)
    return same


def _reach_neighbours(draft: Draft, crossed: Ints, places: Floats, reach: float) -> tuple[Ints, Geometries]:
    """Give the cells around a cut the vertices of it that lie on their borders."""
    if len(places) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=object)
    shapes = draft.cells.geometry.to_numpy()
    rows = np.unique(draft.cells.sindex.query(shapely.points(places), predicate="dwithin", distance=reach)[1])
    ids = draft.cells.index.to_numpy(dtype=np.int64)
    rows = rows[~np.isin(ids[rows], crossed)]
    reshaped = [_insert_vertices(shape, places, reach) for shape in shapes[rows]]
    changed = np.array([before is not after for before, after in zip(shapes[rows], reshaped, strict=True)], dtype=bool)
    return ids[rows[changed]], np.array(reshaped, dtype=object)[changed]


def _insert_vertices(shape: shapely.Geometry, places: Floats, reach: float) -> shapely.Geometry:
    """Put vertices into the rings of a polygon where they lie on its edges; the same object where none does."""

    def insert(ring: shapely.Geometry) -> shapely.Geometry:
        vertices = shapely.get_coordinates(ring)
        here = places[~np.isin(_as_complex(places), _as_complex(vertices))]
        edges = shapely.linestrings(np.stack([vertices[:-1], vertices[1:]], axis=1))
        edge, point = shapely.STRtree(shapely.points(here)).query(edges, predicate="dwithin", distance=reach)
        far = np.hypot(*(here[point] - vertices[edge]).T)
        order = np.lexsort((far, edge))
        return shapely.linearrings(np.insert(vertices, edge[order] + 1, here[point[order]], axis=0))

    parts = shapely.get_parts(shape)
    built = [shapely.Polygon(insert(part.exterior), [insert(ring) for ring in part.interiors]) for part in parts]
    if sum(map(shapely.get_num_coordinates, built)) == shapely.get_num_coordinates(shape):
        return shape
    return shapely.normalize(built[0] if len(built) == 1 else shapely.MultiPolygon(built))


def _house(points: Geometries, home: Ints, parts: Geometries, parent: Ints) -> Ints:
    """Find the part that each household lives in: of its own cell, the nearest, the first of several."""
    house = np.zeros(len(points), dtype=np.int64)
    for cell in np.unique(home):
        mine, rows = np.flatnonzero(parent == cell), np.flatnonzero(home == cell)
        far = shapely.distance(points[rows][:, None], parts[mine][None, :])
        house[rows] = mine[np.argmin(far, axis=1)]
    return house


def _as_complex(vertices: Floats) -> npt.NDArray[np.complex128]:
    # complex numbers sort by x, then y, and are looked up as one
    return np.ascontiguousarray(vertices).view(np.complex128).ravel()


def label_sides(draft: Draft, cells: Ints, line: shapely.Geometry) -> Ints:
    """Label cells by the side of a line that they lie on, as it divides their land, from 0.

    Parameters
    ----------
    draft
        The village, its cells cut along the line.
    cells
        The cells of the land.
    line
        The line.

    Returns
    -------
        Label of each cell; all 0 where the line does not divide the land.
    """
    shapes = draft.cells.geometry.loc[cells].to_numpy()
    outline = shapely.boundary(shapely.coverage_union_all(shapes))
    line = _snap(line, shapes, SNAP_M * metre(draft))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(np.array([outline, line])))))
    cell, face = shapely.STRtree(faces).query_nearest(shapely.point_on_surface(shapes), all_matches=False)
    label = np.zeros(len(cells), dtype=np.int64)
    label[cell] = face
    return np.unique(label, return_inverse=True)[1].astype(np.int64)
