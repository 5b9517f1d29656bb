"""Read an OpenStreetMap extract into plain records. Pure: no database, no Django.

OpenStreetMap stores coordinates as whole 1e-7 degrees, so everything read here is on the
lattice already; only computed points (anchors) need rounding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import shapely
from osmium.osm import Area, Node, Relation, Way
from shapely.geometry.base import BaseGeometry

from layers.datum.lattice import from_steps, to_steps
from layers.intake.errors import FileUnreadable

RAILWAYS = frozenset({"rail", "tram", "light_rail", "narrow_gauge", "subway"})
WATERWAYS = frozenset({"river", "canal", "stream", "drain", "ditch"})
POINT_KEYS = (
    "shop", "amenity", "healthcare", "office", "craft", "tourism", "leisure", "emergency",
    "historic", "hazard", "power", "man_made",
)  # fmt: skip
# A pylon or a flag pole is not a place that anybody answers for.
POINT_VALUES = {
    "power": frozenset({"substation", "sub_station", "transformer", "generator", "plant"}),
    "man_made": frozenset(
        {"gasometer", "storage_tank", "chimney", "wastewater_plant", "water_works",
         "pumping_station", "works"}
    ),
}  # fmt: skip
GREEN_LEISURE = frozenset({"park", "garden", "nature_reserve", "pitch", "golf_course"})
BOUNDARY_KINDS = frozenset({"administrative", "political", "postal_code"})
Waiting = tuple[str, str, Mapping[str, str]]  # number, shape as WKB, tags
UNBUILDABLE = (RuntimeError, osmium.InvalidLocationError)


@dataclass(frozen=True, slots=True)
class Record:
    """One thing of the extract: where it is (lon, lat in degrees) and what it says of itself.

    `anchor` is the lattice point that decides membership: the node itself, or a point that
    lies inside the polygon.
    """

    source_id: str
    geometry: BaseGeometry
    anchor: shapely.Point
    tags: Mapping[str, str]

    @property
    def name(self) -> str:
        """The local name, or nothing."""
        return self.tags.get("name", "")


@dataclass(slots=True)
class Extract:
    """Everything of an extract that GeoGrid has a use for, in file order."""

    streets: list[Record] = field(default_factory=list)
    railways: list[Record] = field(default_factory=list)
    waters: list[Record] = field(default_factory=list)
    land_use: list[Record] = field(default_factory=list)
    buildings: list[Record] = field(default_factory=list)
    addresses: list[Record] = field(default_factory=list)
    points: list[Record] = field(default_factory=list)
    place_names: list[Record] = field(default_factory=list)
    boundaries: list[Record] = field(default_factory=list)
    unbuildable: Counter[str] = field(default_factory=Counter)
    broken_boundaries: dict[str, list[str]] = field(default_factory=dict)
    """Names of boundary relations that do not close, with the relations' ids."""
    read: Counter[str] = field(default_factory=Counter)
    """Nodes, ways and relations seen."""

    def layers(self) -> Iterable[tuple[str, list[Record]]]:
        """The nine lists by name, in a fixed order."""
        for name in (
            "streets", "railways", "waters", "land_use", "buildings", "addresses", "points",
            "place_names", "boundaries",
        ):  # fmt: skip
            yield name, getattr(self, name)


def read_extract(path: Path) -> Extract:
    """Read a `.osm.pbf`, `.osm`, `.osm.gz` or `.osm.bz2` file.

    Raises FileUnreadable when the file is missing or is not an OpenStreetMap extract.
    """
    if not path.is_file():
        raise FileUnreadable(f"There is no file {path}.", path=str(path))
    handler = _Reader()
    try:
        handler.apply_file(str(path), locations=True, idx="flex_mem")
    except (RuntimeError, ValueError) as error:
        raise FileUnreadable(
            f"{path} is not a readable OpenStreetMap extract"
            f" (.osm.pbf, .osm, .osm.gz, .osm.bz2): {error}",
            path=str(path),
        ) from error
    extract = handler.finish()
    if not any(records for _, records in extract.layers()):
        raise FileUnreadable(f"{path} holds no streets, buildings or places.", path=str(path))
    closed = {record.source_id for record in extract.boundaries}
    for name, relations in handler.boundary_relations.items():
        broken = [relation for relation in relations if relation not in closed]
        if broken:
            extract.broken_boundaries[name] = broken
    return extract


class _Reader(osmium.SimpleHandler):
    """One pass with locations; areas are assembled by the library from ways and relations.

    Shapes wait as WKB until the pass is over: building them all at once takes half the time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.extract = Extract()
        self.boundary_relations: dict[str, list[str]] = {}
        self._factory = osmium.geom.WKBFactory()
        self._lines: list[Waiting] = []
        self._areas: list[Waiting] = []

    def node(self, node: Node) -> None:
        self.extract.read["nodes"] += 1
        if not len(node.tags):
            return
        tags = dict(node.tags)
        point = shapely.Point(node.location.lon, node.location.lat)
        record = Record(f"n{node.id}", point, point, tags)
        self._address_and_point(record)
        if "place" in tags and tags.get("name"):
            self.extract.place_names.append(record)

    def way(self, way: Way) -> None:
        self.extract.read["ways"] += 1
        if not len(way.tags) or (way.is_closed() and way.tags.get("area") == "yes"):
            return
        tags = dict(way.tags)
        layer = _line_layer(tags)
        if layer is None:
            return
        try:
            wkb = self._factory.create_linestring(way)
        except UNBUILDABLE:  # a node of the way is missing in the extract, or all are one
            self.extract.unbuildable[layer] += 1
            return
        self._lines.append((f"w{way.id}", wkb, tags))

    def relation(self, relation: Relation) -> None:
        self.extract.read["relations"] += 1
        tags = relation.tags
        if tags.get("boundary") in BOUNDARY_KINDS and tags.get("name"):
            self.boundary_relations.setdefault(tags["name"], []).append(f"r{relation.id}")

    def area(self, area: Area) -> None:
        tags = dict(area.tags)
        if not tags or not _is_interesting(tags):
            return
        try:
            wkb = self._factory.create_multipolygon(area)
        except UNBUILDABLE:
            self.extract.unbuildable[_area_layer(tags)] += 1
            return
        number = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
        self._areas.append((number, wkb, tags))

    def finish(self) -> Extract:
        """Build what waits, sort it into its lists and return them."""
        for record in self._built(self._lines, _line_layer):
            getattr(self.extract, _line_layer(record.tags) or "streets").append(record)
        for record in self._built(self._areas, _area_layer):
            self._sort_area(record)
        return self.extract

    def _built(
        self, waiting: list[Waiting], layer_of: Callable[[Mapping[str, str]], str | None]
    ) -> Iterable[Record]:
        shapes = shapely.from_wkb(np.array([wkb for _, wkb, _ in waiting], dtype=object))
        usable = shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
        single = shapely.get_num_geometries(shapes) == 1
        shapes[single] = shapely.get_geometry(shapes[single], 0)
        xy = shapely.get_coordinates(shapely.point_on_surface(shapes[usable]))
        anchor = map(shapely.Point, from_steps(to_steps(xy)))
        for (number, _, tags), shape, good in zip(waiting, shapes, usable, strict=True):
            if good:
                yield Record(number, shape, next(anchor), tags)
            else:
                self.extract.unbuildable[layer_of(tags) or ""] += 1

    def _sort_area(self, record: Record) -> None:
        tags = record.tags
        if tags.get("boundary") in BOUNDARY_KINDS:
            self.extract.boundaries.append(record)
            return
        if _is_building(tags):
            self.extract.buildings.append(record)
        self._address_and_point(record)
        if _is_water(tags):
            self.extract.waters.append(record)
        elif "landuse" in tags or tags.get("leisure") in GREEN_LEISURE or "natural" in tags:
            self.extract.land_use.append(record)
        if "place" in tags and tags.get("name"):
            self.extract.place_names.append(record)

    def _address_and_point(self, record: Record) -> None:
        if "addr:housenumber" in record.tags:
            self.extract.addresses.append(record)
        if _is_point(record.tags):
            self.extract.points.append(record)


def _line_layer(tags: Mapping[str, str]) -> str | None:
    if "highway" in tags:
        return "streets"
    if tags.get("railway") in RAILWAYS:
        return "railways"
    return "waters" if tags.get("waterway") in WATERWAYS else None


def _is_building(tags: Mapping[str, str]) -> bool:
    return tags.get("building", "no") not in ("no", "entrance")


def _is_water(tags: Mapping[str, str]) -> bool:
    return (
        tags.get("natural") == "water"
        or tags.get("waterway") == "riverbank"
        or tags.get("landuse") in ("reservoir", "basin")
    )


def _is_point(tags: Mapping[str, str]) -> bool:
    return any(
        key in tags and (key not in POINT_VALUES or tags[key] in POINT_VALUES[key])
        for key in POINT_KEYS
    )


def _is_interesting(tags: Mapping[str, str]) -> bool:
    keys = ("building", "landuse", "leisure", "natural", "addr:housenumber", "boundary", "place")
    return any(key in tags for key in keys) or _is_water(tags) or _is_point(tags)


def _area_layer(tags: Mapping[str, str]) -> str:
    if _is_building(tags):
        return "buildings"
    if "boundary" in tags:
        return "boundaries"
    return "waters" if _is_water(tags) else "land_use"
