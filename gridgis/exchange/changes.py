"""What others must be told of a new plan: units added, retired and changed."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from gridgis.planning.plan import Plan

_COLUMNS = ["tier", "code", "change", "village_code", "name", "households", "geometry"]


def changed_units(before: Plan | None, now: Plan) -> gpd.GeoDataFrame:
    """List the units that differ between two plans.

    Parameters
    ----------
    before
        The plan that was in force; None if there was none, so that every unit is added.
    now
        The plan in force, in the same CRS.

    Returns
    -------
        ``tier``, ``code``, ``change`` (``added``, ``retired``, ``changed``), ``village_code``, ``name``,
        ``households``, ``geometry``; of a retired unit as it was. A unit is changed where its name, its number of
        households or its area is another.
    """
    tiers = ("grids", "grid"), ("micro_grids", "micro_grid")
    tables = [
        _changed(None if before is None else getattr(before, layer), getattr(now, layer)).assign(tier=tier)
        for layer, tier in tiers
    ]
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True)[_COLUMNS], crs=now.grids.crs)


def _changed(before: gpd.GeoDataFrame | None, now: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    old = now.iloc[:0].set_index("code") if before is None else before.set_index("code")
    new = now.set_index("code")
    both = new.index.intersection(old.index)
    told = ["name", "households"]
    differs = (new.loc[both, told] != old.loc[both, told]).any(axis=1)
    moved = ~new.loc[both].geometry.geom_equals(old.loc[both].geometry)
    parts = {
        "added": new.loc[new.index.difference(old.index)],
        "retired": old.loc[old.index.difference(new.index)],
        "changed": new.loc[both[(differs | moved).to_numpy()]],
    }
    return pd.concat([part.assign(change=change) for change, part in parts.items()]).reset_index(names="code")
