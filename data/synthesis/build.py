"""All files of the demo township, written into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthesis.files import write_csv, write_geojson
from synthesis.planned import plan_township
from synthesis.posts import fill_posts
from synthesis.services import serve_year
from synthesis.township import make_township
from synthesis.visits import walk_year

BOUNDARIES = ("township", "villages", "natural_villages", "villager_groups", "barriers")


def build(folder: Path) -> Mapping[str, int]:
    """Make the demo township and write its files.

    Parameters
    ----------
    folder
        Folder that ``boundaries/`` and the tables are written into.

    Returns
    -------
        Rows of each file, by the file's path in the folder.
    """
    township = make_township()
    plan = plan_township(township)
    assigned = plan.households[["grid_code", "micro_grid_code"]]
    members = fill_posts(township.households, assigned)
    layers = {f"boundaries/{name}.geojson": getattr(township, name) for name in BOUNDARIES}
    layers |= {f"boundaries/{name}.geojson": getattr(plan, name) for name in ("grids", "micro_grids")}
    tables = {
        "households.csv": township.households,
        "members.csv": members,
        "visits.csv.gz": walk_year(township, assigned, members),
        "services.csv": serve_year(township),
    }
    for name, layer in layers.items():
        write_geojson(layer, folder / name)
    for name, table in tables.items():
        write_csv(table, folder / name)
    return {name: len(table) for name, table in (layers | tables).items()}
