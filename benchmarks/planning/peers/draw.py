"""Draw a Vega-Lite chart as SVG: ``python -m benchmarks.planning.peers.draw CHART.json CHART.svg``."""

from __future__ import annotations

import sys
from pathlib import Path

import vl_convert

if __name__ == "__main__":
    chart, picture = map(Path, sys.argv[1:])
    picture.write_text(vl_convert.vegalite_to_svg(chart.read_text(encoding="utf-8")), encoding="utf-8")
