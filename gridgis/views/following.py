"""Planning anew from here with the least change: what is locked stays, and what comes of it is a draft of its own."""

from __future__ import annotations

from gridgis.planning.plan import PlanRequest
from gridgis.store.writing import write_plan
from gridgis.views import reading
from gridgis.views.boundary import calm
from gridgis.views.drafts import read_now, signed
from gridgis.views.jobs import Progress, start_job
from gridgis.views.records import sizes_of
from gridgis.views.scene import Scene
from gridgis.views.wording import day


def follow_least(scene: Scene, plan_id: int) -> None:
    """Begin to replan a draft as little as the rules of the day demand; its result is a new draft."""
    with calm(scene.lang):
        stored, layers, who = read_now(scene, plan_id), reading.layers(scene), signed(scene)
        sizes = sizes_of(stored.plan, {tier: scene.size_of(tier) for tier in ("grid", "micro_grid")})
        request = PlanRequest(
            sizes["grid"], sizes["micro_grid"], seed=scene.settings.seed, weights=scene.settings.weights
        )
        name = scene.say("workbench.follow_name", on=day(reading.today()), name=stored.name)

        def work(progress: Progress) -> int:
            # the search for least change is compiled: whoever does not replan does not pay for it
            from gridgis.planning.replan import replan  # noqa: PLC0415

            done = replan(stored.plan, layers, request, locked=stored.locked, progress=progress)
            return write_plan(scene.store, done.plan, name=name, who=who, status="draft")

        start_job(scene.store, "follow", work)
