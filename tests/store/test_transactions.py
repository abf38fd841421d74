"""Several programs at once, and one that dies in the midst of writing."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from multiprocessing import Process
from multiprocessing.context import BaseContext
from pathlib import Path

import pandas as pd
import pytest

from gridgis.model.errors import ConflictError
from gridgis.model.layers import Layers
from gridgis.store.audit import first_broken, read_audit
from gridgis.store.database import Store, open_store
from gridgis.store.reading import data_version, read_layer, read_visits
from gridgis.store.scope import Reader
from gridgis.store.writing import import_layers

EVERYTHING = Reader.of_township("clerk")
WRITERS, ROUNDS, DEATHS, MANY = 4, 5, 6, 60_000

IMPORTS = """
from gridgis.model.layers import Layers
from gridgis.store.database import open_store
from gridgis.store.reading import read_layer, read_visits
from gridgis.store.scope import Reader
from gridgis.store.writing import import_layers
"""

OPEN = """
from gridgis.store.database import open_store
open_store(url)
"""

APPEND = f"""{IMPORTS}
store = open_store(url)
one = read_visits(store, Reader.of_township(writer)).iloc[[0]]
for number in range({ROUNDS}):
    import_layers(store, Layers(visits=one.assign(visit_id=f"{{writer}}-{{number}}")), who=writer)
"""

WRITE = f"""{IMPORTS}
store = open_store(url)
reader = Reader.of_township("clerk")
villages, households, visits = (read_layer(store, name, reader) for name in ("villages", "households", "visits"))
many = visits.iloc[[0] * {MANY}].assign(visit_id=[f"N{{number}}" for number in range({MANY})])
layers = Layers(villages.assign(name="new"), households.assign(head_name="new"), visits=many)
"""

DIE_ON_THE_WAY = f"""{WRITE}
import os, signal
from sqlalchemy import event

left = [statements]

@event.listens_for(store.engine, "after_cursor_execute")
def die(*_):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

@event.listens_for(store.engine, "commit")
def die_at_the_end(_):
    os.kill(os.getpid(), signal.SIGKILL)

import_layers(store, layers, who="clerk")
"""

WRITE_ON = f"""{WRITE}
writing.set()
import_layers(store, layers, who="clerk")
"""


def start(programs: BaseContext, program: str, **names: object) -> Process:
    process = programs.Process(target=exec, args=(program, names))
    process.start()
    return process


def finish(processes: list[Process]) -> list[int | None]:
    for process in processes:
        process.join(120)
    return [process.exitcode for process in processes]


def test_four_programs_writing_lose_nothing(store: Store, layers: Layers, programs: BaseContext) -> None:
    import_layers(store, layers, who="clerk")
    writers = [start(programs, APPEND, url=store.url, writer=f"W{number}") for number in range(WRITERS)]
    assert finish(writers) == [0] * WRITERS
    assert len(read_visits(store, EVERYTHING)) == len(layers.visits) + WRITERS * ROUNDS
    assert data_version(store) == 1 + WRITERS * ROUNDS
    assert len(read_audit(store)) == len(list(layers.given())) + WRITERS * ROUNDS
    assert first_broken(store) is None


def test_programs_that_make_the_same_store_at_once_make_one(url: str, programs: BaseContext) -> None:
    assert finish([start(programs, OPEN, url=url) for _ in range(WRITERS)]) == [0] * WRITERS
    store = open_store(url)
    assert data_version(store) == 0
    store.close()


@pytest.mark.parametrize("statements", [1, 4, 8, 12, 1_000_000])
def test_a_program_killed_while_writing_leaves_the_old_content(
    store: Store, layers: Layers, programs: BaseContext, statements: int
) -> None:
    import_layers(store, layers, who="clerk")
    before = everything_in(store, layers)
    assert finish([start(programs, DIE_ON_THE_WAY, url=store.url, statements=statements)]) == [-signal.SIGKILL]
    assert_same(everything_in(store, layers), before)
    assert data_version(store) == 1
    assert import_layers(store, Layers(visits=layers.visits), who="clerk") == {"visits": 0}


def test_a_program_killed_at_any_moment_leaves_all_or_nothing(
    store: Store, layers: Layers, programs: BaseContext
) -> None:
    import_layers(store, layers, who="clerk")
    before = everything_in(store, layers)
    for death in range(DEATHS):
        writing = programs.Event()
        program = start(programs, WRITE_ON, url=store.url, writing=writing)
        assert writing.wait(60)
        time.sleep(0.03 * death)
        program.kill()
        finish([program])
        if data_version(store) > 1:
            assert len(read_visits(store, EVERYTHING)) == len(layers.visits) + MANY
            assert set(read_layer(store, "villages", EVERYTHING)["name"]) == {"new"}
            break
        assert_same(everything_in(store, layers), before)


def everything_in(store: Store, layers: Layers) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(read_layer(store, name, EVERYTHING)) for name, _ in layers.given()}


def assert_same(found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame]) -> None:
    for name, table in expected.items():
        pd.testing.assert_frame_equal(found[name], table)


def test_a_failure_while_writing_leaves_the_old_content(store: Store, layers: Layers) -> None:
    import_layers(store, layers, who="clerk")
    twice = pd.concat([layers.members, layers.members], ignore_index=True)
    with pytest.raises(Exception, match=r"(?i)unique"):
        import_layers(store, replace(layers, villages=layers.villages.assign(name="new"), members=twice), who="clerk")
    assert read_layer(store, "villages", EVERYTHING)["name"].tolist() == ["西谷", "东木庄"]
    assert data_version(store) == 1


def test_a_reader_sees_one_state_while_another_writes(store: Store, layers: Layers) -> None:
    import_layers(store, layers, who="clerk")
    with store.write() as writing:
        writing.exec_driver_sql("DELETE FROM visits")
        assert len(read_visits(store, EVERYTHING)) == 3
        assert data_version(store) == 1
    assert len(read_visits(store, EVERYTHING)) == 0


def test_a_store_that_stays_locked_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridgis.store.database.BUSY_SECONDS", 0.1)
    file = str(tmp_path / "a.gpkg")
    one, other = open_store(file), open_store(file)
    with one.write(), pytest.raises(ConflictError) as refused, other.write():
        pass
    assert refused.value.key == "store.busy"
    one.close()
    other.close()
