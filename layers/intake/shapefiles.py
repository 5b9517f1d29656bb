"""Shapefiles: shapes by GDAL, attributes by our own reader of their tables."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from layers.datum.shapes import listed
from layers.intake.dbf import read_table
from layers.intake.encodings import decide
from layers.intake.errors import Unusable
from layers.intake.raw import Raw, gdal_options
from layers.intake.sentences import gettext as _

__all__ = ["read_shapefile"]


def read_shapefile(path: Path, inner: Path, told: str | None) -> Raw:
    """Shapes by GDAL, attributes by our own reader: see `layers.intake.dbf`."""
    companions = {file.suffix.lower(): file for file in inner.parent.glob(f"{_literal(inner)}.*")}
    encoding, columns = None, {}
    if ".dbf" in companions:
        table = read_table(companions[".dbf"])
        declared, by = told, _("the person who gave it")
        if declared is None and ".cpg" in companions:
            declared, by = (
                companions[".cpg"].read_text("ascii", errors="ignore").strip(),
                _("its .cpg"),
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
            notes.append(_("Its .shx is missing; the order of shapes was taken from the .shp."))
        try:
            with gdal_options(SHAPE_RESTORE_SHX="YES"):
                meta, __, wkb, __ = pyogrio.raw.read(copy, force_2d=True)
        except (DataSourceError, DataLayerError, ValueError) as problem:
            raise Unusable(
                _("%(path)s cannot be read: %(problem)s") % {"path": path, "problem": problem},
                path=str(path),
            ) from problem
        crs = meta["crs"]
    shapes = listed(shapely.from_wkb([] if wkb is None else wkb, on_invalid="ignore"))
    lengths = {len(column) for column in columns.values()}
    if lengths and lengths != {len(shapes)}:
        raise Unusable(
            _(
                "%(path)s: its .dbf has %(records)s records, its .shp %(shapes)s "
                "shapes. They belong to different versions; copy the Shapefile "
                "again."
            )
            % {"path": path, "records": lengths.pop(), "shapes": len(shapes)},
            path=str(path),
        )
    return Raw("Shapefile", inner.stem, shapes, columns, crs, encoding, notes)


def _literal(inner: Path) -> str:
    return inner.stem.translate({ord(letter): f"[{letter}]" for letter in "*?["})
