"""Between rows of the database and tables in memory, a column at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import NullType, TypeEngine

from gridgis.store.geometry import Geometry, decode, encode
from gridgis.store.schema import SRID

CRS = f"EPSG:{SRID}"

_BATCH = 100_000
# so few rows are still in the processor's cache when their columns are made of them
_AT_ONCE = 2_000


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
    missing = set(nullable)
    parts: list[list[Any]] = [[] for _ in columns]
    for rows in connection.execute(query).partitions(_AT_ONCE):
        for values, column, known in zip(zip(*rows, strict=True), columns, parts, strict=True):
            known.append(_part(values, column.type))
    table = pd.DataFrame(
        {
            column.key: _whole(known, column.type, nullable=column.key in missing)
            for column, known in zip(columns, parts, strict=True)
        }
    )
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CRS) if "geometry" in table else table


def _part(values: Sequence[Any], kind: TypeEngine[Any]) -> Any:  # noqa: ANN401 - any column
    if isinstance(kind, Geometry):
        return decode(values, kind.kind)
    if isinstance(kind, Text):
        return pa.array(values, pa.large_string())
    # days come as texts or as days, truth values as numbers or as such: Arrow reads what it is given
    return pa.array(values).cast(_arrow_type(kind))


def _whole(parts: Sequence[Any], kind: TypeEngine[Any], *, nullable: bool) -> Any:  # noqa: ANN401 - as above
    if isinstance(kind, Geometry):
        return gpd.array.from_shapely(np.concatenate([np.empty(0, dtype=object), *parts]), crs=CRS)
    column = pa.chunked_array(parts, _arrow_type(kind))
    if isinstance(kind, Date):
        column = column.cast(pa.timestamp("s"))
    dtypes = {pa.large_string(): pd.Series(dtype="str").dtype} | ({pa.int64(): pd.Int64Dtype()} if nullable else {})
    return column.to_pandas(types_mapper=dtypes.get)


def _arrow_type(kind: TypeEngine[Any]) -> pa.DataType:
    families = {Text: pa.large_string(), Date: pa.date32(), Boolean: pa.bool_(), Integer: pa.int64()}
    return next(arrow for family, arrow in families.items() if isinstance(kind, family))


def write_rows(
    connection: Connection, table: Table, layer: pd.DataFrame, *, key: str | None = None, update: bool = False
) -> int:
    """Write a layer's rows into a table.

    Parameters
    ----------
    layer
        Rows with columns of the table, in the store's CRS; columns that the table lacks are left out.
    key
        Column by which a row is known to be there already; None where none can be.
    update
        Whether a row that is there is brought up to date, or left as it is.

    Returns
    -------
        How many rows were given.
    """
    columns = [column for column in table.columns if column.key in layer.columns]
    for start in range(0, len(layer), _BATCH):
        batch = layer.iloc[start : start + _BATCH]
        if connection.dialect.name == "postgresql":
            _copy(connection, columns, batch, _settled(postgresql.insert(table), columns, key, update=update))
        else:
            _insert(connection, columns, batch, _settled(sqlite.insert(table), columns, key, update=update))
    return len(layer)


def _settled(statement: Any, columns: Sequence[Column[Any]], key: str | None, *, update: bool) -> Any:  # noqa: ANN401 - of either dialect
    if key is None:
        return statement
    if not update:
        return statement.on_conflict_do_nothing(index_elements=[key])
    new = {column.key: statement.excluded[column.key] for column in columns}
    return statement.on_conflict_do_update(index_elements=[key], set_=new)


def _insert(connection: Connection, columns: Sequence[Column[Any]], batch: pd.DataFrame, statement: Any) -> None:  # noqa: ANN401 - as above
    # the values are as the driver takes them: compiled once, the statement passes them on row by row untouched
    compiled = statement.compile(dialect=connection.dialect, column_keys=[column.key for column in columns])
    values = [_values(batch[column.key], column.type, postgis=False) for column in columns]
    connection.exec_driver_sql(str(compiled), list(zip(*values, strict=True)))


def _copy(connection: Connection, columns: Sequence[Column[Any]], batch: pd.DataFrame, statement: Any) -> None:  # noqa: ANN401 - as above
    # COPY is five times as fast as single inserts, but knows no conflicts: the rows go by way of a passing table
    names = [column.key for column in columns]
    passing = Table("passing", MetaData(), *(Column(c.key, c.type) for c in columns), prefixes=["TEMPORARY"])
    passing.create(connection)
    values = [_values(batch[column.key], column.type, postgis=True) for column in columns]
    quoted = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(f"COPY passing ({quoted}) FROM STDIN") as copy:
        for row in zip(*values, strict=True):
            copy.write_row(row)
    connection.execute(statement.from_select(names, select(*raw(passing.columns))))
    passing.drop(connection)


def _values(series: pd.Series[Any], kind: TypeEngine[Any], *, postgis: bool) -> list[Any]:
    if isinstance(kind, Geometry):
        return list(encode(np.asarray(series.array, dtype=object), kind.kind, kind.srid, postgis=postgis))
    if isinstance(kind, Date):
        days = np.datetime_as_string(series.to_numpy(dtype="datetime64[s]"), "D").astype(object)
        return [None if missing else day for day, missing in zip(days, series.isna(), strict=True)]
    if isinstance(kind, Text):
        return series.astype(object).where(series.notna(), None).tolist()
    return series.tolist()
