"""Laws of moving many nodes at once: units stay whole, sizes keep their rules, and no more is paid than must be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.model.tiers import SizeRange
from gridgis.planning.board import Board, Homes, excess, neighbours_of, parts_of, price_nodes
from gridgis.planning.graph import Graph, with_edges
from gridgis.planning.transfers import transfer_nodes

ANY = SizeRange(1, 99)


def board_of(label, rows, columns, parent):
    """Draw houses in rows and columns, each a node that borders those beside it, in the units given.

    0 0 0 0 0 1 1
    0 0 0 0 0 1 1
    """
    n = rows * columns
    places = np.arange(n).reshape(rows, columns)
    beside = (places[:, :-1], places[:, 1:]), (places[:-1], places[1:])
    edges = np.vstack([np.column_stack([a.ravel(), b.ravel()]) for a, b in beside])
    none, nobody, one = np.zeros(0), np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.int64)
    y, x = np.divmod(np.arange(n), columns)
    start = np.zeros(n + 1, dtype=np.int64)
    bare = Graph(start, none.astype(np.int64), none, none, x * 1.0, y * 1.0, one, nobody, nobody)
    codes = tuple(f"{unit}" for unit in range(len(parent)))
    grids = tuple(f"G{grid}" for grid in range(max(parent) + 1))
    return Board(with_edges(bare, edges), Homes(np.arange(n), one, label, label), parent, codes, grids)


def whole(board, label):
    near = neighbours_of(board.graph)
    return all(len(parts_of(near, np.flatnonzero(label == unit).tolist())) == 1 for unit in np.unique(label))


@given(first=st.integers(7, 13), rows=st.integers(1, 4))
@settings(max_examples=12)
def test_no_more_move_between_two_units_than_are_too_many(first, rows):
    label = np.tile((np.arange(20) >= first).astype(np.int64), rows)
    board = board_of(label, rows, 20, (0, 0))
    rules = SizeRange(1, 99), SizeRange(rows * 10, rows * 10)
    found = transfer_nodes(board, label, price_nodes(board), rules, 0)
    assert whole(board, found)
    assert excess(board, found, rules) == 0
    assert np.count_nonzero(found != label) == rows * abs(first - 10)


@given(cuts=st.lists(st.integers(1, 17), min_size=3, max_size=3, unique=True), rows=st.integers(1, 3))
@settings(max_examples=12)
def test_nobody_moves_where_sizes_are_kept(cuts, rows):
    label = np.tile(np.searchsorted(sorted(cuts), np.arange(20), side="right"), rows)
    board = board_of(label, rows, 20, (0, 0, 1, 1))
    assert (transfer_nodes(board, label, price_nodes(board), (ANY, ANY), 0) == label).all()


def test_a_locked_unit_neither_gives_nor_takes():
    label = np.repeat([0, 1, 2], [8, 6, 6])
    board = replace(board_of(label, 1, 20, (0, 0, 0)), locked=frozenset({2}))
    found = transfer_nodes(board, label, price_nodes(board), (ANY, SizeRange(6, 7)), 0)
    assert np.bincount(found).tolist() == [7, 7, 6]


def test_sizes_out_of_reach_are_said():
    label = np.repeat([0, 1], [19, 1])
    board = board_of(label, 1, 20, (0, 0))
    assert transfer_nodes(board, label, price_nodes(board), (ANY, SizeRange(10, 10)), 0) is None
