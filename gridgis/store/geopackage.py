"""What makes a SQLite file a GeoPackage: its header, its system tables, and the entries of our tables in them.

Source: OGC 12-128r15 (GeoPackage 1.3).
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from sqlalchemy import Connection, MetaData, Table, text

from gridgis.store.geometry import Geometry

APPLICATION_ID = 0x47504B47
"""``GPKG`` in ASCII."""

_VERSION = 10300
_UNKNOWN = (("Undefined Cartesian SRS", -1), ("Undefined geographic SRS", 0))

_SYSTEM_TABLES = (
    """CREATE TABLE IF NOT EXISTS gpkg_spatial_ref_sys (
        srs_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL PRIMARY KEY,
        organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL,
        definition TEXT NOT NULL,
        description TEXT)""",
    """CREATE TABLE IF NOT EXISTS gpkg_contents (
        table_name TEXT NOT NULL PRIMARY KEY,
        data_type TEXT NOT NULL,
        identifier TEXT UNIQUE,
        description TEXT DEFAULT '',
        last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
        min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
        srs_id INTEGER,
        CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE IF NOT EXISTS gpkg_geometry_columns (
        table_name TEXT NOT NULL,
        column_name TEXT NOT NULL,
        geometry_type_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL,
        z TINYINT NOT NULL,
        m TINYINT NOT NULL,
        CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
        CONSTRAINT uk_gc_table_name UNIQUE (table_name),
        CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
        CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
)


def lay_out(connection: Connection, metadata: MetaData) -> None:
    """Make a SQLite database a GeoPackage that lists every table of ``metadata``; once more changes nothing."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {_VERSION}")
    for statement in _SYSTEM_TABLES:
        connection.exec_driver_sql(statement)
    geometries = {table.name: shape for table in metadata.sorted_tables if (shape := geometry_of(table)) is not None}
    _list_systems(connection, {4326, *(shape.srid for shape in geometries.values())})
    for table in metadata.sorted_tables:
        _list_table(connection, table.name, geometries.get(table.name))


def geometry_of(table: Table) -> Geometry | None:
    """Find the type of a table's geometry column; None if it has none."""
    column = table.columns.get("geometry")
    return column.type if column is not None and isinstance(column.type, Geometry) else None


def note_change(connection: Connection, table: str, layer: pd.DataFrame) -> None:
    """Note that a table changed now, and widen its extent by what was written; PostGIS keeps its own books.

    Parameters
    ----------
    layer
        What was written, in the table's CRS.
    """
    if connection.dialect.name == "postgresql":
        return
    connection.exec_driver_sql(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?", (table,)
    )
    bounds = layer.total_bounds if isinstance(layer, gpd.GeoDataFrame) else np.full(4, np.nan)
    if not np.isnan(bounds).any():
        # the min and max of SQLite's two arguments are NULL as soon as one of them is
        connection.execute(
            text(
                "UPDATE gpkg_contents SET min_x = min(coalesce(min_x, :w), :w), min_y = min(coalesce(min_y, :s), :s),"
                " max_x = max(coalesce(max_x, :e), :e), max_y = max(coalesce(max_y, :n), :n) WHERE table_name = :table"
            ),
            {"table": table, **dict(zip("wsen", bounds.tolist(), strict=True))},
        )


def _list_systems(connection: Connection, srids: set[int]) -> None:
    rows = [(name, srid, "NONE", srid, "undefined") for name, srid in _UNKNOWN]
    for srid in sorted(srids):
        system = CRS.from_epsg(srid)
        rows.append((system.name, srid, "EPSG", srid, system.to_wkt("WKT1_GDAL")))
    connection.exec_driver_sql("INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", rows)


def _list_table(connection: Connection, name: str, geometry: Geometry | None) -> None:
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
        (name, "attributes" if geometry is None else "features", name, None if geometry is None else geometry.srid),
    )
    if geometry is not None:
        connection.exec_driver_sql(
            "INSERT OR IGNORE INTO gpkg_geometry_columns VALUES (?, 'geometry', ?, ?, 0, 0)",
            (name, geometry.kind, geometry.srid),
        )
