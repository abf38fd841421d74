"""Geometries in columns: a GeoPackage blob on SQLite, ``geometry(kind, srid)`` on PostGIS."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import UserDefinedType

Kind = Literal["POINT", "MULTIPOLYGON", "GEOMETRY"]
Shapes = NDArray[np.object_]

_MAGIC = b"GP\x00"
_LITTLE_ENDIAN = 0b0000_0001
_ENVELOPE_XY = 0b0000_0010
_EMPTY = 0b0001_0000
_HEADER_BYTES = {0: 8, 1: 40, 2: 56, 3: 56, 4: 72}
_POLYGON = 3


def gpkg_blobs(shapes: Shapes, srid: int) -> list[bytes | None]:
    """Write geometries as GeoPackage blobs: a header with the envelope, then WKB.

    Parameters
    ----------
    shapes
        Geometries; None stays None. A third dimension is dropped.
    srid
        Id of their coordinate reference system in ``gpkg_spatial_ref_sys``.

    Source: OGC 12-128r15, 2.1.3 "BLOB Format"; points carry no envelope, as GDAL writes them.
    """
    plain = _MAGIC + struct.pack("<Bi", _LITTLE_ENDIAN, srid)
    empty = _MAGIC + struct.pack("<Bi", _LITTLE_ENDIAN | _EMPTY, srid)
    boxed = _MAGIC + struct.pack("<Bi", _LITTLE_ENDIAN | _ENVELOPE_XY, srid)
    envelopes = shapely.bounds(shapes)[:, [0, 2, 1, 3]].astype("<f8")
    headers = [
        empty if is_empty else plain if is_point else boxed + envelope.tobytes()
        for is_empty, is_point, envelope in zip(
            shapely.is_empty(shapes), shapely.get_type_id(shapes) == 0, envelopes, strict=True
        )
    ]
    bodies = shapely.to_wkb(shapes, output_dimension=2, byte_order=1)
    return [None if body is None else header + body for header, body in zip(headers, bodies, strict=True)]


def encode(shapes: Shapes, kind: Kind, srid: int, *, postgis: bool) -> list[bytes | None] | list[str | None]:
    """Write geometries as a column of ``kind`` takes them.

    Parameters
    ----------
    shapes
        Geometries in the CRS ``srid``; polygons become multipolygons where ``kind`` asks for them.
    postgis
        Whether the column is one of PostGIS (hexadecimal EWKB) or of a GeoPackage.
    """
    if kind == "MULTIPOLYGON":
        shapes = _promoted(shapes)
    if not postgis:
        return gpkg_blobs(shapes, srid)
    texts: list[str | None] = shapely.to_wkb(
        shapely.set_srid(shapes, srid), hex=True, output_dimension=2, include_srid=True
    ).tolist()
    return texts


def decode(values: Sequence[bytes | str | None], kind: Kind) -> Shapes:
    """Read geometries from a column of ``kind``, whichever backend it is of.

    Parameters
    ----------
    values
        GeoPackage blobs (any envelope, so that a GIS may have written them too) or hexadecimal EWKB.

    Returns
    -------
        Geometries; a multipolygon of one part comes back as the polygon it is.
    """
    bodies = np.array([_body(value) for value in values], dtype=object)
    shapes = shapely.set_srid(shapely.from_wkb(bodies), 0)
    return _demoted(shapes) if kind == "MULTIPOLYGON" else shapes


def _body(value: bytes | str | None) -> bytes | str | None:
    if isinstance(value, bytes):
        return value[_HEADER_BYTES[(value[3] >> 1) & 0b111] :]
    return value


def _promoted(shapes: Shapes) -> Shapes:
    single = shapely.get_type_id(shapes) == _POLYGON
    promoted = shapes.copy()
    promoted[single] = shapely.multipolygons(shapes[single][:, np.newaxis])
    return promoted


def _demoted(shapes: Shapes) -> Shapes:
    single = shapely.get_num_geometries(shapes) == 1
    demoted = shapes.copy()
    demoted[single] = shapely.get_geometry(shapes[single], 0)
    return demoted


class Geometry(UserDefinedType[Any]):
    """Column of geometries.

    Parameters
    ----------
    kind
        ``POINT``, ``MULTIPOLYGON`` or ``GEOMETRY`` (any).
    srid
        EPSG code of its coordinate reference system.
    """

    cache_ok = True

    def __init__(self, kind: Kind, srid: int | str) -> None:
        self.kind = kind
        self.srid = int(srid)

    def get_col_spec(self, **_: object) -> str:
        """Name the type as a GeoPackage does."""
        return self.kind

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Write one geometry; what :func:`encode` wrote already passes."""
        postgis = dialect.name == "postgresql"

        def process(value: Any) -> Any:  # noqa: ANN401 - a database driver's value
            if not isinstance(value, shapely.Geometry):
                return value
            return encode(np.array([value], dtype=object), self.kind, self.srid, postgis=postgis)[0]

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Read one geometry."""
        del dialect, coltype
        return lambda value: decode([value], self.kind)[0]


@compiles(Geometry, "postgresql")
def _postgis_spec(element: Geometry, _compiler: object, **_: object) -> str:
    return f"geometry({element.kind},{element.srid})"
