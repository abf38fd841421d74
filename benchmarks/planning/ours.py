"""Our planner, measured as the peers are: ``python -m benchmarks.planning.ours PLACE SEED OUT``."""

from __future__ import annotations

import sys
from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.planning.places import read_layers, request_of
from benchmarks.planning.problem import Ints, measure
from gridgis.geo.fabric import cut_fabric
from gridgis.model.layers import Layers
from gridgis.planning.lands import Plot, share_land
from gridgis.planning.plan import Plan, PlanRequest, make_plan
from gridgis.planning.score import score_plan
from gridgis.planning.shares import Share
from gridgis.planning.solve import Rules, solve_land
from gridgis.planning.tiers import Effort

_SIDE, _STEP_M = 27, 40.0


def solve(shared: tuple[list[Plot], list[Share]], request: PlanRequest, cells: int) -> tuple[Ints, Ints]:
    """Cut both tiers, from graphs to labels, as :func:`gridgis.planning.township.plan_township` does.

    Returns
    -------
        Grid and micro-grid of each cell.
    """
    grid, micro = np.zeros(cells, dtype=np.int64), np.zeros(cells, dtype=np.int64)
    grids = micros = 0
    rules = Rules(request.grid_size, request.micro_size, request.weights)
    for number, (plot, share) in enumerate(zip(*shared, strict=True)):
        units = solve_land(plot.graph, share, rules, Effort(), (request.seed, number))
        grid[plot.cells] = grids + units.grid[plot.node]
        micro[plot.cells] = micros + units.micro[plot.node]
        grids, micros = grids + share.grids, micros + share.micro_grids
    return grid, micro


def warm_up() -> None:
    """Plan an invented village of two natural villages, so that all loops are compiled or loaded."""
    west, south = np.meshgrid(np.arange(_SIDE) * _STEP_M, np.arange(_SIDE) * _STEP_M)
    side_m = _SIDE * _STEP_M
    villages = gpd.GeoDataFrame({"code": ["v"], "name": ["v"]}, geometry=[shapely.box(0, 0, side_m, side_m)], crs=4546)
    halves = [shapely.box(0, 0, side_m / 2, side_m), shapely.box(side_m / 2, 0, side_m, side_m)]
    natural_villages = gpd.GeoDataFrame(
        {"code": ["a", "b"], "name": ["a", "b"], "village_code": "v"}, geometry=halves, crs=4546
    )
    places = shapely.points(west.ravel() + _STEP_M / 3, south.ravel() + _STEP_M / 3)
    ids = [f"h{number}" for number in range(len(places))]
    households = gpd.GeoDataFrame(
        {"household_id": ids, "villager_group": None, "households": 1}, geometry=places, crs=4546
    )
    layers = Layers(villages=villages, natural_villages=natural_villages, households=households)
    make_plan(layers, PlanRequest(grids=2, micro_grids=10))


def lawful(plan: Plan, layers: Layers) -> bool:
    """Say whether a plan as delivered, with its outlines simplified, keeps all laws and rules."""
    return not score_plan(plan, layers).messages


def main() -> None:
    """Solve the place that the command line names, and write labels by household, costs and the plan's verdict."""
    name, seed, out = sys.argv[1:]
    layers, request = read_layers(name), replace(request_of(name), seed=int(seed))
    _, warm = measure(warm_up)
    fabric = cut_fabric(layers)
    shared = share_land(fabric, layers, request)
    (grid, micro), cost = measure(lambda: solve(shared, request, len(fabric.cells)))
    plan, whole = measure(lambda: make_plan(layers, request))
    home = fabric.households["cell_id"].to_numpy()
    np.savez(
        out,
        grid=grid[home],
        micro=micro[home],
        cpu_s=cost.cpu_s,
        more_mb=cost.more_mb,
        peak_mb=cost.peak_mb,
        warm_s=warm.cpu_s,
        plan_s=whole.cpu_s,
        plan_mb=whole.peak_mb,
        lawful=lawful(plan, layers),
    )


if __name__ == "__main__":
    main()
