"""Whether a plan's units keep the rules: a table with words beside the lights."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from gridgis.model.tiers import SizeRange
from gridgis.model.words import Lang, say
from gridgis.views.units import Unit, Units


def judge_units(layer: gpd.GeoDataFrame, size: SizeRange) -> gpd.GeoDataFrame:
    """Add to a plan's units by how many households each leaves the range, and whether it is one piece.

    Parameters
    ----------
    layer
        Grids or micro-grids of a plan.
    size
        The rule of their tier.

    Returns
    -------
        ``layer`` with ``excess`` (int, 0 within the range) and ``connected`` (bool).
    """
    return layer.assign(
        excess=layer["households"].map(size.excess).astype(int), connected=layer.geometry.count_geometries() == 1
    )


def units_inside(layer: gpd.GeoDataFrame, unit: Unit) -> gpd.GeoDataFrame:
    """Keep a plan's units that lie in a unit, or are it."""
    if unit.tier == "township":
        return layer
    columns = [column for column in ("code", "grid_code", "village_code") if column in layer]
    return layer[layer[columns].eq(unit.code).any(axis=1)]


def legality_table(judged: gpd.GeoDataFrame, size: SizeRange, units: Units, lang: Lang) -> pd.DataFrame:
    """Put the judgement in words, units at fault first.

    Returns
    -------
        ``name``, ``households``, ``verdict``, ``connected``, ``village``, ``code``.
    """
    ordered = judged.sort_values(["connected", "excess"], ascending=[True, False], kind="stable")
    return pd.DataFrame(
        {
            "name": ordered["name"],
            "households": ordered["households"],
            "verdict": [verdict(households, size, lang) for households in ordered["households"]],
            "connected": [
                say("app.grids.one_piece" if whole else "app.grids.in_pieces", lang) for whole in ordered["connected"]
            ],
            "village": ordered["village_code"].map(lambda code: units.focus(code).name),
            "code": ordered["code"],
        }
    )


def verdict(households: int, size: SizeRange, lang: Lang) -> str:
    """Say whether a unit keeps its size rule, and if not by how much; a sign stands before the words."""
    excess = size.excess(households)
    if not excess:
        return say("app.grids.ok", lang)
    return say("app.grids.short" if households < size.low else "app.grids.over", lang, amount=excess)
