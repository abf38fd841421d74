"""Where a plan stands is read off its log: against a plain stack of states, whatever is done."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gridgis.store.timeline import EDIT, JUMP, REDO, UNDO, Mark, trace


@given(st.lists(st.tuples(st.sampled_from([EDIT, UNDO, REDO, JUMP, "publish"]), st.floats(0, 1, exclude_max=True))))
def test_undo_and_redo_walk_a_line_and_a_jump_goes_anywhere(asked: list[tuple[str, float]]) -> None:
    log = [Mark(1, "plan", None)]
    done: list[int] = []
    undone: list[int] = []
    stood = {1: []}
    for kind, part in asked:
        number, target = len(log) + 1, None
        if kind == UNDO:
            if not done:
                continue
            target = done.pop()
            undone.insert(0, target)
        elif kind == REDO:
            if not undone:
                continue
            target = undone.pop(0)
            done.append(target)
        elif kind == EDIT:
            done.append(number)
            undone = []
        elif kind == JUMP:
            target = 1 + int(part * len(log))
            back, forth = trace(log).way_to(target)
            assert back == [edit for edit in reversed(done) if edit not in stood[target]]
            assert [edit for edit in done if edit not in back] + forth == stood[target]
            line = done + undone
            done = list(stood[target])
            undone = (
                line[len(done) :] if line[: len(done)] == done else trace([*log, Mark(number, JUMP, target)]).undone
            )
        log.append(Mark(number, kind, target))
        stood[number] = list(done)
        line_now = trace(log)
        assert line_now.done == done[::-1]
        assert line_now.undone == undone
        assert line_now.top == (done[-1] if done else 0)
