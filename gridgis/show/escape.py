"""Making text harmless: Folium escapes nothing of what it writes into a page."""

from __future__ import annotations

from types import MappingProxyType

# the page's markup, and what would end or enter a JavaScript template literal, in which Folium writes tooltips
_HARMLESS = MappingProxyType(
    str.maketrans(
        {
            "&": "&amp;",
            "<": "&lt;",
            ">": "&gt;",
            '"': "&quot;",
            "'": "&#39;",
            "`": "&#96;",
            "$": "&#36;",
            "{": "&#123;",
            "}": "&#125;",
            "\\": "&#92;",
        }
    )
)


def escape(text: object) -> str:
    """Neutralise a text for every place where Folium writes markup: names of layers, tooltips, pop-ups, attribution.

    Parameters
    ----------
    text
        Anything; it is shown as :class:`str` shows it.

    Returns
    -------
        The text as character references: a page shows what was meant, and runs none of it. Not for text that our own
        scripts show, which never becomes markup.

    Examples
    --------
    >>> escape("<img src=x onerror=alert(1)>")
    '&lt;img src=x onerror=alert(1)&gt;'
    >>> escape("`${alert(1)}`")
    '&#96;&#36;&#123;alert(1)&#125;&#96;'
    """
    return str(text).translate(_HARMLESS)
