"""Rows of a file as grids-to-be: what each says of itself, not yet who lies below whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from geogrid.territory.plan_files.fields import joined
from layers.datum.shapes import Shape
from layers.intake.vector_files import VectorFile

__all__ = ["KINDS", "Feature", "Ladder", "Rung", "features_of"]

KINDS = {
    "basic": (
        "basic",
        "general",
        "基础网格",
        "基础",
        "综合网格",
        "普通网格",
        "一般网格",
        "城区网格",
    ),
    "dedicated": ("dedicated", "special", "专属网格", "专属", "专业网格", "专门网格"),
    "unassigned": ("unassigned", "待划分", "未划分", "空白"),
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a scheme: what it is called and how many digits it adds to a code."""

    depth: int
    names: tuple[str, ...]
    width: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels of a scheme, from the top down, and the digits every code begins with."""

    prefix: str
    rungs: tuple[Rung, ...]

    @property
    def lowest(self) -> int:
        return self.rungs[-1].depth

    def length(self, depth: int) -> int:
        """Digits of a code at a level."""
        return len(self.prefix) + sum(rung.width for rung in self.rungs if rung.depth <= depth)

    def by_code(self, code: str) -> int | None:
        """The level whose codes look like this one."""
        if not code.startswith(self.prefix):
            return None
        return next((r.depth for r in self.rungs if self.length(r.depth) == len(code)), None)

    def by_name(self, value: str) -> int | None:
        """The level of this name, or number."""
        plain = value.strip().lower().removeprefix("level").strip()
        if plain.isdigit():
            return next((r.depth for r in self.rungs if r.depth == int(plain)), None)
        named = {name.lower(): rung.depth for rung in self.rungs for name in rung.names}
        return named.get(plain)

    def above(self, code: str, depth: int) -> str | None:
        """The code of the parent, as the digits say; None when they do not."""
        width = next(rung.width for rung in self.rungs if rung.depth == depth)
        known = self.by_code(code) == depth and depth > 1
        return code[: len(code) - width] if known and width else None


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of a file; texts are stripped, "" where the file says nothing.

    `number` counts from 1 as people count rows; `shape` is in EPSG:4326, as read.
    """

    number: int
    code: str
    name: str
    label: str
    parent: str
    level: str
    kind: str
    lineage: UUID | None
    pieces_reason: str
    shape: Shape | None

    @property
    def called(self) -> str:
        return self.code or self.name or f"#{self.number}"


def features_of(file: VectorFile, fields: Mapping[str, str]) -> tuple[list[Feature], list[str]]:
    """The rows of a file with shapes, and sentences about what could not be understood.

    Parameters
    ----------
    file : VectorFile
    fields : mapping of str to str
        Meaning to column, see `guess_fields`.
    """
    columns = {meaning: joined(file.columns, column) for meaning, column in fields.items()}
    problems: list[str] = []
    features = []
    for number, shape in enumerate(file.shapes, start=1):
        if shape is None or shape.is_empty:
            problems.append(_("#%(row)s has no shape.") % {"row": number})
            continue
        row = {meaning: _text(values[number - 1]) for meaning, values in columns.items()}
        features.append(
            Feature(
                number=number,
                code=row.get("code", ""),
                name=row.get("name", ""),
                label=row.get("label", ""),
                parent=row.get("parent", ""),
                level=row.get("level", ""),
                kind=_kind(row.get("kind", ""), number, problems),
                lineage=_lineage(row.get("lineage", ""), number, problems),
                pieces_reason=row.get("pieces_reason", ""),
                shape=shape,
            )
        )
    return features, problems


def _text(value: Any) -> str:
    """Codes are often numbers in files: 110101001001.0 is meant without its fraction."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return str(value).strip()


def _kind(value: str, number: int, problems: list[str]) -> str:
    plain = value.lower()
    if not plain:
        return "basic"
    for kind, words in KINDS.items():
        if plain in words:
            return kind
    problems.append(
        _("#%(row)s: %(value)s is no kind of grid GeoGrid knows; taken as basic.")
        % {"row": number, "value": value}
    )
    return "basic"


def _lineage(value: str, number: int, problems: list[str]) -> UUID | None:
    if not value:
        return None
    try:
        return UUID(value.strip("{}"))
    except ValueError:
        problems.append(
            _("#%(row)s: %(value)s is no lineage (UUID); a new one is given.")
            % {"row": number, "value": value}
        )
        return None


def repeated(values: Sequence[str]) -> dict[str, list[int]]:
    """Values that stand more than once, with the positions where."""
    places: dict[str, list[int]] = {}
    for place, value in enumerate(values):
        if value:
            places.setdefault(value, []).append(place)
    return {value: where for value, where in places.items() if len(where) > 1}
