"""Build ``gridgis/show/vendor``: the browser libraries that the maps need, so that no page ever asks another host.

Run ``python tools/vendor_assets.py`` after changing :data:`PACKAGES`; it needs npm. What it writes is committed, so
that an installation needs neither npm nor a network.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

_SOURCE_MAP = re.compile(rb"\s*(//|/\*)# sourceMappingURL.*\s*")
VENDOR = Path(__file__).resolve().parents[1] / "gridgis" / "show" / "vendor"


@dataclass(frozen=True)
class Package:
    """One npm package: what is taken from it, by path inside the package, and under what name it is served."""

    name: str
    version: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "leaflet",
        "1.9.4",
        {
            "LICENSE": "LICENSE",
            "dist/leaflet.js": "leaflet.js",
            "dist/leaflet.css": "leaflet.css",
            "dist/images/layers.png": "images/layers.png",
            "dist/images/layers-2x.png": "images/layers-2x.png",
            "dist/images/marker-icon.png": "images/marker-icon.png",
            "dist/images/marker-icon-2x.png": "images/marker-icon-2x.png",
            "dist/images/marker-shadow.png": "images/marker-shadow.png",
        },
    ),
    Package(
        "@geoman-io/leaflet-geoman-free",
        "2.20.2",
        {
            "LICENSE": "LICENSE",
            "dist/leaflet-geoman.min.js": "leaflet-geoman.min.js",
            "dist/leaflet-geoman.css": "leaflet-geoman.css",
        },
    ),
)


def unpack(package: Package, folder: Path) -> dict[str, object]:
    """Fetch a package with npm and copy its files into ``folder``.

    Returns
    -------
        The package's entry of the manifest: name, version, licence and the SHA-256 of every file.
    """
    with tempfile.TemporaryDirectory() as work:
        # npm names the tarball on its last line
        call = ["npm", "pack", f"{package.name}@{package.version}", "--silent"]
        packed = subprocess.run(call, cwd=work, check=True, capture_output=True, text=True).stdout.split()[-1]
        with tarfile.open(Path(work) / packed) as tarball:
            tarball.extractall(work, filter="data")
        root = Path(work) / "package"
        about = json.loads((root / "package.json").read_text(encoding="utf-8"))
        sums = {}
        for source, name in package.files.items():
            target = folder / f"{package.name}-{package.version}" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            text = (root / source).read_bytes()
            if target.suffix in {".js", ".css"}:
                # the source map is not served, and a browser's tools would ask for it
                text = _SOURCE_MAP.sub(b"", text)
            target.write_bytes(text)
            sums[name] = hashlib.sha256(target.read_bytes()).hexdigest()
    return {"name": package.name, "version": package.version, "licence": about["license"], "files": sums}


def main() -> int:
    """Write the folder anew, manifest included."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    manifest = [unpack(package, VENDOR) for package in PACKAGES]
    (VENDOR / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
