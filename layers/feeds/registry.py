"""Which layers maps can show. Apps register theirs in `map_layers.py`, found at start-up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import Combinable

__all__ = [
    "PointLayer",
    "TileLayer",
    "TilePart",
    "in_code",
    "point_layer",
    "register",
    "register_finder",
    "tileset",
]

Columns = Mapping[str, str | Combinable]


@dataclass(frozen=True, slots=True)
class PointLayer:
    """Places that a map shows one by one, at `/feed/<key>.geojson`.

    `rows` returns what everybody may see; it is called for each request. `columns` are the
    properties of a feature: a field name or an expression for each.
    """

    key: str
    rows: Callable[[], QuerySet[Any]]
    columns: Columns
    geometry: str = "anchor"


@dataclass(frozen=True, slots=True)
class TilePart:
    """Rows of one model inside a tile layer; `rows` gets the zoom, so that it can thin them out."""

    rows: Callable[[int], QuerySet[Any]]
    geometry: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class TileLayer:
    """A source layer of the vector tiles of `tileset`, drawn from `zoom_from` on."""

    tileset: str
    key: str
    parts: tuple[TilePart, ...]
    zoom_from: int = 0
    order: int = 0
    """Place inside the tile; lower first."""
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = tuple(self.parts[0].columns)
        if any(tuple(part.columns) != names for part in self.parts):
            raise ValueError(f"the parts of tile layer {self.key} have different columns")
        object.__setattr__(self, "names", names)


_points: dict[str, PointLayer] = {}
_tiles: dict[tuple[str, str], TileLayer] = {}
_finders: list[Callable[[str], PointLayer | None]] = []


def register(layer: PointLayer | TileLayer) -> None:
    """Add a layer; two of one name are a mistake in the code."""
    known: PointLayer | TileLayer
    if isinstance(layer, PointLayer):
        known = _points.setdefault(layer.key, layer)
    else:
        known = _tiles.setdefault((layer.tileset, layer.key), layer)
    if known is not layer:
        raise ValueError(f"there are two layers {layer.key}")


def register_finder(find: Callable[[str], PointLayer | None]) -> None:
    """Register how layers are found that are rows and not code: kinds that an office added.

    `find` is asked for keys that no layer in the code has.
    """
    if find not in _finders:
        _finders.append(find)


def in_code(key: str) -> bool:
    """Whether a layer in the code has this key already."""
    return key in _points


def point_layer(key: str) -> PointLayer | None:
    if key in _points:
        return _points[key]
    return next((layer for find in _finders if (layer := find(key)) is not None), None)


def tileset(name: str) -> list[TileLayer]:
    """Return the layers of a tile set, in the order they are written."""
    layers = [layer for (kind, _), layer in _tiles.items() if kind == name]
    return sorted(layers, key=lambda layer: (layer.order, layer.key))
