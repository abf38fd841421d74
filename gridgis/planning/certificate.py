"""The certificate of a plan: how short the walk could be at the same number of units, and how far the plan is off."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgis.geo.topology import pieces
from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.model.tiers import GRID, MICRO_GRID, SizeRange
from gridgis.planning.bounds import Settlement, bound_walk_m
from gridgis.planning.plan import Plan
from gridgis.planning.score import NOWHERE, People, gather_people, locate_units, walk_m_mean

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# a village of this size gets one round; smaller ones get more for the same time
_ONE_ROUND = 16_000
_ROUNDS = 4, 16
_DIGITS = 3


@dataclass(frozen=True)
class TierCertificate:
    """What is proved of one tier.

    Parameters
    ----------
    bound_m
        Metres that the mean walk cannot be below, rounded down to a centimetre.
    walk_m
        The plan's mean walk, metres.
    gap_pct
        Per cent of the plan's walk that any other plan can save at most; below 0 where the plan cuts natural villages,
        the bound is for plans that do not, and so shows that none of them walks as little.
    """

    bound_m: float
    walk_m: float
    gap_pct: float


@dataclass(frozen=True)
class Certificate:
    """What is proved of both tiers of a plan."""

    grid: TierCertificate
    micro_grid: TierCertificate

    def to_json(self) -> dict[str, dict[str, float]]:
        """Make it plain data."""
        return asdict(self)

    def messages(self) -> tuple[Message, ...]:
        """Say it, a sentence a tier."""
        tiers = ("grid", self.grid), ("micro_grid", self.micro_grid)
        return tuple(
            Message("certificate.tier", asdict(proved) | {"tier": Message(f"plan.tier.{name}")})
            for name, proved in tiers
        )


def certify_plan(
    plan: Plan,
    layers: Layers,
    grid_size: SizeRange = GRID,
    micro_size: SizeRange = MICRO_GRID,
    *,
    whole_villages: bool = False,
) -> Certificate:
    """Prove how short the walk of a plan could be at all.

    Parameters
    ----------
    plan
        The plan; only the shapes of its units are trusted.
    layers
        Villages, households and, where there are any, natural villages; in any CRS.
    grid_size, micro_size
        Sizes of a grid and of a micro-grid.
    whole_villages
        Whether to bound only plans that cut no natural village that fits a unit of the tier; a plan that cuts one may
        walk less than this bound.

    Returns
    -------
        Bounds for plans with the same number of units with households in them in each village, of any shape, that
        break the sizes no more than this plan does: where a village has a unit out of range, the range is widened to
        that unit's size. A household that is in no unit is left out.

    Raises
    ------
    CallError
        If villages or households are missing.
    """
    people = gather_people(plan, layers)
    tiers = (plan.grids, grid_size), (plan.micro_grids, micro_size)
    # the compiled loops leave the other thread free
    with ThreadPoolExecutor(len(tiers)) as pool:
        proofs = [
            pool.submit(_certify_tier, people, locate_units(people.points, units), rule, whole=whole_villages)
            for units, rule in tiers
        ]
    return Certificate(*(proof.result() for proof in proofs))


def _certify_tier(people: People, unit: Ints, rule: SizeRange, *, whole: bool) -> TierCertificate:
    placed = np.flatnonzero(unit != NOWHERE)
    walk_m = round(walk_m_mean(people.places_m, people.weight, unit), 2)
    count = int(people.weight[placed].sum())
    if count == 0:
        return TierCertificate(0.0, 0.0, 0.0)
    rounds = _ROUNDS[1] if whole else min(max(_ONE_ROUND // count, _ROUNDS[0]), _ROUNDS[1])
    total_m = 0.0
    for rows in _split_land(people, unit, placed):
        settlement = _settle(people, unit, rows, rule.high if whole else 0)
        sizes = np.bincount(settlement.unit, settlement.households)
        window = min(rule.low, int(sizes.min())), max(rule.high, int(sizes.max()))
        total_m += bound_walk_m(settlement, window, rounds)
    bound_m = math.floor(100 * total_m / count) / 100 if math.isfinite(total_m) else math.inf
    if not whole:
        bound_m = min(bound_m, walk_m)
    return TierCertificate(bound_m, walk_m, round(100 * (walk_m - bound_m) / walk_m, 2) if walk_m > 0 else 0.0)


def _split_land(people: People, unit: Ints, placed: Ints) -> list[Ints]:
    """List the rows of each village; villages that share a unit are one."""
    village = pd.factorize(people.village.to_numpy()[placed], sort=True)[0]
    villages = int(village.max()) + 1
    piece = pieces(villages + int(unit.max()) + 1, village, villages + unit[placed])[village]
    return [placed[piece == one] for one in np.unique(piece)]


def _settle(people: People, unit: Ints, rows: Ints, fits: int) -> Settlement:
    """Put together households at one place, and natural villages of at most ``fits`` households."""
    village = people.natural_village.iloc[rows]
    size = pd.Series(people.weight[rows]).groupby(village.to_numpy()).sum()
    kept = village.map(size).le(fits).to_numpy(dtype=bool)
    label = np.where(kept, pd.factorize(village, sort=True)[0], NOWHERE)
    corner_m = people.places_m[rows].min(axis=0)
    table = pd.DataFrame(np.round(people.places_m[rows] - corner_m, _DIGITS), columns=["x", "y"])
    table = table.assign(label=label, unit=unit[rows], households=people.weight[rows])
    places = table.groupby(["label", "x", "y"], as_index=False).agg({"unit": "first", "households": "sum"})
    lone = (places["label"] == NOWHERE).to_numpy()
    own = np.where(lone, len(rows) + np.arange(len(places)), places["label"])
    return Settlement(
        places[["x", "y"]].to_numpy(),
        places["households"].to_numpy(),
        np.unique(own, return_inverse=True)[1],
        np.unique(places["unit"], return_inverse=True)[1],
    )
