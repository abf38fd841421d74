"""Fabrics kept by their content: whoever plans the same land again does not cut it again."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from threading import Lock

import geopandas as gpd
import pandas as pd
import shapely

from gridgis.geo.fabric import Fabric, cut_fabric
from gridgis.model.layers import Layers

_USED = {
    "villages": ["code"],
    "natural_villages": ["code", "name"],
    "barriers": [],
    "buildings": [],
    "households": ["household_id", "village_code", "natural_village", "villager_group", "households"],
}


class FabricCache:
    """The fabrics cut last, by the content of what they were cut from; may be used by several threads.

    Parameters
    ----------
    most
        How many fabrics are kept.
    """

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, Fabric] = OrderedDict()
        self._lock = Lock()

    def cut(self, layers: Layers) -> Fabric:
        """Cut a fabric, or hand out the one that was cut of the same content; see :func:`cut_fabric`."""
        key = fingerprint(layers)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        fabric = cut_fabric(layers)
        with self._lock:
            self._kept[key] = fabric
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return fabric


def fingerprint(layers: Layers) -> bytes:
    """Digest what a fabric depends on: the layers' CRS, shapes, rows in their order, and the columns that are used.

    Returns
    -------
        16 bytes, the same in every process.
    """
    digest = blake2b(digest_size=16)
    for name, columns in _USED.items():
        layer: gpd.GeoDataFrame | None = getattr(layers, name)
        digest.update(f"{name} {'' if layer is None else len(layer)} ".encode())
        if layer is None:
            continue
        digest.update(layer.crs.to_wkt().encode() if layer.crs is not None else b"")
        for wkb in shapely.to_wkb(layer.geometry.to_numpy()):
            digest.update(wkb)
        table = pd.DataFrame(layer.reindex(columns=columns))
        digest.update(pd.util.hash_pandas_object(table, index=True).to_numpy().tobytes())
    return digest.digest()
