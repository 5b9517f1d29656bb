"""Read what stands in an address strictly: a wrong value is refused with a sentence, never guessed.

Python's `float` takes full-width digits, "nan" and "1_3", which is why it does not decide here.
"""

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point, Polygon
from django.utils.dateparse import parse_date, parse_datetime

from geogrid.desks.api.errors import (
    Missing,
    NotABox,
    NotAMoment,
    NotANumber,
    OutOfRange,
    Swapped,
    Unreadable,
)

NUMBER = re.compile(r"[+-]?[0-9]{1,10}(\.[0-9]{1,20})?", re.ASCII)


def text(value: str | None, *, name: str) -> str | None:
    """Refuse characters that a database cannot store; None and "" are nothing."""
    if value and any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in value):
        raise Unreadable(name=name)
    return value or None


def number(value: str | None, *, name: str, least: float, most: float) -> float:
    if value is None or not value.strip():
        raise Missing(name=name)
    if not NUMBER.fullmatch(value.strip()):
        raise NotANumber(name=name)
    read = float(value)
    if not least <= read <= most:
        raise OutOfRange(name=name, least=least, most=most)
    return read


def whole(value: str | None, *, name: str, least: int, most: int) -> int:
    """Return a whole number; 1.5 is none."""
    if value is not None and "." in value:
        raise NotANumber(name=name)
    return int(number(value, name=name, least=least, most=most))


def position(lon: str | None, lat: str | None) -> Point:
    """Return the point (EPSG:4326). A latitude beyond the poles says which mistake it is."""
    east = number(lon, name="lon", least=-180, most=180)
    try:
        north = number(lat, name="lat", least=-90, most=90)
    except OutOfRange:
        if abs(east) <= 90 and abs(float(lat or 0)) <= 180:
            raise Swapped from None
        raise
    return Point(east, north, srid=4326)


def moment(value: str, *, name: str, zone: str) -> datetime:
    """Return an aware time; without an offset it is read in `zone`, a date as its first instant."""
    try:
        read = parse_datetime(value)
        if read is None:
            day = parse_date(value)
            read = datetime.combine(day, time()) if day else None
        if read is not None and read.tzinfo is None:
            read = read.replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        read = None
    if read is None or not 1900 <= read.year <= 2999:
        raise NotAMoment(name=name)
    return read


def window(value: str) -> Polygon:
    """Return `west,south,east,north` as a box in EPSG:4326."""
    parts = value.split(",")
    if len(parts) != 4 or not all(NUMBER.fullmatch(part.strip()) for part in parts):
        raise NotABox
    west, south, east, north = (float(part) for part in parts)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise NotABox
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    return box
