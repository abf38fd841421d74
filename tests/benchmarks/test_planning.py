"""What the planning benchmark measures and writes: one definition for everybody, and nothing hidden."""

from __future__ import annotations

import doctest

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.planning import problem, report
from benchmarks.planning.charts import draw_cpu, draw_walks
from benchmarks.planning.measures import label_nodes, measure_labels
from benchmarks.planning.places import PLACES, make_place, read_layers, request_of
from benchmarks.planning.problem import cut_twice, load_problem, measure, save_problem, share_micro_grids
from benchmarks.planning.proof import prove_items
from benchmarks.planning.report import OURS, PACE, PLANNERS, spread, write_report
from gridgis.model.layers import Layers
from gridgis.model.tiers import SizeRange
from gridgis.planning.graph import village_graph
from gridgis.planning.plan import PlanRequest, make_plan
from gridgis.planning.score import score_plan

CRS = 4546
REQUEST = PlanRequest(SizeRange(3, 5), SizeRange(1, 3), grids=2, micro_grids=4)


@pytest.fixture(scope="module")
def place():
    """Draw a village of eight households, 0 to 7 from left to right; A and B are natural villages.

    +---A---+-------B-------+
    | 0 1 2 | 3 4 5  6  7   |
    +-------+---------------+
    """
    villages = gpd.GeoDataFrame({"code": ["v"], "name": ["v"]}, geometry=[shapely.box(0, 0, 80, 30)], crs=CRS)
    halves = [shapely.box(0, 0, 30, 30), shapely.box(30, 0, 80, 30)]
    natural_villages = gpd.GeoDataFrame(
        {"code": ["A", "B"], "name": ["A", "B"], "village_code": "v"}, geometry=halves, crs=CRS
    )
    households = gpd.GeoDataFrame(
        {"household_id": [f"h{number}" for number in range(8)], "villager_group": None, "households": 1},
        geometry=shapely.points(np.arange(8) * 10 + 5, 15),
        crs=CRS,
    )
    layers = Layers(villages=villages, natural_villages=natural_villages, households=households)
    return make_place(layers, REQUEST)


def labels(text):
    return np.array([int(one) for one in text])


def test_figures_are_those_counted_by_hand(place):
    figures = measure_labels(place, labels("00011111"), labels("00122333"))
    assert figures.legal
    assert (figures.grid.walk_m, figures.micro.walk_m) == (pytest.approx(80 / 8), pytest.approx(40 / 8))
    assert (figures.grid.cut_avoidable, figures.micro.cut_avoidable) == (0, 1)
    squares = [4 * np.pi * 900 / 120**2, 4 * np.pi * 1500 / 160**2]
    assert figures.grid.polsby_popper == pytest.approx(np.mean(squares))


@pytest.mark.parametrize(
    ("grid", "micro", "broken"),
    [
        ("00111111", "00112233", "in_range_pct"),
        ("00010111", "00120233", "connected_pct"),
        ("00001111", "00112233", None),
        ("00011111", "00112333", "nested"),
        ("00000111", "00000111", "in_range_pct"),
    ],
)
def test_a_plan_is_legal_when_no_law_and_no_rule_is_broken(place, grid, micro, broken):
    figures = measure_labels(place, labels(grid), labels(micro))
    assert figures.legal == (broken is None)
    whole = {
        "in_range_pct": figures.grid.in_range_pct == figures.micro.in_range_pct == 100,
        "connected_pct": figures.grid.connected_pct == figures.micro.connected_pct == 100,
        "nested": figures.nested,
    }
    assert [name for name, kept in whole.items() if not kept][:1] == ([broken] if broken else [])


def test_labels_of_a_plan_have_the_figures_of_its_scorecard(place):
    plan = make_plan(place.layers, REQUEST)
    figures = measure_labels(
        place, pd.factorize(plan.households["grid_code"])[0], pd.factorize(plan.households["micro_grid_code"])[0]
    )
    card = score_plan(plan, place.layers, REQUEST.grid_size, REQUEST.micro_size)
    for ours, scored in ((figures.grid, card.grid), (figures.micro, card.micro_grid)):
        assert ours.walk_m == pytest.approx(scored.walk_m_mean, abs=0.01)
        assert (ours.in_range_pct, ours.connected_pct) == (scored.in_range_pct, scored.connected_pct)
        assert ours.cut_avoidable == scored.natural_villages_split_avoidable


def test_a_unit_that_is_missing_is_not_in_range(place):
    figures = measure_labels(place, labels("00001111"), labels("00011222"))
    assert figures.micro.in_range_pct == 75


def test_a_cell_takes_the_commonest_label_of_its_households(place):
    assert label_nodes(place, labels("01234567"))[place.problem.node].tolist() == list(range(8))


@given(
    sizes=st.lists(st.integers(300, 500), min_size=1, max_size=30),
    share=st.floats(0, 1),
)
def test_shares_add_up_and_are_in_range_whenever_they_can_be(sizes, share):
    sizes = np.array(sizes)
    least, most = int((-(-sizes // 100)).sum()), int((sizes // 50).sum())
    total = round(least + share * (most - least))
    shares = share_micro_grids(sizes, total, np.array([50, 100]))
    assert shares.sum() == total
    assert (50 * shares <= sizes).all()
    assert (sizes <= 100 * shares).all()


def test_a_problem_comes_back_from_its_file(place, tmp_path):
    save_problem(place.problem, tmp_path / "problem.npz")
    again = load_problem(tmp_path / "problem.npz")
    for name, array in vars(place.problem).items():
        np.testing.assert_array_equal(getattr(again, name), array)


def test_micro_grids_that_are_cut_inside_grids_are_nested(place):
    def halve(rows, units, size):
        del size
        return np.arange(len(rows)) * units // len(rows)

    grid, micro = cut_twice(np.ones(8, dtype=int), place.problem, halve)
    assert (grid.tolist(), micro.tolist()) == ([0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 2, 2, 3, 3])


def test_memory_is_what_the_work_adds():
    _, cost = measure(lambda: np.ones(4_000_000).sum())
    assert cost.more_mb == pytest.approx(8 * 4_000_000 / 2**20, abs=8)
    assert cost.peak_mb > cost.more_mb
    assert cost.cpu_s >= 0


@pytest.fixture
def runs():
    figures = {
        f"{tier}_{name}": [10.0, 20.0, 30.0, np.nan]
        for tier in ("grid", "micro")
        for name in ("in_range_pct", "connected_pct", "walk_m", "cut_avoidable", "polsby_popper")
    }
    return pd.DataFrame(
        {
            "place": "maumere",
            "planner": [OURS, OURS, PACE, PACE],
            "seed": [0, 1, 0, 1],
            "failure": [None, None, None, "not done within 600 s"],
            "legal": [True, True, False, False],
            "cpu_s": [1.0, 3.0, 2.0, np.nan],
        }
        | dict.fromkeys(("more_mb", "peak_mb", "nested_pct", "warm_s", "plan_s", "plan_mb", "lawful_pct"), 1.0)
        | figures
    )


def test_the_report_gives_median_and_spread_ratios_and_every_failure(runs):
    text = write_report(runs, {"maumere": "Maumere"}, "head", [("walks", "walk.svg")])
    assert "| gridgis | 2 of 2 | 15.0 [10.0–20.0] | 15.0 [10.0–20.0] |" in text
    assert "| k-means-constrained | 0 of 2 | 30.0 |" in text
    assert "| 0.50 |" in text
    assert "* k-means-constrained, seeds 1: not done within 600 s" in text
    assert "![walks](walk.svg)" in text
    assert all(planner in text for planner in PLANNERS)


@pytest.mark.parametrize("module", [problem, report])
def test_the_shown_examples_are_true(module):
    result = doctest.testmod(module)
    assert (result.attempted > 0, result.failed) == (True, 0)


def test_a_planner_that_never_ends_has_no_figures():
    assert spread(pd.Series([np.nan, np.nan]), 1) == "–"


def test_charts_show_the_runs_that_ended(runs):
    walks, cpu = draw_walks(runs).to_dict(), draw_cpu(runs).to_dict()
    (rows,) = cpu["datasets"].values()
    assert [(row["figure"], row["middle"]) for row in rows] == [(1, 2), (3, 2), (2, 2)]
    (rows,) = walks["datasets"].values()
    assert {row["tier"] for row in rows} == {"maumere, grids", "maumere, micro-grids"}


@pytest.mark.parametrize(("name", "households"), [("schellenberg", 418), ("maumere", 3_492), ("oberland", 7_876)])
def test_the_places_are_read_without_fault_and_ask_for_possible_numbers(name, households):
    layers, request = read_layers(name), request_of(name)
    assert len(layers.households) == households
    assert len(layers.villages) == 1
    for rule, units in ((request.grid_size, request.grids), (request.micro_size, request.micro_grids)):
        assert rule.low * units <= households <= rule.high * units
    assert set(PLACES) == {"schellenberg", "maumere", "oberland"}


def test_a_row_of_houses_is_proved_to_the_metre(place):
    graph = village_graph(place.fabric, "v")[0]
    alone = graph.x.argsort().argsort()
    proved = prove_items(graph, (labels("00012333")[alone], np.maximum(alone - 2, 0)), SizeRange(1, 3), 99)
    assert proved["plan"] == proved["best"] == pytest.approx(40 / 8)
    assert proved["loose"] <= proved["bound"] * (1 + 1e-6)
    assert proved["bound"] == pytest.approx(40 / 8)
