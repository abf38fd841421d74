"""Settings of one command: the call before the environment, the environment before ``gridgis.toml``."""

from __future__ import annotations

from pydantic import ValidationError

from gridgis.model.errors import CallError
from gridgis.model.settings import Settings
from gridgis.model.tiers import SizeRange


def read_settings(
    *,
    store: str | None = None,
    grid_size: tuple[int, int] | None = None,
    micro_size: tuple[int, int] | None = None,
    seed: int | None = None,
) -> Settings:
    """Make the settings of one command.

    Parameters
    ----------
    store, grid_size, micro_size, seed
        What the call says; None leaves it to the environment and the settings file.

    Raises
    ------
    CallError
        If a size range is none, or a setting cannot be understood.
    """
    said: dict[str, object] = {"store": store, "seed": seed}
    for name, size in (("grid_size", grid_size), ("micro_size", micro_size)):
        if size is not None:
            said[name] = _range_of(*size)
    try:
        return Settings(**{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as fault:
        names = ", ".join(".".join(str(part) for part in error["loc"]) for error in fault.errors())
        raise CallError("error.settings", names=names) from fault


def _range_of(low: int, high: int) -> SizeRange:
    if not 1 <= low <= high:
        raise CallError("error.size_range", low=low, high=high)
    return SizeRange(low, high)
