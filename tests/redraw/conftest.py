"""Plans to redraw: a village of the demo, Maumere, and small settlements drawn by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgis.exchange.inputs import Inputs, read_inputs
from gridgis.geo.fabric import cut_fabric
from gridgis.model.layers import Layers
from gridgis.model.settings import Settings
from gridgis.model.tiers import GRID, MICRO_GRID, WEIGHTS
from gridgis.planning.lands import share_land
from gridgis.planning.plan import PlanRequest
from gridgis.planning.shaping import shape_plan
from gridgis.planning.solve import Rules, solve_land
from gridgis.planning.tiers import Effort
from gridgis.redraw.edits import (
    Create,
    Dissolve,
    Fill,
    Lock,
    MakeLegal,
    Merge,
    Move,
    Paint,
    Recode,
    Rename,
    Reshape,
    Split,
    SplitEvenly,
    Swap,
    Unlock,
)
from gridgis.redraw.opening import open_draft, open_village
from gridgis.redraw.planfile import open_plan

DATA = Path(__file__).parents[2] / "data"
# a plan to redraw need not be a good one
_HASTE = Effort(starts=2, runs=1, kicks=1, releases=0, polish=0, mends=0, tries=1)


def plan_in_haste(layers):
    fabric = cut_fabric(layers)
    lands, shares = share_land(fabric, layers, PlanRequest())
    cells = fabric.cells.assign(grid=0, micro=0)
    grids = micros = 0
    for land, share in zip(lands, shares, strict=True):
        units = solve_land(land.graph, share, Rules(GRID, MICRO_GRID, WEIGHTS), _HASTE, (0,))
        cells.loc[land.cells, "grid"] = grids + units.grid[land.node]
        cells.loc[land.cells, "micro"] = micros + units.micro[land.node]
        grids, micros = grids + share.grids, micros + share.micro_grids
    return shape_plan(fabric, cells, layers.villages)


def only_village(layers, code):
    """Leave one village of a township, with what lies in it."""
    villages = layers.villages[layers.villages["code"] == code]
    land = villages.geometry.iloc[0]
    kept = {
        name: layer[layer.intersects(land)]
        for name, layer in (("natural_villages", layers.natural_villages), ("barriers", layers.barriers))
        if layer is not None
    }
    households = layers.households[layers.households.intersects(land)]
    return replace(layers, villages=villages, households=households, **kept)


@pytest.fixture(scope="session")
def demo_village():
    """Layers of one village of the demo, and a plan of it."""
    boundaries = DATA / "boundaries"
    inputs = Inputs(
        None,
        str(boundaries / "villages.geojson"),
        str(DATA / "households.csv"),
        str(boundaries / "natural_villages.geojson"),
        str(boundaries / "barriers.geojson"),
    )
    layers = only_village(read_inputs(inputs, Settings()).sound(), "140121202203")
    return layers, plan_in_haste(layers)


@pytest.fixture(scope="session")
def maumere():
    """Layers of a real village of 3,492 households, and a plan of it."""
    layers = read_inputs(Inputs(DATA / "cases" / "maumere.gpkg"), Settings()).sound()
    return layers, plan_in_haste(layers)


@pytest.fixture(scope="session")
def demo_draft(demo_village):
    layers, plan = demo_village
    return open_plan(plan, layers)["140121202203"]


@pytest.fixture(scope="session")
def maumere_draft(maumere):
    layers, plan = maumere
    return open_plan(plan, layers)["maumere"]


class Chance:
    """Draws edits of one village; the same seed draws the same ones."""

    def __init__(self, draft, seed):
        self.draft, self.rng = draft, np.random.default_rng(seed)

    def edit(self):
        kinds = (
            *(self.move, self.merge, self.swap) * 3,
            *(self.paint, self.area, self.cut, self.place, self.split, self.reshape),
            *(self.even, self.create, self.dissolve, self.repair, self.label, self.lock),
        )
        return kinds[self.rng.integers(len(kinds))]()

    def pick(self, some):
        return some[int(self.rng.integers(len(some)))]

    def micro(self):
        return self.pick(self.draft.micro_grids.index)

    def unit(self):
        return self.micro() if self.rng.random() < 0.7 else self.pick(self.draft.grids.index)

    def border(self):
        """A pair of cells on two sides of a border between micro-grids."""
        codes = self.draft.cells["micro_grid_code"].to_numpy()
        a, b = self.draft.edges
        rows = np.flatnonzero(codes[a] != codes[b])
        row = self.pick(rows) if len(rows) else 0
        ids = self.draft.cells.index
        return int(ids[a[row]]), int(ids[b[row]]), codes[a[row]], codes[b[row]]

    def point(self, unit=None):
        cells = self.draft.cells if unit is None else self.draft.cells.loc[self.draft.cells_of(unit)]
        return np.array(shapely.point_on_surface(self.pick(cells.geometry.to_numpy())).coords[0])

    def size(self):
        west, south, east, north = self.draft.cells.total_bounds
        return float(self.rng.uniform(0.01, 0.1)) * np.array([east - west, north - south])

    def move(self):
        one, _, _, there = self.border()
        return Move(cells=(one,), to=there if self.rng.random() < 0.8 else self.draft.grid_of(there))

    def paint(self):
        middle, reach = self.point(), self.size()
        turn = self.rng.uniform(-1, 1, 2) * reach / 4
        brush = shapely.LineString([middle - turn, middle + turn])
        return Paint(brush=brush, width_m=float(self.rng.uniform(5, 100)), to=self.border()[2])

    def box(self):
        middle, reach = self.point(), self.size() / 2
        return shapely.box(*(middle - reach), *(middle + reach))

    def area(self):
        return Move(area=self.box(), to=self.border()[3])

    def cut(self):
        return Paint(area=self.box(), cut=True, to=self.border()[3])

    def place(self):
        one, _, _, there = self.border()
        row = self.draft.cells.loc[one]
        if isinstance(row["natural_village"], str) and self.rng.random() < 0.3:
            return Move(natural_village=row["natural_village"], to=there)
        if isinstance(row["villager_group"], str) and self.rng.random() < 0.3:
            return Move(villager_group=row["villager_group"], to=there)
        return Move(block=one, to=there)

    def line(self, unit):
        """A line across a unit, mostly; its ends are drawn by hand."""
        west, south, east, north = shapely.total_bounds(
            self.draft.cells.geometry.loc[self.draft.cells_of(unit)].to_numpy()
        )
        middle, reach = self.point(unit), np.array([east - west, north - south])
        turn = self.rng.uniform(-1, 1, 2) * reach * (1.5 if self.rng.random() < 0.8 else 0.2)
        bend = self.rng.normal(0, 0.05, 2) * reach
        return shapely.LineString([middle - turn, middle + bend, middle + turn])

    def split(self):
        unit = self.unit()
        return Split(unit=unit, line=self.line(unit))

    def reshape(self):
        _, _, here, there = self.border()
        units = here, there
        if self.rng.random() < 0.2:
            grids = self.draft.grid_of(here), self.draft.grid_of(there)
            units = grids if grids[0] != grids[1] else units
        return Reshape(units=units, line=self.line(units[0]))

    def merge(self):
        _, _, here, there = self.border()
        if self.rng.random() < 0.2:
            here, there = self.draft.grid_of(here), self.draft.grid_of(there)
        return Merge(units=(here, there)) if len(self.draft.micro_grids) > 4 else self.split()

    def even(self):
        return SplitEvenly(unit=self.unit(), parts=self.pick([None, 2, 3]))

    def swap(self):
        one, other, here, there = self.border()
        return Swap(units=(here, there)) if self.rng.random() < 0.5 else Swap(cells=((one,), (other,)))

    def create(self):
        grid = self.draft.grid_of(self.border()[2])
        return Create(area=self.box(), grid=self.pick([grid, None]), cut=bool(self.rng.random() < 0.5))

    def dissolve(self):
        return Dissolve(unit=self.unit()) if len(self.draft.micro_grids) > 4 else self.split()

    def repair(self):
        return MakeLegal(unit=self.unit())

    def label(self):
        unit = self.unit()
        code = unit[: -3 if unit in self.draft.grids.index else -2] + f"{self.rng.integers(1000):03d}"
        village = self.draft.village_code
        return self.pick([Rename(unit=unit, name="新名"), Recode(unit=unit, code=code), Fill(village=village)])

    def lock(self):
        return self.pick([Lock(units=(self.unit(),)), Unlock(units=(self.unit(),)), Unlock()])


@pytest.fixture(scope="session")
def chance():
    """Edits by chance, of a draft and a seed."""
    return Chance


def draw_squares(rows, homes=1, village=None):
    """Draw a village of squares of 100 m with a home in the middle of each, from the codes of their micro-grids.

    A row of letters is a row of squares from west to east, the first row in the north. The letter is the micro-grid,
    ``.`` for none; a and b lie in grid 1, c and d in grid 2, e and f in grid 3.
    """
    numbers = {letter: f"V{1 + place // 2:03d}{1 + place % 2:02d}" for place, letter in enumerate("abcdef")}
    squares = [
        (letter, 100 * x, 100 * (len(rows) - 1 - y)) for y, row in enumerate(rows) for x, letter in enumerate(row)
    ]
    shapes = [shapely.normalize(shapely.box(x, y, x + 100, y + 100)) for _, x, y in squares]
    codes = [numbers.get(letter) for letter, _, _ in squares]
    cells = gpd.GeoDataFrame({"cell_id": range(len(squares)), "households": homes}, geometry=shapes, crs=4546)
    cells["micro_grid_code"] = np.array([*codes, None], dtype=object)[:-1]
    places = [shapely.Point(x + 50, y + 50) for _, x, y in squares]
    households = gpd.GeoDataFrame(
        {
            "household_id": [f"h{number:02d}" for number in range(len(squares))],
            "cell_id": range(len(squares)),
            "households": homes,
        },
        geometry=places,
        crs=4546,
    )
    micro_grids = pd.DataFrame({"code": sorted(set(codes) - {None})}).assign(
        grid_code=lambda units: units["code"].str[:4], name=lambda units: units["code"]
    )
    grids = pd.DataFrame({"code": sorted(set(micro_grids["grid_code"]))}).assign(name=lambda units: units["code"])
    layers = village or Layers()
    land = open_village("V", "West", shapely.union_all(shapes), layers)
    return open_draft(land, cells, (grids, micro_grids), households)


@pytest.fixture(scope="session")
def squares():
    """Villages of squares; see :func:`draw_squares`."""
    return draw_squares
