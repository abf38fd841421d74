"""The pieces of land that are planned on their own, and how many units each gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgis.geo.fabric import Fabric
from gridgis.geo.places import land_and_people
from gridgis.model.errors import CallError
from gridgis.model.layers import Layers
from gridgis.planning.graph import Graph, node_pieces, subgraph, village_graph
from gridgis.planning.heads import head_places
from gridgis.planning.plan import PlanRequest
from gridgis.planning.shares import Share, Totals, share_units
from gridgis.planning.solve import split_land

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Plot:
    """A piece of land that is planned on its own: the graph of its nodes, and the cells of each node."""

    village_code: str
    graph: Graph
    cells: Ints
    node: Ints


def share_land(fabric: Fabric, layers: Layers, request: PlanRequest) -> tuple[list[Plot], list[Share]]:
    """Find the pieces of land that are planned on their own, and how many units each gets.

    Parameters
    ----------
    fabric
        The fabric of the layers.
    layers
        Checked layers; with ``members``, who could head a unit counts.
    request
        What is asked.

    Raises
    ------
    CallError
        If the requested numbers of units cannot be had, or name a village that is not there.
    """
    villages, _ = land_and_people(layers)
    heads = None
    if layers.members is not None:
        lives_in = fabric.households["cell_id"].to_numpy()
        heads = np.bincount(lives_in, head_places(layers), len(fabric.cells)).astype(np.int64)
    lands = [land for code in sorted(villages["code"]) for land in _lands(fabric, code, request, heads)]
    return lands, _share_units(lands, request)


def _share_units(lands: Sequence[Plot], request: PlanRequest) -> list[Share]:
    """Share the units out among the lands: of the whole township, or village by village where it was asked so."""
    by_village = any(isinstance(number, Mapping) for number in (request.grids, request.micro_grids))
    if by_village and any(isinstance(number, int) for number in (request.grids, request.micro_grids)):
        raise CallError("plan.error.mixed")
    known = {land.village_code for land in lands}
    asked = {code for number in (request.grids, request.micro_grids) if isinstance(number, Mapping) for code in number}
    if asked - known:
        raise CallError("plan.error.village", code=", ".join(sorted(asked - known)))
    rules = request.grid_size, request.micro_size
    shares: dict[int, Share] = {}
    for code in sorted(known) if by_village else [""]:
        mine = {row: land.graph for row, land in enumerate(lands) if not by_village or land.village_code == code}
        households = [int(graph.households.sum()) for graph in mine.values()]
        buildings = [graph.households[graph.households > rules[1].high].tolist() for graph in mine.values()]
        sites = [graph.n for graph in mine.values()]
        found = share_units(households, sites, rules, Totals(*request.asked(code)), buildings)
        shares |= dict(zip(mine, found, strict=True))
    return [shares[row] for row in range(len(lands))]


def _lands(fabric: Fabric, village_code: str, request: PlanRequest, heads: Ints | None) -> list[Plot]:
    graph, cells, node = village_graph(fabric, village_code, heads)
    lands = []
    pieces = split_land(graph, request.grid_size.low)
    for nodes in (part for piece in pieces for part in _set_apart(graph, piece, request.grid_size.high)):
        row = np.full(graph.n, -1, dtype=np.int64)
        row[nodes] = np.arange(len(nodes))
        mine = row[node] >= 0
        lands.append(Plot(village_code, subgraph(graph, nodes), cells[mine], row[node[mine]]))
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
