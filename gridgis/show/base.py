"""The offline base map: land, natural villages, water, roads, borders and names, with the map's furniture."""

from __future__ import annotations

from collections.abc import Iterator

import folium
import geopandas as gpd
import shapely

from gridgis.model.layers import Layers
from gridgis.model.words import Lang, say
from gridgis.planning.plan import Plan
from gridgis.show.assets import LEAFLET, serve_folium_from_here
from gridgis.show.elements import Beginning, Drawn
from gridgis.show.encode import WGS84, encode_areas, encode_lines
from gridgis.show.escape import escape
from gridgis.show.legend import Style
from gridgis.show.names import names_of_villages
from gridgis.show.palette import DARK, LIGHT

_MAX_ZOOM = 19
_WORDS = ("map", "reset", "full_screen", "zoom_in", "zoom_out", "north", "layers")
# names of the roads that lead out of a village, as road registers and maps write them
_THROUGH = ("国道", "省道", "县道", "乡道", "高速", "公路")
_BORDERS: tuple[tuple[str, Style], ...] = (
    ("micro_grids", {"line": "faint", "width": 0.75, "dash": "4 3"}),
    ("grids", {"line": "middle", "width": 1.5}),
)


def base_map(layers: Layers, lang: Lang, *, plan: Plan | None = None, synthetic: bool = False) -> folium.Map:
    """Draw the base map of a township; what a page shows on it is added as a group of layers.

    Parameters
    ----------
    layers
        Township, villages, natural villages and barriers, as far as there are any; ``villages`` is needed.
    lang
        Language of its words.
    plan
        Plan whose grids and micro-grids are outlined.
    synthetic
        Whether the data is synthetic; the map then says so.

    Returns
    -------
        A map without tiles, which asks nothing of another host; its first view holds the villages.
    """
    serve_folium_from_here()
    villages = _given(layers.villages)
    west, south, east, north = villages.to_crs(WGS84).total_bounds.tolist()
    drawn = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,
        max_zoom=_MAX_ZOOM,
        zoom_snap=0.05,
    )
    words = {word: say(f"map.{word}", lang) for word in _WORDS}
    note = say("map.synthetic", lang) if synthetic else ""
    Beginning(
        {
            "bounds": [[south, west], [north, east]],
            "palette": {"light": dict(LIGHT), "dark": dict(DARK)},
            "icons": f"{LEAFLET}/images/",
            "words": words | {"note": note, "attribution": escape(say("map.attribution", lang))},
        }
    ).add_to(drawn)
    for part in (*_ground(layers, lang), *_borders(layers, plan, lang), names_of_villages(layers, lang)):
        part.add_to(drawn)
    folium.LayerControl(position="topright", collapsed=True).add_to(drawn)
    return drawn


def look_at(area: shapely.Geometry | gpd.GeoSeries, crs: object = WGS84) -> Drawn:
    """Make the layer that moves the view to an area, once: the user's own view is left alone until the area changes.

    Parameters
    ----------
    area
        What is to be seen.
    crs
        Its reference system where it is a bare geometry.
    """
    series = area if isinstance(area, gpd.GeoSeries) else gpd.GeoSeries([area], crs=crs)
    west, south, east, north = series.to_crs(WGS84).total_bounds.round(6).tolist()
    return Drawn("look", [[south, west], [north, east]])


def _given(layer: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": [], "kind": []}, geometry=[], crs=WGS84) if layer is None else layer


def _ground(layers: Layers, lang: Lang) -> Iterator[Drawn]:
    settled = _given(layers.natural_villages)
    areas = settled.geometry[shapely.get_dimensions(settled.geometry.to_numpy()) == 2]  # noqa: PLR2004 - areas only
    if len(areas):
        shapes = [ring for rings in encode_areas(areas) for ring in rings]
        data = {"pane": "ground", "areas": True, "parts": [shapes], "style": [0], "styles": [{"fill": "settled"}]}
        yield Drawn("shapes", data, say("layer.natural_villages", lang))
    for name, classes in _lines(_given(layers.barriers)).items():
        parts = [encode_lines(lines) for lines, _ in classes]
        styles = [style for _, style in classes]
        if any(parts):
            data = {"pane": "over", "parts": parts, "style": list(range(len(parts))), "styles": styles}
            yield Drawn("shapes", data, say(f"map.{name}", lang))


def _lines(barriers: gpd.GeoDataFrame) -> dict[str, list[tuple[gpd.GeoSeries, Style]]]:
    kinds = barriers["kind"]
    road = kinds == "highway"
    through = barriers["name"].fillna("").astype(str).str.contains("|".join(_THROUGH))
    lines = barriers.geometry
    return {
        "waterway": [(lines[kinds == "waterway"], {"line": "water", "width": 3.5})],
        "highway": [
            (lines[road & ~through], {"line": "lane", "width": 0.8}),
            (lines[road & through], {"line": "road", "width": 2}),
            (lines[kinds == "railway"], {"line": "railway", "width": 1.6, "dash": "7 4"}),
        ],
    }


def _borders(layers: Layers, plan: Plan | None, lang: Lang) -> Iterator[Drawn]:
    for tier, style in _BORDERS if plan is not None else ():
        yield _outline(getattr(plan, tier), style, say(f"layer.{tier}", lang))
    villages = _given(layers.villages)
    yield _outline(villages, {"line": "line", "width": 2})
    township = _given(layers.township)
    yield _outline(township if len(township) else villages.dissolve(), {"line": "line", "width": 2.5})


def _outline(areas: gpd.GeoDataFrame, style: Style, name: str | None = None) -> Drawn:
    data = {"pane": "over", "parts": [encode_lines(areas.geometry)], "style": [0], "styles": [style]}
    return Drawn("shapes", data, name)
