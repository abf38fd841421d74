"""What layers must be to each other: villages that tile, points inside them, references that lead somewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgis.exchange.drafts import Draft, Mask
from gridgis.geo.zones import metric_crs
from gridgis.model.messages import Message

# two files rounded on their own differ by less along a shared border
NOISE_M = 0.05
NOISE_M2 = 1.0
# a household this close to a border counts as inside
BORDER_M = 1.0


def check_tiling(villages: Draft) -> Draft:
    """Name villages that overlap, and say where land between them belongs to none.

    Parameters
    ----------
    villages
        Polygons in any CRS.
    """
    shapes = _metric(villages)
    if shapes is None:
        return villages
    sound = shapes.copy()
    sound[~villages.sound] = None
    first, second = shapely.STRtree(sound).query(sound, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    shared = shapely.intersection(sound[first], sound[second])
    wide = _beyond_noise(shared)
    at = np.zeros(len(shapes), dtype=bool)
    at[np.concatenate([first[wide], second[wide]])] = True
    villages = villages.blame("villages_overlap", at, area_m2=round(float(shapely.area(shared[wide]).sum())))
    land = shapely.union_all(sound[~shapely.is_missing(sound)])
    gaps = _holes_of(land)
    gaps = gaps[_beyond_noise(gaps)]
    if len(gaps):
        villages = villages.say("villages_gap", gaps=len(gaps), area_m2=round(float(shapely.area(gaps).sum())))
    pieces = shapely.get_num_geometries(shapes) > 1
    return villages.blame("village_in_pieces", pieces & villages.sound, "warning")


def check_division_codes(villages: Draft) -> Draft:
    """Name villages whose code is no statistical division code of twelve digits."""
    codes = villages.table["code"].astype("str")
    return villages.blame("division_code_malformed", codes.notna() & ~codes.str.fullmatch(r"\d{12}"))


def find_villages(
    draft: Draft, villages: gpd.GeoDataFrame, outside: Literal["outside_villages", "reference_at_fault"] | None = None
) -> Draft:
    """Fill in the village that each row lies in, and name the rows that say another or lie in none.

    Parameters
    ----------
    draft
        With a column ``village_code``; geometries in any CRS. Without a CRS it is at fault already and stays as it is.
    villages
        Checked villages.
    outside
        Rule that names a row in no village; None where a row need not lie in one.

    Returns
    -------
        A draft whose ``village_code`` is filled as far as the map tells. A row on a border lies in the village that it
        names, or in the nearest, or in the first by code.
    """
    if draft.geometry is None or draft.geometry.crs is None:
        return draft
    lies_in = _villages_at(draft, villages)
    named = draft.table["village_code"].to_numpy(dtype=object)
    if outside is not None:
        nowhere = draft.sound & draft.geometry.notna().to_numpy() & pd.isna(lies_in)
        draft = draft.blame(outside, nowhere, column="village_code", other=Message("layer.villages"))
    other = pd.notna(named) & pd.notna(lies_in) & (lies_in != named) & np.isin(named, villages["code"])
    filled = pd.Series(np.where(pd.isna(named), lies_in, named), index=draft.table.index, dtype=object)
    return replace(draft.blame("village_contradicted", other), table=draft.table.assign(village_code=filled))


def _villages_at(draft: Draft, villages: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """Find the code of the village that each row lies in; None where there is none within a metre."""
    crs = metric_crs(villages)
    land = villages.to_crs(crs).sort_values("code")
    codes, areas = land["code"].to_numpy(dtype=object), land.geometry.to_numpy()
    points = shapely.point_on_surface(gpd.GeoSeries(draft.geometry).to_crs(crs).to_numpy())
    # the villages are the side that is prepared: a point is found in a large polygon at once
    village, row = shapely.STRtree(points).query(areas, predicate="intersects")
    left = np.setdiff1d(np.arange(len(points)), row)
    near, close = shapely.STRtree(areas).query(points[left], predicate="dwithin", distance=BORDER_M)
    row, village = np.concatenate([row, left[near]]), np.concatenate([village, close])
    away_m = np.concatenate([np.zeros(len(row) - len(near)), shapely.distance(points[left][near], areas[close])])
    named = draft.table["village_code"].to_numpy(dtype=object)
    found = pd.DataFrame({"row": row, "village": village, "agrees": codes[village] == named[row], "away_m": away_m})
    best = found.sort_values(["row", "agrees", "away_m", "village"], ascending=[True, False, True, True])
    best = best.drop_duplicates("row")
    lies_in = np.full(len(named), None, dtype=object)
    lies_in[best["row"].to_numpy()] = codes[best["village"].to_numpy()]
    return lies_in


def check_references(draft: Draft, column: str, known: frozenset[str], faulty: frozenset[str]) -> Draft:
    """Name the rows whose reference leads nowhere.

    Parameters
    ----------
    draft
        The layer that refers.
    column
        Column that holds the reference; a missing one refers to nothing.
    known
        Keys of the layer referred to.
    faulty
        Keys of rows that are themselves at fault.
    """
    values = draft.table[column].to_numpy(dtype=object)
    stated = pd.notna(values)
    unknown = stated & ~np.isin(values.astype(str), list(known | faulty)) if stated.any() else stated
    width = max((len(key) for key in known), default=0)
    zeros = np.array(
        [u and isinstance(v, str) and v.zfill(width) in known for v, u in zip(values, unknown, strict=True)]
    )
    zeros = zeros.astype(bool)
    examples = ", ".join(dict.fromkeys(values[unknown & ~zeros][:20].tolist()))
    other = Message(f"layer.{draft.contract.refers[column]}")
    draft = draft.blame("zeros_lost", zeros, column=column)
    draft = draft.blame("reference_unknown", unknown & ~zeros, column=column, values=examples, other=other)
    at_fault = stated & np.isin(values.astype(str), list(faulty)) if stated.any() else stated
    return draft.blame("reference_at_fault", at_fault, column=column, other=other)


def say_shared_points(households: Draft) -> Draft:
    """Say which households share one point, as those of one building do."""
    if households.geometry is None:
        return households
    wkb = pd.Series(households.geometry.to_wkb(), index=households.table.index)
    shared = wkb.duplicated(keep=False) & wkb.notna()
    return households.blame("point_shared", shared, "warning", points=int(wkb[shared].nunique()))


def place_at_households(services: Draft, households: gpd.GeoDataFrame | None) -> Draft:
    """Give a service without a place of its own the place of its household.

    Parameters
    ----------
    services
        With ``household_id``; geometries, where there are any, in the households' CRS. Without a CRS they are at fault
        already and stay as they are.
    households
        Checked households, or None.
    """
    if services.geometry is not None and services.geometry.crs is None:
        return services
    own = np.full(len(services.table), None, dtype=object)
    crs = None if households is None else households.crs
    if services.geometry is not None:
        own, crs = services.geometry.to_numpy().copy(), services.geometry.crs
    if households is not None:
        homes = dict(zip(households["household_id"], households.geometry.to_crs(crs).to_numpy(), strict=True))
        lent = np.array([homes.get(key) for key in services.table["household_id"]], dtype=object)
        own = np.where(shapely.is_missing(own), lent, own)
    placed = replace(services, geometry=gpd.GeoSeries(own, index=services.table.index, crs=crs))
    return placed.blame("service_nowhere", shapely.is_missing(own) & services.sound)


def _metric(draft: Draft) -> npt.NDArray[np.object_] | None:
    if draft.geometry is None or draft.geometry.crs is None or not draft.sound.any():
        return None
    layer = gpd.GeoDataFrame(geometry=draft.geometry[draft.sound])
    return np.asarray(draft.geometry.to_crs(metric_crs(layer)).to_numpy(), dtype=object)


def _beyond_noise(areas: npt.NDArray[np.object_]) -> Mask:
    size, girth = shapely.area(areas), shapely.length(areas)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.nan_to_num(2 * size / girth)
    return np.asarray((size > NOISE_M2) & (width > NOISE_M), dtype=bool)


def _holes_of(land: shapely.Geometry) -> npt.NDArray[np.object_]:
    parts = shapely.get_parts(land)
    filled = shapely.polygons(shapely.get_exterior_ring(parts[shapely.get_type_id(parts) == 3]))  # noqa: PLR2004 — polygon
    return np.asarray(shapely.get_parts(shapely.difference(shapely.union_all(filled), land)), dtype=object)
