"""From coordinates to geometries that can be measured: points, datums, coordinate systems, rings."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from gridgis.exchange.drafts import Draft
from gridgis.exchange.raw import RawTable
from gridgis.geo.datums import Datum, DatumGuess, detect_datum, to_wgs84
from gridgis.model.messages import Message

Shapes = npt.NDArray[np.object_]

_LON, _LAT = 180.0, 90.0
# no projected coordinate on Earth is larger; twenty thousand kilometres are half its girth
_LARGEST_M = 3e7
# a ring may be mended where its area stays the same but for a thousandth
_MENDED_AREA = 1e-3
_KINDS = {"polygon": {"Polygon", "MultiPolygon"}, "point": {"Point"}}


def place_rows(draft: Draft, raw: RawTable) -> Draft:
    """Give every row its geometry, from the file's geometries or from its coordinate columns.

    Parameters
    ----------
    draft
        With ``lon`` and ``lat`` as texts where the file has such columns.
    raw
        What the file holds.

    Returns
    -------
        A draft with geometries in two dimensions and a CRS, in the datum of the file; without ``lon`` and ``lat``.
    """
    located = {"lon", "lat"} <= set(draft.table)
    table = draft.table.drop(columns=["lon", "lat"], errors="ignore")
    if raw.geometry is None and not located:
        return replace(draft, table=table, geometry=None)
    if raw.geometry is None:
        return replace(_points_of(draft), table=table)
    draft = replace(draft, table=table, geometry=raw.geometry)
    draft = _settle_crs(draft, raw)
    if raw.repaired is not None:
        draft = draft.blame("ring_closed", raw.repaired, "warning")
    shapes = _geometries(draft)
    deep = shapely.has_z(shapes)
    draft = _with_shapes(draft.blame("height_dropped", deep, "warning"), shapely.force_2d(shapes))
    return _check_ranges(draft)


def check_shapes(draft: Draft) -> Draft:
    """Name geometries that are missing, empty, of the wrong kind or invalid; mend the rings that can be mended.

    A ring can be mended where that leaves its area as it was: a repeated vertex, a touch, a spike. A bow-tie cannot,
    since nobody knows which of its halves is meant.
    """
    if draft.geometry is None or draft.contract.geometry == "none":
        return draft
    shapes = _geometries(draft)
    missing = shapely.is_missing(shapes)
    if draft.name == "services":
        missing &= draft.table["household_id"].isna().to_numpy()
    draft = draft.blame("geometry_missing", missing)
    draft = draft.blame("geometry_empty", ~shapely.is_missing(shapes) & shapely.is_empty(shapes))
    single = np.isin(shapely.get_type_id(shapes), [4, 5, 6, 7]) & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    kinds = _KINDS.get(draft.contract.geometry)
    types = gpd.GeoSeries(shapes).geom_type
    if kinds is not None:
        wrong = ~types.isin(kinds).to_numpy() & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
        found = ", ".join(sorted(set(types[wrong])))
        kind = Message(f"finding.kind.{draft.contract.geometry}")
        draft = draft.blame("geometry_kind", wrong, kind=kind, found=found)
    return _mend_rings(_with_shapes(draft, shapes))


def settle_datum(draft: Draft, datum: str, villages: gpd.GeoSeries | None) -> Draft:
    """Bring geographic points to WGS 84 from the datum they are in.

    Parameters
    ----------
    draft
        Points; a draft in a projected CRS is left as it is.
    datum
        One of the four datums, or ``"auto"``: whichever puts most points inside the villages.
    villages
        Polygons in EPSG:4326; None where there are none to test against.
    """
    if draft.geometry is None or draft.geometry.crs is None or not draft.geometry.crs.is_geographic:
        return draft
    shapes = _geometries(draft)
    lon, lat = shapely.get_x(shapes), shapely.get_y(shapes)
    if datum != "auto":
        return _shifted(draft, datum, lon, lat)  # type: ignore[arg-type]
    if villages is None or villages.empty or not np.isfinite(lon).any():
        return draft
    guess = detect_datum(lon, lat, villages)
    if not any(guess.inside.values()) and max(detect_datum(lat, lon, villages).inside.values()) > guess.n / 2:
        return draft.blame("coordinates_swapped", np.isfinite(lon))
    return _say_datum(_shifted(draft, guess.datum, lon, lat), guess)


def to_crs(draft: Draft, crs: CRS) -> Draft:
    """Reproject a draft, and name what does not come out finite."""
    if draft.geometry is None or draft.geometry.crs is None or draft.geometry.crs.equals(crs, ignore_axis_order=True):
        return draft
    moved = draft.geometry.to_crs(crs)
    # coordinates out of the projection's reach come out infinite
    lost = ~np.isfinite(shapely.bounds(moved.to_numpy())).all(axis=1) & moved.notna()
    named = {"from_crs": draft.geometry.crs.name, "to_crs": crs.name}
    draft = draft.blame("coordinates_out_of_range", lost)
    return replace(draft.say("reprojected", **named), geometry=moved.mask(lost, None))


def drop_unusable(draft: Draft) -> Draft:
    """Take the geometries of rows at fault away, so that nothing further is measured with them."""
    if draft.geometry is None:
        return draft
    shapes = _geometries(draft)
    shapes[~draft.sound | shapely.is_empty(shapes)] = None
    return _with_shapes(draft, shapes)


def _geometries(draft: Draft) -> Shapes:
    shapes: Shapes = np.full(0, None) if draft.geometry is None else draft.geometry.to_numpy().copy()
    return np.asarray(shapes, dtype=object)


def _with_shapes(draft: Draft, shapes: Shapes) -> Draft:
    crs = None if draft.geometry is None else draft.geometry.crs
    return replace(draft, geometry=gpd.GeoSeries(shapes, index=draft.table.index, crs=crs))


def _points_of(draft: Draft) -> Draft:
    """Make points of coordinate columns, in degrees."""
    lon, lon_bad = _degrees(draft.table["lon"])
    lat, lat_bad = _degrees(draft.table["lat"])
    draft = draft.blame("coordinate_not_a_number", lon_bad | lat_bad)
    finite = np.isfinite(lon) & np.isfinite(lat)
    shapes: Shapes = np.full(len(lon), None, dtype=object)
    shapes[finite] = shapely.points(lon[finite], lat[finite])
    infinite = (np.isinf(lon) | np.isinf(lat)) & ~lon_bad & ~lat_bad
    placed = replace(draft, geometry=gpd.GeoSeries(shapes, index=draft.table.index, crs=4326))
    return _check_ranges(placed.blame("coordinates_not_finite", infinite))


def _degrees(texts: pd.Series[str]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    numbers = pd.to_numeric(texts.where(texts.notna()), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    stated_nan = texts.astype("str").str.casefold().isin(["nan", "null", "none"]).to_numpy()
    return np.where(stated_nan, np.inf, numbers), texts.notna().to_numpy() & np.isnan(numbers) & ~stated_nan


def _settle_crs(draft: Draft, raw: RawTable) -> Draft:
    """Decide the coordinate system of a file that states none, or one that nobody knows."""
    if draft.geometry is None:
        return draft
    if raw.crs_unknown is not None:
        return draft.say("crs_unknown", "error", crs=raw.crs_unknown)
    if draft.geometry.crs is not None:
        crs = CRS(draft.geometry.crs)
        flat = crs.to_2d() if len(crs.axis_info) > 2 else crs  # noqa: PLR2004 — axes
        return replace(draft, geometry=draft.geometry.set_crs(flat, allow_override=True))
    bounds = shapely.bounds(draft.geometry.to_numpy())
    if (np.abs(np.nan_to_num(bounds)) <= [_LON, _LAT, _LON, _LAT]).all():
        return replace(draft.say("crs_assumed"), geometry=draft.geometry.set_crs(4326))
    return draft.say("crs_missing", "error")


def _check_ranges(draft: Draft) -> Draft:
    """Name coordinates that are not finite, out of range, swapped, or metres where degrees are meant."""
    crs = None if draft.geometry is None else draft.geometry.crs
    shapes = _geometries(draft)
    bounds = shapely.bounds(shapes)
    there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    finite = np.isfinite(shapely.get_coordinates(shapes)).all(axis=1)
    owners = shapely.get_coordinates(shapes, return_index=True)[1]
    broken = np.zeros(len(shapes), dtype=bool)
    broken[owners[~finite]] = True
    draft = draft.blame("coordinates_not_finite", there & broken)
    usable = there & ~broken
    largest = np.abs(np.nan_to_num(bounds)).max(axis=1, initial=0.0)
    x, y = np.abs(bounds[:, [0, 2]]).max(axis=1), np.abs(bounds[:, [1, 3]]).max(axis=1)
    if crs is None or not crs.is_geographic:
        return draft.blame("coordinates_out_of_range", usable & (largest > _LARGEST_M))
    out = usable & ((x > _LON) | (y > _LAT))
    swapped = out & (x <= _LAT) & (y <= _LON)
    metres = out & ~swapped & (largest > 2 * _LON) & (largest <= _LARGEST_M)
    draft = draft.blame("coordinates_swapped", swapped)
    draft = draft.blame("metres_for_degrees", metres)
    return draft.blame("coordinates_out_of_range", out & ~swapped & ~metres)


def _mend_rings(draft: Draft) -> Draft:
    shapes = _geometries(draft)
    invalid = draft.sound & ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    if not invalid.any():
        return draft
    mended = shapely.make_valid(shapes[invalid], method="structure", keep_collapsed=False)
    area = shapely.area(mended)
    same = (np.abs(area - shapely.area(shapes[invalid])) <= _MENDED_AREA * area) & (area > 0)
    same &= np.isin(shapely.get_type_id(mended), [3, 6])
    at = np.flatnonzero(invalid)
    shapes[at[same]] = mended[same]
    repaired, beyond = np.zeros(len(shapes), dtype=bool), np.zeros(len(shapes), dtype=bool)
    repaired[at[same]], beyond[at[~same]] = True, True
    reasons = shapely.is_valid_reason(_geometries(draft)[beyond])
    reason = ", ".join(sorted({str(text).partition("[")[0] for text in reasons}))
    return _with_shapes(draft.blame("geometry_invalid", beyond, reason=reason), shapes).blame(
        "ring_repaired", repaired, "warning"
    )


def _shifted(draft: Draft, datum: Datum, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> Draft:
    if datum in {"wgs84", "cgcs2000"}:
        return draft
    there = np.isfinite(lon) & np.isfinite(lat)
    shapes = _geometries(draft)
    shapes[there] = shapely.points(*to_wgs84(lon[there], lat[there], datum))
    return replace(_with_shapes(draft, shapes), geometry=gpd.GeoSeries(shapes, index=draft.table.index, crs=4326))


def _say_datum(draft: Draft, guess: DatumGuess) -> Draft:
    return draft.say("datum_detected", datum=guess.datum.upper(), inside=guess.inside[guess.datum], points=guess.n)
