"""A proof for small places: how short the walk of connected units can be, and the units that reach it."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from gridgis.planning.bounds import Settlement, narrow_window
from gridgis.planning.contiguity import Restriction, assign_items, price_middles, solve_programme
from gridgis.planning.questions import Case, Ground
from gridgis.planning.separators import Wall, Web, behind, broken_walls, least_walls

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_EXACT = 1e-7
_SOLVED = 1e-6
_CHEAP = 1e-6
_WHOLE = 1e-5
_FIRST_A_UNIT = 10
_MORE = 10
_FEW_ROWS = 60
_IDLE = 4
_PATIENCE = 200
_DIRECTIONS = ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -1.0))


@dataclass(frozen=True)
class Proof:
    """What is proved.

    Parameters
    ----------
    bound_m
        Metres, summed over households, that no connected units walk less than.
    walk_m
        Metres of the best units known.
    unit
        Unit of each place in them: those given, or better ones that the proof came upon.
    """

    bound_m: float
    walk_m: float
    unit: Ints

    @property
    def solved(self) -> bool:
        """Say whether there are no better units than those known."""
        return self.bound_m >= self.walk_m * (1 - _SOLVED)


@dataclass
class _Book:
    """What has been written down so far, for all cases; ``age`` counts for each row the programmes it was idle in."""

    ground: Ground
    middles: Bools
    present: Bools
    age: dict[tuple[int, Wall], int]
    behind: dict[Wall, Bools]


def prove_walk(settlement: Settlement, edges: tuple[Ints, Ints], window: tuple[int, int], branchings: int) -> Proof:
    """Bound the walk of all households from below, for any cut into as many connected units.

    Parameters
    ----------
    settlement
        Places, items and the units known. These need not be connected, nor keep items or sizes: then what is proved
        is that no units that do are better.
    edges
        Which items border each other: each pair in both directions. An item counts as connected in itself.
    window
        Fewest and most households of a unit.
    branchings
        How often to divide the question in two at most: 0 for the bound of the linear programme. Time grows with it,
        and steeply with the number of places: some hundred can be done.

    Returns
    -------
        The proof. Its walk is infinite where the given units break something and none better came up.

    Source: Lagrangian bounds are sharpened by walls between a unit's middle and its items: J. Oehrlein and J.-H.
    Haunert, A cutting-plane method for contiguity-constrained spatial aggregation, 2017; H. Validi, A. Buchanan and
    E. Lykhovyd, Imposing contiguity constraints in political districting models, 2022.

    Examples
    --------
    >>> row = np.array([[0.0, 0], [10, 0], [20, 0], [30, 0]])
    >>> ones, around = np.ones(4, dtype=np.int64), (np.array([0, 2, 2, 1, 1, 3]), np.array([2, 0, 1, 2, 3, 1]))
    >>> prove_walk(Settlement(row, ones, np.arange(4), np.array([0, 1, 0, 1])), around, (2, 2), 9).walk_m
    40.0
    """
    ground = _lay_out(settlement, edges, window)
    book = _open_book(ground)
    known_m, unit = _judge(ground, settlement)
    everything = Case((), np.ones(ground.far_m.shape, dtype=np.bool_))
    bound_m, share = _bound_case(book, everything, known_m)
    left = [(bound_m, 0, everything, share)]
    number = 0
    while left[0][0] < known_m * (1 - _SOLVED):
        bound_m, _, case, share = left[0]
        known_m, unit = min((known_m, unit), _settle(book, share), key=lambda one: one[0])
        if number >= branchings or bound_m >= known_m * (1 - _SOLVED):
            break
        heapq.heappop(left)
        number += 1
        for side, part in enumerate(_divide(ground, case, share)):
            below_m, share = _bound_case(book, part, known_m)
            heapq.heappush(left, (max(below_m, bound_m), 2 * number + side, part, share))
    return Proof(float(min(left[0][0], known_m)), float(known_m), unit[settlement.item])


def _lay_out(settlement: Settlement, edges: tuple[Ints, Ints], window: tuple[int, int]) -> Ground:
    size = np.bincount(settlement.item, settlement.households).astype(np.float64)
    far_m = np.zeros((len(size), len(settlement.item)))
    walks_m = cdist(settlement.places_m, settlement.places_m) * settlement.households[:, None]
    np.add.at(far_m, settlement.item, walks_m)
    units = int(settlement.unit.max()) + 1
    narrow = narrow_window(window, int(size.sum()), units)
    return Ground(far_m, size, settlement.item, settlement.places_m, Web(*edges, len(size)), units, narrow)


def _judge(ground: Ground, settlement: Settlement) -> tuple[float, Ints]:
    """Measure the units given, by item; infinite where they break what the proof is about."""
    unit = np.zeros(len(ground.size), dtype=np.int64)
    unit[settlement.item] = settlement.unit
    whole = (unit[settlement.item] == settlement.unit).all()
    lawful = whole and all(_lawful(ground, unit == one) for one in range(ground.units))
    return (sum(_walks_m(ground, unit == one).min() for one in range(ground.units)) if lawful else math.inf), unit


def _lawful(ground: Ground, mine: Bools) -> bool:
    low, high = ground.window
    return low <= ground.size[mine].sum() <= high and len(np.unique(ground.web.parts(mine)[mine])) == 1


def _walks_m(ground: Ground, mine: Bools) -> Floats:
    """Add up a unit's walks to each place; infinite for places outside it."""
    walks_m: Floats = np.where(mine[ground.home], ground.far_m[mine].sum(axis=0), np.inf)
    return walks_m


def _settle(book: _Book, share: Floats) -> tuple[float, Ints]:
    """Make whole units of shares: around the places with most of a middle, then around the middles of what came out."""
    ground = book.ground
    places = np.argsort(-share[ground.own], kind="stable")[: ground.units]
    best = math.inf, np.zeros(len(ground.size), dtype=np.int64)
    while True:
        around = _connect_items(book, places)
        if around is None:
            return best
        units = [around == place for place in np.unique(around)]
        walk_m = float(sum(_walks_m(ground, mine).min() for mine in units))
        if walk_m >= best[0]:
            return best
        best = walk_m, np.unique(around, return_inverse=True)[1]
        places = np.array([np.argmin(_walks_m(ground, mine)) for mine in units])


def _connect_items(book: _Book, places: Ints) -> Ints | None:
    """Find the unit of each item around known middles, with as many walls as it takes to connect them."""
    ground, items = book.ground, np.arange(len(book.ground.size))
    rows = [(middle, wall) for middle, wall in book.age if middle in places.tolist()]
    while True:
        around = assign_items(ground, places, rows)
        if around is None:
            return None
        share = np.zeros(ground.far_m.shape)
        share[items, around] = 1.0
        more = _missing_walls(book, share, deep=False)
        if not more:
            return around
        rows += more


def _open_book(ground: Ground) -> _Book:
    """Begin with middles all over the land, and with each item's shares in units of the nearest of them."""
    order = np.lexsort((ground.places_m[:, 1], ground.places_m[:, 0]))
    many = min(_FIRST_A_UNIT * ground.units, len(order))
    middles = np.zeros(len(order), dtype=np.bool_)
    middles[order[np.linspace(0, len(order) - 1, many).round().astype(np.int64)]] = True
    near = np.argsort(np.where(middles, ground.far_m, np.inf), axis=1, kind="stable")[:, : max(many // 3, 1)]
    present = np.zeros(ground.far_m.shape, dtype=np.bool_)
    np.put_along_axis(present, near, values=True, axis=1)
    return _Book(ground, middles, present, {}, {})


def _divided(share: Floats) -> Bools:
    divided: Bools = (share > _WHOLE) & (share < 1 - _WHOLE)
    return divided


def _bound_case(book: _Book, case: Case, goal_m: float) -> tuple[float, Floats]:
    """Write down shares, middles and walls until none is missing, or the bound reaches the goal."""
    ground, best_m, rounds = book.ground, -math.inf, 0
    while True:
        rows = list(book.age)
        found = solve_programme(ground, case, Restriction(book.middles, book.present, rows))
        cheap = case.allowed & book.middles & ~book.present & (found.reduced_m < -_CHEAP)
        gain_m = np.minimum(price_middles(ground, case, found.worth_m) - found.bar_m, 0)
        gain_m[book.middles | ~case.allowed[ground.own]] = 0
        if not cheap.any():
            lost_m = np.sort(gain_m)[: ground.units].sum()
            best_m = max(best_m, (found.cost_m + lost_m) * (1 - _EXACT))
        if best_m >= goal_m:
            return best_m, found.share
        book.age.update(
            {row: book.age[row] + 1 if idle else 0 for row, idle in zip(rows, found.idle.tolist(), strict=True)}
        )
        book.present |= cheap
        walls = _missing_walls(book, found.share, deep=not cheap.any())
        more = _add_middles(book, gain_m) if not cheap.any() and len(walls) < _FEW_ROWS else False
        if not (cheap.any() or walls or more):
            return (math.inf if found.lacking else best_m), found.share
        # rows that come and go for ever would never settle
        rounds += 1
        most = _IDLE if rounds < _PATIENCE else math.inf
        book.age = {row: age for row, age in book.age.items() if age < most} | dict.fromkeys(walls, 0)


def _missing_walls(book: _Book, share: Floats, *, deep: bool) -> list[tuple[int, Wall]]:
    """List the rows that a solution breaks: new walls, and those known from other middles."""
    ground, rows = book.ground, []
    middles = np.flatnonzero(share[ground.own] > _CHEAP).tolist()
    for middle in middles:
        own, mine = int(ground.home[middle]), share[:, middle]
        heads = np.flatnonzero(mine > mine[own] + _WHOLE).tolist()
        walls = broken_walls(ground.web, own, mine)
        if deep and not walls:
            walls = least_walls(ground.web, own, mine)
        for wall in walls:
            if wall not in book.behind:
                book.behind[wall] = behind(ground.web, wall)
        rows += [(middle, Wall(head, (own,))) for head in heads] + [(middle, wall) for wall in walls]
    rows += _known_walls(book, share, middles)
    return [row for row in dict.fromkeys(rows) if row not in book.age]


def _known_walls(book: _Book, share: Floats, middles: list[int]) -> Iterable[tuple[int, Wall]]:
    for wall, apart in book.behind.items():
        lack = share[wall.head, middles] - share[np.ix_(wall.items, middles)].sum(axis=0)
        for number in np.flatnonzero((lack > 1e-3) & apart[book.ground.home[middles]]).tolist():  # noqa: PLR2004
            yield middles[number], wall


def _add_middles(book: _Book, gain_m: Floats) -> bool:
    """Consider the places that promise most, each with the shares and the walls of the nearest one considered."""
    ground, known = book.ground, np.flatnonzero(book.middles)
    new = np.argsort(gain_m, kind="stable")[:_MORE]
    new = new[gain_m[new] < -_CHEAP]
    for place, near in zip(
        new, known[np.argmin(cdist(ground.places_m[new], ground.places_m[known]), axis=1)], strict=True
    ):
        own = int(ground.home[place])
        book.middles[place] = True
        book.present[:, place] |= book.present[:, near]
        for (middle, wall), age in list(book.age.items()):
            if middle == near and age == 0:
                if wall.items == (int(ground.home[near]),):
                    if wall.head != own:
                        book.age[int(place), Wall(wall.head, (own,))] = 0
                elif book.behind[wall][own]:
                    book.age[int(place), wall] = 0
    return len(new) > 0


def _divide(ground: Ground, case: Case, share: Floats) -> tuple[Case, Case]:
    """Divide a question in two: more or fewer middles on one side of a line, or where an item belongs."""
    many = share[ground.own]
    best, half = math.inf, None
    for direction in _DIRECTIONS:
        order = np.argsort(ground.places_m @ direction, kind="stable")
        so_far = np.cumsum(many[order])
        uneven = np.abs(so_far - np.floor(so_far) - 0.5)
        evenest = np.flatnonzero(uneven < uneven.min() + _WHOLE)
        if uneven.min() < min(best, 0.5 - _WHOLE):
            best, at = float(uneven.min()), int(evenest[len(evenest) // 2])
            half = np.isin(np.arange(len(order)), order[: at + 1]), math.floor(so_far[at])
    if half is not None:
        mask, few = half
        quotas = (mask, 0, few), (mask, few + 1, ground.units)
        fewer, more = (replace(case, quotas=(*case.quotas, quota)) for quota in quotas)
        return fewer, more
    item = int(np.argmax(np.where(_divided(share), ground.size[:, None], 0).max(axis=1)))
    middles = np.flatnonzero(many > 0.5)  # noqa: PLR2004
    here = middles[np.argmax(share[item, middles])]
    side = middles[np.argmin(cdist(ground.places_m, ground.places_m[middles]), axis=1)] == here
    inside, outside = case.allowed.copy(), case.allowed.copy()
    inside[item] &= side
    outside[item] &= ~side
    return replace(case, allowed=inside), replace(case, allowed=outside)
