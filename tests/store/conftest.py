"""A store on each backend, and a township small enough to draw."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from gridgis.model.layers import Layers
from gridgis.planning.plan import Plan
from gridgis.store.database import Store, open_store
from gridgis.store.schema import metadata
from gridgis.store.writing import import_layers, write_plan

WEST, EAST = "140121202200", "140121202201"
VILLAGES = (WEST, EAST)
MODULES = [
    "gridgis.store.reading",
    "gridgis.store.writing",
    "gridgis.store.migrating",
    "gridgis.store.history",
    "gridgis.redraw.apply",
]


def missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


def server_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("pg_ctl")
    return found[-1] if found else Path(on_path).parent if on_path else None


class Cluster:
    """A PostgreSQL server of the tests' own, on loopback, gone afterwards."""

    def __init__(self, bin_: Path, home: Path) -> None:
        self.bin, self.home = bin_, home
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # the server refuses to run as root
        self.as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.as_postgres:
            shutil.chown(home, "postgres", "postgres")
        self.numbers = count()

    def run(self, program: str, *arguments: str) -> None:
        command = [*self.as_postgres, str(self.bin / program), *arguments]
        subprocess.run(command, check=True, cwd=self.home, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def start(self) -> None:
        self.run("initdb", "-D", "data", "-U", "gridgis", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-p {self.port} -k {self.home} -h 127.0.0.1 -F -c shared_buffers=32MB -c max_connections=30"
        self.run("pg_ctl", "-D", "data", "-o", options, "-l", "log", "-w", "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")

    def url(self, database: str, user: str = "gridgis") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        engine = create_engine(self.url(database).replace("://", "+psycopg://"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                for statement in statements:
                    connection.execute(text(statement))
        finally:
            engine.dispose()

    def new_database(self, template: str = "mould") -> str:
        name = f"t{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    bin_ = server_programs()
    if bin_ is None:
        missing("PostgreSQL")
    # a path of a socket may have 107 bytes, which pytest's own folders exceed
    with tempfile.TemporaryDirectory(prefix="gg", dir="/tmp", ignore_cleanup_errors=True) as home:
        server = Cluster(bin_, Path(home))
        server.start()
        try:
            server.execute("CREATE DATABASE mould")
            try:
                server.execute("CREATE EXTENSION postgis", database="mould")
            except DBAPIError:
                missing("PostGIS")
            yield server
        finally:
            server.stop()


BACKENDS = ["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)]


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a store that is yet to be made."""
    if request.param == "geopackage":
        return str(tmp_path / "township.gpkg")
    server: Cluster = request.getfixturevalue("cluster")
    return server.url(server.new_database())


@pytest.fixture(scope="session")
def on_postgis(cluster: Cluster) -> Iterator[Store]:
    opened = open_store(cluster.url(cluster.new_database()))
    yield opened
    opened.close()


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty store; the one on PostGIS is emptied, as making a database takes a second."""
    if request.param == "geopackage":
        opened = open_store(str(tmp_path / "township.gpkg"))
        yield opened
        opened.close()
    else:
        opened = request.getfixturevalue("on_postgis")
        with opened.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"))
            connection.execute(text("INSERT INTO meta (data_version) VALUES (0)"))
        yield opened


def texts(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def days(*values: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(values), format="%Y-%m-%d")).astype("datetime64[s]")


def make_layers() -> Layers:
    r"""Two villages of four households each.

    ::

        +-------WEST-------+-------EAST-------+  37.51
        |  H1     H2       |  H5     H6       |
        |     (a road)─────┼──────            |
        |  H3     H4       |  H7     H8       |
        +------------------+------------------+  37.50
      112.40             112.41             112.42
    """
    xs = [112.402, 112.406, 112.402, 112.406, 112.412, 112.416, 112.412, 112.416]
    ys = [37.508, 37.508, 37.502, 37.502] * 2
    homes = gpd.GeoDataFrame(
        {
            "household_id": texts(*(f"H{n}" for n in range(1, 9))),
            "village_code": texts(*[WEST] * 4, *[EAST] * 4),
            "natural_village": texts(*[None] * 8),
            "villager_group": texts(*["一组"] * 4, *[None] * 4),
            "households": [1, 1, 2, 1, 1, 1, 1, 1],
            "head_name": texts("王小明", "李雷", "<img src=x onerror=alert(1)>", None, "赵", "Ann Lee", "周七", "吴八"),
            "address": texts(*["某街 1 号"] * 8),
            "phone": texts("13912345678", None, *["0351-5550100"] * 6),
            "priority": texts("lonely_elderly", *[None] * 7),
        },
        geometry=shapely.points(xs, ys),
        crs=4490,
    )
    return Layers(
        villages=gpd.GeoDataFrame(
            {"code": texts(WEST, EAST), "name": texts("西谷", "东木庄")},
            geometry=[shapely.box(112.40, 37.50, 112.41, 37.51), shapely.box(112.41, 37.50, 112.42, 37.51)],
            crs=4490,
        ),
        natural_villages=gpd.GeoDataFrame(
            {"code": texts("N1", "N2"), "name": texts("上庄", "下庄"), "village_code": texts(WEST, EAST)},
            geometry=[shapely.box(112.401, 37.501, 112.407, 37.509), shapely.Point(112.414, 37.505)],
            crs=4490,
        ),
        villager_groups=gpd.GeoDataFrame(
            {"code": texts("G1"), "name": texts("一组"), "village_code": texts(WEST), "natural_village": texts("上庄")},
            geometry=gpd.GeoSeries([None]),
            crs=4490,
        ),
        barriers=gpd.GeoDataFrame(
            {"kind": texts("highway"), "name": texts(None)},
            geometry=[shapely.LineString([(112.404, 37.505), (112.414, 37.505)])],
            crs=4490,
        ),
        households=homes,
        members=pd.DataFrame(
            {
                "member_id": texts("M1", "M2", "M3"),
                "name": texts("孙书记", "钱组长", "冯组长"),
                "party_member": [True, True, False],
                "household_id": texts(None, "H1", "H5"),
                "post": texts("township_secretary", "grid_secretary", None),
                "unit_code": texts("140121202", f"{WEST}001", f"{EAST}00101"),
                "phone": texts("13800000001", "13800000002", None),
                "permit_no": texts(None, "P-2", None),
                "permit_issued_on": days(None, "2025-03-01", None),
                "permit_expires_on": days(None, "2028-03-01", None),
            }
        ),
        visits=pd.DataFrame(
            {
                "visit_id": texts("V1", "V2", "V3"),
                "household_id": texts("H1", "H1", "H5"),
                "visited_on": days("2026-11-02", "2026-11-09", "2026-10-31"),
                "by": texts("钱组长", "钱组长", None),
                "role": texts("information_collector", None, None),
                "domain": texts("social_affairs", None, None),
                "kind": texts("elderly_check", "routine", None),
                "outcome": texts("met", "unreachable", "met"),
                "note": texts("门锁坏了，已报修", None, '=HYPERLINK("x")'),
                "entered_on": days("2026-11-02", "2026-11-10", None),
                "reason": texts(None, "away", None),
                "reason_until": days(None, "2026-11-20", None),
                "corrects": texts(None, None, None),
            }
        ),
        services=gpd.GeoDataFrame(
            {
                "service_id": texts("S1", "S2", "S3"),
                "household_id": texts("H1", None, "H8"),
                "reported_on": days("2026-11-01", "2026-11-05", "2026-09-01"),
                "domain": texts("convenience", "environment", "convenience"),
                "kind": texts("repair", "sanitation", "medical"),
                "status": texts("open", "open", "closed"),
                "closed_on": days(None, None, "2026-09-03"),
                "note": texts(None, None, None),
                "by": texts("钱组长", None, None),
                "role": texts("livelihood_assistant", None, None),
                "entered_on": days("2026-11-01", None, None),
                "due_on": days("2026-11-15", None, None),
                "corrects": texts(None, None, None),
            },
            geometry=shapely.points([(112.402, 37.508), (112.415, 37.505), (112.416, 37.502)]),
            crs=4490,
        ),
    )


@pytest.fixture
def layers() -> Layers:
    return make_layers()


def make_plan(layers: Layers) -> Plan:
    """One grid a village, cut into a northern and a southern micro-grid of one cell each."""
    cells, micro_grids, grids = [], [], []
    for village, west in ((WEST, 112.40), (EAST, 112.41)):
        for number, (south, north) in enumerate(((37.505, 37.51), (37.50, 37.505)), start=1):
            code = f"{village}0010{number}"
            shape = shapely.box(west, south, west + 0.01, north)
            cells.append((len(cells) + 1, village, code, 3 if (village, number) == (WEST, 2) else 2, shape))
            micro_grids.append((code, f"{village}001", village, None, cells[-1][3], shape))
        whole = shapely.box(west, 37.50, west + 0.01, 37.51)
        grids.append((f"{village}001", village, "一格", 5 if village == WEST else 4, whole))
    codes = [f"{village}0010{number}" for village in (WEST, EAST) for number in (1, 1, 2, 2)]
    units = pd.DataFrame({"household_id": layers.households["household_id"], "micro_grid_code": texts(*codes)})
    units.insert(1, "grid_code", units["micro_grid_code"].str.slice(0, 15))
    return Plan(
        cells=table_of(cells, ["cell_id", "village_code", "micro_grid_code", "households", "geometry"]),
        grids=table_of(grids, ["code", "village_code", "name", "households", "geometry"]),
        micro_grids=table_of(micro_grids, ["code", "grid_code", "village_code", "name", "households", "geometry"]),
        households=gpd.GeoDataFrame(units, geometry=layers.households.geometry.array, crs=4490),
    )


def table_of(rows: list[tuple[object, ...]], columns: list[str]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=columns)
    words = [column for column in columns if column not in {"cell_id", "households", "geometry"}]
    return gpd.GeoDataFrame(table.astype(dict.fromkeys(words, "str")), geometry="geometry", crs=4490)


@pytest.fixture
def plan(layers: Layers) -> Plan:
    return make_plan(layers)


def make_rows_of_homes() -> Layers:
    """Two villages of eight households each, in two rows of four.

    ::

        +-------WEST--------+-------EAST--------+  37.504
        | H11  H12  H13  H14 | H21  H22  H23  H24 |
        | H15  H16  H17  H18 | H25  H26  H27  H28 |
        +-------------------+-------------------+  37.500
      112.400            112.408             112.416
    """
    homes = [
        (f"H{v + 1}{n + 1}", village, shapely.Point(112.401 + 0.008 * v + 0.002 * (n % 4), 37.503 - 0.002 * (n // 4)))
        for v, village in enumerate(VILLAGES)
        for n in range(8)
    ]
    ids, of, points = zip(*homes, strict=True)
    columns = ("natural_village", "villager_group", "head_name", "address", "phone", "priority")
    nothing = {name: pd.Series([None] * len(ids), dtype="str") for name in columns}
    households = gpd.GeoDataFrame(
        {"household_id": pd.Series(ids, dtype="str"), "village_code": pd.Series(of, dtype="str"), "households": 1}
        | nothing,
        geometry=list(points),
        crs=4490,
    )
    squares = [shapely.box(112.400 + 0.008 * v, 37.500, 112.408 + 0.008 * v, 37.504) for v in range(2)]
    villages = gpd.GeoDataFrame({"code": VILLAGES, "name": ["西谷", "东木庄"]}, geometry=squares, crs=4490)
    return Layers(villages=villages.astype({"code": "str", "name": "str"}), households=households)


def make_halves(layers: Layers) -> Plan:
    """A cell a household; one grid a village, its western half one micro-grid, its eastern half the other.

    ::

        | 01 01 02 02 |
        | 01 01 02 02 |
    """
    places = layers.households.geometry
    west, south, east, north = places.x - 0.001, places.y - 0.001, places.x + 0.001, places.y + 0.001
    village = layers.households["village_code"]
    half = np.where(np.arange(len(village)) % 4 < 2, "01", "02")
    code = village + "001" + pd.Series(half, dtype="str")
    land = gpd.GeoDataFrame(
        {"cell_id": range(1, 17), "village_code": village, "micro_grid_code": code, "households": 1},
        geometry=shapely.box(*(np.round(side, 6) for side in (west, south, east, north))),
        crs=4490,
    )
    # a valid coverage shares its corners to the last digit
    units = land.dissolve("micro_grid_code", aggfunc={"households": "sum", "village_code": "first"}).reset_index()
    micro_grids = units.rename(columns={"micro_grid_code": "code"}).assign(name=units["micro_grid_code"].str[-5:])
    micro_grids["grid_code"] = micro_grids["code"].str[:15]
    grids = micro_grids.dissolve("grid_code", aggfunc={"households": "sum", "village_code": "first"}).reset_index()
    grids = grids.rename(columns={"grid_code": "code"}).assign(name="一格")
    homes = layers.households[["household_id", "geometry"]].assign(grid_code=code.str[:15], micro_grid_code=code)
    return Plan(
        land,
        grids[["code", "village_code", "name", "households", "geometry"]].astype({"name": "str"}),
        micro_grids[["code", "grid_code", "village_code", "name", "households", "geometry"]].astype({"name": "str"}),
        homes[["household_id", "grid_code", "micro_grid_code", "geometry"]],
    )


@pytest.fixture
def plan_id(store: Store) -> int:
    """Give the number of a draft to redraw, in a store that holds its township."""
    layers = make_rows_of_homes()
    import_layers(store, layers, who="clerk")
    return write_plan(store, make_halves(layers), name="first", who="planner")


@pytest.fixture(scope="session")
def programs() -> BaseContext:
    """Start programs from a server that has the product imported: they share nothing with the tests."""
    context = get_context("forkserver")
    context.set_forkserver_preload(MODULES)
    return context
