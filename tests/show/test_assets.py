from __future__ import annotations

import hashlib
import json
from pathlib import Path

import folium
import pytest
from folium.plugins import HeatMap

from gridgis.show import assets
from gridgis.show.assets import find_asset, foreign_links, serve_folium_from_here

VENDOR = Path(assets.__file__).parent / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())


@pytest.mark.parametrize("package", MANIFEST, ids=lambda package: package["name"])
def test_manifest_names_every_vendored_file_with_its_sum_and_licence(package):
    folder = VENDOR / f"{package['name']}-{package['version']}"
    sums = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert sums == package["files"]
    assert package["licence"]
    assert "LICENSE" in sums


def test_a_plain_map_asks_no_other_host():
    serve_folium_from_here()
    plain = folium.Map(tiles=None)
    assert foreign_links(plain) == []
    for _, url in plain.default_js + plain.default_css:
        assert find_asset(url.removeprefix(assets.ASSETS)) is not None


def test_a_plugin_that_is_not_vendored_is_found_out():
    serve_folium_from_here()
    heated = folium.Map(tiles=None)
    HeatMap([[0, 0]]).add_to(heated)
    assert foreign_links(heated)
