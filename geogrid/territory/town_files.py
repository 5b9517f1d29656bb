"""The ground a list is drawn on, out of files: an OpenStreetMap extract, or layers of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geogrid.coverage.from_list import Terrain
from geogrid.coverage.proof import invalid
from geogrid.territory.listed_ground import NamedShape
from geogrid.territory.listed_plan import Town
from layers.datum.lattice import snap
from layers.datum.shapes import Shape, Shapes, listed
from layers.intake.doors import Door, doors_of
from layers.intake.errors import Unusable
from layers.intake.features import LINES, POLYGONS, read_features
from layers.intake.kinds import LIMITING_WATERS, limits_grids, street_rank
from layers.intake.osm import Extract

__all__ = [
    "FIELDS",
    "TownFiles",
    "read_communities",
    "read_outline",
    "town_from_extract",
    "town_from_files",
]

# The same streets cut blocks here as in the first plan of a town.

# What a field says -> names it usually has, first match wins.
FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "NAME", "名称"),
    "street": ("addr:street", "street", "street_name", "街路巷", "街巷", "道路", "路名"),
    "compound": ("addr:place", "compound", "estate", "小区", "小区名称"),
    "number": (
        "addr:housenumber", "housenumber", "house_number", "number", "house", "门牌", "门牌号",
        "楼栋", "楼栋号", "楼号", "栋号",
    ),
    "unit": ("addr:unit", "unit", "entrance", "单元", "单元号"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TownFiles:
    """Files of one's own, any of them may be missing; `fields` says what to read -> field.

    `streets` with a field `highway` are sorted by it, as OpenStreetMap's are; without it every
    line in it cuts. `paths` cut only where a block has to be shared.
    """

    streets: Sequence[Path] = ()
    paths: Path | None = None
    barriers: Path | None = None
    buildings: Path | None = None
    addresses: Path | None = None
    places: Path | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None


@dataclass(frozen=True, slots=True)
class _Layer:
    path: Path
    shapes: Shapes
    columns: Mapping[str, Sequence[Any]]
    fields: Mapping[str, str]

    def texts(self, what: str) -> list[str]:
        """Values of the field that says `what`; empty ones where no field does."""
        told = self.fields.get(what)
        known = [told] if told else [name for name in FIELDS[what] if name in self.columns]
        if not known or known[0] not in self.columns:
            return [""] * len(self.shapes)
        return ["" if v is None else _text(v) for v in self.columns[known[0]]]


def read_outline(path: Path, *, crs: str | None = None) -> Shape:
    """The territory: all polygons of a file as one, on the lattice.

    Raises
    ------
    Unusable
        When the file cannot be read, or its polygons are invalid.
    """
    layer = _layer(path, POLYGONS, {}, crs)
    shapes = listed([snap(shape) for shape in layer.shapes])
    if len(invalid(shapes)):
        raise Unusable(f"{path}: a polygon is empty or crosses itself.", path=str(path))
    return shapely.union_all(shapes, grid_size=1e-7) if len(shapes) > 1 else shapes[0]


def read_communities(
    path: Path, *, name_field: str = "", crs: str | None = None
) -> list[NamedShape]:
    """Named outlines that no grid may cross.

    Raises
    ------
    Unusable
        When the file cannot be read.
    """
    return _named(_layer(path, POLYGONS, {"name": name_field} if name_field else {}, crs))


def town_from_extract(
    extract: Extract, outline: Shape, communities: Sequence[NamedShape] = ()
) -> Town:
    """The ground of an OpenStreetMap extract.

    Parameters
    ----------
    extract : Extract
    outline : Polygon or MultiPolygon
        On the lattice.
    communities : sequence of NamedShape
    """
    limits: list[Shape] = []
    paths: list[Shape] = []
    for street in extract.streets:
        rank = street_rank(street.tags)
        if rank is not None:
            (limits if limits_grids(rank) else paths).append(street.geometry)
    limits += [railway.geometry for railway in extract.railways]
    limits += [
        water.geometry for water in extract.waters if water.tags.get("waterway") in LIMITING_WATERS
    ]
    doors, _ = doors_of(extract.addresses)
    named = [record for record in [*extract.place_names, *extract.points] if record.name]
    return Town(
        terrain=Terrain(
            outline=outline,
            limits=listed(limits),
            paths=listed(paths),
            footprints=listed([building.geometry for building in extract.buildings]),
            communities=listed([one.shape for one in communities]),
        ),
        doors=doors,
        places=[NamedShape(record.name, record.anchor) for record in named],
        communities=communities,
    )


def town_from_files(
    files: TownFiles, outline: Shape, communities: Sequence[NamedShape] = ()
) -> Town:
    """The ground of files of one's own.

    Raises
    ------
    Unusable
        When a file cannot be read, or holds another kind of shape.
    """
    limits: list[Shape] = []
    paths: list[Shape] = []
    seen: set[str] = set()

    def read(path: Path, kinds: Sequence[str]) -> _Layer:
        layer = _layer(path, kinds, files.fields, files.crs)
        seen.update(layer.columns)
        return layer

    for path in files.streets:
        layer = read(path, LINES)
        kinds = layer.columns.get("highway")
        for at, line in enumerate(layer.shapes):
            rank = 1 if kinds is None else street_rank({"highway": str(kinds[at])}) or 9
            (limits if limits_grids(rank) else paths).append(line)
    if files.paths:
        paths += list(read(files.paths, LINES).shapes)
    if files.barriers:
        walls = read(files.barriers, (*LINES, *POLYGONS)).shapes
        limits += [shapely.boundary(w) if w.geom_type in POLYGONS else w for w in walls]
    footprints: list[Shape] = []
    doors: list[Door] = []
    places: list[NamedShape] = []
    if files.buildings:
        layer = read(files.buildings, POLYGONS)
        footprints = list(layer.shapes)
        doors += _doors(layer)
        places += [NamedShape(one.name, _anchor(one.shape)) for one in _named(layer)]
    if files.addresses:
        doors += _doors(read(files.addresses, ("Point", *POLYGONS)))
    areas: list[NamedShape] = []
    if files.places:
        layer = read(files.places, ("Point", *POLYGONS))
        for one in _named(layer):
            (places if one.shape.geom_type == "Point" else areas).append(one)
    missing = [name for name in files.fields.values() if name not in seen]
    if missing:
        raise Unusable(f"No file has a field {missing[0]}; there are: {', '.join(sorted(seen))}.")
    return Town(
        terrain=Terrain(
            outline=outline,
            limits=listed(limits),
            paths=listed(paths),
            footprints=listed(footprints),
            communities=listed([one.shape for one in communities]),
        ),
        doors=doors,
        places=places,
        areas=areas,
        communities=communities,
    )


def _layer(path: Path, kinds: Sequence[str], fields: Mapping[str, str], crs: str | None) -> _Layer:
    found = read_features(path, kinds, crs=crs)
    return _Layer(found.path, found.shapes, found.columns, fields)


def _named(layer: _Layer) -> list[NamedShape]:
    names = layer.texts("name")
    return [
        NamedShape(name, shape) for name, shape in zip(names, layer.shapes, strict=True) if name
    ]


def _doors(layer: _Layer) -> list[Door]:
    """A feature with a number and a street or compound is a door; one with both is two."""
    rows = zip(
        layer.shapes, layer.texts("street"), layer.texts("compound"), layer.texts("number"),
        layer.texts("unit"), strict=True,
    )  # fmt: skip
    return [
        Door(f"{layer.path.name}#{at}", name, number, unit, _anchor(shape))
        for at, (shape, street, compound, number, unit) in enumerate(rows, start=1)
        for name in (street, compound)
        if name and number
    ]


def _anchor(shape: Shape) -> shapely.Point:
    return shape if isinstance(shape, shapely.Point) else snap(shapely.point_on_surface(shape))


def _text(value: Any) -> str:
    """A number that a file stores as 3.0 is a 3."""
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:g}"
    return str(value).strip()
