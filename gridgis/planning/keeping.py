"""Carry a plan in force over to new land and people: which unit each home was in, and whose land it lies in now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgis.geo.fabric import Fabric
from gridgis.planning.board import ELSEWHERE, Board, Homes, first_labels, price_nodes
from gridgis.planning.comparison import find_territories, homes_elsewhere
from gridgis.planning.graph import NONE, village_graph
from gridgis.planning.plan import Plan
from gridgis.planning.renumbering import Seating

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Seat:
    """One village with the old units that it keeps: who sits where, and the cells of each node."""

    village_code: str
    seating: Seating
    cells: Ints
    node: Ints


def trace_homes(old: Plan, fabric: Fabric) -> pd.DataFrame:
    """Say of each household of the fabric which unit it was in and whose land it lives in.

    Parameters
    ----------
    old
        The plan in force.
    fabric
        The land, cut for the layers of today.

    Returns
    -------
        ``cell_id``, ``village_code``, ``households``, ``own`` (micro-grid that the household was in, None for a new
        household) and ``there`` (micro-grid in whose land it lives), in the order of household ids. A household whose
        home is where it was lives in the land of its own unit, wherever the border is drawn.
    """
    homes = fabric.households.sort_values("household_id")
    before = old.households.set_index("household_id")
    there = pd.Series(find_territories(old, homes.geometry), index=homes["household_id"], dtype=object)
    own = before["micro_grid_code"].reindex(homes["household_id"])
    known = own.index[own.notna()]
    now = homes.set_index("household_id").loc[known]
    elsewhere = homes_elsewhere(before.loc[known], now)
    there.loc[known[~elsewhere]] = own.loc[known[~elsewhere]]
    traced = homes[["cell_id", "village_code", "households"]].reset_index(drop=True)
    own = own.astype(object).where(own.notna(), None)
    return pd.DataFrame(traced).assign(own=own.to_numpy(), there=there.to_numpy())


def assign_grids(old: Plan, homes: pd.DataFrame, villages: Sequence[str]) -> dict[str, str]:
    """Find the village that each old grid lies in now: the one where most of its land's households live.

    Parameters
    ----------
    old
        The plan in force.
    homes
        As of :func:`trace_homes`.
    villages
        Codes of the villages of today.

    Returns
    -------
        Grid to village; a grid where nobody lives stays in its village if that is still there, or is left out.
    """
    grid_of = old.micro_grids.set_index("code")["grid_code"]
    told = pd.DataFrame(
        {"grid": homes["there"].map(grid_of), "village": homes["village_code"], "n": homes["households"]}
    )
    counts = told.groupby(["grid", "village"])["n"].sum().reset_index()
    counts = counts.sort_values(["grid", "n", "village"], ascending=[True, False, True])
    largest = counts.drop_duplicates("grid")
    found: dict[str, str] = dict(zip(largest["grid"], largest["village"], strict=True))
    empty = old.grids[~old.grids["code"].isin(list(found)) & old.grids["village_code"].isin(villages)]
    return found | dict(zip(empty["code"], empty["village_code"], strict=True))


def take_seats(
    old: Plan, fabric: Fabric, homes: pd.DataFrame, village_of: Mapping[str, str], locked: frozenset[str]
) -> list[Seat]:
    """Seat every village: the old units that lie in it, and its nodes where the plan in force has them.

    Parameters
    ----------
    old, fabric
        The plan in force and the land of today.
    homes, village_of
        As of :func:`trace_homes` and :func:`assign_grids`.
    locked
        Codes of units whose territory stays.

    Returns
    -------
        A seat a village, by code. Micro-grids need not be connected, nor in range.
    """
    codes = sorted(fabric.cells["village_code"].unique())
    return [
        _take_seat(old, fabric, homes, [g for g, v in village_of.items() if v == code], (code, locked))
        for code in codes
    ]


def _take_seat(
    old: Plan, fabric: Fabric, homes: pd.DataFrame, grids: list[str], village: tuple[str, frozenset[str]]
) -> Seat:
    code, locked = village
    graph, cells, node = village_graph(fabric, code)
    micro_grids = old.micro_grids[old.micro_grids["grid_code"].isin(grids)].sort_values("code")
    codes, grid_codes = tuple(micro_grids["code"]), tuple(sorted(grids))
    number = {unit: n for n, unit in enumerate(codes)}
    mine = homes[homes["village_code"] == code]
    own, there = (mine[name].map(number).fillna(NONE).to_numpy(dtype=np.int64) for name in ("own", "there"))
    own = np.where((own == NONE) & mine["own"].notna(), ELSEWHERE, own)
    at = node[np.searchsorted(cells, mine["cell_id"].to_numpy())]
    board = Board(
        graph,
        Homes(at, mine["households"].to_numpy(dtype=np.int64), own, there),
        tuple(grid_codes.index(grid) for grid in micro_grids["grid_code"]),
        codes,
        grid_codes,
        frozenset(n for unit, n in number.items() if unit in locked),
        frozenset(n for n, grid in enumerate(grid_codes) if grid in locked),
    )
    if not codes:
        return Seat(code, Seating(board, np.full(graph.n, NONE, dtype=np.int64)), cells, node)
    label = first_labels(board, price_nodes(board))
    if len(mine) == 0:
        # nobody lives here: the old unit of the land, whichever comes first
        label = np.zeros(graph.n, dtype=np.int64)
    return Seat(code, Seating(board, _hold_locked(board, label)), cells, node)


def _hold_locked(board: Board, label: Ints) -> Ints:
    """Let a locked unit have the nodes that lie in its land, and no others."""
    if not (board.locked or board.locked_grids):
        return label
    label = label.copy()
    homes = board.homes
    for v, unit in zip(homes.node.tolist(), homes.there.tolist(), strict=True):
        if unit != NONE and not board.may_change(unit, int(label[v])):
            label[v] = unit
    return label
