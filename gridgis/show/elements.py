"""What a map is put together from: elements that carry data to the scripts of this package, which draw it.

Text travels as JSON and is shown as text, so it needs no escaping; a layer's name becomes markup, so it is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import folium
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from gridgis.show.assets import own_url
from gridgis.show.escape import escape

Maker = Literal["shapes", "points", "names", "legend", "look", "benchState", "swipe", "twin"]

_SCRIPTS = [(f"gridgis_{name}", own_url(f"{name}.js")) for name in ("map", "shapes", "points", "swipe")]
_STYLES = [("gridgis_css", own_url("map.css"))]


# what JSON leaves alone and a script element, or an old script engine, does not
_IN_SCRIPT = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})


def script_json(data: object) -> str:
    r"""Write data as JSON that may stand in a script; Chinese stays as it is, which halves the payload.

    Examples
    --------
    >>> script_json(["</script>", "西谷"])
    '["\\u003c/script\\u003e","西谷"]'
    """
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT)


class Drawn(JSCSSMixin, Layer):
    """A layer that one of our scripts draws.

    Parameters
    ----------
    maker
        Function of the scripts that makes the layer.
    data
        What it is made from, as JSON.
    name
        Name in the layer switch; a layer without a name is not in it.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}\n"
        "var {{ this.get_name() }} = gridgis.{{ this.maker }}({{ this.data }});\n"
        "{% endmacro %}"
    )
    default_js = _SCRIPTS
    default_css = _STYLES

    def __init__(self, maker: Maker, data: object, name: str | None = None) -> None:
        super().__init__(name=None if name is None else escape(name), overlay=True, control=name is not None)
        self._name = "Drawn"
        self.maker = maker
        self.data = script_json(data)


class Beginning(JSCSSMixin, MacroElement):
    """The first child of a map: theme, first view and furniture."""

    _template = Template(
        "{% macro script(this, kwargs) %}\n"
        "gridgis.begin({{ this._parent.get_name() }}, {{ this.options }});\n"
        "{% endmacro %}"
    )
    default_js = _SCRIPTS
    default_css = _STYLES

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Beginning"
        self.options = script_json(options)


def group_of(*parts: Drawn) -> folium.FeatureGroup:
    """Gather layers that come and go together: what ``st_folium`` takes as ``feature_group_to_add``."""
    group = folium.FeatureGroup(control=False)
    for part in parts:
        part.add_to(group)
    return group
