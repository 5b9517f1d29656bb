"""What stands in a vector file, format by format, before its numbers mean anything.

The format is told by a file's content, not by its name. `layers.intake.vector_files` gives the
numbers their place.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from layers.datum.shapes import Shapes, listed
from layers.intake.archives import is_archive, unpack
from layers.intake.dbf import read_table
from layers.intake.drawings import drawn_polygons, encoding_of, named, texts_of
from layers.intake.encodings import Encoding, as_text, decide
from layers.intake.errors import LayerAmbiguous, Unusable

__all__ = ["FORMATS", "Raw", "opened", "read_raw"]

FORMATS = "GeoJSON, GeoPackage, Shapefile, KML, File Geodatabase or DXF"
DRIVERS = {
    "GeoJSON": "GeoJSON",
    "GPKG": "GeoPackage",
    "ESRI Shapefile": "Shapefile",
    "LIBKML": "KML",
    "KML": "KML",
    "OpenFileGDB": "File Geodatabase",
    "DXF": "DXF",
}
INSIDE = (".shp", ".gpkg", ".geojson", ".json", ".kml", ".dxf", ".dwg")  # of an archive
# What GDAL adds to every placemark of a KML: how it is drawn, and the number of its XML element.
KML_OWN = (
    "id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility",
    "drawOrder", "icon",
)  # fmt: skip
SHAPES = b"\x00\x00\x27\x0a"  # the first bytes of every .shp
COMPANIONS = (".dbf", ".shx", ".prj", ".cpg", ".qpj", ".sbn", ".sbx")


@dataclass(slots=True)
class Raw:
    """What stands in the file, before the numbers mean anything."""

    kind: str
    layer: str
    shapes: Shapes
    columns: dict[str, list[Any]]
    crs: str | None
    encoding: Encoding | None = None
    notes: list[str] = field(default_factory=list)


@contextmanager
def opened(path: Path, wanted: str | None) -> Iterator[Path]:
    """The data set of a path: itself, or what a zip holds, unpacked for as long as it is read."""
    if not path.exists():
        raise Unusable(f"{path} does not exist.", path=str(path))
    if path.is_dir():
        if path.suffix.lower() != ".gdb":
            raise Unusable(f"{path} is a folder; give a file in it.", path=str(path))
        yield path
        return
    if path.stat().st_size == 0:
        raise Unusable(f"{path} is empty.", path=str(path))
    with tempfile.TemporaryDirectory(prefix="geogrid-") as place:
        folder = Path(place)
        yield _in_archive(path, unpack(path, folder), wanted) if is_archive(path) else path


def _in_archive(path: Path, files: list[Path], wanted: str | None) -> Path:
    """The one data set of an archive, or the one a person asked for."""
    if any(file.name == "doc.kml" for file in files):  # a KMZ: its parts refer to each other
        whole = files[0].parent / f"{path.stem}.kmz"
        shutil.copyfile(path, whole)
        return whole
    found = [file for file in files if file.suffix.lower() in INSIDE and not _hidden(file)]
    found += dict.fromkeys(
        folder for file in files for folder in file.parents if folder.suffix.lower() == ".gdb"
    )
    if not found:
        raise Unusable(f"{path} holds no {FORMATS}.", path=str(path))
    if len(found) > 1 and wanted is not None:
        found = [file for file in found if file.stem == wanted] or found
    if len(found) > 1:
        stems = [file.stem for file in found]
        raise LayerAmbiguous(
            f"{path} holds several data sets, choose one with --layer: {', '.join(stems)}.",
            path=str(path),
            layers=stems,
        )
    return found[0]


def _hidden(file: Path) -> bool:
    return file.name.startswith("._") or "__MACOSX" in file.parts


def read_raw(path: Path, inner: Path, *, layer: str | None, encoding: str | None) -> Raw:
    """Read one layer of a data set.

    Parameters
    ----------
    path : Path
        What the person gave, for sentences.
    inner : Path
        The data set itself, see `opened`.
    layer, encoding : str, optional
        What the person says about it.
    """
    head = _head(inner)
    if head.startswith(b"AC10"):
        raise Unusable(
            f"{path} is a DWG drawing, which only AutoCAD reads. Save it as DXF 2010 (in AutoCAD:"
            " SAVEAS, AutoCAD 2010 DXF) and give that file.",
            path=str(path),
        )
    if head.startswith(b"AutoCAD Binary DXF"):
        raise Unusable(f"{path} is a binary DXF. Save it as DXF 2010 in text form.", path=str(path))
    if inner.suffix.lower() in COMPANIONS:
        raise Unusable(f"{path} is a part of a Shapefile; give the .shp or a zip.", path=str(path))
    if inner.suffix.lower() == ".dxf":
        _refuse_disguised(path, inner, head)
        return _read_drawing(path, inner, layer, encoding)
    if inner.suffix.lower() == ".shp":
        if not head.startswith(SHAPES):
            raise Unusable(f"{path} cannot be read: it is no Shapefile.", path=str(path))
        return _read_shapefile(path, inner, encoding)
    _refuse_disguised(path, inner, head)
    with _in_utf8(inner) as (readable, notes):
        raw = _read_layer(path, readable, layer, inner.stem)
        raw.notes += notes
    return raw


def _head(inner: Path) -> bytes:
    if inner.is_dir():
        return b""
    with inner.open("rb") as file:
        return file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()


def _refuse_disguised(path: Path, inner: Path, head: bytes) -> None:
    """Refuse files in which GDAL would find an order to read something else.

    GDAL goes by content: a text called .geojson may be a "virtual" data set that names files of
    this machine or addresses in the network, and opening it is enough.
    """
    if inner.is_dir() or head.startswith((b"SQLite format 3", b"PK")):
        return
    text = {".dxf": not head.startswith((b"<", b"{"))}.get(
        inner.suffix.lower(),
        (head.startswith(b"{") and b"gdal_streamed_alg" not in inner.read_bytes())
        or (head.startswith(b"<") and b"<kml" in head),
    )
    if not text:
        raise Unusable(
            f"{path} is not a {FORMATS} file. Save it as one of them in the program it comes from.",
            path=str(path),
        )


@contextmanager
def _in_utf8(inner: Path) -> Iterator[tuple[Path, list[str]]]:
    """GeoJSON and KML prescribe UTF-8; a copy in it where the bytes are GB18030."""
    if inner.is_dir() or inner.suffix.lower() not in (".geojson", ".json"):
        yield inner, []
        return
    data = inner.read_bytes()
    try:
        data.decode("utf-8")
        yield inner, []
        return
    except UnicodeDecodeError:
        found = decide(data.splitlines())
    with tempfile.TemporaryDirectory(prefix="geogrid-") as place:
        copy = Path(place) / inner.name
        copy.write_text(as_text(data, found.name), encoding="utf-8")
        note = f"Its texts are not UTF-8, as GeoJSON prescribes; read as {found.name}."
        yield copy, [note]


def _read_layer(path: Path, readable: Path, wanted: str | None, stem: str) -> Raw:
    driver, layer, notes = _layer(path, readable, wanted, stem)
    try:
        meta, _, wkb, values = pyogrio.raw.read(readable, layer=layer, force_2d=True)
    except (DataSourceError, DataLayerError, ValueError) as problem:
        raise Unusable(f"{path} cannot be read: {problem}", path=str(path)) from problem
    fields = [str(name) for name in meta["fields"]]
    columns = {
        name: _plain(column)
        for name, column in zip(fields, values, strict=True)
        if not (DRIVERS[driver] == "KML" and name in KML_OWN)
    }
    shapes = shapely.from_wkb([] if wkb is None else wkb, on_invalid="ignore")
    return Raw(DRIVERS[driver], layer, listed(shapes), columns, meta["crs"], notes=notes)


def _layer(path: Path, readable: Path, wanted: str | None, stem: str) -> tuple[str, str, list[str]]:
    """Driver, layer and notes; of several layers the only one with polygons, or the one wanted.

    `stem` names the data set in an archive: wanting it says nothing about its layers.
    """
    try:
        listing = pyogrio.list_layers(readable)
        names = [str(name) for name in listing[:, 0]]
        if not names:
            raise Unusable(f"{path} has no layer with shapes.", path=str(path))
        driver = str(pyogrio.read_info(readable, layer=names[0])["driver"])
    except (DataSourceError, DataLayerError) as problem:
        raise Unusable(f"{path} is not a {FORMATS} file.", path=str(path)) from problem
    if driver not in DRIVERS:
        raise Unusable(
            f"{path} is a {driver} file, not {FORMATS}. Save it as GeoPackage.", path=str(path)
        )
    if wanted == stem and wanted not in names:
        wanted = None
    if wanted is not None and wanted not in names:
        raise LayerAmbiguous(
            f"{path} has no layer {wanted}, but: {', '.join(names)}.",
            path=str(path),
            layers=names,
        )
    if wanted is not None or len(names) == 1:
        return driver, wanted or names[0], []
    drawn = [
        str(name)
        for name, kind in listing
        if kind is not None and ("Polygon" in kind or "Surface" in kind or kind == "Unknown")
    ]
    if len(drawn) != 1:
        raise LayerAmbiguous(
            f"{path} has several layers, choose one: {', '.join(drawn or names)}.",
            path=str(path),
            layers=drawn or names,
        )
    return driver, drawn[0], [f"Of its layers only {drawn[0]} holds polygons; it was read."]


def _plain(column: NDArray[Any]) -> list[Any]:
    """Python's own values; no value is None, whatever GDAL writes for it."""
    if np.issubdtype(column.dtype, np.datetime64):
        return [None if np.isnat(value) else str(value) for value in column]
    values = column.tolist()
    return [None if isinstance(value, float) and value != value else value for value in values]


def _read_shapefile(path: Path, inner: Path, told: str | None) -> Raw:
    """Shapes by GDAL, attributes by our own reader: see `layers.intake.dbf`."""
    companions = {file.suffix.lower(): file for file in inner.parent.glob(f"{_literal(inner)}.*")}
    encoding, columns = None, {}
    if ".dbf" in companions:
        table = read_table(companions[".dbf"])
        declared, by = told, "--encoding"
        if declared is None and ".cpg" in companions:
            declared, by = (
                companions[".cpg"].read_text("ascii", errors="ignore").strip(),
                "its .cpg",
            )
        encoding = decide(table.texts(), declared=declared or None, declared_in=by)
        columns = table.columns(encoding.name)
    crs, notes = None, []
    with tempfile.TemporaryDirectory(prefix="geogrid-") as place:
        # GDAL reads the table too, and would stumble over what it cannot decode: shapes only.
        copy = Path(place) / "shapes.shp"
        for ending in (".shp", ".shx", ".prj"):
            if ending in companions:
                shutil.copyfile(companions[ending], copy.with_suffix(ending))
        if ".shx" not in companions:
            notes.append("Its .shx is missing; the order of shapes was taken from the .shp.")
        try:
            with _options(SHAPE_RESTORE_SHX="YES"):
                meta, _, wkb, _ = pyogrio.raw.read(copy, force_2d=True)
        except (DataSourceError, DataLayerError, ValueError) as problem:
            raise Unusable(f"{path} cannot be read: {problem}", path=str(path)) from problem
        crs = meta["crs"]
    shapes = listed(shapely.from_wkb([] if wkb is None else wkb, on_invalid="ignore"))
    lengths = {len(column) for column in columns.values()}
    if lengths and lengths != {len(shapes)}:
        raise Unusable(
            f"{path}: its .dbf has {lengths.pop()} records, its .shp {len(shapes)} shapes."
            " They belong to different versions; copy the Shapefile again.",
            path=str(path),
        )
    return Raw("Shapefile", inner.stem, shapes, columns, crs, encoding, notes)


def _literal(inner: Path) -> str:
    return inner.stem.translate({ord(letter): f"[{letter}]" for letter in "*?["})


@contextmanager
def _options(**options: str) -> Iterator[None]:
    """Settings of GDAL for a moment."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _read_drawing(path: Path, inner: Path, wanted: str | None, told: str | None) -> Raw:
    encoding = encoding_of(inner.read_bytes())
    if told:
        encoding = decide([], declared=told, declared_in="--encoding")
    try:
        with _options(DXF_ENCODING=encoding.name.upper()):
            meta, _, wkb, values = pyogrio.raw.read(inner, force_2d=True)
    except (DataSourceError, DataLayerError, ValueError) as problem:
        raise Unusable(
            f"{path} cannot be read as a DXF drawing: {problem}. Save it as DXF 2010.",
            path=str(path),
        ) from problem
    columns = {str(name): _plain(c) for name, c in zip(meta["fields"], values, strict=True)}
    shapes = listed(shapely.from_wkb([] if wkb is None else wkb, on_invalid="ignore"))
    layers = drawn_polygons(shapes, columns["Layer"], columns["Text"])
    asked = None if inner.stem == wanted else wanted
    if not layers:
        raise Unusable(
            f"{path} holds no closed line and no hatch. Close the borders of the grids.",
            path=str(path),
        )
    if asked is not None and asked not in layers:
        raise LayerAmbiguous(
            f"{path} has no layer {asked} with closed lines, but: {', '.join(layers)}.",
            path=str(path),
            layers=list(layers),
        )
    if asked is None and len(layers) > 1:
        raise LayerAmbiguous(
            f"{path} has several layers, choose one with --layer: {', '.join(layers)}.",
            path=str(path),
            layers=list(layers),
        )
    layer = asked or next(iter(layers))
    polygons, notes = layers[layer]
    words, places = texts_of(shapes, columns["Text"])
    return Raw(
        "DXF", layer, polygons, named(polygons, layer, words, places), None, encoding, [*notes]
    )
