"""What a connected unit must hold: between its middle and any other item of it, a part of every wall of items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from gridgis.geo.topology import pieces

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_SHARE = 1e-6
_LEVELS = 8
_HEADS = 3
_BROKEN = 1e-3
_PARTS = 1_000_000
_FLOWS = 8


@dataclass(frozen=True, order=True)
class Wall:
    """Items one of which every path from behind them to ``head`` passes.

    Parameters
    ----------
    head
        An item beyond the wall.
    items
        The items of the wall, ascending; the middle's own item alone says that a unit without a middle holds nothing.
    """

    head: int
    items: tuple[int, ...]


@dataclass(frozen=True)
class Web:
    """Who borders whom: item ``a[k]`` borders item ``b[k]``, each pair in both directions; ``n`` items."""

    a: Ints
    b: Ints
    n: int

    def parts(self, kept: Bools) -> Ints:
        """Label the items by the connected part of ``kept`` items that they are in; the others are alone."""
        inner = kept[self.a] & kept[self.b]
        return pieces(self.n, self.a[inner], self.b[inner])

    def around(self, some: Bools) -> Bools:
        """Find the items that border some items and are none of them."""
        near = np.zeros(self.n, dtype=np.bool_)
        near[self.b[some[self.a]]] = True
        return near & ~some


def behind(web: Web, wall: Wall) -> Bools:
    """Find the items that a wall parts from its head, the wall itself left out."""
    kept = np.ones(web.n, dtype=np.bool_)
    kept[list(wall.items)] = False
    part = web.parts(kept)
    apart: Bools = kept & (part != part[wall.head])
    return apart


def broken_walls(web: Web, middle: int, share: Floats) -> list[Wall]:
    """Find walls that a unit breaks, by looking for parts of it that do not hang together with its middle.

    Parameters
    ----------
    web
        Who borders whom.
    middle
        Item of the unit's middle.
    share
        How much of each item the unit holds, 0 to 1.

    Returns
    -------
        Walls that hold less of the unit than their head does.
    """
    found = []
    levels = np.unique(np.round(np.append(share[share > _SHARE], 0.0), 5))[:-1]
    for level in levels[:_LEVELS]:
        held = share > level + _SHARE
        held[middle] = True
        part = web.parts(held)
        for one in np.unique(part[held & (part != part[middle])]):
            island = held & (part == one)
            wall = _shore(web, middle, island)
            heads = np.flatnonzero(island & (share > share[wall].sum() + _BROKEN))
            heads = heads[np.argsort(-share[heads], kind="stable")][:_HEADS]
            found += [Wall(head, tuple(wall.tolist())) for head in heads.tolist()]
    return found


def _shore(web: Web, middle: int, island: Bools) -> Ints:
    """List the neighbours of an island that can be reached from the middle without passing another of them."""
    near = web.around(island)
    part = web.parts(~near)
    return np.flatnonzero(near & web.around(part == part[middle]))


def least_walls(web: Web, middle: int, share: Floats) -> list[Wall]:
    """Find the walls that hold least of a unit, where they hold less of it than their head does.

    Parameters
    ----------
    web, middle, share
        As for :func:`broken_walls`.

    Source: a vertex cut is an edge cut of the graph in which each vertex is an edge; L. R. Ford and D. R. Fulkerson,
    Flows in Networks, 1962; for units, J. Oehrlein and J.-H. Haunert, A cutting-plane method for contiguity-constrained
    spatial aggregation, 2017.
    """
    beside = web.around(np.arange(web.n) == middle)
    beside[middle] = True
    heads = np.flatnonzero((share > 10 * _BROKEN) & ~beside)
    walls = _least_walls(web, middle, share, heads[np.argsort(-share[heads], kind="stable")])
    return [wall for wall, _ in zip(walls, range(_FLOWS), strict=False)]


def _least_walls(web: Web, middle: int, share: Floats, heads: Ints) -> Iterator[Wall]:
    room = np.append(np.maximum(share * _PARTS, 1), np.full(len(web.a), 10 * _PARTS)).astype(np.int32)
    items = np.arange(web.n)
    ends = np.append(items, web.a + web.n), np.append(items + web.n, web.b)
    net = csr_array((room, ends), shape=(2 * web.n, 2 * web.n))
    for head in heads.tolist():
        flow = maximum_flow(net, middle + web.n, head)
        if flow.flow_value >= (share[head] - _BROKEN) * _PARTS:
            continue
        rest = (net - flow.flow).tocsr()
        rest.data = (rest.data > 0).astype(np.int32)
        rest.eliminate_zeros()
        wet = np.zeros(2 * web.n, dtype=np.bool_)
        wet[breadth_first_order(rest, middle + web.n, return_predecessors=False)] = True
        wall = np.flatnonzero(wet[: web.n] & ~wet[web.n :])
        if share[wall].sum() < share[head] - _BROKEN:
            yield Wall(head, tuple(wall.tolist()))
