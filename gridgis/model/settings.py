"""Settings: one typed object, made at the edge (file, environment, command line) and handed down."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from gridgis.model.tiers import GRID, MICRO_GRID, WEIGHTS, SizeRange, Weights
from gridgis.model.vocabulary import SHIPPED
from gridgis.model.weighing import REVIEW_WEIGHTS, ReviewWeights

DEFAULT_STORE = "var/gridgis.gpkg"


class Settings(BaseSettings):
    """What a site may set: in ``gridgis.toml``, or by environment variables that begin with ``GRIDGIS_``."""

    model_config = SettingsConfigDict(
        env_prefix="GRIDGIS_",
        env_nested_delimiter="__",
        toml_file="gridgis.toml",
        frozen=True,
        extra="forbid",
    )

    store: str = DEFAULT_STORE
    """Where the township is kept: the path of a GeoPackage, or ``postgresql://…``."""
    vocabulary: Path = SHIPPED
    """Table of domains, roles, kinds and categories."""
    division_codes: bool = False
    """Whether village codes must be 12-digit statistical division codes."""

    grid_size: SizeRange = GRID
    """Households of a grid."""
    micro_size: SizeRange = MICRO_GRID
    """Households of a micro-grid."""
    weights: Weights = WEIGHTS
    """How much the planner's wishes count: ``whole``, ``grid_walk``, ``border``, ``ground``, ``heads``."""
    seed: int = 0
    """Seed of the planner; the same seed gives the same plan."""

    cadence_days: int = Field(default=30, ge=1)
    """Days within which every household is to be visited."""
    priority_cadence_days: int = Field(default=7, ge=1)
    """Days within which a household with a priority resident is to be visited."""
    due_soon_days: int = Field(default=3, ge=0)
    """Days before it falls overdue during which a household counts as due soon."""

    hotspot_h3_resolution: int = Field(default=9, ge=5, le=11)
    """H3 resolution of the hotspot cells; 9 is about 0.1 km² a cell."""
    hotspot_fdr: float = Field(default=0.05, gt=0, lt=1)
    """False-discovery rate at which a hotspot is called one."""
    hotspot_least_expected: float = Field(default=3.0, gt=0)
    """Expected services below which an area is too small to judge."""
    hotspot_least_areas: int = Field(default=30, ge=1)
    """Areas below which local statistics are refused and observed against expected is listed."""

    review_weights: ReviewWeights = REVIEW_WEIGHTS
    """How much each indicator of a review counts: ``coverage``, ``cadence``, ``priority``, ``matters``, ``posts``, …"""
    review_least: int = Field(default=20, ge=1)
    """Households or visits below which an indicator of a unit is too few to judge."""
    review_least_few: int = Field(default=10, ge=1)
    """Matters or priority residents below which an indicator of a unit is too few to judge."""
    review_matter_days: int = Field(default=15, ge=1)
    """Days within which a matter that names no due day is to be closed."""
    review_entry_days: int = Field(default=3, ge=0)
    """Days after a visit within which its entry is on time."""
    review_situation_days: int = Field(default=30, ge=1)
    """Days for which what is known of a priority resident counts as up to date."""

    max_upload_mb: int = Field(default=200, ge=1)
    """Largest file accepted for import, in megabytes, packed."""
    max_unpacked_mb: int = Field(default=1024, ge=1)
    """Largest size that a file may unpack to, in megabytes."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let a call come before the environment, and the environment before ``gridgis.toml``."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
