"""A planner redraws a draft of the demo by mouse and key; after each edit the stored plan is looked at.

Each test has a draft of its own. The map must never be made anew meanwhile, nor its view moved: a mark is left in its
window, and the view is compared.
"""

from __future__ import annotations

import re
import shutil
import time

import pytest
import shapely
from playwright.sync_api import expect

from gridgis.model.words import say
from gridgis.redraw.change import find_change
from gridgis.store.database import open_store
from gridgis.store.drafts import read_draft
from gridgis.store.logbook import list_steps
from gridgis.store.publishing import copy_plan
from gridgis.store.reading import list_plans, read_plan

LIUWAN = "140121202207"
PATIENCE_MS = 60_000
_TRIES = 12


@pytest.fixture(scope="module")
def store(loaded_demo, tmp_path_factory, serve_store):
    """The demo, and the app on it."""
    path = tmp_path_factory.mktemp("redraw") / "own.gpkg"
    shutil.copy(loaded_demo, path)
    opened = open_store(str(path))
    with serve_store(path) as url:
        yield opened, url
    opened.close()


@pytest.fixture
def plan_id(store):
    opened, _ = store
    return copy_plan(opened, 1, name=f"草案 {time.time_ns()}", who="test")


@pytest.fixture
def hand(store, plan_id, page):
    return Hand(page, store[1], plan_id)


class Hand:
    """A hand on the workbench."""

    def __init__(self, page, url, plan_id, who=None):
        self.page = page
        page.goto(f"{url}/redraw?plan={plan_id}&unit={LIUWAN}")
        expect(page.frame_locator(".st-key-map iframe").locator(".gridgis-tools")).to_be_visible()
        self.map = page.locator(".st-key-map iframe").element_handle().content_frame()
        self.map.wait_for_function("window.gridgis && gridgis.bench && gridgis.bench.state")
        page.wait_for_timeout(500)
        while self.map.locator(".gridgis-tour .main").count():
            self.map.locator(".gridgis-tour .main").click()
        self.map.evaluate("window.mark = 1")
        self.view = self.view_now()
        if who is not None:
            self.sign(who)

    def view_now(self):
        return self.map.evaluate("[gridgis.map.getZoom(), gridgis.map.getCenter().lat, gridgis.map.getCenter().lng]")

    def ask(self, expression):
        return self.map.evaluate(f"(() => {{ const bench = gridgis.bench; const land = bench.land; {expression} }})()")

    def on_page(self, point):
        frame = self.page.locator(".st-key-map iframe").bounding_box()
        return frame["x"] + point[0], frame["y"] + point[1]

    def place_of(self, cell):
        """Find where the middle of a cell is on the page."""
        flat = f"bench.map.layerPointToContainerPoint(bench.onScreen(land.middle[{cell}]))"
        return self.on_page(self.ask(f"const at = {flat}; return [at.x, at.y];"))

    def place_on_unit(self, code):
        """Find the cell that a unit's name stands on."""
        return self.place_of(
            self.ask(f"const [x, y] = bench.seats[bench.spot.get('{code}')]; return land.cellAt({{ x, y }});")
        )

    def press(self, key):
        self.page.keyboard.press(key)

    def settle(self):
        """Wait until the server has answered all that was done, and say how long that took."""
        start = time.monotonic()
        self.map.wait_for_function("gridgis.bench.waiting.length === 0", timeout=PATIENCE_MS)
        return time.monotonic() - start

    def strip(self):
        return self.map.evaluate("gridgis.bench.state.strip")

    def drag(self, *places):
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=4)
        self.page.mouse.up()
        return self.settle()

    def choose(self, *codes):
        self.press("v")
        for at, code in enumerate(codes):
            if at:
                self.page.keyboard.down("Shift")
            self.page.mouse.click(*self.place_on_unit(code))
            self.settle()
        self.page.keyboard.up("Shift")

    def neighbours(self):
        """List pairs of cells with people on either side of a border within a grid."""
        return self.ask(
            "return bench.borders.filter(([, , a, b]) => land.homes[a] && land.homes[b] && "
            "bench.gridOf(a) === bench.gridOf(b)).map(([, , a, b]) => [a, b]);"
        )

    def paint(self, pairs=None):
        """Paint a little across a border, somewhere where that leaves all units whole; say how long it took."""
        self.press("b")
        for _ in range(8):
            self.press("[")
        for start, end in (pairs or self.neighbours())[:_TRIES]:
            took = self.drag(self.place_of(start), self.place_of(end))
            strip = self.strip()
            if strip and strip["kind"] != "refused":
                return took
            self.press("Escape")
            self.settle()
        pytest.fail("no border could be painted across")

    def commit(self):
        self.press("Enter")
        took = self.settle()
        assert self.strip() is None
        return took

    def sign(self, who):
        self.page.get_by_role("radio", name=say("workbench.panel.plan", "zh")).click()
        field = self.page.locator(".st-key-plan_signature input")
        field.fill(who)
        field.press("Enter")
        self.page.get_by_role("radio", name=say("workbench.panel.now", "zh")).click()
        expect(self.page.locator(".st-key-chosen")).to_be_visible()

    def check_still(self):
        """The map is the one that was there first, looks where it looked, and is the only one."""
        assert self.map.evaluate("window.mark") == 1
        assert self.view_now() == self.view
        assert self.page.locator("iframe").count() == 1


def tell(what, seconds):
    """Print how long an edit took to be seen: a figure to read, not a law of a busy machine."""
    print(f"{what} in {seconds:.2f} s")  # noqa: T201 - for whoever runs it with -s


def drawn(store, plan_id):
    return read_draft(store[0], plan_id, LIUWAN).draft


def keeps_laws(before, after):
    """All land has a unit and its area is what it was; every household lives in one unit."""
    # in the plan's own CRS: a new corner on a straight border is none there, and bends it in another
    area = [shapely.area(draft.cells.geometry.array).sum() for draft in (before, after)]
    land_m2 = before.cells.to_crs(32649).area.sum()
    return (
        after.cells["micro_grid_code"].notna().all()
        and abs(area[0] - area[1]) / area[0] * land_m2 < 1e-3
        and after.unit_of.notna().all()
        and before.households.index.equals(after.households.index)
    )


def test_paint_undo_and_redo_reach_the_store_and_leave_the_map_alone(store, plan_id, hand, log):
    before = drawn(store, plan_id)
    tell("painted and shown", hand.paint())
    assert drawn(store, plan_id).same_as(before)
    expect(hand.page.locator(".gg-lights li").first).to_be_visible()
    tell("kept", hand.commit())
    painted = drawn(store, plan_id)
    assert keeps_laws(before, painted)
    assert find_change(before, painted).assigned
    hand.press("Control+z")
    hand.settle()
    assert drawn(store, plan_id).same_as(before)
    hand.press("Control+Shift+z")
    hand.settle()
    assert drawn(store, plan_id).same_as(painted)
    assert list_steps(store[0], plan_id)["kind"].tolist() == ["copy", "edit", "undo", "redo"]
    hand.check_still()
    assert not log.complaints()


def test_a_drawn_line_splits_a_unit_and_merging_makes_it_whole(store, plan_id, hand, log):
    before = drawn(store, plan_id)
    unit = str(before.sizes("micro_grid").index[-1])
    x, y = hand.place_on_unit(unit)
    hand.press("s")
    far = hand.ask("return bench.map.getSize().x;")
    for place in ((x - far / 4, y - 3), (x, y)):
        hand.page.mouse.click(*place)
    hand.page.mouse.dblclick(x + far / 4, y + 3)
    tell("split and shown", hand.settle())
    assert hand.strip()["kind"] in {"good", "broken"}, hand.strip()
    hand.commit()
    split = drawn(store, plan_id)
    assert len(split.micro_grids) == len(before.micro_grids) + 1
    assert keeps_laws(before, split)
    new = next(code for code in split.micro_grids.index if code not in before.micro_grids.index)
    hand.choose(unit, new)
    hand.press("m")
    hand.settle()
    hand.commit()
    merged = drawn(store, plan_id)
    assert len(merged.micro_grids) == len(before.micro_grids)
    assert merged.sizes("micro_grid").tolist() == before.sizes("micro_grid").tolist()
    hand.check_still()
    assert not log.complaints()


def test_a_border_is_dragged_and_both_neighbours_follow(store, plan_id, hand, log):
    before = drawn(store, plan_id)
    hand.press("d")
    corner = hand.ask(
        "const lines = bench.borders.map(([, , a, b]) => land.shared(bench.owner, bench.owner[a], bench.owner[b]))"
        ".flat().sort((one, other) => other.length - one.length);"
        "const at = bench.map.latLngToContainerPoint(land.corners[lines[0][Math.floor(lines[0].length / 2)]]);"
        "return [at.x, at.y];"
    )
    hand.page.mouse.click(*hand.on_page(corner))
    handles = hand.map.locator(".marker-icon")
    expect(handles.first).to_be_visible()
    for at in range(min(handles.count(), _TRIES)):
        box = handles.nth(at).bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        took = hand.drag((x, y), (x + 6, y + 5))
        if hand.strip() and hand.strip()["kind"] != "refused":
            break
        hand.press("Escape")
        hand.settle()
    tell("border redrawn and shown", took)
    hand.commit()
    after = drawn(store, plan_id)
    assert keeps_laws(before, after)
    change = find_change(before, after)
    assert change.added
    assert len({code for pair in change.assigned.values() for code in pair if code}) <= 2
    hand.check_still()
    assert not log.complaints()


def test_what_is_locked_is_left_alone(store, plan_id, hand, log):
    unit = str(drawn(store, plan_id).micro_grids.index[0])
    hand.choose(unit)
    hand.press("k")
    hand.settle()
    assert drawn(store, plan_id).micro_grids.loc[unit, "locked"]
    locked = drawn(store, plan_id)
    hand.press("b")
    x, y = hand.place_on_unit(unit)
    hand.drag((x, y), (x + 60, y))
    expect(hand.map.locator(".gridgis-hint")).to_contain_text(say("workbench.map.locked", "zh"))
    assert drawn(store, plan_id).same_as(locked)
    # it is chosen still
    hand.press("k")
    hand.settle()
    assert not drawn(store, plan_id).micro_grids.loc[unit, "locked"]
    hand.check_still()
    assert not log.complaints()


def test_a_draft_is_compared_published_and_then_only_copied(store, plan_id, hand, log):
    page = hand.page
    hand.paint()
    hand.commit()
    moved = len(find_change(drawn(store, 1), drawn(store, plan_id)).assigned)
    assert moved
    page.get_by_role("radio", name=say("workbench.do.compare", "zh")).click()
    expect(page.locator(".gg-compare")).to_be_visible()
    contrast = page.frame_locator(".st-key-map_contrast iframe")
    handle = contrast.locator(".gridgis-handle")
    expect(handle).to_be_visible()
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 200, steps=4)
    page.mouse.up()
    assert int(handle.get_attribute("aria-valuenow")) > 55
    page.get_by_role("radio", name=say("workbench.look.sides", "zh")).click()
    expect(page.locator("[class*=st-key-map_side] iframe")).to_have_count(2)
    page.get_by_role("radio", name=say("workbench.do.edit", "zh")).click()
    page.get_by_role("radio", name=say("workbench.panel.plan", "zh")).click()
    page.locator(".st-key-plan_publish button").click()
    expect(page.locator(".st-key-plan_publish button")).to_have_count(0)
    expect(page.locator(".st-key-plan_copy button")).to_be_visible()
    assert read_plan(store[0]).plan_id == plan_id
    page.locator(".st-key-plan_copy button").click()
    expect(page).to_have_url(re.compile(rf"plan=(?!{plan_id}\b)\d+"))
    expect(page.locator(".st-key-plan_publish button, .st-key-chosen").first).to_be_visible()
    assert list_plans(store[0])["status"].tolist().count("published") == 2
    assert not log.complaints()


def test_of_two_planners_who_edit_the_same_unit_one_wins_and_the_other_loses_nothing(store, plan_id, new_page, log):
    one, other = (Hand(new_page(), store[1], plan_id, who) for who in ("甲", "乙"))
    pairs = one.neighbours()
    for hand in (one, other):
        hand.paint(pairs)
    one.commit()
    won = drawn(store, plan_id)
    other.press("Enter")
    other.settle()
    told = other.strip()
    assert told["kind"] == "refused"
    assert "甲" in told["lines"][0]["text"]
    assert told["acts"][0]["order"] == "again"
    assert drawn(store, plan_id).same_as(won)
    # the new state is on the map
    assert other.ask("return bench.owner.join();") == one.ask("return bench.owner.join();")
    other.press("Enter")
    other.settle()
    shown = other.strip()
    assert shown["kind"] == "refused" or shown["acts"][0]["order"] == "commit"
    other.check_still()
    assert not log.complaints()


def test_a_first_time_planner_is_shown_around_and_finds_the_keys(store, plan_id, page, log):
    page.goto(f"{store[1]}/redraw?plan={plan_id}&unit={LIUWAN}&lang=en")
    frame = page.frame_locator(".st-key-map iframe")
    expect(frame.locator(".gridgis-tour")).to_contain_text("Step 1 of 4")
    frame.locator(".gridgis-tour .main").click()
    page.keyboard.press("Escape")
    expect(frame.locator(".gridgis-tour")).to_have_count(0)
    page.keyboard.press("?")
    expect(frame.locator(".gridgis-help dd").first).to_have_text("Choose")
    page.keyboard.press("Escape")
    expect(frame.locator(".gridgis-help")).to_have_count(0)
    page.reload()
    expect(frame.locator(".gridgis-tools")).to_be_visible()
    page.wait_for_timeout(500)
    expect(frame.locator(".gridgis-tour")).to_have_count(0)
    assert not log.complaints()
