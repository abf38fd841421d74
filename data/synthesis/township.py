"""The township of the demo, put together: land, settlements, roads, register, as layers in degrees."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from synthesis.frame import TOWNSHIP_CODE, TOWNSHIP_NAME, to_degrees
from synthesis.land import lay_land
from synthesis.places import VILLAGES
from synthesis.register import register_households
from synthesis.roads import lay_roads
from synthesis.settlements import lay_settlement


@dataclass(frozen=True)
class Township:
    """The boundary layers and the register, each as its contract has it, in WGS 84."""

    township: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    natural_villages: gpd.GeoDataFrame
    villager_groups: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    households: gpd.GeoDataFrame


def make_township() -> Township:
    """Make the whole township except its ledger and its people in post."""
    land = lay_land()
    settlements = [(village, settlement) for village in VILLAGES for settlement in village.settlements]
    laid = {settlement.name: lay_settlement(settlement) for _, settlement in settlements}
    barriers = lay_roads(land, laid)
    households, groups = register_households(laid)
    seats = [laid[settlement.name].outline for _, settlement in settlements]
    numbers = [village.settlements.index(settlement) + 1 for village, settlement in settlements]
    return Township(
        township=_layer([land.township], code=[TOWNSHIP_CODE], name=[TOWNSHIP_NAME]),
        villages=_layer(
            [land.villages[village.name] for village in VILLAGES],
            code=[village.code for village in VILLAGES],
            name=[village.name for village in VILLAGES],
        ),
        natural_villages=_layer(
            seats,
            code=[f"{village.code}N{number}" for (village, _), number in zip(settlements, numbers, strict=True)],
            name=[settlement.name for _, settlement in settlements],
            village_code=[village.code for village, _ in settlements],
        ),
        villager_groups=groups,
        barriers=_layer(
            [barrier.line for barrier in barriers],
            kind=[barrier.kind for barrier in barriers],
            name=[barrier.name for barrier in barriers],
        ),
        households=households,
    )


def _layer(shapes: list[object], **columns: list[str] | list[str | None]) -> gpd.GeoDataFrame:
    """Make a layer in degrees of shapes in metres."""
    return gpd.GeoDataFrame(columns, geometry=to_degrees(np.array(shapes, dtype=object)), crs=4326)
