"""What a person may do, by the post held: deny by default, and nobody more than the work needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Right = Literal["look", "record", "plan", "people", "review", "data", "accounts"]
RIGHTS: tuple[Right, ...] = get_args(Right)
ALL: frozenset[Right] = frozenset(RIGHTS)

ADMINISTRATOR: frozenset[Right] = ALL - {"record"}
"""Who runs the site: everything but the entries of those who visit."""
OF_POSTS: Mapping[str, frozenset[Right]] = {
    "township_secretary": frozenset({"look", "people", "review", "data"}),
    "planner": frozenset({"look", "plan", "data"}),
    "village_secretary": frozenset({"look", "record", "people", "review"}),
    "grid_secretary": frozenset({"look", "record", "review"}),
    "micro_grid_leader": frozenset({"look", "record"}),
}
"""Post to what its holder may do, in the units of the post; any other post gives nothing beyond what is public."""
UNMASKED: frozenset[str] = frozenset({"micro_grid_leader"})
"""Posts whose holders see names and phones in full: those of the households that they serve."""
WHOLE_TOWNSHIP: frozenset[str] = frozenset({"township_secretary", "planner"})
"""Posts whose holders see every unit."""
