"""Measure an edit as the page makes it: the village read from the store, the effect, the step kept, and taken back."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.planning.county import make_county
from benchmarks.redraw.kinds import RULES, edits_of
from gridgis.demo import load_demo
from gridgis.model.messages import Message
from gridgis.planning.plan import PlanRequest, make_plan
from gridgis.redraw.apply import apply_edit
from gridgis.redraw.edits import RefusedError
from gridgis.store.database import Store, open_store
from gridgis.store.drafts import read_draft
from gridgis.store.history import Proposal, commit_edit, undo
from gridgis.store.publishing import copy_plan
from gridgis.store.writing import import_layers, write_plan

VILLAGES, HOUSEHOLDS = 158, 110_000
EDITS, TRIES = 10, 100
WHO = "benchmark"
STORED = ("move a cell", "split along a line", "draw a border anew", "merge")

Done = TypeVar("Done")


def demo_store(store: Store) -> tuple[int, str]:
    """Load the demo and copy its plan to a draft; the draft and its largest village."""
    load_demo(store)
    return copy_plan(store, 1, name=WHO, who=WHO), "140121202200"


def county_store(store: Store) -> tuple[int, str]:
    """Plan a county of invented villages; the plan and one of its villages."""
    layers = make_county(VILLAGES, HOUSEHOLDS)
    plan = make_plan(layers, PlanRequest())
    import_layers(store, layers, who=WHO, synthetic=True)
    return write_plan(store, plan, name=WHO, who=WHO), str(plan.grids["village_code"].iloc[len(plan.grids) // 2])


def timed(into: list[float], work: Callable[[], Done]) -> Done:
    """Do something and note its milliseconds."""
    began = time.perf_counter()
    done = work()
    into.append(1000 * (time.perf_counter() - began))
    return done


def measure(store: Store, plan_id: int, village: str, kind: str) -> dict[str, list[float]]:
    """Time edits of a kind, each taken back."""
    times: dict[str, list[float]] = {"read": [], "effect": [], "keep": [], "undo": []}
    rng = np.random.default_rng(1448)
    drawn = edits_of(kind, read_draft(store, plan_id, village).draft, rng)
    for _, edit in zip(range(TRIES), drawn, strict=False):
        if len(times["keep"]) > EDITS:
            break
        read: list[float] = []
        stored = timed(read, lambda: read_draft(store, plan_id, village))
        effect: list[float] = []
        try:
            done = timed(effect, lambda stored=stored, edit=edit: apply_edit(stored.draft, edit, RULES))
        except RefusedError:
            continue
        times["read"] += read
        times["effect"] += effect
        proposal = Proposal(Message("redraw.op.move"), (done.change,), edit.to_json())
        timed(times["keep"], lambda at=stored.version, it=proposal: commit_edit(store, plan_id, at, it, who=WHO))
        timed(times["undo"], lambda: undo(store, plan_id, who=WHO))
    return times


def stored_tables() -> Iterator[str]:
    """Measure the demo and a county in a store of their own."""
    for name, fill in (("the demo", demo_store), (f"a county of {HOUSEHOLDS:,} households", county_store)):
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(str(Path(folder) / "redraw.gpkg"))
            plan_id, village = fill(store)
            yield f"\n## In the store: a village of {name}\n"
            yield "| edit | read the village | effect | keep | undo |\n|---|---|---|---|---|"
            for kind in STORED:
                times = measure(store, plan_id, village, kind)
                figures = [f"{statistics.median(some[1:]):.0f} / {max(some[1:]):.0f}" for some in times.values()]
                yield f"| {kind} | {' | '.join(figures)} |"
            store.close()
