"""What stands in a vector file, format by format, before its numbers mean anything.

The format is told by a file's content, not by its name. `layers.intake.vector_files` gives the
numbers their place.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from layers.datum.shapes import listed
from layers.intake.archives import is_archive, unpack
from layers.intake.drawings import drawn_polygons, encoding_of, named, texts_of
from layers.intake.encodings import as_text, decide
from layers.intake.errors import LayerAmbiguous, Unusable
from layers.intake.raw import Raw, gdal_options, plain_values
from layers.intake.sentences import gettext as _
from layers.intake.sentences import gettext_noop
from layers.intake.shapefiles import read_shapefile

__all__ = ["FORMATS", "Raw", "opened", "read_raw"]

FORMATS = gettext_noop("GeoJSON, GeoPackage, Shapefile, KML, File Geodatabase or DXF")
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


@contextmanager
def opened(path: Path, wanted: str | None) -> Iterator[Path]:
    """The data set of a path: itself, or what a zip holds, unpacked for as long as it is read."""
    if not path.exists():
        raise Unusable(_("%(path)s does not exist.") % {"path": path}, path=str(path))
    if path.is_dir():
        if path.suffix.lower() != ".gdb":
            raise Unusable(
                _("%(path)s is a folder; give a file in it.") % {"path": path}, path=str(path)
            )
        yield path
        return
    if path.stat().st_size == 0:
        raise Unusable(_("%(path)s is empty.") % {"path": path}, path=str(path))
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
        raise Unusable(
            _("%(path)s holds no %(formats)s.") % {"path": path, "formats": _(FORMATS)},
            path=str(path),
        )
    if len(found) > 1 and wanted is not None:
        found = [file for file in found if file.stem == wanted] or found
    if len(found) > 1:
        stems = [file.stem for file in found]
        raise LayerAmbiguous(
            _("%(path)s holds several data sets: %(layers)s.")
            % {"path": path, "layers": ", ".join(stems)},
            _("Choose one with --layer."),
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
            _(
                "%(path)s is a DWG drawing, which only AutoCAD reads. Save it as "
                "DXF 2010 (in AutoCAD: SAVEAS, AutoCAD 2010 DXF) and give that "
                "file."
            )
            % {"path": path},
            path=str(path),
        )
    if head.startswith(b"AutoCAD Binary DXF"):
        raise Unusable(
            _("%(path)s is a binary DXF. Save it as DXF 2010 in text form.") % {"path": path},
            path=str(path),
        )
    if inner.suffix.lower() in COMPANIONS:
        raise Unusable(
            _("%(path)s is a part of a Shapefile; give the .shp or a zip.") % {"path": path},
            path=str(path),
        )
    if inner.suffix.lower() == ".dxf":
        _refuse_disguised(path, inner, head)
        return _read_drawing(path, inner, layer, encoding)
    if inner.suffix.lower() == ".shp":
        if not head.startswith(SHAPES):
            raise Unusable(
                _("%(path)s cannot be read: it is no Shapefile.") % {"path": path}, path=str(path)
            )
        return read_shapefile(path, inner, encoding)
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
            _(
                "%(path)s is not a %(formats)s file. Save it as one of them in the "
                "program it comes from."
            )
            % {"path": path, "formats": _(FORMATS)},
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
        note = _("Its texts are not UTF-8, as GeoJSON prescribes; read as %(name)s.")
        note %= {"name": found.name}
        yield copy, [note]


def _read_layer(path: Path, readable: Path, wanted: str | None, stem: str) -> Raw:
    driver, layer, notes = _layer(path, readable, wanted, stem)
    try:
        meta, __, wkb, values = pyogrio.raw.read(readable, layer=layer, force_2d=True)
    except (DataSourceError, DataLayerError, ValueError) as problem:
        raise Unusable(
            _("%(path)s cannot be read: %(problem)s") % {"path": path, "problem": problem},
            path=str(path),
        ) from problem
    fields = [str(name) for name in meta["fields"]]
    columns = {
        name: plain_values(column)
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
            raise Unusable(_("%(path)s has no layer with shapes.") % {"path": path}, path=str(path))
        driver = str(pyogrio.read_info(readable, layer=names[0])["driver"])
    except (DataSourceError, DataLayerError) as problem:
        raise Unusable(
            _("%(path)s is not a %(formats)s file.") % {"path": path, "formats": _(FORMATS)},
            path=str(path),
        ) from problem
    if driver not in DRIVERS:
        raise Unusable(
            _("%(path)s is a %(driver)s file, not %(formats)s. Save it as GeoPackage.")
            % {"path": path, "driver": driver, "formats": _(FORMATS)},
            path=str(path),
        )
    if wanted == stem and wanted not in names:
        wanted = None
    if wanted is not None and wanted not in names:
        raise LayerAmbiguous(
            _("%(path)s has no layer %(wanted)s, but: %(layers)s.")
            % {"path": path, "wanted": wanted, "layers": ", ".join(names)},
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
            _("%(path)s has several layers: %(layers)s.")
            % {"path": path, "layers": ", ".join(drawn or names)},
            _("Choose one with --layer."),
            path=str(path),
            layers=drawn or names,
        )
    return (
        driver,
        drawn[0],
        [_("Of its layers only %(layer)s holds polygons; it was read.") % {"layer": drawn[0]}],
    )


def _read_drawing(path: Path, inner: Path, wanted: str | None, told: str | None) -> Raw:
    encoding = encoding_of(inner.read_bytes())
    if told:
        encoding = decide([], declared=told, declared_in=_("the person who gave it"))
    try:
        with gdal_options(DXF_ENCODING=encoding.name.upper()):
            meta, __, wkb, values = pyogrio.raw.read(inner, force_2d=True)
    except (DataSourceError, DataLayerError, ValueError) as problem:
        raise Unusable(
            _("%(path)s cannot be read as a DXF drawing: %(problem)s. Save it as DXF 2010.")
            % {"path": path, "problem": problem},
            path=str(path),
        ) from problem
    columns = {str(name): plain_values(c) for name, c in zip(meta["fields"], values, strict=True)}
    shapes = listed(shapely.from_wkb([] if wkb is None else wkb, on_invalid="ignore"))
    layers = drawn_polygons(shapes, columns["Layer"], columns["Text"])
    asked = None if inner.stem == wanted else wanted
    if not layers:
        raise Unusable(
            _("%(path)s holds no closed line and no hatch. Close the borders of the grids.")
            % {"path": path},
            path=str(path),
        )
    if asked is not None and asked not in layers:
        raise LayerAmbiguous(
            _("%(path)s has no layer %(asked)s with closed lines, but: %(layers)s.")
            % {"path": path, "asked": asked, "layers": ", ".join(layers)},
            path=str(path),
            layers=list(layers),
        )
    if asked is None and len(layers) > 1:
        raise LayerAmbiguous(
            _("%(path)s has several layers: %(layers)s.")
            % {"path": path, "layers": ", ".join(layers)},
            _("Choose one with --layer."),
            path=str(path),
            layers=list(layers),
        )
    layer = asked or next(iter(layers))
    polygons, notes = layers[layer]
    words, places = texts_of(shapes, columns["Text"])
    return Raw(
        "DXF", layer, polygons, named(polygons, layer, words, places), None, encoding, [*notes]
    )
