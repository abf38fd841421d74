"""Rebuild the demo township's files byte for byte: ``python data/synthesise.py [folder]``."""

from __future__ import annotations

import sys
from pathlib import Path

from synthesis.build import build


def main() -> None:
    """Write all files, by default beside this one, and say how many rows each has."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, rows in build(folder).items():
        print(f"{name}: {rows}")


if __name__ == "__main__":
    main()
