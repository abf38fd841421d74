"""``gridgis report``: the four reviews as PDFs, each export on the record."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import geopandas as gpd

from gridgis.exchange.files import replaced
from gridgis.ledger.overdue import Cadence
from gridgis.ledger.periods import Period, PeriodKind, period_named, period_of
from gridgis.ledger.reviews.books import Records, ReviewRules
from gridgis.ledger.reviews.observation import plan_tour
from gridgis.ledger.reviews.scores import Review, review_units
from gridgis.ledger.reviews.trends import periods_until, trend_of
from gridgis.model.errors import CallError
from gridgis.model.settings import Settings
from gridgis.model.weighing import ReviewWeights
from gridgis.model.words import Lang, say, shell_language
from gridgis.show.bulletin import Bulletin, bulletin_pdf
from gridgis.store.audit import record
from gridgis.store.database import Store, open_store
from gridgis.store.observing import read_records, with_units_of
from gridgis.store.reading import Township, read_layer, read_township
from gridgis.store.ruling import plan_on
from gridgis.store.scope import Reader

KINDS: Mapping[str, PeriodKind] = {"weekly": "week", "monthly": "month", "half-year": "half_year", "annual": "year"}
_COLUMNS = {"village": "village_code", "grid": "grid_code", "micro_grid": "micro_grid_code"}
_TIERS = ("township", "village", "grid", "micro_grid")


def write_bulletin(
    kind: str, output: Path, settings: Settings, *, unit: str | None, period: str | None, lang: Lang
) -> None:
    """Write the bulletin of a period as a PDF, and record that it was.

    Parameters
    ----------
    kind
        ``weekly``, ``monthly``, ``half-year`` or ``annual``.
    output
        The file.
    settings
        The store, and the rules of reviews.
    unit
        Code of the unit that is reviewed; None for the township.
    period
        Key of the period, such as ``2026-W47``; None for the one that the ledger's last day lies in.
    lang
        Language of the bulletin.

    Raises
    ------
    CallError
        If there is nothing to review, or the unit, the period or the file is not one.
    """
    store = open_store(settings.store)
    try:
        reader = Reader.of_township(getpass.getuser())
        desk = _desk(store, reader, settings)
        asked = _period(KINDS[kind], period, desk.on)
        pdf = bulletin_pdf(desk.bulletin(asked, unit), lang)
        with replaced(output) as unfinished:
            unfinished.write_bytes(pdf)
        record(store, reader.who, "export", f"review {asked.key} pdf", 1)
    finally:
        store.close()
    print(say("review.cli.done", shell_language(), path=output), flush=True)  # noqa: T201 — the command's answer


@dataclass(frozen=True)
class _Desk:
    """A township whose reviews are written: its store, its records, and the last day of its ledger."""

    store: Store
    reader: Reader
    settings: Settings
    township: Township
    records: Records
    plan_id: int | None
    on: date

    def bulletin(self, period: Period, unit: str | None) -> Bulletin:
        """Gather the bulletin of a period."""
        then = self._then(period)
        tier = self._tier(then, unit)
        below = _TIERS[min(_TIERS.index(tier) + 1, len(_TIERS) - 1)] if then.micro_grids is not None else "village"
        shapes = {"village": then.villages, "grid": then.grids, "micro_grid": then.micro_grids}[below]
        inside = None if unit is None else (_COLUMNS[tier], unit)
        review = self._review(period, below, inside)
        if shapes is None or review is None or not review.measured:
            raise CallError("review.cli.nothing", period=period.key)
        before, metric = period.previous(), self.township.metric_epsg
        units = shapes.set_index("code")[["name", "geometry"]].loc[review.units.index].to_crs(metric)
        called = self.township.name or say("tier.township", shell_language())
        names = dict(zip(then.organisation["code"], then.organisation["name"], strict=True))
        return Bulletin(
            review=review,
            before=self._review(before, below, inside) if self._known(before) else None,
            trend=trend_of(
                one
                for each in periods_until(period, self._first)
                if (one := self._review(each, None, inside)) is not None
            ),
            weights=self.settings.review_weights,
            units=units,
            tour=self._tour(period, below, inside, units) if period.kind == "half_year" else None,
            top=called if unit is None else names[unit],
            township=called,
            tier=tier,
            made_on=self.on,
            ways=gpd.GeoDataFrame(read_layer(self.store, "barriers", self.reader)).to_crs(metric).geometry,
            synthetic=self.township.synthetic,
        )

    @property
    def _first(self) -> date | None:
        days = self.records.visits["visited_on"]
        return None if days.empty else days.min().date()

    def _known(self, period: Period) -> bool:
        return self._first is not None and self._first <= period.start

    def _then(self, period: Period) -> Records:
        """Take the records in the units that were in force on a period's last day."""
        plan_id = plan_on(self.store, period.end) or self.plan_id
        return (
            self.records if plan_id == self.plan_id else with_units_of(self.store, self.reader, self.records, plan_id)
        )

    def _tier(self, records: Records, unit: str | None) -> str:
        if unit is None:
            return "township"
        found = records.organisation.loc[records.organisation["code"] == unit, "tier"]
        if found.empty:
            raise CallError("review.cli.no_unit", unit=unit)
        return str(found.iloc[0])

    def _review(
        self, period: Period, tier: str | None, inside: tuple[str, str] | None, weights: ReviewWeights | None = None
    ) -> Review | None:
        then = self._then(period)
        if inside is not None and inside[1] not in set(then.organisation["code"]):
            return None
        books = then.open(period, None if tier is None else _COLUMNS[tier], _rules(self.settings), inside)
        return review_units(books, weights or self.settings.review_weights)

    def _tour(
        self, half: Period, tier: str, inside: tuple[str, str] | None, units: gpd.GeoDataFrame
    ) -> gpd.GeoDataFrame | None:
        weights = replace(self.settings.review_weights, observation=0.0)
        now, before = (self._review(each, tier, inside, weights) for each in (half, half.previous()))
        sheets = self.records.scores
        seed = self.settings.seed + half.start.toordinal()
        known = before if self._known(half.previous()) else None
        return None if now is None else plan_tour((now, known), units, sheets[sheets["period"] == half.key], seed)


def _desk(store: Store, reader: Reader, settings: Settings) -> _Desk:
    township, plan_id = read_township(store), plan_on(store)
    if township is None or township.ledger_until is None:
        raise CallError("review.cli.nothing", period="–")
    records = read_records(store, reader, plan_id)
    return _Desk(store, reader, settings, township, records, plan_id, township.ledger_until)


def _period(kind: PeriodKind, key: str | None, on: date) -> Period:
    try:
        found = period_of(kind, on) if key is None else period_named(key)
    except ValueError as fault:
        raise CallError("review.cli.no_period", period=key) from fault
    if found.kind != kind:
        raise CallError("review.cli.no_period", period=key)
    return found.until(on)


def _rules(settings: Settings) -> ReviewRules:
    return replace(
        ReviewRules(),
        cadence=Cadence(settings.cadence_days, settings.priority_cadence_days, settings.due_soon_days),
        matter_days=settings.review_matter_days,
        entry_days=settings.review_entry_days,
        situation_days=settings.review_situation_days,
        least=settings.review_least,
        least_few=settings.review_least_few,
    )
