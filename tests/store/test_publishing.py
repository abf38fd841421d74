"""A draft is put in force once."""

from __future__ import annotations

from datetime import date

import pytest

from gridgis.model.errors import ConflictError
from gridgis.model.layers import Layers
from gridgis.planning.plan import Plan
from gridgis.store.audit import read_audit
from gridgis.store.database import Store
from gridgis.store.publishing import publish_plan
from gridgis.store.reading import read_plan
from gridgis.store.writing import import_layers, write_plan


def test_a_draft_is_published_once(store: Store, layers: Layers, plan: Plan) -> None:
    import_layers(store, layers, who="clerk")
    plan_id = write_plan(store, plan, name="first", who="planner")
    publish_plan(store, plan_id, who="secretary", effective_on=date(2026, 11, 1))
    in_force = read_plan(store, on=date(2026, 11, 1))
    assert in_force is not None
    assert (in_force.plan_id, in_force.status, in_force.version) == (plan_id, "published", 2)
    with pytest.raises(ConflictError):
        publish_plan(store, plan_id, who="secretary")
    assert read_audit(store)["action"].tolist().count("publish_plan") == 1
