"""Attributes of a Shapefile: its .dbf, read as bytes first, so that the encoding can be decided.

GDAL refuses tables whose names or values are cut in the middle of a Chinese letter, which every
field of fixed width does sooner or later (a UTF-8 name has room for three).

Source: https://en.wikipedia.org/wiki/.dbf (dBASE III+ table file structure)
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers.intake.encodings import as_text
from layers.intake.errors import Unusable
from layers.intake.sentences import gettext as _

__all__ = ["Table", "read_table"]

HEADER, DESCRIPTOR, END = 32, 32, 0x0D
DELETED = b"*"


@dataclass(frozen=True, slots=True)
class Field:
    name: bytes
    kind: str  # C text, N and F numbers, D day, L yes or no
    start: int
    width: int
    decimals: int


@dataclass(frozen=True, slots=True)
class Table:
    """A .dbf, not yet decoded; `rows` holds the records that are not deleted."""

    fields: tuple[Field, ...]
    rows: tuple[bytes, ...]

    def texts(self) -> list[bytes]:
        """Field names and values of text fields: what the encoding shows on."""
        names = [field.name for field in self.fields]
        return names + [
            value
            for field in self.fields
            if field.kind == "C"
            for value in (self._value(row, field) for row in self.rows)
            if value
        ]

    def columns(self, encoding: str) -> dict[str, list[Any]]:
        """Values by field: str, int, float, bool or None; repeated names get a number."""
        result: dict[str, list[Any]] = {}
        for field in self.fields:
            name = wanted = as_text(field.name, encoding)
            number = 1
            while name in result:
                number += 1
                name = f"{wanted}_{number}"
            result[name] = [_read(self._value(row, field), field, encoding) for row in self.rows]
        return result

    @staticmethod
    def _value(row: bytes, field: Field) -> bytes:
        return row[field.start : field.start + field.width].strip(b" \0")


def read_table(path: Path) -> Table:
    """Read a .dbf.

    Raises
    ------
    Unusable
        When the file is cut off or is no .dbf.
    """
    data = path.read_bytes()
    try:
        count, start, width = struct.unpack_from("<IHH", data, 4)
        fields = _fields(data)
    except (struct.error, IndexError) as problem:
        raise Unusable(
            _("%(path)s is cut off: its header is missing.") % {"path": path}, path=str(path)
        ) from problem
    if not width or not fields or len(data) < start + count * width:
        raise Unusable(
            _(
                "%(path)s is cut off: %(count)s records of %(width)s bytes do not "
                "fit in it. Copy the Shapefile again."
            )
            % {"path": path, "count": count, "width": width},
            path=str(path),
        )
    rows = (data[at : at + width] for at in range(start, start + count * width, width))
    return Table(fields, tuple(row for row in rows if row[:1] != DELETED))


def _fields(data: bytes) -> tuple[Field, ...]:
    fields, at, place = [], HEADER, 1
    while data[at] != END:
        name, kind, width, decimals = struct.unpack_from("<11sc4xBB", data, at)
        letter = kind.decode("latin-1")
        if letter == "C":  # long texts keep the upper byte of their width in the decimals
            width, decimals = width + 256 * decimals, 0
        fields.append(Field(name.split(b"\0")[0].strip(), letter, place, width, decimals))
        place += width
        at += DESCRIPTOR
    return tuple(fields)


def _read(value: bytes, field: Field, encoding: str) -> Any:
    if not value:
        return None
    if field.kind in "NF":
        try:
            number = float(value)
        except ValueError:  # "****": too wide for its field
            return None
        exact = field.decimals == 0 and value.lstrip(b"-+").isdigit()
        return int(value) if exact else number
    if field.kind == "L":
        return {b"T": True, b"Y": True, b"F": False, b"N": False}.get(value.upper())
    return as_text(value, encoding)
