"""A whole township: cut the fabric, share out the units, solve village by village, and put shapes and codes on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgis.geo.cache import FabricCache
from gridgis.geo.codes import GRID_DIGITS, MICRO_GRID_DIGITS, name_unit, number_units
from gridgis.geo.fabric import Fabric, cut_fabric
from gridgis.geo.outlines import dissolve_cells, simplify_outlines
from gridgis.geo.places import land_and_people
from gridgis.geo.topology import to_metres
from gridgis.model.layers import Layers
from gridgis.planning.explain import explain_plan
from gridgis.planning.feasibility import Assessment, assess_lands
from gridgis.planning.graph import Graph, node_pieces, subgraph, village_graph
from gridgis.planning.ground import explain_ground
from gridgis.planning.heads import propose_heads, tell_heads
from gridgis.planning.plan import Plan, PlanRequest, Progress
from gridgis.planning.shares import Share, Totals, share_units
from gridgis.planning.solve import Rules, solve_land, split_land
from gridgis.planning.surveys import name_natural_villages, survey_lands
from gridgis.planning.tiers import Effort

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Land:
    """A piece of land that is planned on its own: the graph of its nodes, and the cells of each node."""

    village_code: str
    graph: Graph
    cells: Ints
    node: Ints


@dataclass(frozen=True)
class Known:
    """Codes of units by their number, and names by code, where they are known before shapes are."""

    grids: Mapping[int, str] = field(default_factory=dict)
    micro_grids: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def plan_township(layers: Layers, request: PlanRequest, progress: Progress, fabrics: FabricCache | None = None) -> Plan:
    """Plan a township; see :func:`gridgis.planning.plan.make_plan`."""
    progress(0.0, "plan.stage.fabric")
    fabric = cut_fabric(layers) if fabrics is None else fabrics.cut(layers)
    progress(0.3, "plan.stage.units")
    villages, _ = land_and_people(layers)
    lands, shares = _share_land(fabric, layers, request)
    cells = fabric.cells.copy()
    cells["grid"], cells["micro"] = 0, 0
    rules = Rules(request.grid_size, request.micro_size, request.weights)
    grids = micros = 0
    for number, (land, share) in enumerate(zip(lands, shares, strict=True)):
        progress(0.3 + 0.5 * number / len(lands), "plan.stage.units")
        units = solve_land(land.graph, share, rules, Effort(), (request.seed, number))
        cells.loc[land.cells, "grid"] = grids + units.grid[land.node]
        cells.loc[land.cells, "micro"] = micros + units.micro[land.node]
        grids, micros = grids + share.grids, micros + share.micro_grids
    progress(0.8, "plan.stage.shapes")
    plan = shape_plan(fabric, cells, villages)
    assessments = _assess(fabric, layers, request, (lands, shares))
    messages = explain_plan(plan, request, assessments, describe_homes(plan, fabric, layers))
    messages += explain_ground(layers, fabric)
    if layers.members is not None:
        messages += tell_heads(propose_heads(plan, layers))
    progress(1.0, "plan.stage.done")
    return replace(plan, messages=messages)


def assess_township_land(
    layers: Layers, request: PlanRequest, fabrics: FabricCache | None = None
) -> tuple[Assessment, ...]:
    """Assess what the numbers allow; see :func:`gridgis.planning.plan.assess_request`."""
    fabric = cut_fabric(layers) if fabrics is None else fabrics.cut(layers)
    return _assess(fabric, layers, request, _share_land(fabric, layers, request))


def _share_land(fabric: Fabric, layers: Layers, request: PlanRequest) -> tuple[list[_Land], list[Share]]:
    villages, _ = land_and_people(layers)
    lands = [land for code in sorted(villages["code"]) for land in _lands(fabric, code, request)]
    shares = share_units(
        [int(land.graph.households.sum()) for land in lands],
        [land.graph.n for land in lands],
        (request.grid_size, request.micro_size),
        Totals(request.grids, request.micro_grids),
        [land.graph.households[land.graph.households > request.micro_size.high].tolist() for land in lands],
    )
    return lands, shares


def _assess(
    fabric: Fabric, layers: Layers, request: PlanRequest, shared: tuple[list[_Land], list[Share]]
) -> tuple[Assessment, ...]:
    lands, shares = shared
    places = [(land.village_code, land.cells) for land in lands]
    return assess_lands(survey_lands(fabric, layers, places, shares, request.micro_size.high), request)


def describe_homes(plan: Plan, fabric: Fabric, layers: Layers) -> pd.DataFrame:
    """Put together what is known of each household's places, natural villages by name."""
    homes = pd.DataFrame(fabric.households[["village_code", "households"]])
    places_m = to_metres(shapely.get_coordinates(fabric.households.geometry.to_numpy()), fabric.households)
    named = name_natural_villages(fabric.households["natural_village"], layers)
    homes = homes.assign(natural_village=named, x_m=places_m[:, 0], y_m=places_m[:, 1])
    return homes.join(plan.households[["grid_code", "micro_grid_code"]])


def _lands(fabric: Fabric, village_code: str, request: PlanRequest) -> list[_Land]:
    graph, cells, node = village_graph(fabric, village_code)
    lands = []
    pieces = split_land(graph, request.grid_size.low)
    for nodes in (part for piece in pieces for part in _set_apart(graph, piece, request.grid_size.high)):
        row = np.full(graph.n, -1, dtype=np.int64)
        row[nodes] = np.arange(len(nodes))
        mine = row[node] >= 0
        lands.append(_Land(village_code, subgraph(graph, nodes), cells[mine], row[node[mine]]))
    return lands


def _set_apart(graph: Graph, nodes: Ints, ceiling: int) -> list[Ints]:
    """Set buildings above a grid's ceiling apart, each a grid of its own, where the rest does not fall to pieces."""
    apart = []
    for node in nodes[graph.households[nodes] > ceiling]:
        rest = nodes[nodes != node]
        before, after = (node_pieces(subgraph(graph, some)).max(initial=-1) for some in (nodes, rest))
        linked = node_pieces(subgraph(graph, rest), bridges=True).max(initial=-1) == 0
        if linked and after <= before:
            apart.append(np.array([node]))
            nodes = rest
    return [nodes, *apart]


def shape_plan(fabric: Fabric, cells: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, known: Known | None = None) -> Plan:
    """Put shapes, codes and names on an assignment of cells.

    Parameters
    ----------
    fabric
        The fabric.
    cells
        Its cells, with the numbers of their units in columns ``grid`` and ``micro``.
    villages
        The villages.
    known
        Codes of all units, and names of those that have one; None to number and to name them all.
    """
    micro_grids = _unite(cells, "micro", ["grid", "village_code"])
    grids = _unite(cells, "grid", ["village_code"])
    names = villages.set_index("code")["name"]
    known = known or Known()
    grids["code"] = _codes(grids, grids["village_code"], known.grids, GRID_DIGITS)
    micro_grids["grid_code"] = grids["code"].loc[micro_grids["grid"]].to_numpy()
    micro_grids["code"] = _codes(micro_grids, micro_grids["grid_code"], known.micro_grids, MICRO_GRID_DIGITS)
    for units in (grids, micro_grids):
        above = zip(units["village_code"], units["code"], strict=True)
        units["name"] = [
            known.names.get(code) or name_unit(names[village], code.removeprefix(village)) for village, code in above
        ]
    codes = micro_grids.loc[cells["micro"], ["code", "grid_code"]].set_index(cells.index)
    cells = cells.assign(cell_id=cells.index, micro_grid_code=codes["code"])
    mine = codes.loc[fabric.households["cell_id"]]
    households = fabric.households[["household_id", "geometry"]].copy()
    households.insert(1, "grid_code", mine["grid_code"].to_numpy())
    households.insert(2, "micro_grid_code", mine["code"].to_numpy())
    # grids are drawn from the micro-grids as drawn, so that they nest to the last vertex
    micro_grids = micro_grids.set_geometry(
        simplify_outlines(micro_grids, households, "micro_grid_code", fabric.footprints)
    )
    grids = grids.set_axis(grids["code"].to_numpy()).set_geometry(dissolve_cells(micro_grids, "grid_code"))
    return Plan(
        cells[["cell_id", "village_code", "micro_grid_code", "households", "geometry"]].reset_index(drop=True),
        _order(grids[["code", "village_code", "name", "households", "geometry"]]),
        _order(micro_grids[["code", "grid_code", "village_code", "name", "households", "geometry"]]),
        households,
    )


def _codes(units: gpd.GeoDataFrame, above: pd.Series, known: Mapping[int, str], digits: int) -> pd.Series:
    if known:
        return pd.Series([known[number] for number in units.index], index=units.index)
    return number_units(units.geometry.representative_point(), above, digits)


def _unite(cells: gpd.GeoDataFrame, by: str, keep: list[str]) -> gpd.GeoDataFrame:
    table = cells.groupby(by)[keep].first()
    table["households"] = cells.groupby(by)["households"].sum()
    return gpd.GeoDataFrame(table, geometry=dissolve_cells(cells, by), crs=cells.crs)


def _order(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return units.sort_values("code").reset_index(drop=True)
