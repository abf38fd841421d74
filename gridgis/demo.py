"""The demo township: its files, and how they come into a store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import gridgis
from gridgis.exchange.inputs import Inputs, Reading, read_inputs
from gridgis.model.layers import Layers
from gridgis.model.settings import Settings
from gridgis.planning.plan import Plan, PlanRequest, make_plan
from gridgis.store.database import Store
from gridgis.store.reading import list_plans, read_township
from gridgis.store.writing import import_layers, write_plan

GRIDS, MICRO_GRIDS = 24, 78
"""Units that the newspaper reports for the township."""
IN_FORCE_ON = date(2025, 11, 24)
"""First day of the demo's ledger, from which its plan is in force."""
LOADER = "gridgis demo"
TOWNSHIP = "西谷乡"
PLAN = "西谷乡网格方案（演示）"

_READ_UNTIL, _PLANNED_UNTIL = 0.3, 0.75


def find_demo() -> Path:
    """Find the folder of the demo's files: in the package where it is installed, beside it in a checkout."""
    package = Path(gridgis.__file__).parent
    return next(path for path in (package / "data", package.with_name("data")) if (path / "boundaries").is_dir())


def demo_inputs(folder: Path) -> Inputs:
    """Name the demo's files as the inputs of an import.

    Parameters
    ----------
    folder
        As of :func:`find_demo`.
    """
    boundaries = folder / "boundaries"
    return Inputs(
        villages=str(boundaries / "villages.geojson"),
        natural_villages=str(boundaries / "natural_villages.geojson"),
        villager_groups=str(boundaries / "villager_groups.geojson"),
        barriers=str(boundaries / "barriers.geojson"),
        households=str(folder / "households.csv"),
        members=str(folder / "members.csv"),
        visits=str(folder / "visits.csv.gz"),
        services=str(folder / "services.csv"),
        datum="wgs84",
    )


def read_demo(folder: Path) -> Reading:
    """Read the demo's files as anybody's files are read."""
    return read_inputs(demo_inputs(folder), Settings(division_codes=True))


def plan_demo(layers: Layers, progress: Callable[[float, str], None] | None = None) -> Plan:
    """Plan the demo township with as many units as the newspaper reports.

    Parameters
    ----------
    layers
        The demo's layers.
    progress
        Called with the part done (0 to 1) and the catalogue key of the stage that begins.
    """
    # the demo's members were put into the posts of its plan: they cannot have a say in it
    land = replace(layers, members=None)
    return make_plan(land, PlanRequest(grids=GRIDS, micro_grids=MICRO_GRIDS), progress=progress)


def load_demo(store: Store, progress: Callable[[float, str], None] | None = None) -> dict[str, int]:
    """Load the demo township, its ledger and its plan into a store, marked as synthetic.

    Parameters
    ----------
    store
        An empty store, or one into which the demo was loaded before.
    progress
        Called with the part done (0 to 1) and the catalogue key of the stage that begins.

    Returns
    -------
        How much it is: ``households``, ``grids``, ``micro_grids``, ``visits``, ``services``.
    """
    tell = progress or _keep_quiet
    tell(0.0, "demo.stage.read")
    layers = read_demo(find_demo()).sound()
    share = _PLANNED_UNTIL - _READ_UNTIL
    plan = plan_demo(layers, lambda part, _: tell(_READ_UNTIL + part * share, "demo.stage.plan"))
    tell(_PLANNED_UNTIL, "demo.stage.store")
    import_layers(store, layers, who=LOADER, synthetic=True, township_name=TOWNSHIP)
    write_plan(store, plan, name=PLAN, who=LOADER, status="published", effective_on=IN_FORCE_ON)
    tell(1.0, "demo.stage.done")
    return {
        "households": int(plan.grids["households"].sum()),
        "grids": len(plan.grids),
        "micro_grids": len(plan.micro_grids),
        "visits": 0 if layers.visits is None else len(layers.visits),
        "services": 0 if layers.services is None else len(layers.services),
    }


def demo_loaded(store: Store) -> bool:
    """Tell whether a store holds the demo, plan and all."""
    township = read_township(store)
    return township is not None and township.synthetic and not list_plans(store).empty


def _keep_quiet(part: float, stage: str) -> None:
    del part, stage
