"""What the numbers allow, village by village, said before anything is planned."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from gridgis.geo.cache import FabricCache
from gridgis.model.messages import Message
from gridgis.model.tiers import WEIGHTS
from gridgis.planning.plan import PlanRequest, assess_request
from gridgis.planning.totals import assess_township, tell_township
from gridgis.planning.verdicts import tell_assessment, tell_pieces, tell_possible
from gridgis.views import reading
from gridgis.views.keeping import kept
from gridgis.views.parts import show_note, show_sentences
from gridgis.views.scene import Scene


@st.cache_resource(max_entries=1, show_spinner=False)
def fabrics() -> FabricCache:
    """Find where the fabrics of all stores are kept between plans."""
    return FabricCache()


def show_foreseen(scene: Scene, request: PlanRequest) -> None:
    """Say whether the sizes can be kept at the numbers asked for, where not, and what would help."""
    place = st.empty()
    with place:
        show_note(scene.say("planner.foreseeing"))
    # neither chance nor wishes change what the numbers allow
    good, broken, others = _foresee(scene, replace(request, seed=0, weights=WEIGHTS))
    with place.container(key="foreseen"):
        said = "planner.foreseen.broken" if broken else "planner.foreseen.kept"
        show_note(scene.say(said, good=good, n=good + len({where for where, _ in broken if where})))
        show_sentences(message.words(scene.lang) for _, message in broken)
        with st.expander(scene.say("planner.foreseen.all")):
            show_sentences(message.words(scene.lang) for message in others)


@kept
def _foresee(scene: Scene, request: PlanRequest) -> tuple[int, list[tuple[str, Message]], list[Message]]:
    """Assess a request: how many pieces of land can keep the rules, what cannot (and where), and all the rest."""
    found = assess_request(reading.layers(scene), request, fabrics=fabrics())
    broken = [("", message) for message in tell_township(assess_township(found, request))]
    others: list[Message] = []
    good = 0
    for number, one in enumerate(found):
        told = list(tell_assessment(one))
        broken += [(str(number), message) for message in told]
        if not told:
            good += 1
            others.append(tell_possible(one))
        others += tell_pieces(one)
    return good, broken, others
