"""The real places that are planned, and what a planner is given of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from benchmarks.planning.problem import Floats, Ints, Problem
from gridgis.exchange.inputs import Inputs, read_inputs
from gridgis.geo.fabric import Fabric, cut_fabric
from gridgis.geo.places import land_and_people
from gridgis.geo.topology import to_metres
from gridgis.model.layers import Layers
from gridgis.model.settings import Settings
from gridgis.planning.graph import village_graph
from gridgis.planning.plan import PlanRequest

CASES = Path(__file__).parents[2] / "data" / "cases"
PLACES = {"schellenberg": (1, 6), "maumere": (9, 47), "oberland": (20, 108)}
"""Grids and micro-grids that every planner is asked for, by place."""


@dataclass(frozen=True)
class Place:
    """A place of one village.

    Parameters
    ----------
    layers
        Its layers.
    request
        Sizes and numbers of units.
    fabric
        The land cut into cells.
    problem
        What planners are given.
    node
        Node of the graph that each cell belongs to, in the order of the fabric's cells.
    """

    layers: Layers
    request: PlanRequest
    fabric: Fabric
    problem: Problem
    node: Ints

    @cached_property
    def households(self) -> Ints:
        """How many households live at each place."""
        return self.fabric.households["households"].to_numpy(dtype=np.int64)

    @cached_property
    def natural_village(self) -> pd.Series:
        """Natural village of each household."""
        return self.fabric.households["natural_village"]


def read_layers(name: str) -> Layers:
    """Read one of the places, as anybody's file is read."""
    return read_inputs(Inputs(case=CASES / f"{name}.gpkg"), Settings()).sound()


def request_of(name: str, seed: int = 0) -> PlanRequest:
    """Ask for the units that the place is cut into."""
    grids, micro_grids = PLACES[name]
    return PlanRequest(grids=grids, micro_grids=micro_grids, seed=seed)


def make_place(layers: Layers, request: PlanRequest) -> Place:
    """Cut the land of a place of one village, and put down what planners are given."""
    villages, _ = land_and_people(layers)
    (code,) = villages["code"]
    fabric = cut_fabric(layers)
    graph, _, node = village_graph(fabric, code)
    problem = Problem(
        places_m=_places_m(fabric),
        node=node[fabric.households["cell_id"].to_numpy()],
        start=graph.start,
        end=graph.end,
        border_m=graph.border_m,
        households=graph.households,
        group=graph.group,
        units=np.array([request.grids, request.micro_grids]),
        grid_size=np.array([request.grid_size.low, request.grid_size.high]),
        micro_size=np.array([request.micro_size.low, request.micro_size.high]),
    )
    return Place(layers, request, fabric, problem, node)


def _places_m(fabric: Fabric) -> Floats:
    return to_metres(shapely.get_coordinates(fabric.households.geometry.to_numpy()), fabric.cells)
