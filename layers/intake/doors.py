"""Addresses as people type them, out of tags; and the nearest door of things without one. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from layers.datum.metric import metres_per_degree
from layers.intake.osm import Record

SEVERAL = re.compile(r"\s*[;,]\s*")
HAN = re.compile(r"[一-鿿]")


@dataclass(frozen=True, slots=True)
class Door:
    """One address: `street` may be a compound, `unit` is an entrance; `text` is what one reads."""

    source_id: str
    street: str
    house: str
    unit: str
    anchor: shapely.Point

    @property
    def text(self) -> str:
        """Turmstraße 12, or 春晖小区3栋2单元: Chinese is written without spaces."""
        return address_text(self.street, self.house, self.unit)


def address_text(street: str, house: str, unit: str = "") -> str:
    """Street, number and entrance in the order and spacing of the street's language."""
    parts = [part for part in (street, house, unit) if part]
    return ("" if HAN.search(street) else " ").join(parts)


def doors_of(records: Sequence[Record]) -> tuple[list[Door], list[Record]]:
    """Doors of all address records, and the records that name no street.

    `12;14` becomes two doors; `12-14` stays one, because nobody knows what lies between.
    """
    doors: list[Door] = []
    streetless: list[Record] = []
    for record in records:
        street = record.tags.get("addr:street") or record.tags.get("addr:place") or ""
        if not street:
            streetless.append(record)
            continue
        for house in SEVERAL.split(record.tags["addr:housenumber"]):
            if house:
                unit = record.tags.get("addr:unit", "")
                doors.append(Door(record.source_id, street, house, unit, record.anchor))
    return doors, streetless


class NearestDoor:
    """Finds the address that a place without one is best known by."""

    def __init__(self, doors: Sequence[Door], streets: Sequence[Record]) -> None:
        self._doors = doors
        self._streets = [street for street in streets if street.name]
        middle = doors[0].anchor.y if doors else (streets[0].anchor.y if streets else 0.0)
        self._scale = np.array(metres_per_degree(middle))
        self._door_tree = shapely.STRtree([self._metric(door.anchor) for door in doors])
        lines = [self._metric(street.geometry) for street in self._streets]
        self._street_tree = shapely.STRtree(lines)

    def of(self, anchors: Sequence[shapely.Point], tags: Sequence[Mapping[str, str]]) -> list[str]:
        """The own address, else the door within 40 m, else the named street within 150 m."""
        points = np.array([self._metric(anchor) for anchor in anchors], dtype=object)
        door = self._nearest(self._door_tree, points, 40)
        street = self._nearest(self._street_tree, points, 150)
        texts = []
        for n, own in enumerate(tags):
            name = own.get("addr:street") or own.get("addr:place") or ""
            if name:
                texts.append(address_text(name, own.get("addr:housenumber", "")))
            elif n in door:
                found = self._doors[door[n]]
                texts.append(address_text(found.street, found.house))
            else:
                texts.append(self._streets[street[n]].name if n in street else "")
        return texts

    def _metric(self, geometry: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(geometry, lambda xy: xy * self._scale)

    @staticmethod
    def _nearest(tree: shapely.STRtree, points: np.ndarray, metres: float) -> dict[int, int]:
        if not len(tree.geometries) or not len(points):
            return {}
        rows, hits = tree.query_nearest(points, max_distance=metres, all_matches=False)
        return dict(zip(rows.tolist(), hits.tolist(), strict=True))
