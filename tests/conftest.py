"""What every test shares: hypothesis profiles, and the demo township, which takes a while to load."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def loaded_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo township in a store, loaded once for all processes of a run; a test that writes takes a copy."""
    here = tmp_path_factory.getbasetemp()
    together = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    loaded = together / "loaded-demo.gpkg"
    with FileLock(f"{loaded}.lock"):
        if not loaded.exists():
            _load(loaded)
    # nobody opens the one that others may yet copy
    return Path(shutil.copy(loaded, tmp_path_factory.mktemp("demo") / "demo.gpkg"))


def _load(path: Path) -> None:
    from gridgis.demo import load_demo  # noqa: PLC0415 most tests need no planner
    from gridgis.store.database import open_store  # noqa: PLC0415 as above

    unfinished = path.with_name(f"unfinished-{path.name}")
    store = open_store(str(unfinished))
    load_demo(store)
    store.close()
    unfinished.rename(path)
