"""What is told of every unit of a plan, as a sentence and as figures: one source, so that both say the same."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgis.geo.zones import metric_crs
from gridgis.model.layers import Layers
from gridgis.model.messages import Message
from gridgis.model.tiers import GRID, MICRO_GRID, SizeRange
from gridgis.planning.plan import Plan
from gridgis.planning.portraits import describe_units


@dataclass(frozen=True)
class Gauges:
    """The units of a plan with their figures.

    Parameters
    ----------
    grids, micro_grids
        As in the plan, with ``walk_m`` (mean walk to the middle, NaN without households), ``polsby_popper`` (0 to 1)
        and ``on_ground_pct`` (share of the border inside its village that is found on the ground, NaN without any).
    sentences
        One message a unit, by code.
    """

    grids: gpd.GeoDataFrame
    micro_grids: gpd.GeoDataFrame
    sentences: pd.Series


def gauge_units(plan: Plan, layers: Layers, grid_size: SizeRange = GRID, micro_size: SizeRange = MICRO_GRID) -> Gauges:
    """Tell and measure every unit of a plan.

    Parameters
    ----------
    plan
        The plan.
    layers
        Its layers, as for :func:`gridgis.planning.portraits.describe_units`.
    grid_size, micro_size
        The rules to hold sizes against.

    Raises
    ------
    CallError
        If villages or households are not given.

    Source: compactness is that of Polsby and Popper, 4π · area / perimeter², as in a plan's score.
    """
    sentences = describe_units(plan, layers, grid_size, micro_size)
    return Gauges(_gauge(plan.grids, sentences), _gauge(plan.micro_grids, sentences), sentences)


def _gauge(units: gpd.GeoDataFrame, sentences: pd.Series) -> gpd.GeoDataFrame:
    metric = units.geometry.to_crs(metric_crs(units))
    told: list[Message] = sentences.reindex(units["code"]).tolist()
    return units.assign(
        walk_m=[_figure(message.params.get("walk_m")) for message in told],
        polsby_popper=4 * np.pi * metric.area / metric.length**2,
        on_ground_pct=[_share(message.params.get("border")) for message in told],
    )


def _share(border: object) -> float:
    return _figure(border.params.get("pct")) if isinstance(border, Message) else np.nan


def _figure(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan
