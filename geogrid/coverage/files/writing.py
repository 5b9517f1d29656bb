"""Polygons into a file: GeoJSON, GeoPackage, Shapefile, KML, in any coordinate system.

Numbers are written so finely that reading them back and going to the nearest lattice point gives
the same numbers: 7 decimals of a degree, at least 4 of a metre, or the doubles themselves.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer

from geogrid.coverage.files.styles import GRID_STYLE, STYLE_TABLE
from layers.datum.lattice import DECIMALS
from layers.datum.shapes import Shapes, ShapesLike, listed
from layers.intake.coordinates import STORED, named_crs
from layers.intake.errors import Unusable

__all__ = ["ENDINGS", "SHAPEFILE_NAMES", "write_polygons"]

ENDINGS = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".zip": "ESRI Shapefile",
    ".kml": "LIBKML",
    ".kmz": "LIBKML",
}
METRE_DECIMALS = 4
# A Shapefile has room for ten letters (bytes) in a field's name and 254 bytes in a text.
SHAPEFILE_NAMES = {
    "parent_name": "parent_nam",
    "pieces_reason": "pieces_why",
    "dwellings_origin": "dwell_orig",
    "compactness": "compact",
}
WIDEST_NAME, WIDEST_TEXT = 10, 254

Columns = Mapping[str, Sequence[Any]]


def write_polygons(
    path: Path,
    shapes: ShapesLike,
    properties: Columns | None = None,
    *,
    crs: str = "EPSG:4326",
    layer: str = "",
    styled: bool = False,
) -> None:
    """Write one layer of polygons; an existing file is replaced once the new one is complete.

    Parameters
    ----------
    path : Path
        Its ending chooses the format: .geojson, .gpkg, .shp, .zip (a Shapefile in it), .kml, .kmz.
    shapes : Polygon or MultiPolygon, n of them
        EPSG:4326, on the lattice.
    properties : mapping of str to sequence, optional
        Values by field, n each: str, int, float, bool or None; others as their text.
    crs : str
        Of the file. GeoJSON in another one than EPSG:4326 gets the `crs` member of the format's
        first version, which GIS programs read and web maps do not. KML is always EPSG:4326.
    layer : str
        Name of the layer; by default the file's name without ending.
    styled : bool
        A GeoPackage brings along the style that QGIS draws grids with.

    Raises
    ------
    Unusable
        When the ending or the system is unknown, lengths differ, or the place cannot be written.

    Known Issues
    ------------
    A Shapefile cuts names of fields to ten bytes (`SHAPEFILE_NAMES`); a text beyond 254 bytes goes
    on in a second field, `name_2`. It does not tell no text from an empty one.
    """
    driver = ENDINGS.get(path.suffix.lower())
    if driver is None:
        raise Unusable(
            f"{path}: unknown ending; choose one of {', '.join(ENDINGS)}.", path=str(path)
        )
    target = named_crs(crs)
    if not isinstance(target, CRS):
        raise Unusable(f"GeoGrid writes no {crs}: give a real coordinate system, path={path}.")
    if driver == "LIBKML" and target != STORED:
        raise Unusable("KML is always in EPSG:4326; leave out --crs or choose another format.")
    polygons = listed(shapes)
    columns = {name: list(values) for name, values in (properties or {}).items()}
    for name, values in columns.items():
        if len(values) != len(polygons):
            raise Unusable(f"{name} has {len(values)} values for {len(polygons)} shapes.")
    with tempfile.TemporaryDirectory(prefix="geogrid-") as place:
        work = Path(place) / _working_name(path, driver)
        try:
            _write(work, driver, _projected(polygons, target), columns, target, layer or path.stem)
            if styled and driver == "GPKG":
                _add_style(work, layer or path.stem)
            _move(work, path, driver)
        except (DataSourceError, DataLayerError, OSError) as problem:
            raise Unusable(f"{path} cannot be written: {problem}", path=str(path)) from problem


def _working_name(path: Path, driver: str) -> str:
    ending = ".shp" if driver == "ESRI Shapefile" else path.suffix.lower()
    return f"{path.stem}{ending}"


def _projected(shapes: Shapes, target: CRS) -> Shapes:
    """Vertex by vertex; matched borders stay matched."""
    if target == STORED:
        return shapes
    transformer = Transformer.from_crs(STORED, target, always_xy=True)
    moved: Shapes = shapely.transform(
        shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise Unusable(f"{target.name} does not reach there; choose the zone of the area.")
    return moved


def _write(
    work: Path, driver: str, shapes: Shapes, columns: Columns, target: CRS, layer: str
) -> None:
    options: dict[str, Any] = {}
    if driver == "ESRI Shapefile":
        options["encoding"] = "UTF-8"
        columns = _for_shapefile(columns)
        shapes = _clockwise(shapes)
    if driver == "GeoJSON":
        decimals = DECIMALS if target.is_geographic else METRE_DECIMALS
        options["COORDINATE_PRECISION"] = str(decimals + (2 if _drifts(target) else 0))
    mixed = len(set(shapely.get_type_id(shapes).tolist())) > 1
    kind = "Polygon"
    if driver == "GPKG" or mixed or (shapely.get_type_id(shapes) == 6).any():
        kind = "MultiPolygon" if driver == "GPKG" else "Unknown"
    if driver == "GPKG":
        shapes = listed(
            shapely.MultiPolygon([s]) if isinstance(s, shapely.Polygon) else s for s in shapes
        )
    if driver == "ESRI Shapefile":
        kind = "Polygon"  # which may have several parts
    data, masks = _arrays(columns)
    pyogrio.raw.write(
        work,
        shapely.to_wkb(shapes),
        field_data=data,
        fields=np.array(list(columns), dtype=object),
        field_mask=masks,
        layer=layer,
        driver=driver,
        geometry_type=kind,
        crs=f"EPSG:{target.to_epsg()}" if target.to_epsg() else target.to_wkt(),
        **options,
    )


def _drifts(target: CRS) -> bool:
    """Degrees of another datum are not on the lattice of EPSG:4326."""
    return bool(target.is_geographic and target != STORED)


def _clockwise(shapes: Shapes) -> Shapes:
    """Shapefiles tell shells from holes by their direction."""
    return listed(shapely.orient_polygons(shapes, exterior_cw=True))


def _arrays(
    columns: Columns,
) -> tuple[list[NDArray[Any]], list[NDArray[np.bool_] | None]]:
    """One array per field with a mask for what is missing."""
    data: list[NDArray[Any]] = []
    masks: list[NDArray[np.bool_] | None] = []
    for values in columns.values():
        missing = np.array([value is None for value in values], dtype=bool)
        kinds = {type(value) for value in values if value is not None}
        if kinds <= {bool, np.bool_} and kinds:
            array = np.array([bool(value) for value in values])
        elif kinds <= {int, np.int64, np.int32} and kinds:
            array = np.array([0 if value is None else int(value) for value in values], np.int64)
        elif kinds <= {int, float, np.float64, np.int64} and kinds:
            array = np.array([np.nan if v is None else float(v) for v in values])
        else:
            array = np.array([None if v is None else str(v) for v in values], dtype=object)
        data.append(array)
        masks.append(missing if missing.any() and array.dtype != object else None)
    return data, masks


def _for_shapefile(columns: Columns) -> dict[str, Sequence[Any]]:
    """Short names, and long texts in two fields."""
    result: dict[str, Sequence[Any]] = {}
    for name, values in columns.items():
        short = _short(SHAPEFILE_NAMES.get(name, name), result)
        result[short] = values
        if any(isinstance(v, str) and len(v.encode()) > WIDEST_TEXT for v in values):
            halves = [_halved(v) for v in values]
            result[short] = [first for first, _ in halves]
            result[_short(f"{short[: WIDEST_NAME - 2]}_2", result)] = [rest for _, rest in halves]
    return result


def _short(name: str, taken: Mapping[str, Any]) -> str:
    """At most ten bytes, no letter cut in two, not yet taken."""
    short = name.encode()[:WIDEST_NAME].decode(errors="ignore")
    number = 1
    while short in taken:
        number += 1
        ending = f"_{number}"
        short = name.encode()[: WIDEST_NAME - len(ending)].decode(errors="ignore") + ending
    return short


def _halved(value: Any) -> tuple[Any, str | None]:
    if not isinstance(value, str) or len(value.encode()) <= WIDEST_TEXT:
        return value, None
    first = value.encode()[:WIDEST_TEXT].decode(errors="ignore")
    return first, value[len(first) :]


def _add_style(work: Path, layer: str) -> None:
    """QGIS reads styles from a table of the GeoPackage itself."""
    with sqlite3.connect(work) as connection:
        connection.execute(STYLE_TABLE)
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles')"
        )
        connection.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
            " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description)"
            " VALUES ('', '', ?, 'geom', 'grids', ?, '', 1, 'GeoGrid')",
            [layer, GRID_STYLE],
        )
    connection.close()


def _move(work: Path, path: Path, driver: str) -> None:
    """Put the finished file, or all files of a Shapefile, in their place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if driver != "ESRI Shapefile":
        shutil.move(work, path)
        return
    parts = sorted(work.parent.glob("*"))
    if path.suffix.lower() == ".zip":
        packed = work.parent / "packed"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in parts:
                archive.write(part, part.name)
        shutil.move(packed, path)
        return
    for part in parts:
        shutil.move(part, path.with_suffix(part.suffix))
