"""Split a unit automatically into parts that keep the rule wherever the numbers allow."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgis.geo.fabric import Fabric
from gridgis.geo.topology import pieces
from gridgis.model.tiers import WEIGHTS, SizeRange
from gridgis.planning.graph import Graph, village_graph
from gridgis.planning.numbers import Rules
from gridgis.planning.tiers import Bounds, Effort, Search, cut_tier, refine_cut
from gridgis.redraw.choosing import check_unit
from gridgis.redraw.draft import Draft, Ints
from gridgis.redraw.edits import RefusedError, SplitEvenly
from gridgis.redraw.moving import places_m
from gridgis.redraw.splitting import split_off_grid
from gridgis.redraw.units import found_micro_grid, give_cells

_MOST_BY_TRYING = 14
_EFFORT = Effort(threads=1)


def split_evenly(draft: Draft, edit: SplitEvenly, rules: Rules) -> Draft:
    """Split a unit into parts; see :class:`gridgis.redraw.edits.SplitEvenly`."""
    unit = check_unit(draft, edit.unit)
    grid = unit in draft.grids.index
    rule = rules[0] if grid else rules[1]
    cells = draft.cells_of(unit)
    graph, node = graph_of(draft, cells)
    parts = edit.parts or choose_parts(int(graph.households.sum()), graph.n, rule)
    if parts < 2 or graph.n < parts:  # noqa: PLR2004 — one part is no split
        raise RefusedError("redraw.refused.parts", code=unit, n=graph.n)
    label = _whole_micro_grids(draft, unit, rule) if grid and parts == 2 else None  # noqa: PLR2004 — halves are tried
    if label is None:
        label = _cut(graph, parts, rule)[node]
    people = np.bincount(label, draft.cells["households"].loc[cells].to_numpy(), parts)
    for part in np.argsort(-people, kind="stable")[1:].tolist():
        mine = cells[label == part]
        if grid:
            draft = split_off_grid(draft, mine, rules)
        else:
            draft, code = found_micro_grid(draft, draft.grid_of(unit))
            draft = give_cells(draft, mine, code)
    return draft


def choose_parts(households: int, nodes: int, rule: SizeRange) -> int:
    """Choose the fewest parts, two or more, of which as few households as possible are out of range."""
    most = max(households // rule.low + 1, 2)
    return min(range(2, min(most, nodes) + 1), key=lambda k: (rule.least_excess(households, k), k), default=0)


def graph_of(draft: Draft, cells: Ints) -> tuple[Graph, Ints]:
    """Make the graph of some cells: a node a home, with the empty land that goes with it.

    Returns
    -------
        The graph, and the node of each cell.
    """
    rows = draft.cells.index.get_indexer(cells)
    land = draft.cells.loc[cells]
    inner = np.isin(draft.mesh.a, cells) & np.isin(draft.mesh.b, cells)
    borders = pd.DataFrame(
        {
            "a": np.searchsorted(cells, draft.mesh.a[inner]),
            "b": np.searchsorted(cells, draft.mesh.b[inner]),
            "length_m": draft.mesh.length_m[inner],
            "on_ground_m": draft.mesh.on_ground_m[inner],
        }
    )
    described = land.reset_index(drop=True).assign(village_code=draft.village_code)
    no_roofs = np.empty(0, dtype=object)
    spans = {draft.village_code: (0, len(cells))}
    fabric = Fabric(gpd.GeoDataFrame(described), borders, draft.households, places_m(draft)[rows], no_roofs, spans)
    graph, _, node = village_graph(fabric, draft.village_code)
    return graph, node


def _cut(graph: Graph, parts: int, rule: SizeRange) -> Ints:
    bounds = Bounds(np.full(parts, rule.low), np.full(parts, rule.high))
    search = Search(_EFFORT, WEIGHTS, np.random.default_rng(0))
    return refine_cut(graph, cut_tier(graph, bounds, search), bounds, search).label


def _whole_micro_grids(draft: Draft, grid: str, rule: SizeRange) -> Ints | None:
    """Halve a grid by whole micro-grids, if no halves are more legal: about even, with a short new border."""
    inside = draft.micro_grids_of(grid)
    if not 2 <= len(inside) <= _MOST_BY_TRYING:  # noqa: PLR2004 — one cannot be halved
        return None
    sizes = draft.sizes("micro_grid").loc[inside].to_numpy()
    cells = draft.cells_of(grid)
    unit = pd.Index(inside).get_indexer(draft.cells["micro_grid_code"].loc[cells])
    inner = np.isin(draft.mesh.a, cells) & np.isin(draft.mesh.b, cells)
    a, b = (unit[np.searchsorted(cells, ends[inner])] for ends in (draft.mesh.a, draft.mesh.b))
    length_m = draft.mesh.length_m[inner]
    least = rule.least_excess(int(sizes.sum()), 2)
    found = []
    for many in range(1, len(inside)):
        for some in combinations(range(1, len(inside)), many):
            part = np.isin(np.arange(len(inside)), some)
            over = sum(rule.excess(int(sizes[half].sum())) for half in (part, ~part))
            if over == least and _both_whole(part, a, b):
                uneven = abs(1 - 2 * sizes[part].sum() / max(sizes.sum(), 1))
                found.append((round(uneven, 1), float(length_m[part[a] != part[b]].sum()), some))
    if not found:
        return None
    label: Ints = np.isin(unit, min(found)[2]).astype(np.int64)
    return label


def _both_whole(part: npt.NDArray[np.bool_], a: Ints, b: Ints) -> bool:
    kept = part[a] == part[b]
    return int(pieces(len(part), a[kept], b[kept]).max(initial=0)) == 1
