"""The one place of the pages where an error becomes words; a person never sees a traceback."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from gridgis.model.errors import GridgisError
from gridgis.model.words import Lang, say
from gridgis.views.wording import text_markdown

_log = logging.getLogger(__name__)


@contextmanager
def calm(lang: Lang) -> Iterator[None]:
    """Turn what goes wrong inside into a sentence on the page.

    A fragment reruns without the page around it, so a fragment's body opens this context as the page's does.

    Parameters
    ----------
    lang
        Language to say it in.
    """
    try:
        yield
    except GridgisError as error:
        st.error(text_markdown(error.words(lang)), icon=":material/error:")
    except Exception:  # noqa: BLE001 the page is the last to hold it: the log gets the traceback, the person a reference
        reference = secrets.token_hex(4)
        _log.exception("a page failed, reference %s", reference)
        st.error(say("app.fault", lang, reference=reference), icon=":material/report:")
