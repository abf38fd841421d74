"""A layer on its way in: what a file holds as texts and geometries, and what was found in it so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgis.model.findings import Finding, Severity
from gridgis.model.layers import CONTRACTS, LayerContract

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Fault:
    """A finding, and the positions of its rows in the draft; no rows where the layer as a whole is meant."""

    finding: Finding
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Draft:
    """One layer on its way in.

    Parameters
    ----------
    name
        Name of the layer.
    source
        The file's rows as texts under the file's own headers; missing where a cell is empty.
    table
        The contract's columns, row by row as in ``source``.
    geometry
        Geometries row by row, or None where the file brings none.
    numeric
        Columns of the contract whose cells were numbers and not texts in the file.
    first_row
        Number that the file's first row has for a person: 2 below a header line, 1 in a geographic file.
    faults
        What was found so far.
    """

    name: str
    source: pd.DataFrame
    table: pd.DataFrame
    geometry: gpd.GeoSeries | None = None
    numeric: frozenset[str] = frozenset()
    first_row: int = 1
    faults: tuple[Fault, ...] = field(default=())

    @property
    def contract(self) -> LayerContract:
        """Look up what the layer has to hold."""
        return CONTRACTS[self.name]

    @property
    def sound(self) -> Mask:
        """Mark the rows that no error names."""
        mask = np.ones(len(self.table), dtype=bool)
        for fault in self.faults:
            if fault.finding.severity == "error":
                mask[list(fault.rows)] = False
        return mask

    def say(self, rule: str, severity: Severity = "warning", **params: object) -> Draft:
        """Add a finding that means the layer as a whole."""
        return replace(self, faults=(*self.faults, Fault(Finding(severity, self.name, rule, params=params))))

    def blame(self, rule: str, at: npt.ArrayLike, severity: Severity = "error", **params: object) -> Draft:
        """Add a finding that names rows; none is added where no row is marked.

        Parameters
        ----------
        rule
            Name of the rule.
        at
            Mask of the rows that the rule finds.
        severity
            Whether the rows may not come in, or something is only said of them.
        params
            Values of the sentence's placeholders.
        """
        rows = np.flatnonzero(np.asarray(at, dtype=bool))
        if not len(rows):
            return self
        finding = Finding(severity, self.name, rule, self.ids(rows), self.places(rows), params)
        return replace(self, faults=(*self.faults, Fault(finding, tuple(rows.tolist()))))

    def ids(self, rows: npt.NDArray[np.intp]) -> tuple[str, ...]:
        """Name rows by their key, or by their number in the file where they have none."""
        key = self.contract.key
        named = key in self.table and self.contract.schema.columns[key].unique
        names = self.table[key].iloc[rows].tolist() if named else [None] * len(rows)
        return tuple(
            name if isinstance(name, str) else f"row {row + self.first_row}"
            for row, name in zip(rows, names, strict=True)
        )

    def places(self, rows: npt.NDArray[np.intp]) -> tuple[tuple[float, float], ...]:
        """Place rows on the map: (longitude, latitude) of those that can be placed."""
        if self.geometry is None or self.geometry.crs is None:
            return ()
        shapes = self.geometry.iloc[rows].to_numpy()
        bounds = shapely.bounds(shapes)
        middle = np.column_stack([(bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2])
        usable = middle[np.isfinite(middle).all(axis=1)]
        degrees = gpd.GeoSeries(gpd.points_from_xy(*usable.T), crs=self.geometry.crs).to_crs(4326)
        pairs = zip(degrees.x.round(6).tolist(), degrees.y.round(6).tolist(), strict=True)
        return tuple(pair for pair in pairs if np.isfinite(pair).all() and abs(pair[0]) <= 180 and abs(pair[1]) <= 90)  # noqa: PLR2004 — degrees
