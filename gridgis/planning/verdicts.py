"""In words: what the numbers allow on each piece of land, and what can be done where they forbid a size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gridgis.model.messages import Message
from gridgis.planning.feasibility import Assessment, Feasibility, Piece
from gridgis.planning.remedies import Remedy

NAMES_SHOWN = 8


def tell_assessment(found: Assessment) -> Iterator[Message]:
    """Say which rules cannot be kept on a piece of land, by how much, why, and what would help at what cost.

    Parameters
    ----------
    found
        What the numbers allow there.

    Returns
    -------
        Nothing where every unit can be in range.
    """
    land = found.land
    if land.households == 0:
        yield Message("plan.village.empty", {"village": land.village, "n": 0})
        return
    for tier in (found.grid, found.micro_grid):
        if tier.buildings:
            yield _tell_buildings(tier, land.village)
        rest = tier.households - sum(tier.buildings)
        units = tier.units - len(tier.buildings)
        if tier.rule.least_excess(rest, units):
            yield _tell_size(tier, land.village)
    if found.excess > found.grid.excess + found.micro_grid.excess:
        share = land.share
        counts = {"grids": share.grids, "micro_grids": share.micro_grids, "excess": found.excess}
        remedy = tell_remedies(found.remedies, "grid")
        yield Message("plan.size.both", {"village": land.village, "n": land.households, **counts, "remedy": remedy})


def tell_pieces(found: Assessment) -> Iterator[Message]:
    """Say which natural villages and villagers' groups must be cut, must share a unit, or cannot stay whole."""
    for tier in (found.grid, found.micro_grid):
        said = {"village": found.land.village, "tier": _tier(tier), "low": tier.rule.low, "high": tier.rule.high}
        # a villagers' group is measured against the unit it is meant to be: a micro-grid
        kinds = ("natural_village",) if tier.tier == "grid" else ("natural_village", "villager_group")
        for key, pieces in (("too_big", tier.too_big), ("too_small", tier.too_small)):
            for kind, some in _by_kind(pieces, kinds):
                yield Message(f"feasibility.{key}", said | _list(kind, some))
        for piece, more in tier.unfit:
            if piece.kind not in kinds:
                continue
            counted = count_units(tier.tier, tier.units)
            shown = {"name": piece.name, "n": piece.households, "more": more, "counted": counted}
            yield Message("feasibility.unfit", said | shown)


def tell_possible(found: Assessment) -> Message:
    """Say that every unit of a piece of land can be in range, and with which numbers of units."""
    tiers = {
        f"{tier.tier}s": Message(
            "feasibility.count" if len(tier.counts) > 1 else "feasibility.only",
            {"counted": count_units(tier.tier, tier.units), **_limits(tier.counts)},
        )
        for tier in (found.grid, found.micro_grid)
    }
    return Message("feasibility.possible", {"village": found.land.village, "n": found.land.households, **tiers})


def tell_remedies(remedies: Sequence[Remedy], tier: str) -> Message:
    """Say remedies as one sentence, each with its cost.

    Parameters
    ----------
    remedies
        At least one.
    tier
        Tier whose sizes they mend.
    """
    *first, said = [_tell_remedy(remedy, tier) for remedy in remedies]
    for message in reversed(first):
        said = Message("feasibility.remedy.list", {"first": message, "rest": said})
    return Message("feasibility.remedies", {"list": said})


def count_units(tier: str, units: int) -> Message:
    """Say a number of units, such as "2 grids"."""
    return Message(f"plan.count.{tier}", {"n": units})


def _tell_remedy(remedy: Remedy, tier: str) -> Message:
    if remedy.kind in {"in", "out"}:
        said: dict[str, object] = {"n": remedy.households}
        if remedy.village is None:
            return Message(f"feasibility.remedy.{remedy.kind}", said)
        side = "worse" if remedy.worse > 0 else "better" if remedy.worse < 0 else "same"
        cost = Message(f"feasibility.neighbour.{side}", {"by": abs(remedy.worse)})
        return Message(f"feasibility.remedy.{remedy.kind}_of", said | {"village": remedy.village, "cost": cost})
    if remedy.kind == "range" and remedy.rule is not None:
        said = {"low": remedy.rule.low, "high": remedy.rule.high, "tier": Message(f"plan.tier.{tier}")}
        return Message("feasibility.remedy.range", said)
    if remedy.kind == "counts":
        return Message("feasibility.remedy.counts", {"counted": count_units(tier, remedy.units[0])})
    if remedy.kind == "both":
        grids, micro_grids = (
            count_units(name, n) for name, n in zip(("grid", "micro_grid"), remedy.units, strict=True)
        )
        left = Message("feasibility.remedy.left", {"n": remedy.households}) if remedy.households else ""
        return Message("feasibility.remedy.both", {"grids": grids, "micro_grids": micro_grids, "left": left})
    return Message("feasibility.remedy.waiver", {"n": remedy.households})


def _tell_buildings(tier: Feasibility, village: str) -> Message:
    sizes = ", ".join(str(size) for size in tier.buildings)
    over = sum(size - tier.rule.high for size in tier.buildings)
    said = {"village": village, "tier": _tier(tier), "high": tier.rule.high, "n": len(tier.buildings)}
    return Message("feasibility.buildings", said | {"sizes": sizes, "excess": over})


def _tell_size(tier: Feasibility, village: str) -> Message:
    rule, units = tier.rule, tier.units - len(tier.buildings)
    n = tier.households - sum(tier.buildings)
    said: dict[str, object] = {
        "village": Message("feasibility.rest", {"village": village}) if tier.buildings else village,
        "n": n,
        "excess": rule.least_excess(n, units),
        "counted": count_units(tier.tier, units),
        "low": rule.low,
        "high": rule.high,
        "least": rule.low * units,
        "most": rule.high * units,
        "remedy": tell_remedies(tier.remedies, tier.tier),
    }
    fewer = n // rule.high
    if not tier.free or fewer == 0 or len(tier.counts) > 0:
        return Message("plan.size.short" if n < rule.low * units else "plan.size.over", said)
    said |= {"fewer": count_units(tier.tier, fewer), "more": count_units(tier.tier, fewer + 1)}
    return Message("plan.size.between", said | {"least": rule.low * (fewer + 1), "most": rule.high * fewer})


def _tier(tier: Feasibility) -> Message:
    return Message(f"plan.tier.{tier.tier}")


def _limits(counts: range) -> dict[str, object]:
    return {"least": counts.start, "most": counts.stop - 1}


def _by_kind(pieces: Sequence[Piece], kinds: Sequence[str]) -> Iterator[tuple[str, list[Piece]]]:
    for kind in kinds:
        some = [piece for piece in pieces if piece.kind == kind]
        if some:
            yield kind, some


def _list(kind: str, pieces: Sequence[Piece]) -> dict[str, object]:
    shown = ", ".join(f"{piece.name} ({piece.households})" for piece in pieces[:NAMES_SHOWN])
    names = shown + (" …" if len(pieces) > NAMES_SHOWN else "")
    return {"counted": Message(f"feasibility.kind.{kind}", {"n": len(pieces)}), "n": len(pieces), "names": names}
