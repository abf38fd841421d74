"""Files in: every layer read, understood and checked once, here at the border."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, cast

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from gridgis.exchange import relations, shapes, values
from gridgis.exchange.drafts import Draft
from gridgis.exchange.raw import RawTable
from gridgis.exchange.sources import SHEETS, Source, open_source
from gridgis.exchange.tables import list_sheets, read_table
from gridgis.exchange.vectors import list_layers, read_vector
from gridgis.model.errors import CallError, DataError
from gridgis.model.findings import Finding
from gridgis.model.layers import CONTRACTS, Layers
from gridgis.model.settings import Settings
from gridgis.model.vocabulary import Vocabulary, read_vocabulary
from gridgis.model.words import LANGS, say

# a layer is read after those that it refers to
ORDER = (
    "villages", "natural_villages", "villager_groups", "barriers", "buildings",
    "households", "members", "visits", "services",
)  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """Which files to read.

    Parameters
    ----------
    case
        One file with layers by name; a layer that is also given by itself comes from there.
    villages, households, natural_villages, barriers, buildings, villager_groups, visits, services, members
        Path of a file, or ``path::layer``.
    datum
        Datum of geographic points: ``"auto"`` or one of the four.
    """

    case: Path | None = None
    villages: str | None = None
    households: str | None = None
    natural_villages: str | None = None
    barriers: str | None = None
    villager_groups: str | None = None
    visits: str | None = None
    services: str | None = None
    members: str | None = None
    buildings: str | None = None
    datum: str = "auto"


@dataclass(frozen=True)
class Reading:
    """What was read and what was found.

    Parameters
    ----------
    layers
        The sound rows of every layer given, as its contract has it, all in the villages' CRS.
    findings
        Everything found, in the order of the layers.
    rejected
        Layer to its rows at fault: the file's own texts under its own headers, and ``findings``, a tuple for each row.
    """

    layers: Layers
    findings: tuple[Finding, ...] = ()
    rejected: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """List the findings that stop an import."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """List the findings that are only said."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    def sound(self, *, quarantine: bool = False) -> Layers:
        """Hand out the layers if they may be used.

        Parameters
        ----------
        quarantine
            Whether rows at fault may be left behind; a fault of a layer as a whole never may.

        Raises
        ------
        DataError
            If there is an error, or with ``quarantine`` one that names no rows.
        """
        stopping = [finding for finding in self.errors if not (quarantine and finding.ids)]
        if stopping:
            raise DataError(self.findings, n=len(stopping))
        return self.layers


def read_inputs(
    inputs: Inputs, settings: Settings, *, known: Layers | None = None, today: date | None = None
) -> Reading:
    """Read every layer given, and check each by itself and against the others.

    Parameters
    ----------
    inputs
        Which files to read.
    settings
        Size limits, vocabulary, and whether village codes must be division codes.
    known
        What the store already holds, for references and for the villages that points are tested against.
    today
        Day after which nothing can have happened yet; None leaves days unchecked.

    Raises
    ------
    CallError
        If nothing is given, or a file cannot be read.
    """
    vocabulary = read_vocabulary(settings.vocabulary)
    checked = _Checked(known or Layers(), inputs.datum, today, settings.division_codes)
    with TemporaryDirectory(prefix="gridgis-") as folder:
        sources = dict(_sources(inputs, settings, Path(folder)))
        if not sources:
            raise CallError("error.inputs.none")
        for name in ORDER:
            if name in sources:
                source, layer = sources[name]
                checked = checked.add(_draft(name, source, layer, settings, vocabulary))
    return checked.reading()


def _sources(inputs: Inputs, settings: Settings, folder: Path) -> Iterator[tuple[str, tuple[Source, str | None]]]:
    """Find the file and the layer in it for each layer given; a layer's own option comes before the case."""
    if inputs.case is not None:
        unpacked = folder / "case"
        unpacked.mkdir()
        source = open_source(inputs.case, settings, unpacked)
        for layer in _names_in(source):
            name = _layer_meant(layer)
            if name in ORDER and getattr(inputs, name) is None:
                yield name, (source, layer)
    for item in fields(inputs):
        text = getattr(inputs, item.name)
        if item.name in ORDER and text is not None:
            unpacked = folder / item.name
            unpacked.mkdir()
            source = open_source(text, settings, unpacked)
            yield item.name, (source, _choose_layer(source, item.name))


def _names_in(source: Source) -> list[str]:
    return list_sheets(source) if source.path.suffix.lower() in SHEETS else list_layers(source)


def _layer_meant(text: str) -> str:
    """Find the layer that a name in a file means: the contract's, or its word in either language."""
    folded = text.strip().casefold().replace(" ", "_")
    words = {say(f"layer.{name}", lang).casefold().replace(" ", "_"): name for name in ORDER for lang in LANGS}
    return words.get(folded, folded)


def _choose_layer(source: Source, name: str) -> str | None:
    names = _names_in(source)
    if source.layer is not None:
        if source.layer not in names:
            raise CallError("error.file.no_layer", path=source.shown, name=source.layer, names=", ".join(names))
        return source.layer
    if len(names) == 1:
        return names[0]
    meant = [layer for layer in names if _layer_meant(layer) == name]
    if len(meant) == 1:
        return meant[0]
    if source.path.suffix.lower() in SHEETS and names:
        return names[0]
    raise CallError("error.file.which_layer", path=source.shown, names=", ".join(names))


def _draft(name: str, source: Source, layer: str | None, settings: Settings, vocabulary: Vocabulary) -> Draft:
    """Read one layer and check what can be checked of it alone."""
    is_sheet = source.path.suffix.lower() in SHEETS
    raw: RawTable = read_table(source, layer) if is_sheet else read_vector(source, layer, settings)
    draft = values.draft_of(name, raw, 2 if is_sheet else 1)
    draft = values.read_values(draft, vocabulary)
    if draft.contract.geometry != "none":
        draft = shapes.drop_unusable(shapes.check_shapes(shapes.place_rows(draft, raw)))
    return draft


@dataclass(frozen=True)
class _Checked:
    """The layers checked so far, and what the next one is checked against."""

    known: Layers
    datum: str
    today: date | None
    division_codes: bool
    drafts: tuple[Draft, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def add(self, draft: Draft) -> _Checked:
        """Check a draft against the layers before it."""
        draft = self._bring_together(draft)
        draft = values.check_days(values.check_presence(draft), self.today)
        draft = self._check_relations(draft)
        return replace(
            self, drafts=(*self.drafts, draft), tables={**self.tables, draft.name: _finished(draft, self._crs())}
        )

    def reading(self) -> Reading:
        """Put together what was read."""
        whole = {
            draft.name: self.tables[draft.name]
            for draft in self.drafts
            if not any(f.finding.severity == "error" and not f.finding.ids for f in draft.faults)
        }
        rejected = {draft.name: _rejected(draft) for draft in self.drafts if not draft.sound.all()}
        findings = tuple(fault.finding for draft in self.drafts for fault in draft.faults)
        return Reading(Layers(**whole), findings, rejected)

    def _villages(self) -> gpd.GeoDataFrame | None:
        """Look up the villages that points are tested against, if there are any with a place on Earth."""
        villages = cast("gpd.GeoDataFrame | None", self._table("villages"))
        return None if villages is None or villages.crs is None or villages.empty else villages

    def _table(self, name: str) -> pd.DataFrame | None:
        table = self.tables.get(name)
        return getattr(self.known, name) if table is None else table

    def _bring_together(self, draft: Draft) -> Draft:
        """Settle the datum of points, and bring the layer to the villages' CRS."""
        villages = self._villages()
        if draft.name == "villages" or draft.geometry is None or draft.geometry.crs is None:
            return draft
        land = None if villages is None else villages.geometry.to_crs(4326)
        if draft.contract.geometry == "point":
            draft = shapes.settle_datum(draft, self.datum, land)
        target = self._crs()
        return draft if target is None else shapes.to_crs(draft, target)

    def _crs(self) -> CRS | None:
        for table in (self._table("villages"), *self.tables.values()):
            if isinstance(table, gpd.GeoDataFrame) and table.crs is not None:
                return CRS(table.crs)
        return None

    def _check_relations(self, draft: Draft) -> Draft:
        villages = self._villages()
        if draft.name == "villages":
            draft = relations.check_division_codes(draft) if self.division_codes else draft
            return relations.check_tiling(draft)
        for column, layer in draft.contract.refers.items():
            table = self._table(layer)
            if table is not None or layer == "households":
                draft = relations.check_references(draft, column, *self._keys(layer))
        if draft.name == "services":
            return relations.place_at_households(draft, cast("gpd.GeoDataFrame | None", self._table("households")))
        if villages is not None and "village_code" in draft.table:
            draft = relations.find_villages(draft, villages, self._rule_outside(draft))
        return relations.say_shared_points(draft) if draft.name == "households" else draft

    def _rule_outside(self, draft: Draft) -> Literal["outside_villages", "reference_at_fault"] | None:
        """Choose what a row in no village breaks; where a village is at fault, the row may lie in that one."""
        if draft.name != "households":
            return None
        whole = all(other.sound.all() for other in self.drafts if other.name == "villages")
        return "outside_villages" if whole else "reference_at_fault"

    def _keys(self, layer: str) -> tuple[frozenset[str], frozenset[str]]:
        """List the keys of a layer that may be referred to, and those of its rows at fault."""
        key = CONTRACTS[layer].key
        stored, table = getattr(self.known, layer), self.tables.get(layer)
        sound = {str(k) for t in (stored, table) if t is not None for k in t[key]}
        read = [draft.table[key].dropna() for draft in self.drafts if draft.name == layer]
        return frozenset(sound), frozenset(str(k) for keys in read for k in keys) - sound


def _finished(draft: Draft, crs: CRS | None) -> pd.DataFrame:
    """Make the sound rows a table as the contract has it, and let its schema have the last word."""
    contract, sound = draft.contract, draft.sound
    rows = draft.table[sound].reset_index(drop=True)
    columns = {}
    for name, spec in contract.schema.columns.items():
        cells = rows[name]
        if spec.default is not None:
            cells = cells.where(cells.notna(), spec.default)
        columns[name] = cells.astype(_storage(str(spec.dtype)))
    table = pd.DataFrame(columns, index=rows.index)
    if not any(f.finding.rule in {"column_missing", "column_twice"} for f in draft.faults):
        table = pd.DataFrame(contract.schema.validate(table))
    if contract.geometry == "none":
        return table
    points = np.full(len(draft.table), None, dtype=object) if draft.geometry is None else draft.geometry.to_numpy()
    crs = crs if draft.geometry is None else draft.geometry.crs
    layer: pd.DataFrame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(points[sound], index=table.index, crs=crs))
    return layer


def _storage(dtype: str) -> str:
    if dtype.startswith("datetime64"):
        return "datetime64[s]"
    return dtype if dtype in {"int64", "bool"} else "str"


def _rejected(draft: Draft) -> pd.DataFrame:
    rows = np.flatnonzero(~draft.sound)
    by_row: dict[int, list[Finding]] = {int(row): [] for row in rows}
    for fault in draft.faults:
        if fault.finding.severity == "error":
            for row in fault.rows:
                by_row[row].append(replace(fault.finding, ids=draft.ids(np.array([row])), places=()))
    source: pd.DataFrame = draft.source.iloc[rows].copy()
    source["findings"] = pd.Series([tuple(by_row[int(r)]) for r in rows], index=source.index, dtype=object)
    return source
