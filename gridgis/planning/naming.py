"""Codes after a redraw: a unit that survives keeps its code and name, a new one takes a number never used before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gridgis.geo.codes import GRID_DIGITS, MICRO_GRID_DIGITS
from gridgis.planning.plan import Plan
from gridgis.planning.shaping import Known

if TYPE_CHECKING:
    from gridgis.planning.renumbering import Seating


def name_units(old: Plan, seatings: Sequence[tuple[str, Seating]]) -> Known:
    """Give every unit of a township its code.

    Parameters
    ----------
    old
        The plan in force.
    seatings
        Village code and seating of each village.

    Returns
    -------
        Codes by number, numbers running through the villages in order; names of the units that survive.

    Source: codes are stable and a retired code is never reused, as for division codes (GB/T 2260, GB/T 10114).
    """
    used = [*old.grids["code"], *old.micro_grids["code"]]
    grids: dict[int, str] = {}
    micro_grids: dict[int, str] = {}
    first_grid = first_unit = 0
    for village_code, seating in seatings:
        board = seating.board
        codes = dict(enumerate(board.grid_codes))
        for grid in _west_to_east(seating, [g for g in seating.structure() if not codes[g]], grids_of=True):
            codes[grid] = next_code(village_code, used, GRID_DIGITS)
            used.append(codes[grid])
        grids |= {first_grid + grid: code for grid, code in codes.items()}
        units = dict(enumerate(board.codes))
        for unit in _west_to_east(seating, [u for u in np.unique(seating.label).tolist() if not units[u]]):
            units[unit] = next_code(codes[board.parent[unit]], used, MICRO_GRID_DIGITS)
            used.append(units[unit])
        micro_grids |= {first_unit + unit: code for unit, code in units.items()}
        first_grid, first_unit = first_grid + len(board.grid_codes), first_unit + board.units
    names = {code: name for layer in (old.grids, old.micro_grids) for code, name in layer[["code", "name"]].to_numpy()}
    return Known(grids, micro_grids, names)


def next_code(above: str, used: Iterable[str], digits: int) -> str:
    """Take the next number below a code that none of the used codes has.

    Parameters
    ----------
    above
        Code of the unit above.
    used
        Codes that are or were in use, of any unit.
    digits
        Digits to add, at least.

    Examples
    --------
    >>> next_code("V001", ["V001", "V00101", "V00104", "V00207"], 2), next_code("V", [], 3)
    ('V00105', 'V001')
    """
    endings = [code.removeprefix(above) for code in used if code.startswith(above)]
    numbers = [int(ending) for ending in endings if ending.isdecimal() and len(ending) == digits]
    return above + str(max(numbers, default=0) + 1).zfill(digits)


def _west_to_east(seating: Seating, numbers: list[int], *, grids_of: bool = False) -> list[int]:
    graph, label = seating.board.graph, seating.label
    unit = np.array(seating.board.parent)[label] if grids_of else label
    return sorted(numbers, key=lambda one: (float(graph.x[unit == one].mean()), -float(graph.y[unit == one].mean())))
