"""In words: what is odd about the ground a plan stands on, and how it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import shapely

from gridgis.geo.fabric import Fabric
from gridgis.geo.places import land_and_people
from gridgis.geo.zones import metric_crs
from gridgis.model.layers import Layers
from gridgis.model.messages import Message

_NAMES_SHOWN = 8
_POLYGON = 2
# what two files rounded apart may differ by is no overlap
_NOISE_M2 = 1.0
_NOISE_SHARE = 0.01


def explain_ground(layers: Layers, fabric: Fabric) -> tuple[Message, ...]:
    """Explain how natural villages and buildings were taken that do not fit the villages or one another.

    Parameters
    ----------
    layers
        What the fabric was cut from.
    fabric
        The fabric.

    Returns
    -------
        A sentence for each kind of oddity: natural villages not given, given as points, in several villages,
        overlapping, or leaving households out; buildings that a village border cuts.
    """
    return (*_explain_natural_villages(layers, fabric), *_explain_buildings(layers, fabric))


def _explain_natural_villages(layers: Layers, fabric: Fabric) -> Iterator[Message]:
    known, homes = layers.natural_villages, fabric.households
    nowhere = int(homes.loc[homes["natural_village"].isna(), "households"].sum())
    people = int(homes["households"].sum())
    if known is None or len(known) == 0:
        if people > 0 and nowhere == people:
            yield Message("ground.none")
        elif nowhere > 0:
            yield Message("ground.uncovered", {"n": nowhere})
        return
    areas = shapely.get_dimensions(known.geometry.to_numpy()) == _POLYGON
    names = dict(zip(known["code"], known["name"], strict=True))
    if not areas.any():
        yield Message("ground.points", {"n": len(known)})
    elif not areas.all():
        yield Message("ground.mixed", _listed(list(known["name"][~areas])))
    villages = homes.groupby("natural_village")["village_code"].nunique()
    several = [str(names.get(code, code)) for code in villages.index[villages > 1]]
    if several:
        yield Message("ground.straddling", _listed(several))
    overlaps = _overlaps(known[areas])
    if overlaps:
        yield Message("ground.overlapping", _listed(overlaps))
    if nowhere > 0:
        yield Message("ground.uncovered", {"n": nowhere})


def _overlaps(known: gpd.GeoDataFrame) -> list[str]:
    """Name the pairs of natural villages that share land."""
    if len(known) == 0:
        return []
    metric = known.sort_values("code").to_crs(metric_crs(known))
    shapes, names = metric.geometry.to_numpy(), metric["name"].to_numpy(dtype=object)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    a, b = a[a < b], b[a < b]
    shared = shapely.area(shapely.intersection(shapes[a], shapes[b]))
    real = shared > np.maximum(_NOISE_M2, _NOISE_SHARE * np.minimum(shapely.area(shapes[a]), shapely.area(shapes[b])))
    return [f"{names[one]}–{names[other]}" for one, other in zip(a[real], b[real], strict=True)]


def _explain_buildings(layers: Layers, fabric: Fabric) -> Iterator[Message]:
    if len(fabric.footprints) == 0:
        return
    villages, _ = land_and_people(layers)
    metric = metric_crs(villages)
    land = villages.to_crs(metric).geometry.to_numpy()
    footprints = gpd.GeoSeries(fabric.footprints, crs=villages.crs).to_crs(metric).to_numpy()
    village, footprint = shapely.STRtree(footprints).query(land, predicate="overlaps")
    inside = shapely.area(shapely.intersection(land[village], footprints[footprint])) > _NOISE_M2
    cut = int((np.bincount(footprint[inside], minlength=1) > 1).sum())
    if cut:
        yield Message("ground.buildings", {"n": cut})


def _listed(names: Sequence[str]) -> dict[str, object]:
    shown = ", ".join(names[:_NAMES_SHOWN]) + (" …" if len(names) > _NAMES_SHOWN else "")
    return {"n": len(names), "names": shown}
