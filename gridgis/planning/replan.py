"""Replan with the least change: from a plan in force to one that fits the land, the people and the rules of today."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np

from gridgis.geo.fabric import Fabric, cut_fabric
from gridgis.geo.places import land_and_people
from gridgis.model.errors import CallError
from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.model.tiers import WEIGHTS
from gridgis.planning.board import with_units
from gridgis.planning.comparison import Comparison, compare_plans
from gridgis.planning.explain import explain_plan
from gridgis.planning.feasibility import assess_lands
from gridgis.planning.graph import NONE
from gridgis.planning.keeping import Seat, assign_grids, take_seats, trace_homes
from gridgis.planning.leastmoves import least_moved
from gridgis.planning.naming import name_units
from gridgis.planning.numbers import Rules, choose_steps, fewest_excess, structure_excess
from gridgis.planning.plan import Plan, PlanRequest, Progress
from gridgis.planning.renumbering import Seating, take_steps
from gridgis.planning.settling import settle_units
from gridgis.planning.shaping import shape_plan
from gridgis.planning.shares import Share, Totals, share_units
from gridgis.planning.solve import Rules as SolverRules
from gridgis.planning.solve import solve_land
from gridgis.planning.surveys import survey_lands
from gridgis.planning.tiers import Effort
from gridgis.planning.township import describe_homes

_OTHER_RULES = 0.5
"""Part of a tier's units out of range from which on the plan in force was made by other rules."""
_PATIENCE = 0.03
"""Households, of those of a village, that stay out of range before numbers that were asked for are changed."""


@dataclass(frozen=True)
class Replan:
    """A plan that follows a plan in force.

    Parameters
    ----------
    plan
        The new plan; its messages say what could not be kept, and why.
    change
        What differs from the plan in force; ``change.redrawn`` are the households that the replanning moved.
    moved
        Households that the replanning moved, each row of the layer counted with its ``households``.
    least
        Households that any plan with these units and no more households out of range must move: a lower bound, for
        which units need not be connected and buildings not be whole.
    """

    plan: Plan
    change: Comparison
    moved: int
    least: int


def replan(
    old: Plan,
    layers: Layers,
    request: PlanRequest,
    *,
    locked: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> Replan:
    """Change a plan in force as little as laws, rules and locks allow.

    Households that change micro-grid are as few as can be found, then those that change grid; a micro-grid stays in
    its grid, and a head stays with the code. A unit that survives keeps its code and its name, a new one takes the
    next number that was never used. Numbers of units stay unless other numbers keep the rules that these cannot keep;
    numbers that were plainly asked for (others would have suited the old households better) stay while no more than a
    few households in a hundred are out of range for them.

    Parameters
    ----------
    old
        The plan in force, in any CRS.
    layers
        Checked layers of today, all in one CRS; ``villages`` and ``households`` are needed. A household is known by
        its id; one that moved house is not moved by the replanning if it is in the unit that its new home lay in.
    request
        The rules of today. Numbers of units are None, or those of the plan in force, which then stay.
    locked
        Codes of grids and micro-grids whose territory stays.
    progress
        Called with the part done (0 to 1) and the catalogue key of the stage that begins.

    Returns
    -------
        The plan, in the layers' CRS, and what changes.

    Raises
    ------
    CallError
        If a layer is not given, a locked code is not in the plan, or other numbers of units are asked for.
    """
    tell = progress or _keep_quiet
    _check_call(old, request, locked)
    tell(0.0, "plan.stage.fabric")
    fabric = cut_fabric(layers)
    villages, _ = land_and_people(layers)
    homes = trace_homes(old, fabric)
    seats = take_seats(old, fabric, homes, assign_grids(old, homes, list(villages["code"])), locked)
    rules = request.grid_size, request.micro_size
    patience = _patience(old, rules)
    settled = []
    for number, seat in enumerate(seats):
        tell(0.3 + 0.5 * number / len(seats), "plan.stage.units")
        enough = _good_enough(old, seat.seating, request, patience)
        settled.append(replace(seat, seating=_settle(seat.seating, rules, enough, (request.seed, number))))
    tell(0.8, "plan.stage.shapes")
    plan = shape_plan(
        fabric, _label_cells(fabric, settled), villages, name_units(old, [(s.village_code, s.seating) for s in settled])
    )
    plan = replace(plan, messages=_explain(plan, request, settled, (fabric, layers)))
    change = compare_plans(old, plan)
    weight = fabric.households.set_index("household_id")["households"]
    moved = int(weight.loc[change.redrawn["household_id"]].sum())
    least = sum(least_moved(seat.seating, rules) for seat in settled)
    tell(1.0, "plan.stage.done")
    return Replan(plan, change, moved, least)


def _check_call(old: Plan, request: PlanRequest, locked: frozenset[str]) -> None:
    unknown = locked - {*old.grids["code"], *old.micro_grids["code"]}
    if unknown:
        raise CallError("replan.error.lock", n=len(unknown), codes=", ".join(sorted(unknown)))
    for asked, units in ((request.grids, old.grids), (request.micro_grids, old.micro_grids)):
        if asked not in {None, len(units)}:
            raise CallError("replan.error.numbers", asked=asked, units=len(units))


def _patience(old: Plan, rules: Rules) -> float:
    """Say how many households of a hundred may stay out of range for the numbers of units in force.

    Numbers that suit the old households less well than others were asked for, unless other rules made the plan.
    """
    for units, rule in ((old.grids, rules[0]), (old.micro_grids, rules[1])):
        if (~units["households"].between(rule.low, rule.high)).mean() > _OTHER_RULES:
            return 0.0
    many = old.micro_grids.groupby("grid_code").size()
    for _, grids in old.grids.groupby("village_code"):
        n, structure = int(grids["households"].sum()), tuple(many.loc[grids["code"]].tolist())
        if structure_excess(n, structure, rules) > fewest_excess(n, rules, n):
            return _PATIENCE
    return 0.0


def _good_enough(old: Plan, seating: Seating, request: PlanRequest, patience: float) -> int:
    """Compute the excess for which the numbers of a village's units stay."""
    if request.grids is not None or request.micro_grids is not None:
        return sys.maxsize
    board, rules = seating.board, (request.grid_size, request.micro_size)
    n = _free_households(seating)
    least = fewest_excess(n, rules, _room(seating))
    if patience == 0.0:
        return least
    grids = old.grids[old.grids["code"].isin(board.grid_codes)]
    many = old.micro_grids[old.micro_grids["grid_code"].isin(board.grid_codes)].groupby("grid_code").size()
    before = structure_excess(int(grids["households"].sum()), tuple(many.tolist()), rules)
    return max(least, before, int(patience * n))


def _free_households(seating: Seating) -> int:
    board = seating.board
    free = [unit for unit in range(board.units) if board.parent[unit] not in board.locked_grids]
    return seating.size(free) if (seating.label != NONE).all() else int(board.graph.households.sum())


def _room(seating: Seating) -> int:
    """Count the nodes that are not in locked grids: no more units than these."""
    board = seating.board
    free = [unit for unit in range(board.units) if board.parent[unit] not in board.locked_grids]
    return max(int(np.isin(seating.label, [*free, NONE]).sum()), 1)


def _settle(seating: Seating, rules: Rules, enough: int, seed: Sequence[int]) -> Seating:
    """Settle one village: numbers, then one piece each, then sizes."""
    if (seating.label == NONE).all():
        return _found(seating, rules, seed)
    steps = choose_steps(_free_households(seating), seating.free_structure(), rules, (enough, _room(seating)))
    return settle_units(take_steps(seating, steps, rules, np.random.default_rng(seed)), rules, seed)


def _found(seating: Seating, rules: Rules, seed: Sequence[int]) -> Seating:
    """Plan a village that no old unit lies in."""
    graph = seating.board.graph
    (share,) = share_units([int(graph.households.sum())], [graph.n], rules, Totals(None, None))
    units = solve_land(graph, share, SolverRules(*rules, WEIGHTS), Effort(), seed)
    parents = [int(units.grid[units.micro == micro][0]) for micro in range(share.micro_grids)]
    return Seating(with_units(seating.board, parents, share.grids), units.micro)


def _label_cells(fabric: Fabric, seats: Sequence[Seat]) -> gpd.GeoDataFrame:
    """Put its units' numbers on each cell, numbers running through the villages."""
    cells = fabric.cells.assign(grid=0, micro=0)
    grids = micros = 0
    for seat in seats:
        board, label = seat.seating.board, seat.seating.label[seat.node]
        cells.loc[seat.cells, "micro"] = micros + label
        cells.loc[seat.cells, "grid"] = grids + np.array(board.parent)[label]
        grids, micros = grids + len(board.grid_codes), micros + board.units
    return cells


def _explain(
    plan: Plan, request: PlanRequest, seats: Sequence[Seat], land: tuple[Fabric, Layers]
) -> tuple[Message, ...]:
    """Explain the plan as any plan is, and what locks keep out of range."""
    fabric, layers = land
    rules = request.grid_size, request.micro_size
    shares = []
    for seat in seats:
        n, structure = int(seat.seating.board.graph.households.sum()), tuple(seat.seating.structure().values())
        shares.append(Share(len(structure), sum(structure), structure_excess(n, structure, rules)))
    asked = replace(request, grids=len(plan.grids), micro_grids=len(plan.micro_grids))
    places = [(seat.village_code, seat.cells) for seat in seats]
    assessments = assess_lands(survey_lands(fabric, layers, places, shares, rules[1].high), asked)
    told = explain_plan(plan, asked, assessments, describe_homes(plan, fabric, layers))
    return (*told, *_explain_locks(plan, seats, rules))


def _explain_locks(plan: Plan, seats: Sequence[Seat], rules: Rules) -> Iterator[Message]:
    boards = [seat.seating.board for seat in seats]
    tiers = (
        ("grid", plan.grids, rules[0], {board.grid_codes[one] for board in boards for one in board.locked_grids}),
        ("micro_grid", plan.micro_grids, rules[1], {board.codes[one] for board in boards for one in board.locked}),
    )
    for tier, units, rule, locked in tiers:
        for unit in units[units["code"].isin(locked)].itertuples():
            if rule.excess(unit.households):
                said = {"tier": Message(f"plan.tier.{tier}"), "code": unit.code, "n": int(unit.households)}
                yield Message("replan.locked", said | {"low": rule.low, "high": rule.high})


def _keep_quiet(part: float, stage: str) -> None:
    del part, stage
