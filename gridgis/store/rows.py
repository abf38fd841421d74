"""Between rows of the database and tables in memory, a column at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Executable,
    Integer,
    Select,
    Table,
    Text,
    type_coerce,
)
from sqlalchemy.types import NullType, TypeEngine

from gridgis.store.geometry import Geometry, decode, encode
from gridgis.store.schema import SRID

CRS = f"EPSG:{SRID}"

_BATCH = 50_000


def raw(columns: Iterable[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Ask for columns as the driver gives them: they are converted by the column, not by the value."""
    return [type_coerce(column, NullType()).label(column.key) for column in columns]


def fetch(
    connection: Connection, query: Select[Any], columns: Sequence[Column[Any]], *, nullable: Iterable[str] = ()
) -> pd.DataFrame:
    """Run a query and make its rows a table.

    Parameters
    ----------
    query
        Query of exactly ``columns``, made with :func:`raw`.
    columns
        The columns, whose types decide how values are converted.
    nullable
        Names of whole numbers that may be missing.

    Returns
    -------
        Texts as ``str``, days as ``datetime64[s]``, numbers as ``int64`` (``Int64`` where nullable); with a column
        ``geometry``, a GeoDataFrame in EPSG:4490.
    """
    rows = connection.execute(query).fetchall()
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    missing = set(nullable)
    table = pd.DataFrame(
        {
            column.key: _series(value, column.type, nullable=column.key in missing)
            for column, value in zip(columns, values, strict=True)
        }
    )
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CRS) if "geometry" in table else table


def _series(values: Sequence[Any], kind: TypeEngine[Any], *, nullable: bool) -> Any:  # noqa: ANN401 - any column
    if isinstance(kind, Geometry):
        return gpd.array.from_shapely(decode(values, kind.kind), crs=CRS)
    if isinstance(kind, Date):
        return pd.Series(np.array(values, dtype="datetime64[s]"))
    if isinstance(kind, Boolean):
        return pd.Series(values, dtype=object).astype(bool)
    if isinstance(kind, Integer):
        return pd.Series(values, dtype="Int64" if nullable else "int64")
    return pd.Series(values, dtype="str")


def records(table: Table, layer: pd.DataFrame, constants: Mapping[str, Any], *, postgis: bool) -> list[dict[str, Any]]:
    """Make a layer's rows parameters of a statement on a table.

    Parameters
    ----------
    table
        The table to write.
    layer
        Rows with columns of the table, in the store's CRS; columns that the table lacks are left out.
    constants
        Column to the one value it has in every row.
    """
    names = [column.key for column in table.columns if column.key in layer.columns]
    values = [_values(layer[name], table.columns[name].type, postgis=postgis) for name in names]
    rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]
    return [{**row, **constants} for row in rows] if constants else rows


def _values(series: pd.Series[Any], kind: TypeEngine[Any], *, postgis: bool) -> list[Any]:
    if isinstance(kind, Geometry):
        return list(encode(np.asarray(series.array, dtype=object), kind.kind, kind.srid, postgis=postgis))
    if isinstance(kind, Date):
        days = series.to_numpy(dtype="datetime64[s]").astype("datetime64[D]")
        return [None if day is None else day for day in days.astype(object)]
    if isinstance(kind, Text):
        return series.astype(object).where(series.notna(), None).tolist()
    return series.tolist()


def insert_rows(
    connection: Connection, table: Table, layer: pd.DataFrame, constants: Mapping[str, Any] | None = None
) -> int:
    """Append a layer's rows to a table.

    Returns
    -------
        How many rows were written.
    """
    return execute_many(connection, table.insert(), table, layer, constants)


def execute_many(
    connection: Connection,
    statement: Executable,
    table: Table,
    layer: pd.DataFrame,
    constants: Mapping[str, Any] | None = None,
) -> int:
    """Run a statement once for every row of a layer, in batches that bound the memory.

    Returns
    -------
        How many rows there were.
    """
    postgis = connection.dialect.name == "postgresql"
    for start in range(0, len(layer), _BATCH):
        batch = layer.iloc[start : start + _BATCH]
        connection.execute(statement, records(table, batch, constants or {}, postgis=postgis))
    return len(layer)
