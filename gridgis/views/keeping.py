"""How pages keep what was read and computed: by store, data version and reader, bounded in number and time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import streamlit as st

from gridgis.store.reading import Township
from gridgis.views.scene import Place, Scene
from gridgis.views.units import Units

P = ParamSpec("P")
R = TypeVar("R")

# a table is never hashed: the data version stands for all that is read
_FINGERPRINTS: dict[str | type[Any], Callable[[Any], Any]] = {
    Scene: lambda scene: (scene.store.url, scene.version, repr(scene.reader), scene.plan_id),
    Place: lambda place: (place.units.root.code, place.focus.code, place.on.isoformat()),
    Township: lambda township: township.code,
    Units: lambda units: units.root.code,
}


def kept(function: Callable[P, R]) -> Callable[P, R]:
    """Keep a function's results for an hour at most; they are shared by all sessions and must not be changed."""
    keep = st.cache_resource(ttl="1h", max_entries=64, show_spinner=False, hash_funcs=_FINGERPRINTS)
    return cast("Callable[P, R]", keep(function))
