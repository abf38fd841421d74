"""Import: files come, a report says what is right and wrong, and only then a button writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from gridgis.exchange.inputs import ORDER, Inputs, Reading, read_inputs
from gridgis.exchange.quarantine import write_rejected
from gridgis.geo.datums import Datum
from gridgis.model.layers import Layers
from gridgis.model.words import say
from gridgis.store.schema import LAYERS
from gridgis.store.writing import import_layers
from gridgis.views import reading
from gridgis.views.boundary import calm
from gridgis.views.findings import findings_table
from gridgis.views.mapping import show_findings
from gridgis.views.parts import show_note, show_table
from gridgis.views.scene import Scene
from gridgis.views.wording import count, text_markdown

_CASE = "case"
_CHECKED = "checked"
_TOWNSHIP = "township_name"
_DATUMS = ("auto", *get_args(Datum))
_SUFFIXES = [
    "gpkg", "geojson", "json", "zip", "shz", "parquet", "geoparquet", "fgb", "kml", "kmz", "csv", "tsv", "xlsx", "xls",
]  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """What the last check found, kept by the session until something else is checked or written."""

    result: Reading
    version: int


def show_import(scene: Scene) -> None:
    """Show the upload, the report of the last check, and what may be done with it."""
    left, right = st.columns([1, 2], gap="medium")
    with left:
        _show_upload(scene)
    with right:
        done = st.session_state.pop("imported", None)
        if done:
            st.success(text_markdown(done), icon=":material/check:")
        checked = st.session_state.get(_CHECKED)
        if isinstance(checked, Checked):
            _show_report(scene, checked.result)
        elif not done:
            show_note(scene.say("app.data.steps"))


def _show_upload(scene: Scene) -> None:
    mb = scene.settings.max_upload_mb
    show_note(scene.say("app.data.drop", mb=count(mb)))
    files = {_CASE: _upload(scene, _CASE, scene.say("app.data.case"))}
    with st.expander(scene.say("app.data.by_layer")):
        files |= {name: _upload(scene, name, say(f"layer.{name}", scene.lang)) for name in ORDER}
    datum = st.selectbox(
        scene.say("app.data.datum"), _DATUMS, format_func=lambda name: scene.say(f"app.data.datum.{name}"), key="datum"
    )
    if _is_nameless(scene):
        st.text_input(scene.say("app.data.township"), key=_TOWNSHIP, max_chars=60)
    given = {name: file for name, file in files.items() if file is not None}
    if st.button(scene.say("app.data.check"), type="primary", key="check", disabled=not given):
        st.session_state[_CHECKED] = Checked(_read(scene, given, str(datum)), scene.version)
        st.rerun()


def _is_nameless(scene: Scene) -> bool:
    township = reading.township(scene)
    return township is None or not township.name


def _upload(scene: Scene, name: str, label: str) -> UploadedFile | None:
    file = st.file_uploader(
        label, _SUFFIXES, key=f"upload_{name}", max_upload_size=scene.settings.max_upload_mb, on_change=_forget
    )
    return file if isinstance(file, UploadedFile) else None


def _forget() -> None:
    st.session_state.pop(_CHECKED, None)


def _read(scene: Scene, files: Mapping[str, UploadedFile], datum: str) -> Reading:
    with TemporaryDirectory(prefix="gridgis-upload-") as folder:
        paths = {name: _save(file, Path(folder, name)) for name, file in files.items()}
        case = paths.pop(_CASE, None)
        inputs = Inputs(case, **{name: str(path) for name, path in paths.items()}, datum=datum)
        return read_inputs(inputs, scene.settings, known=_known(scene), today=reading.today())


def _save(file: UploadedFile, folder: Path) -> Path:
    # the name comes from outside: only its last part is used, in a folder of its own
    path = folder / Path(file.name).name
    folder.mkdir()
    path.write_bytes(file.getbuffer())
    return path


def _known(scene: Scene) -> Layers:
    return Layers(**{name: reading.layer(scene, name) for name in LAYERS}) if reading.township(scene) else Layers()


def _show_report(scene: Scene, result: Reading) -> None:
    errors, warnings = len(result.errors), len(result.warnings)
    if errors:
        st.error(scene.say("app.data.faulty", n=errors), icon=":material/error:")
    elif warnings:
        st.info(scene.say("app.data.warned", n=warnings), icon=":material/info:")
    else:
        st.success(scene.say("app.data.clean"), icon=":material/check:")
    _show_actions(scene, result)
    if result.findings:
        show_table(scene, findings_table(result.findings, scene.lang), key="findings")
        show_findings(scene, result)


def _show_actions(scene: Scene, result: Reading) -> None:
    aside = bool(result.errors) and all(finding.ids for finding in result.errors)
    with st.container(horizontal=True, key="actions"):
        if not result.errors:
            st.button(
                scene.say("app.data.import_go"), type="primary", key="import", on_click=_import, args=(scene, result)
            )
        if aside:
            st.button(scene.say("app.data.import_rest"), key="import_rest", on_click=_import, args=(scene, result))
        if result.rejected:
            st.download_button(
                scene.say("app.data.rejected"),
                data=partial(_rejected_bytes, scene, result),
                file_name="rejected.xlsx",
                key="rejected",
                on_click="ignore",
                icon=":material/download:",
            )


def _rejected_bytes(scene: Scene, result: Reading) -> bytes:
    with TemporaryDirectory(prefix="gridgis-rejected-") as folder:
        path = Path(folder, "rejected.xlsx")
        write_rejected(result.rejected, path, scene.lang)
        return path.read_bytes()


def _import(scene: Scene, result: Reading) -> None:
    with calm(scene.lang):
        name = str(st.session_state.get(_TOWNSHIP, "")).strip()
        written = import_layers(scene.store, result.sound(quarantine=True), who=scene.reader.who, township_name=name)
        rows = [
            scene.say("app.data.rows_of", layer=say(f"layer.{name}", scene.lang), rows=count(n))
            for name, n in written.items()
        ]
        st.session_state["imported"] = scene.say("app.data.imported", rows=scene.listed(rows))
        _forget()
