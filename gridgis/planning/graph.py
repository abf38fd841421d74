"""The graph a plan is solved on: a node a building with the empty land that goes with it, an edge a border."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from gridgis.geo.fabric import Fabric
from gridgis.geo.topology import pieces

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NONE = -1
_STRANGER_M = 500.0


@dataclass(frozen=True)
class Graph:
    """Nodes with weights and places, and who borders whom.

    Parameters
    ----------
    start, end, border_m, ground_m
        Neighbours of node v are ``end[start[v]:start[v + 1]]``; ``border_m`` is 0 for a bridge, which joins land that
        has no border with the rest; ``ground_m`` is the part of the border that a person finds on the ground.
    x, y
        Place of a node in metres: the mean of its households.
    households
        Households of a node.
    group
        Natural village of a node, from 0; -1 for none.
    head
        How many households of a node hold somebody who could head a unit.
    """

    start: Ints
    end: Ints
    border_m: Floats
    ground_m: Floats
    x: Floats
    y: Floats
    households: Ints
    group: Ints
    head: Ints

    @property
    def n(self) -> int:
        """Count the nodes."""
        return len(self.x)


def village_graph(fabric: Fabric, village_code: str, heads: Ints | None = None) -> tuple[Graph, Ints, Ints]:
    """Make the graph of one village.

    Parameters
    ----------
    fabric
        The fabric.
    village_code
        Which village.
    heads
        For each cell of the fabric, how many of its households hold somebody who could head a unit; None for nobody.

    Returns
    -------
        The graph, the cell ids of the village, and the node that each of these cells belongs to.
    """
    first, last = fabric.spans[village_code]
    cells = fabric.cells.iloc[first:last]
    # borders are in the order of their first cell
    rows = slice(*np.searchsorted(fabric.borders["a"].to_numpy(), [first, last]))
    inner = fabric.borders.iloc[rows]
    inner = inner[inner["b"] < last]
    a, b = (inner[end].to_numpy() - first for end in "ab")
    lengths = inner["length_m"].to_numpy(), inner["on_ground_m"].to_numpy()
    homes = np.flatnonzero(cells["households"].to_numpy() > 0)
    places = fabric.places_m[first:last]
    places = np.round(places - np.floor(places.min(axis=0)), 3)
    group = pd.factorize(cells["natural_village"], sort=True)[0].astype(np.int64)
    if len(homes) == 0:
        homes = np.zeros(1, dtype=np.int64)
    node = _attach_empty_land((a, b), places, homes, group)
    links = _link(node, (a, b), lengths, len(homes))
    head = np.zeros(len(homes), dtype=np.int64) if heads is None else heads[first + homes]
    weight = cells["households"].to_numpy()[homes].astype(np.int64)
    x, y = np.ascontiguousarray(places[homes, 0]), np.ascontiguousarray(places[homes, 1])
    return _bridge(Graph(*links, x, y, weight, group[homes], head)), np.arange(first, last), node


def _attach_empty_land(edges: tuple[Ints, Ints], places: Floats, homes: Ints, group: Ints) -> Ints:
    """Give every cell to the nearest home it can be reached from over empty land, in its natural village first."""
    a, b = edges
    n = len(places)
    start, end = _neighbours(n, a, b)
    node = np.full(n, NONE, dtype=np.int64)
    node[homes] = np.arange(len(homes))
    heap: list[tuple[float, int, int]] = []

    def reach(cell: int) -> None:
        owner = node[cell]
        for other in end[start[cell] : start[cell + 1]]:
            if node[other] == NONE:
                step = places[other] - places[homes[owner]]
                far_m = float(np.hypot(step[0], step[1])) + _STRANGER_M * (group[other] != group[homes[owner]])
                heapq.heappush(heap, (round(far_m, 2), int(other), int(owner)))

    for cell in homes:
        reach(cell)
    while heap:
        _, cell, owner = heapq.heappop(heap)
        if node[cell] == NONE:
            node[cell] = owner
            reach(cell)
    lone = node == NONE
    if lone.any():
        node[lone] = cKDTree(places[homes]).query(places[lone])[1]
    return node


def _neighbours(n: int, a: Ints, b: Ints) -> tuple[Ints, Ints]:
    links = csr_array((np.ones(2 * len(a)), (np.append(a, b), np.append(b, a))), shape=(n, n))
    links.sort_indices()
    return links.indptr.astype(np.int64), links.indices.astype(np.int64)


def _link(node: Ints, edges: tuple[Ints, Ints], lengths: Sequence[Floats], n: int) -> tuple[Ints, Ints, Floats, Floats]:
    """Add up the borders between nodes, both directions, and the parts of them on the ground."""
    a, b = node[edges[0]], node[edges[1]]
    apart = a != b
    ends = np.append(a[apart], b[apart]), np.append(b[apart], a[apart])
    return _add_up(ends, [np.tile(length_m[apart], 2) for length_m in lengths], n)


def _add_up(ends: tuple[Ints, Ints], lengths: Sequence[Floats], n: int) -> tuple[Ints, Ints, Floats, Floats]:
    """Add up lengths by edge: where each node's neighbours begin, the neighbours, and both sums."""
    key, edge = np.unique(ends[0] * n + ends[1], return_inverse=True)
    whole_m, ground_m = (np.bincount(edge, length_m, len(key)).astype(np.float64) for length_m in lengths)
    start = np.searchsorted(key, np.arange(n + 1) * n).astype(np.int64)
    return start, key % n, whole_m, ground_m


def _bridge(graph: Graph) -> Graph:
    """Join land in several pieces by bridges from each piece to the nearest home of what is joined already."""
    piece = node_pieces(graph)
    if piece.max(initial=0) == 0:
        return graph
    places = np.column_stack([graph.x, graph.y])
    sizes = np.bincount(piece)
    joined = piece == np.argmax(sizes)
    bridges = []
    while not joined.all():
        here, there = np.flatnonzero(joined), np.flatnonzero(~joined)
        far_m, near = cKDTree(places[here]).query(places[there])
        nearest = int(np.argmin(far_m))
        bridges.append((here[near[nearest]], there[nearest]))
        joined |= piece == piece[there[nearest]]
    return with_edges(graph, np.array(bridges, dtype=np.int64))


def with_edges(graph: Graph, bridges: Ints) -> Graph:
    """Add bridges, shape (n, 2), to a graph."""
    a, b, _ = edge_list(graph)
    a, b = np.concatenate([a, bridges[:, 0], bridges[:, 1]]), np.concatenate([b, bridges[:, 1], bridges[:, 0]])
    lengths = [np.append(length_m, np.zeros(2 * len(bridges))) for length_m in (graph.border_m, graph.ground_m)]
    start, end, border_m, ground_m = _add_up((a, b), lengths, graph.n)
    return replace(graph, start=start, end=end, border_m=border_m, ground_m=ground_m)


def edge_list(graph: Graph) -> tuple[Ints, Ints, Floats]:
    """List the edges of a graph, each in both directions."""
    return np.repeat(np.arange(graph.n), np.diff(graph.start)), graph.end, graph.border_m


def node_pieces(graph: Graph, *, bridges: bool = False) -> Ints:
    """Label each node by the connected piece of land it is in, with or without bridges."""
    a, b, border_m = edge_list(graph)
    kept = (border_m > 0) | bridges
    return pieces(graph.n, a[kept], b[kept])


def subgraph(graph: Graph, nodes: Ints) -> Graph:
    """Cut out some nodes, which must be ascending, with the edges among them."""
    row = np.full(graph.n, NONE, dtype=np.int64)
    row[nodes] = np.arange(len(nodes))
    a, b, _ = edge_list(graph)
    kept = (row[a] != NONE) & (row[b] != NONE)
    start = np.searchsorted(row[a[kept]], np.arange(len(nodes) + 1)).astype(np.int64)
    edges = start, row[b[kept]], graph.border_m[kept], graph.ground_m[kept]
    places = graph.x[nodes], graph.y[nodes]
    return Graph(*edges, *places, graph.households[nodes], graph.group[nodes], graph.head[nodes])


def contract(graph: Graph, atom: Ints) -> Graph:
    """Contract nodes into atoms.

    Parameters
    ----------
    graph
        The graph.
    atom
        Atom of each node, from 0 without holes.

    Returns
    -------
        Graph of the atoms, placed at the mean of their households.
    """
    n = int(atom.max()) + 1
    a, b, _ = edge_list(graph)
    apart = atom[a] != atom[b]
    edges = _add_up((atom[a[apart]], atom[b[apart]]), [graph.border_m[apart], graph.ground_m[apart]], n)
    weight = np.maximum(graph.households, 1e-9)
    total = np.bincount(atom, weight, n)
    x, y = (np.bincount(atom, weight * place, n) / total for place in (graph.x, graph.y))
    households, head = (np.bincount(atom, column, n).astype(np.int64) for column in (graph.households, graph.head))
    group = np.full(n, NONE, dtype=np.int64)
    group[atom] = graph.group
    return Graph(*edges, x, y, households, group, head)
