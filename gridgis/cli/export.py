"""``gridgis export``: a file for others, names and phones masked, and the export on the record."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gridgis.exchange.changes import changed_units
from gridgis.exchange.outputs import Format, write_layer
from gridgis.ledger.coverage import coverage_by_unit
from gridgis.ledger.hotspots import HotspotRules, hotspots_of_cells
from gridgis.ledger.periods import period_of
from gridgis.model.errors import CallError
from gridgis.model.settings import Settings
from gridgis.model.words import say, shell_language
from gridgis.planning.plan import Plan
from gridgis.store.audit import record
from gridgis.store.database import Store, open_store
from gridgis.store.reading import read_households, read_layer, read_plan, read_services, read_township, read_visits
from gridgis.store.ruling import plan_on
from gridgis.store.scope import Reader

_TIERS = {"village": "village_code", "grid": "grid_code", "micro_grid": "micro_grid_code"}


def export(
    what: str, output: Path, settings: Settings, *, form: Format, epsg: int | None = None, since: date | None = None
) -> None:
    """Write one layer of a store to a file, and record that it was.

    Parameters
    ----------
    what
        One of ``grids``, ``micro_grids``, ``villages``, ``households`` (names and phones masked), ``coverage`` (of the
        month of the last visit, every unit of three tiers), ``hotspots`` (H3 cells) and ``changes``.
    output
        The file.
    settings
        The store, and when an area is called a hotspot.
    form
        Format of the file.
    epsg
        Coordinate system to write in; None for WGS 84.
    since
        Day from which ``changes`` are listed.

    Raises
    ------
    CallError
        If the store does not hold what is asked for, or the file cannot be written.
    """
    lang = shell_language()
    store = open_store(settings.store)
    try:
        shelf = _Shelf(store, Reader.of_township(getpass.getuser()), settings, since)
        table = shelf.take(what)
        if table.empty and what == "changes":
            print(say("cli.export.unchanged", lang, since=since), flush=True)  # noqa: T201 — the command's answer
        elif table.empty:
            raise CallError("error.export.empty", what=what)
        write_layer(table, output, layer=what, format=form, crs=epsg)
        record(store, shelf.reader.who, "export", what, len(table))
    finally:
        store.close()
    print(say("cli.export.done", lang, n=len(table), path=output), flush=True)  # noqa: T201 — as above


@dataclass(frozen=True)
class _Shelf:
    """What a store has to export."""

    store: Store
    reader: Reader
    settings: Settings
    since: date | None

    def take(self, what: str) -> pd.DataFrame:
        """Make the table that is asked for."""
        tables: Mapping[str, Callable[[], pd.DataFrame]] = {
            "grids": lambda: self._plan(what).grids,
            "micro_grids": lambda: self._plan(what).micro_grids,
            "villages": lambda: read_layer(self.store, "villages", self.reader),
            "households": lambda: read_households(self.store, self.reader),
            "coverage": self._coverage,
            "hotspots": self._hotspots,
            "changes": self._changes,
        }
        return tables[what]()

    def _plan(self, what: str, on: date | None = None) -> Plan:
        stored = read_plan(self.store, on=on)
        if stored is None:
            raise CallError("error.export.no_plan", what=what)
        return stored.plan

    def _coverage(self) -> gpd.GeoDataFrame:
        township = read_township(self.store)
        if township is None or township.ledger_until is None:
            raise CallError("error.export.empty", what="coverage")
        period = period_of("month", township.ledger_until).until(township.ledger_until)
        visits = read_visits(self.store, self.reader, period.start, period.end)
        services = read_services(self.store, self.reader, period.start, period.end)
        # a period reports in the units that were in force on its last day; in today's where none were yet
        ruling = plan_on(self.store, period.end) or plan_on(self.store)
        households = read_households(self.store, self.reader, ruling)
        stored = None if ruling is None else read_plan(self.store, ruling)
        shapes = {"village": gpd.GeoDataFrame(read_layer(self.store, "villages", self.reader))}
        if stored is not None:
            shapes |= {"grid": stored.plan.grids, "micro_grid": stored.plan.micro_grids}
        tables = []
        for tier, units in shapes.items():
            covered = coverage_by_unit(households, visits, services, period, _TIERS[tier])
            named = units[["code", "name", "geometry"]].merge(covered, left_on="code", right_index=True)
            tables.append(
                named.assign(tier=tier, period_start=period.start.isoformat(), period_end=period.end.isoformat())
            )
        return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True))

    def _hotspots(self) -> gpd.GeoDataFrame:
        s = self.settings
        rules = HotspotRules(s.hotspot_h3_resolution, s.hotspot_fdr, s.hotspot_least_expected, s.hotspot_least_areas)
        households = read_households(self.store, self.reader)
        if households.empty:
            raise CallError("error.export.empty", what="hotspots")
        cells = hotspots_of_cells(read_services(self.store, self.reader), households, rules)
        return gpd.GeoDataFrame(cells.rename_axis("area").reset_index())

    def _changes(self) -> gpd.GeoDataFrame:
        if self.since is None:
            raise CallError("error.export.since_needed")
        before = read_plan(self.store, on=self.since)
        return changed_units(None if before is None else before.plan, self._plan("changes"))
