"""Which village and which natural village a point is in, whatever of it the files say."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgis.model.errors import CallError
from gridgis.model.layers import Layers

_POLYGON = 2


def land_and_people(layers: Layers) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Take out the two layers that every plan needs.

    Returns
    -------
        Villages and households.

    Raises
    ------
    CallError
        If one of them is not given.
    """
    if layers.villages is None:
        raise CallError("plan.error.no_villages")
    if layers.households is None:
        raise CallError("plan.error.no_households")
    return layers.villages, layers.households


def locate_villages(households: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> pd.Series:
    """Find the village that each household's point lies in.

    Parameters
    ----------
    households
        Points; a ``village_code`` decides between villages where the point lies on their common border.
    villages
        Polygons with ``code``, in the same CRS.

    Returns
    -------
        Village codes, index as ``households``; the nearest village where the point lies in none.
    """
    points, land = households.geometry.to_numpy(), villages.geometry.to_numpy()
    codes = villages["code"].to_numpy(dtype=object)
    # asked this way round, each village is prepared once for all its points
    village, point = shapely.STRtree(points).query(land, predicate="intersects")
    stray = np.setdiff1d(np.arange(len(points)), point)
    if len(stray) > 0:
        far, near = shapely.STRtree(land).query_nearest(points[stray], all_matches=False)
        point, village = np.concatenate([point, stray[far]]), np.concatenate([village, near])
    said = households["village_code"].to_numpy(dtype=object)[point] if "village_code" in households else None
    other = codes[village] != said
    order = np.lexsort((codes[village].astype(str), other, point))
    first = np.unique(point[order], return_index=True)[1]
    return pd.Series(codes[village[order[first]]], index=households.index, dtype=object)


def locate_natural_villages(points: gpd.GeoDataFrame, natural_villages: gpd.GeoDataFrame | None) -> pd.Series:
    """Find the natural village of each point.

    Parameters
    ----------
    points
        Points; a column ``natural_village`` (code or name) goes before the place.
    natural_villages
        Polygons, or points that stand for the middle of a natural village; None where there are none.

    Returns
    -------
        Codes, index as ``points``: what the row says, else the polygon the point lies in, else, where natural villages
        are given as points only, the nearest; None where none of it says anything.
    """
    said = points["natural_village"] if "natural_village" in points else pd.Series(None, points.index, dtype=object)
    said = said.astype(object).where(said.notna(), None)
    if natural_villages is None or len(natural_villages) == 0:
        return said
    known = natural_villages.sort_values("code")
    codes = known["code"].to_numpy(dtype=object)
    by_name = dict(zip(known["name"], codes, strict=True)) if known["name"].is_unique else {}
    known_codes = set(codes)
    said = said.map(lambda text: text if text in known_codes else by_name.get(text, text), na_action="ignore")
    found = pd.Series(_by_place(points.geometry.to_numpy(), known.geometry.to_numpy(), codes), index=points.index)
    return said.where(said.notna(), found)


def _by_place(
    points: npt.NDArray[np.object_], shapes: npt.NDArray[np.object_], codes: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    found = np.full(len(points), None, dtype=object)
    areas = shapely.get_dimensions(shapes) == _POLYGON
    if areas.any():
        shape, point = shapely.STRtree(points).query(shapes[areas], predicate="intersects")
        order = np.lexsort((shape, point))
        inside, first = np.unique(point[order], return_index=True)
        found[inside] = codes[areas][shape[order][first]]
    elif len(points) > 0:
        point, shape = shapely.STRtree(shapes).query_nearest(points, all_matches=False)
        found[point] = codes[shape]
    return found
