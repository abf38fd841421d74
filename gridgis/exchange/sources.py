"""Where a layer comes from: a path, ``path::layer``, or something packed; opened only within the size limits."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gridgis.model.errors import CallError
from gridgis.model.settings import Settings

MB = 1_000_000
SHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods")
PARQUET = (".parquet", ".geoparquet")
VECTORS = (".gpkg", ".geojson", ".json", ".shp", ".fgb", ".kml", ".gml", ".gdb")
PACKED = (".zip", ".kmz", ".shz", ".gz")
_TABLES = (*SHEETS, *PARQUET)
_ELSEWHERE = (b"<ogrvrtdatasource", b'"gdalg', b"<ogrwfsdatasource", b"<vrtdataset", b"service=wfs")
_BEGINNING = 4096
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Source:
    """One file to read a layer from.

    Parameters
    ----------
    path
        The file, unpacked; or the folder of a Shapefile or file geodatabase.
    layer
        Name of the layer or sheet inside, where one was named.
    shown
        What the person called it.
    """

    path: Path
    layer: str | None
    shown: str


def open_source(text: str | Path, settings: Settings, unpacked: Path) -> Source:
    """Find the file that ``path`` or ``path::layer`` names, unpacking what is packed.

    Parameters
    ----------
    text
        Path of a file, with ``::`` and the name of a layer behind it where the file holds several.
    settings
        Size limits.
    unpacked
        Empty folder to unpack into.

    Raises
    ------
    CallError
        If there is no such file, it is too large, packed or unpacked, or it holds no or several files of data.
    """
    path, layer = split_layer(str(text))
    if not path.exists():
        raise CallError("error.file.missing", path=path)
    if path.is_file() and path.stat().st_size > settings.max_upload_mb * MB:
        raise CallError("error.file.too_large", path=path, limit_mb=settings.max_upload_mb)
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return Source(_gunzip(path, unpacked, settings), layer, str(path))
    if suffix in PACKED:
        folder = _unzip(path, unpacked, settings)
        return _only_source(folder, layer, str(path))
    if path.is_dir() and suffix != ".gdb":
        return _only_source(path, layer, str(path))
    if path.is_file() and suffix not in _TABLES and _points_elsewhere(path):
        raise CallError("error.file.unreadable", path=path)
    if suffix in {".xlsx", ".ods"}:
        with _zip_of(path) as packed:
            _limit_unpacked(packed, path, settings)
    return Source(path, layer, str(path))


def split_layer(text: str) -> tuple[Path, str | None]:
    """Split ``path::layer``.

    Examples
    --------
    >>> split_layer("case.gpkg::villages")
    (PosixPath('case.gpkg'), 'villages')
    >>> split_layer("villages.shp")
    (PosixPath('villages.shp'), None)
    """
    path, _, layer = text.partition("::")
    return Path(path), layer or None


def _points_elsewhere(path: Path) -> bool:
    """Tell whether GDAL would follow the file to other files or hosts: a virtual layer, a pipeline, a service."""
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING).lower()
    return any(mark in beginning for mark in _ELSEWHERE)


def _gunzip(path: Path, folder: Path, settings: Settings) -> Path:
    out = folder / path.stem
    limit, size = settings.max_unpacked_mb * MB, 0
    try:
        with gzip.open(path) as packed, out.open("wb") as file:
            while chunk := packed.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise CallError("error.file.unpacks_too_large", path=path, limit_mb=settings.max_unpacked_mb)
                file.write(chunk)
    except (gzip.BadGzipFile, EOFError, OSError) as fault:
        raise CallError("error.file.unreadable", path=path) from fault
    return out


def _zip_of(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as fault:
        raise CallError("error.file.unreadable", path=path) from fault


def _limit_unpacked(packed: zipfile.ZipFile, path: Path, settings: Settings) -> None:
    if sum(item.file_size for item in packed.infolist()) > settings.max_unpacked_mb * MB:
        raise CallError("error.file.unpacks_too_large", path=path, limit_mb=settings.max_unpacked_mb)


def _unzip(path: Path, folder: Path, settings: Settings) -> Path:
    """Unpack every file flat, under its own last name; the stated sizes are enforced while reading."""
    with ExitStack() as stack:
        packed = stack.enter_context(_zip_of(path))
        _limit_unpacked(packed, path, settings)
        for item in packed.infolist():
            name = PurePosixPath(_name_in(item).replace("\\", "/")).name
            if item.is_dir() or not name or name.startswith(".") or "__MACOSX" in item.filename:
                continue
            try:
                with packed.open(item) as inside, (folder / name).open("wb") as file:
                    for chunk in _at_most(inside, item.file_size):
                        file.write(chunk)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as fault:
                raise CallError("error.file.unreadable", path=path) from fault
    return folder


def _at_most(file: object, size: int) -> Iterator[bytes]:
    left = size
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):  # type: ignore[attr-defined]
        left -= len(chunk)
        yield chunk


def _name_in(item: zipfile.ZipInfo) -> str:
    """Give a packed file's name; Windows packs Chinese names in GBK and does not say so."""
    utf8 = 0x800
    if item.flag_bits & utf8:
        return item.filename
    try:
        return item.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return item.filename


def _only_source(folder: Path, layer: str | None, shown: str) -> Source:
    """Choose the one file of data in a folder; ``layer`` may name it, or a layer inside the only one."""
    # a .txt file beside data is what somebody says of it
    known = {*SHEETS, *PARQUET, *VECTORS} - {".txt"}
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in known)
    named = [file for file in files if layer is not None and file.stem.casefold() == layer.casefold()]
    if len(named) == 1:
        return Source(named[0], None, shown)
    if len(files) == 1:
        return Source(files[0], layer, shown)
    names = ", ".join(file.name for file in files)
    raise CallError("error.file.several" if files else "error.file.holds_nothing", path=shown, names=names)
