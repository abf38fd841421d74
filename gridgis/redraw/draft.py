"""A draft: one village's slice of a plan, as the planner's edits read and write it.

Cells are never changed. A cut replaces cells by new ones with new numbers, so that the old ones can come back, and what
another plan makes of the same fabric stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import CRS

from gridgis.geo.zones import projection

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CELL_COLUMNS = ["micro_grid_code", "natural_village", "villager_group", "households", "geometry"]
MICRO_GRID_COLUMNS = ["grid_code", "name", "locked"]
GRID_COLUMNS = ["name", "locked"]
HOUSEHOLD_COLUMNS = ["cell_id", "households", "natural_village", "villager_group", "priority", "geometry"]


@dataclass(frozen=True, eq=False)
class Mesh:
    """Who borders whom among the cells of a draft; kept with it, so that no edit measures the whole village anew.

    Parameters
    ----------
    a, b
        Cell ids, ``a`` < ``b``, in ascending order; a row a pair that shares more than a corner.
    length_m
        Metres of their border.
    on_ground_m
        The part of it that a person finds on the ground: along a barrier or the outline of a natural village.
    metric
        The CRS in which the village is measured, whatever part of it.
    ground_m
        What is found on the ground as straight steps in that CRS, shape (n, 4).
    """

    a: Ints
    b: Ints
    length_m: Floats
    on_ground_m: Floats
    metric: CRS
    ground_m: Floats


@dataclass(frozen=True, eq=False)
class Village:
    """What does not change while a village is redrawn.

    Parameters
    ----------
    code, name
        Of the village.
    natural_villages
        ``code``, ``name`` and ``geometry`` of those that reach into it; may be empty.
    lines
        What a person finds on the ground: barriers, outlines of natural villages; may be empty.
    footprints
        Buildings that no drawn border may come to cut; may be empty.
    """

    code: str
    name: str
    natural_villages: gpd.GeoDataFrame
    lines: gpd.GeoSeries
    footprints: npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Draft:
    """One village's slice of a plan. Make one with :func:`gridgis.redraw.opening.open_draft`.

    Parameters
    ----------
    village
        The village.
    cells
        Index ``cell_id``, ascending; ``micro_grid_code`` (None where nothing is assigned), ``natural_village``,
        ``villager_group``, ``households`` (int) and ``geometry``: a valid coverage.
    micro_grids
        Index ``code``, ascending; ``grid_code``, ``name`` and ``locked`` (bool).
    grids
        Index ``code``, ascending; ``name`` and ``locked`` (bool).
    households
        Index ``household_id``, ascending; ``cell_id``, ``households`` (int), ``natural_village``, ``villager_group``,
        ``priority`` (None for nobody of the priority residents) and ``geometry``, in the CRS of the cells.
    mesh
        Who borders whom.
    next_cell
        The first number that no cell of the fabric has.
    used
        Codes that units of this village have or had, in any plan: a retired code is never given again.
    """

    village: Village
    cells: gpd.GeoDataFrame
    micro_grids: pd.DataFrame
    grids: pd.DataFrame
    households: gpd.GeoDataFrame
    mesh: Mesh
    next_cell: int
    used: frozenset[str]

    @property
    def village_code(self) -> str:
        """Look up the code of the village."""
        return self.village.code

    @cached_property
    def units(self) -> tuple[Ints, tuple[str, ...]]:
        """Give micro-grids numbers: the number of each cell, -1 for none, and the codes, ascending."""
        number, codes = pd.factorize(self.cells["micro_grid_code"].to_numpy(dtype=object), sort=True)
        return number.astype(np.int64), tuple(map(str, codes))

    @cached_property
    def edges(self) -> tuple[Ints, Ints]:
        """List the rows in ``cells`` of both sides of each border in the mesh."""
        ids = self.cells.index.to_numpy(dtype=np.int64)
        return np.searchsorted(ids, self.mesh.a), np.searchsorted(ids, self.mesh.b)

    @property
    def unit_of(self) -> pd.Series:
        """List the micro-grid of each household, index ``household_id``."""
        codes = self.cells["micro_grid_code"].to_numpy(dtype=object)
        rows = self.cells.index.get_indexer(self.households["cell_id"])
        return pd.Series(codes[rows], index=self.households.index, dtype=object)

    def to_metres(self, vertices: Floats) -> Floats:
        """Project coordinates, shape (n, 2), to the CRS in which the village is measured."""
        return projection(CRS(self.cells.crs), self.mesh.metric)(vertices)

    def numbers(self, tier: str) -> tuple[Ints, tuple[str, ...]]:
        """Give the units of a tier numbers, as :attr:`units` does for micro-grids."""
        number, codes = self.units
        if tier == "micro_grid":
            return number, codes
        above = [self._grids[code] for code in codes]
        grids = sorted(set(above))
        grid = np.array([*(grids.index(code) for code in above), -1], dtype=np.int64)
        return grid[number], tuple(grids)

    def grid_of(self, code: str) -> str:
        """Look up the grid of a micro-grid."""
        return self._grids[code]

    @cached_property
    def _grids(self) -> dict[str, str]:
        return dict(zip(self.micro_grids.index, self.micro_grids["grid_code"], strict=True))

    def micro_grids_of(self, grid: str) -> list[str]:
        """List the micro-grids of a grid."""
        return [code for code, above in self._grids.items() if above == grid]

    def cells_of(self, unit: str) -> Ints:
        """List the cells of a micro-grid or of a grid, ascending."""
        number, codes = self.units
        inside = set(self.micro_grids_of(unit)) if unit in self.grids.index else {unit}
        mine = np.array([*(code in inside for code in codes), False], dtype=bool)
        cells: Ints = self.cells.index.to_numpy(dtype=np.int64)[mine[number]]
        return cells

    def sizes(self, tier: str) -> pd.Series:
        """Count the households of each unit of a tier, ``"micro_grid"`` or ``"grid"``; index code."""
        number, codes = self.numbers(tier)
        people = self.cells["households"].to_numpy()
        counts = np.bincount(number[number >= 0], people[number >= 0], len(codes)).astype(np.int64)
        units = self.micro_grids if tier == "micro_grid" else self.grids
        return pd.Series(counts, index=pd.Index(codes, dtype=object)).reindex(units.index, fill_value=0)

    def same_as(self, other: Draft) -> bool:
        """Say whether two drafts hold the same plan: cells, units and who lives where, to the last digit.

        Numbers and codes that were used in between do not count.
        """
        return all(
            getattr(self, table).equals(getattr(other, table)) for table in ("cells", "micro_grids", "grids")
        ) and self.households["cell_id"].equals(other.households["cell_id"])
