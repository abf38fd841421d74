"""Edits: what a planner asks, as data that can be stored, sent, and applied again from a file."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

import shapely
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, TypeAdapter, ValidationError
from pydantic import model_validator as validate_model

from gridgis.model.errors import CallError, GridgisError

_FAULTS_SHOWN = 3


def _read_shape(value: object) -> object:
    """Read a shape from GeoJSON: a geometry, or a feature with one."""
    if isinstance(value, dict):
        value = value.get("geometry") if value.get("type") == "Feature" else value
        try:
            value = shapely.from_geojson(json.dumps(value))
        except shapely.errors.GEOSException as fault:
            message = "no geometry of GeoJSON"
            raise ValueError(message) from fault
    if not isinstance(value, shapely.Geometry) or value.is_empty:
        message = "no geometry of GeoJSON"
        raise ValueError(message)
    return value


def _demand(*kinds: str) -> BeforeValidator:
    def check(value: object) -> object:
        shape = _read_shape(value)
        if not isinstance(shape, shapely.Geometry) or shape.geom_type not in kinds:
            message = f"a geometry of {' or '.join(kinds)} is needed"
            raise ValueError(message)
        return shape

    return BeforeValidator(check)


_AS_GEOJSON = PlainSerializer(lambda shape: json.loads(shapely.to_geojson(shape)), return_type=dict[str, Any])
Line = Annotated[shapely.Geometry, _demand("LineString"), _AS_GEOJSON]
Area = Annotated[shapely.Geometry, _demand("Polygon", "MultiPolygon"), _AS_GEOJSON]
Codes = Annotated[tuple[str, ...], Field(min_length=1)]
Cells = Annotated[tuple[int, ...], Field(min_length=1)]


class _Edit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    def to_json(self) -> dict[str, Any]:
        """Make it plain data; what is not said is left out."""
        return self.model_dump(mode="json", exclude_defaults=True) | {"op": getattr(self, "op")}  # noqa: B009


class Land(_Edit):
    """The land that an edit means; exactly one of these, in the CRS of the plan.

    Parameters
    ----------
    cells
        Cells by number.
    units
        Micro-grids, or grids, as a whole.
    natural_village
        Code or name of a natural village.
    villager_group
        Name of a villagers' group.
    block
        A cell: it and all that no road, river, railway or edge of a natural village parts from it.
    area
        Lasso or rectangle: cells whose home, or whose middle where nobody lives, lies in it.
    brush, width_m
        A line drawn with a brush so many metres wide: all cells it touches.
    cut
        With an area: cut cells at its edge, so that the land is exactly the area.
    """

    cells: Cells | None = None
    units: Codes | None = None
    natural_village: str | None = None
    villager_group: str | None = None
    block: int | None = None
    area: Area | None = None
    brush: Line | None = None
    width_m: Annotated[float, Field(gt=0, le=10_000)] = 20.0
    cut: bool = False

    @validate_model(mode="after")
    def _one_land(self) -> Self:
        names = ("cells", "units", "natural_village", "villager_group", "block", "area", "brush")
        if sum(getattr(self, name) is not None for name in names) != 1:
            message = f"exactly one of {', '.join(names)} is needed"
            raise ValueError(message)
        return self


class Move(Land):
    """Give land to a unit: to a micro-grid, or to a grid, where it goes to the micro-grids that it borders on."""

    op: Literal["move"] = "move"
    to: str


class Paint(Land):
    """Give land to a micro-grid with a brush, a lasso or a rectangle; as :class:`Move`, told apart in the history."""

    op: Literal["paint"] = "paint"
    to: str


class Create(Land):
    """Make a new unit of land: a micro-grid in ``grid``, or a new grid with one micro-grid where no grid is said."""

    op: Literal["create"] = "create"
    grid: str | None = None
    name: str | None = None


class Split(_Edit):
    """Split a unit along a line; cells are cut exactly there. The part with most households keeps code and name."""

    op: Literal["split"] = "split"
    unit: str
    line: Line


class SplitEvenly(_Edit):
    """Split a unit into so many parts, legal wherever the numbers allow; None for the fewest that are legal."""

    op: Literal["split_evenly"] = "split_evenly"
    unit: str
    parts: Annotated[int, Field(ge=2, le=99)] | None = None


class Merge(_Edit):
    """Merge units of one tier; the largest keeps its code, or the one named in ``keep``."""

    op: Literal["merge"] = "merge"
    units: Annotated[tuple[str, ...], Field(min_length=2)]
    keep: str | None = None


class Swap(_Edit):
    """Swap land: cells of two micro-grids go to the other one each, or two micro-grids each to the other's grid."""

    op: Literal["swap"] = "swap"
    cells: tuple[Cells, Cells] | None = None
    units: tuple[str, str] | None = None

    @validate_model(mode="after")
    def _one_kind(self) -> Self:
        if (self.cells is None) == (self.units is None):
            message = "exactly one of cells, units is needed"
            raise ValueError(message)
        return self


class Reshape(_Edit):
    """Draw the border between two units anew; cells are cut along the line, and both units follow it."""

    op: Literal["reshape"] = "reshape"
    units: tuple[str, str]
    line: Line


class Dissolve(_Edit):
    """Dissolve a unit; its land goes to its neighbours, or to ``into``."""

    op: Literal["dissolve"] = "dissolve"
    unit: str
    into: str | None = None


class Rename(_Edit):
    """Give a unit a name."""

    op: Literal["rename"] = "rename"
    unit: str
    name: Annotated[str, Field(min_length=1, max_length=100)]


class Recode(_Edit):
    """Give a unit a code that no unit had before; the micro-grids of a grid follow it."""

    op: Literal["recode"] = "recode"
    unit: str
    code: Annotated[str, Field(min_length=1, max_length=64)]


class Lock(_Edit):
    """Lock units, all grids of a village, or all grids where neither is said: their territory stays."""

    op: Literal["lock"] = "lock"
    units: Codes | None = None
    village: str | None = None


class Unlock(_Edit):
    """Unlock units as :class:`Lock` locks them, a grid with the micro-grids in it."""

    op: Literal["unlock"] = "unlock"
    units: Codes | None = None
    village: str | None = None


class Fill(_Edit):
    """Give land that no unit has to the units around it, or to ``to``."""

    op: Literal["fill"] = "fill"
    village: str
    to: str | None = None


class MakeLegal(_Edit):
    """Repair the broken rule of a unit, stray pieces first, then its size, with as few households moved as found."""

    op: Literal["make_legal"] = "make_legal"
    unit: str


class Undo(_Edit):
    """In a file of edits: undo the last edit that is not undone."""

    op: Literal["undo"] = "undo"


class Redo(_Edit):
    """In a file of edits: do the last undone edit again."""

    op: Literal["redo"] = "redo"


_OfLand = Move | Paint | Create | Split | SplitEvenly | Merge | Swap | Reshape | Dissolve | Fill | MakeLegal
Edit = _OfLand | Rename | Recode | Lock | Unlock
Entry = Annotated[Edit | Undo | Redo, Field(discriminator="op")]

_EDIT: TypeAdapter[Edit] = TypeAdapter(Annotated[Edit, Field(discriminator="op")])
_ENTRIES: TypeAdapter[list[Edit | Undo | Redo]] = TypeAdapter(list[Entry])


class RefusedError(GridgisError):
    """An edit would break a law; nothing was changed (exit code 1).

    Parameters
    ----------
    key, params
        The reason, as for :class:`gridgis.model.errors.GridgisError`.
    alternative
        The nearest legal edit; None where none was found.
    """

    def __init__(self, key: str, *, alternative: Edit | None = None, **params: object) -> None:
        self.alternative = alternative
        super().__init__(key, **params)


def read_edit(data: object) -> Edit:
    """Read one edit from plain data, as :meth:`to_json` makes it.

    Raises
    ------
    CallError
        If it is no edit; the fault is named.
    """
    try:
        return _EDIT.validate_python(data)
    except ValidationError as fault:
        raise CallError("redraw.error.edits", faults=_tell(fault)) from fault


def read_edits(text: str) -> list[Edit | Undo | Redo]:
    """Read a list of edits from JSON.

    Raises
    ------
    CallError
        If the text is no list of edits; the first faults are named by their place in the list.
    """
    try:
        return _ENTRIES.validate_json(text)
    except ValidationError as fault:
        raise CallError("redraw.error.edits", faults=_tell(fault)) from fault


def _tell(fault: ValidationError) -> str:
    faults = fault.errors(include_url=False)
    told = [f"{'.'.join(str(step) for step in one['loc']) or '$'}: {one['msg']}" for one in faults[:_FAULTS_SHOWN]]
    return "; ".join(told) + (" …" if len(faults) > _FAULTS_SHOWN else "")
