"""The keys of the workbench, pressed anywhere on the page: they go to the map, which knows what they mean."""

from __future__ import annotations

import streamlit as st

_NAME = "gridgis_hotkeys"
_SCRIPT = """
// a key pressed beside the map means what it means on the map, but in a field it is a letter
export default function () {
  const within = (event, kinds) => event.composedPath().some((node) => node.matches && node.matches(kinds));
  const pass = (event) => {
    if (within(event, "input, textarea, select, [contenteditable]")) return;
    if (event.key === "Enter" && within(event, "button, a")) return;
    const frame = document.querySelector(".st-key-map iframe");
    const maps = frame && frame.contentWindow && frame.contentWindow.gridgis;
    if (maps && maps.bench) maps.bench.tools.key(event);
  };
  document.addEventListener("keydown", pass, true);
  return () => document.removeEventListener("keydown", pass, true);
}
"""


def forward_keys() -> None:
    """Let the keys of the workbench work wherever on the page the focus is."""
    mount = st.components.v2.component(_NAME, html="<span hidden></span>", js=_SCRIPT)
    mount(key="hotkeys", height=1)
