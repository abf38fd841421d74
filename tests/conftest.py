"""What every test shares: hypothesis profiles, and the demo township, which takes a while to load."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def loaded_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo township in a store, loaded once; a test that writes takes a copy."""
    from gridgis.demo import load_demo  # noqa: PLC0415 most tests need no planner
    from gridgis.store.database import open_store  # noqa: PLC0415 as above

    path = tmp_path_factory.mktemp("demo") / "demo.gpkg"
    store = open_store(str(path))
    load_demo(store)
    store.close()
    return path
