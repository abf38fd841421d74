"""The layers and their contracts: columns, types, keys and ranges, checked once at the border.

Every layer is a table with the columns below, and no others, in this order; geographic layers carry ``geometry``.
Texts are ``str``, dates are ``datetime64[s]`` at midnight, counts are ``int64``; an optional text that is not known is
missing (``None``/``NaN``), never an empty string.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa

GeometryKind = Literal["polygon", "point", "line", "any", "none"]


@dataclass(frozen=True)
class LayerContract:
    """What one layer holds.

    Parameters
    ----------
    name
        Name of the layer in files, in the store and in the catalogue.
    key
        Column whose values are unique and never missing.
    schema
        Types and ranges of the columns; the geometry is checked apart.
    geometry
        Which geometries the layer holds.
    vocabulary
        Column to the vocabulary table that its values are codes of.
    refers
        Column to the layer whose key its values name.
    """

    name: str
    key: str
    schema: pa.DataFrameSchema
    geometry: GeometryKind
    vocabulary: Mapping[str, str] = field(default_factory=dict)
    refers: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Name the columns in order, the geometry last."""
        return [*self.schema.columns, *([] if self.geometry == "none" else ["geometry"])]

    @property
    def required(self) -> list[str]:
        """Name the columns that a file must bring."""
        return [name for name, column in self.schema.columns.items() if not column.nullable and column.default is None]


def _text(*, needed: bool = False, unique: bool = False) -> pa.Column:
    return pa.Column(str, nullable=not needed, unique=unique, checks=pa.Check.str_length(min_value=1))


def _day(*, needed: bool = False) -> pa.Column:
    return pa.Column("datetime64[s]", nullable=not needed)


def _contract(
    name: str,
    columns: Mapping[str, pa.Column],
    geometry: GeometryKind,
    vocabulary: Mapping[str, str] | None = None,
    refers: Mapping[str, str] | None = None,
) -> LayerContract:
    schema = pa.DataFrameSchema(dict(columns), name=name, strict=False, ordered=False)
    return LayerContract(name, next(iter(columns)), schema, geometry, vocabulary or {}, refers or {})


_CODE_AND_NAME = {"code": _text(needed=True, unique=True), "name": _text(needed=True)}

TOWNSHIP = _contract("township", _CODE_AND_NAME, "polygon")
VILLAGES = _contract("villages", _CODE_AND_NAME, "polygon")
NATURAL_VILLAGES = _contract(
    "natural_villages", _CODE_AND_NAME | {"village_code": _text()}, "any", refers={"village_code": "villages"}
)
VILLAGER_GROUPS = _contract(
    "villager_groups",
    _CODE_AND_NAME | {"village_code": _text(), "natural_village": _text()},
    "any",
    refers={"village_code": "villages"},
)
BARRIERS = _contract("barriers", {"kind": _text(needed=True), "name": _text()}, "any")
BUILDINGS = _contract("buildings", {"kind": _text(), "name": _text()}, "polygon")
HOUSEHOLDS = _contract(
    "households",
    {
        "household_id": _text(needed=True, unique=True),
        "village_code": _text(),
        "natural_village": _text(),
        "villager_group": _text(),
        "households": pa.Column("int64", checks=pa.Check.in_range(1, 10_000), default=1),
        "head_name": _text(),
        "address": _text(),
        "phone": _text(),
        "priority": _text(),
    },
    "point",
    vocabulary={"priority": "priority"},
    refers={"village_code": "villages"},
)
MEMBERS = _contract(
    "members",
    {
        "member_id": _text(needed=True, unique=True),
        "name": _text(needed=True),
        "party_member": pa.Column(bool, default=False),
        "household_id": _text(),
        "post": _text(),
        "unit_code": _text(),
        "phone": _text(),
        "permit_no": _text(),
        "permit_issued_on": _day(),
        "permit_expires_on": _day(),
    },
    "none",
    vocabulary={"post": "post"},
    refers={"household_id": "households"},
)
VISITS = _contract(
    "visits",
    {
        "visit_id": _text(needed=True, unique=True),
        "household_id": _text(needed=True),
        "visited_on": _day(needed=True),
        "by": _text(),
        "role": _text(),
        "domain": _text(),
        "kind": _text(),
        "outcome": pa.Column(str, default="met"),
        "note": _text(),
        "entered_on": _day(),
        "reason": _text(),
        "reason_until": _day(),
        "corrects": _text(),
    },
    "none",
    vocabulary={
        "role": "role",
        "domain": "domain",
        "kind": "visit_kind",
        "outcome": "visit_outcome",
        "reason": "unreachable_reason",
    },
    refers={"household_id": "households"},
)
SERVICES = _contract(
    "services",
    {
        "service_id": _text(needed=True, unique=True),
        "household_id": _text(),
        "reported_on": _day(needed=True),
        "domain": _text(needed=True),
        "kind": _text(needed=True),
        "status": pa.Column(str, default="open"),
        "closed_on": _day(),
        "note": _text(),
        "by": _text(),
        "role": _text(),
        "entered_on": _day(),
        "due_on": _day(),
        "corrects": _text(),
    },
    "point",
    vocabulary={"domain": "domain", "kind": "service_kind", "status": "service_status", "role": "role"},
    refers={"household_id": "households"},
)

CONTRACTS: Mapping[str, LayerContract] = {
    contract.name: contract
    for contract in (
        TOWNSHIP,
        VILLAGES,
        NATURAL_VILLAGES,
        VILLAGER_GROUPS,
        BARRIERS,
        BUILDINGS,
        HOUSEHOLDS,
        MEMBERS,
        VISITS,
        SERVICES,
    )
}


def empty_layer(name: str, crs: object = None) -> pd.DataFrame:
    """Make a layer of the contract without rows.

    Parameters
    ----------
    name
        Name of the layer.
    crs
        Coordinate reference system of a geographic layer.
    """
    contract = CONTRACTS[name]
    table = pd.DataFrame({c: pd.Series(dtype=str(s.dtype)) for c, s in contract.schema.columns.items()})
    return table if contract.geometry == "none" else gpd.GeoDataFrame(table, geometry=[], crs=crs)


@dataclass(frozen=True)
class Layers:
    """Checked layers of one township, each as its contract has it; all geographic ones in one CRS.

    A layer that was not given is None. ``villages`` and ``households`` are what a plan needs.
    """

    villages: gpd.GeoDataFrame | None = None
    households: gpd.GeoDataFrame | None = None
    natural_villages: gpd.GeoDataFrame | None = None
    villager_groups: gpd.GeoDataFrame | None = None
    barriers: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    township: gpd.GeoDataFrame | None = None
    members: pd.DataFrame | None = None
    visits: pd.DataFrame | None = None
    services: gpd.GeoDataFrame | None = None

    def given(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Walk over the layers that were given, as (name, table)."""
        for item in fields(self):
            table = getattr(self, item.name)
            if table is not None:
                yield item.name, table
