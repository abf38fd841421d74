"""A sketch map for paper: areas in their classes, borders, names that do not overlap, scale and north, as SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridgis.show.palette import LIGHT
from gridgis.show.typeset import SVG

Place = Callable[[NDArray[np.float64]], NDArray[np.float64]]
_WIDTH = 1000
_MARGIN = 14
_TOLERANCE = 1.0
_FONT_SIZE = 34
_LEGEND = 34
_ROUND_M = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
HATCH = "url(#hatch)"
"""Fill of what is not judged or not known."""
_HATCH_PATTERN = (
    '<defs><pattern id="hatch" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="12" height="12" fill="#fff"/><rect width="4" height="12" fill="{LIGHT["unreachable"]}" '
    'opacity="0.45"/></pattern></defs>'
)


@dataclass(frozen=True)
class Drawing:
    """What a sketch shows.

    Parameters
    ----------
    areas
        ``name``, ``fill`` (an SVG colour, or :data:`HATCH`), ``geometry`` in a metric CRS.
    ways
        Roads, rivers and railways in the same CRS; may be empty.
    edges
        Outlines drawn thicker, such as the villages' above their grids; may be empty.
    legend
        Fill and words of each class.
    north
        The letter or word for north.
    """

    areas: gpd.GeoDataFrame
    ways: gpd.GeoSeries
    edges: gpd.GeoSeries
    legend: Sequence[tuple[str, str]]
    north: str


def sketch_map(drawing: Drawing) -> bytes:
    """Draw a sketch map.

    Returns
    -------
        SVG, its longer text in the package's font.
    """
    west, south, east, north = drawing.areas.total_bounds
    scale = (_WIDTH - 2 * _MARGIN) / max(east - west, 1.0)
    height = round((north - south) * scale) + 2 * _MARGIN

    def place(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = points.T
        return np.column_stack([(x - west) * scale + _MARGIN, (north - y) * scale + _MARGIN])

    rows = -(-len(drawing.legend) // 3)
    whole = height + 66 + rows * (_LEGEND + 8)
    parts = [
        f'{SVG} viewBox="0 0 {_WIDTH} {whole}">',
        _HATCH_PATTERN,
        *_areas(drawing.areas, place),
        *_lines(drawing.ways, place, f'stroke="{LIGHT["road"]}" stroke-width="2"'),
        *_lines(drawing.edges, place, f'stroke="{LIGHT["ink"]}" stroke-width="4"'),
        *_names(drawing.areas, place),
        *_scale(scale, height, drawing.north),
        *_legend(drawing.legend, height + 66),
        "</svg>",
    ]
    return "".join(parts).encode()


def _path(shape: shapely.Geometry, place: Place) -> str:
    lines = []
    for part in shapely.get_parts(shape):
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            points = place(shapely.get_coordinates(ring))
            lines.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points))
    return "".join(lines)


def _areas(areas: gpd.GeoDataFrame, place: Place) -> list[str]:
    shapes = shapely.coverage_simplify(areas.geometry.to_numpy(), _TOLERANCE)
    return [
        f'<path d="{_path(shape, place)}" fill="{fill}" fill-rule="evenodd" stroke="{LIGHT["line"]}" stroke-width="2"/>'
        for shape, fill in zip(shapes, areas["fill"], strict=True)
    ]


def _lines(lines: gpd.GeoSeries, place: Place, style: str) -> list[str]:
    if lines.empty:
        return []
    shapes = lines.to_numpy()
    areal = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 the dimension of an area
    shapes = np.where(areal, shapely.boundary(shapes), shapes)
    drawn = "".join(_path(shape, place) for shape in shapely.simplify(shapes, _TOLERANCE))
    return [f'<path d="{drawn}" fill="none" stroke-linejoin="round" {style}/>']


def _names(areas: gpd.GeoDataFrame, place: Place) -> list[str]:
    """Write names, those of larger areas first; one that would overlap another is left out."""
    points = place(shapely.get_coordinates(areas.geometry.representative_point().to_numpy()))
    taken: list[tuple[float, float, float, float]] = []
    written = []
    for at in np.argsort(-areas.area.to_numpy(), kind="stable"):
        name, (x, y) = str(areas["name"].iloc[at]), points[at]
        half = _FONT_SIZE * sum(0.5 if letter.isascii() else 1.0 for letter in name) / 2
        x = min(max(x, half + 2), _WIDTH - half - 2)
        box = (x - half, y - _FONT_SIZE, x + half, y + _FONT_SIZE * 0.3)
        if any(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken):
            continue
        taken.append(box)
        text = f'x="{x:.1f}" y="{y:.1f}" font-size="{_FONT_SIZE}" font-weight="600" text-anchor="middle"'
        written.append(
            f'<text {text} fill="none" stroke="#fff" stroke-width="6" stroke-linejoin="round">{escape(name)}</text>'
            f'<text {text} fill="{LIGHT["ink"]}">{escape(name)}</text>'
        )
    return written


def _scale(scale: float, top: float, north: str) -> list[str]:
    metres = max((each for each in _ROUND_M if each * scale <= _WIDTH / 4), default=_ROUND_M[0])
    words = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"  # noqa: PLR2004 metres of a kilometre
    length, ink, y = metres * scale, LIGHT["ink"], top + 30
    return [
        f'<path d="M{_MARGIN},{y - 12}v12h{length:.1f}v-12" fill="none" stroke="{ink}" stroke-width="3"/>',
        f'<text x="{_MARGIN + length + 12:.1f}" y="{y + 2}" font-size="30" fill="{ink}">{words}</text>',
        f'<path d="M{_WIDTH - 70},{y + 6}l11,-34l11,34l-11,-9z" fill="{ink}"/>',
        f'<text x="{_WIDTH - 36}" y="{y + 2}" font-size="30" fill="{ink}">{escape(north)}</text>',
    ]


def _legend(entries: Sequence[tuple[str, str]], top: float) -> list[str]:
    column, parts = (_WIDTH - 2 * _MARGIN) / 3, []
    for at, (fill, words) in enumerate(entries):
        x, y = _MARGIN + at % 3 * column, top + at // 3 * (_LEGEND + 8)
        parts.append(
            f'<rect x="{x:.1f}" y="{y}" width="46" height="{_LEGEND - 8}" fill="{fill}" stroke="{LIGHT["line"]}" '
            f'stroke-width="2"/><text x="{x + 58:.1f}" y="{y + 22}" font-size="30" fill="{LIGHT["ink"]}">'
            f"{escape(words)}</text>"
        )
    return parts
