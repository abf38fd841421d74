"""Messages as texts of the database, and back: they are said in a language only on the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gridgis.model.messages import Message


def write_sentence(message: Message) -> str:
    """Write a message as JSON; messages among its values too."""
    return json.dumps(to_data(message), ensure_ascii=False)


def read_sentence(text: str) -> Message:
    """Read what :func:`write_sentence` wrote."""
    return from_data(json.loads(text))


def to_data(message: Message) -> dict[str, Any]:
    """Make a message plain data."""
    params = {name: to_data(value) if isinstance(value, Message) else value for name, value in message.params.items()}
    return {"key": message.key, "params": params}


def from_data(data: Mapping[str, Any]) -> Message:
    """Make a message of what :func:`to_data` made."""
    params = {
        name: from_data(value) if isinstance(value, dict) and value.keys() == {"key", "params"} else value
        for name, value in data["params"].items()
    }
    return Message(data["key"], params)
