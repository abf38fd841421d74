"""Measure how planning grows with the households: `python benchmarks/planning/scale.py`, a process for each size."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time

from county import make_county

from gridgis.planning.plan import PlanRequest, make_plan
from gridgis.planning.score import score_plan

# villages and households: a township, a large one, a county
SIZES = ((11, 7_500), (43, 30_000), (158, 110_000))


def measure(villages: int, households: int) -> dict[str, float]:
    """Plan a county and count CPU seconds by stage and the peak of memory in MB; compiling is not counted."""
    make_plan(make_county(1, 400), PlanRequest())
    county = make_county(villages, households)
    began: dict[str, float] = {}

    def note(part: float, stage: str) -> None:
        del part
        began.setdefault(stage.rpartition(".")[2], time.process_time())

    plan = make_plan(county, PlanRequest(), progress=note)
    names, times = list(began), list(began.values())
    spent = {name: end - start for name, start, end in zip(names, times, times[1:], strict=False)}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    score_plan(plan, county)
    whole = times[-1] - times[0]
    return {**spent, "plan": whole, "per_household_ms": 1000 * whole / households} | {
        "score": time.process_time() - start,
        "peak_mb": peak_mb,
    }


def main() -> None:
    """Print a line for each size, planned on one core."""
    for villages, households in SIZES:
        command = [sys.executable, __file__, str(villages), str(households)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        figures = json.loads(done.stdout.splitlines()[-1])
        print(f"{households:>7,}", " ".join(f"{name} {value:.2f}" for name, value in figures.items()), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        print(json.dumps(measure(*map(int, sys.argv[1:]))))
    else:
        main()
