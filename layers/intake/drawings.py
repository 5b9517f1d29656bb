"""Polygons out of a CAD drawing (DXF): closed lines and hatches; texts inside give their names.

A drawing knows no polygons and no attributes, so both are put together here, by layer. Lines that
do not close are told, never closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from layers.datum.shapes import Shapes, listed
from layers.intake.encodings import Encoding, decide
from layers.intake.sentences import gettext as _

__all__ = ["Drawing", "drawn_polygons", "encoding_of"]

CODE = re.compile(r"[A-Za-z]{0,6}[-_]?\d[\dA-Za-z_-]*")
FIRST_IN_UTF8 = 1021  # AC1021, AutoCAD 2007
FORMATTING = re.compile(r"\\[ACFHQTWacfhqtw][^;]*;|\\[LlOoKk]|[{}]")  # of MTEXT


@dataclass(frozen=True, slots=True)
class Drawing:
    """Polygons of one layer of a drawing.

    Attributes
    ----------
    shapes : ndarray of Polygon or MultiPolygon
        In the drawing's own coordinates.
    columns : dict of str to list
        `code` and `name` out of the texts inside, `layer`.
    notes : tuple of str
        What was left out and why.
    """

    shapes: Shapes
    columns: dict[str, list[Any]]
    notes: tuple[str, ...]


def encoding_of(data: bytes) -> Encoding:
    """The encoding of a DXF file in text form, decided on the lines that are not ASCII.

    Drawings from 2007 on should be UTF-8 and older ones name a code page, but programs write one
    and say the other; the bytes decide between GB18030 and UTF-8.
    """
    lines = [line.strip() for line in data.splitlines() if not line.isascii()]
    page = re.search(rb"\$DWGCODEPAGE\s+3\s+ANSI_(\d+)", data[:20000])
    version = re.search(rb"\$ACADVER\s+1\s+AC(\d+)", data[:20000])
    modern = bool(version and int(version[1]) >= FIRST_IN_UTF8)
    if page and not modern and page[1] not in (b"936", b"65001"):
        return decide(lines, declared=page[1].decode(), declared_in="the drawing")
    return decide(lines)


def drawn_polygons(
    shapes: Shapes, layer: list[Any], text: list[Any]
) -> dict[str, tuple[Shapes, tuple[str, ...]]]:
    """Polygons and notes by layer, for layers that have any.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
    layer, text : list, length n
        The drawing's layer of each, and its text if it is one.
    """
    found: dict[str, tuple[Shapes, tuple[str, ...]]] = {}
    names = np.array([str(name or "0") for name in layer], dtype=object)
    for name in dict.fromkeys(names.tolist()):
        polygons, notes = _closed(shapes[names == name], name)
        if len(polygons):
            found[name] = polygons, notes
    return found


def named(shapes: Shapes, layer: str, texts: list[str], points: Shapes) -> dict[str, list[Any]]:
    """Columns for polygons, out of the texts that stand inside each of them."""
    inside: list[list[str]] = [[] for _ in shapes]
    if len(points):
        tree = shapely.STRtree(shapes)
        for point, polygon in sorted(zip(*tree.query(points, predicate="within"), strict=True)):
            inside[polygon].append(texts[point])
    codes = [next((t for t in here if CODE.fullmatch(t)), None) for here in inside]
    names = [
        " ".join(dict.fromkeys(t for t in here if t != code)) or None
        for here, code in zip(inside, codes, strict=True)
    ]
    return {"code": codes, "name": names, "layer": [layer] * len(shapes)}


def texts_of(shapes: Shapes, text: list[Any]) -> tuple[list[str], Shapes]:
    """The texts of a drawing, without formatting, and where they stand."""
    is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    places = [n for n in np.flatnonzero(is_point) if isinstance(text[n], str) and text[n].strip()]
    words = [FORMATTING.sub("", text[n]).replace("\\P", " ").strip() for n in places]
    return words, shapes[places]


def _closed(shapes: Shapes, layer: str) -> tuple[Shapes, tuple[str, ...]]:
    """Polygons of closed lines and hatches, each once, and what did not become one."""
    polygons, open_lines, widest = [], 0, 0.0
    for shape in shapes:
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                polygons.append(part)
            elif part.geom_type == "LineString":
                xy = shapely.get_coordinates(part)
                if len(xy) > 3 and (xy[0] == xy[-1]).all():
                    polygons.append(shapely.Polygon(xy))
                else:
                    open_lines += 1
                    widest = max(widest, float(np.hypot(*(xy[0] - xy[-1]))))
    alone, twice = _once(listed(polygons))
    notes = []
    if open_lines:
        notes.append(
            _(
                "Layer %(layer)s: %(open_lines)s lines are not closed (ends up to "
                "%(widest)s apart) and were left out. Close those that bound a grid"
                " in the drawing."
            )
            % {"layer": layer, "open_lines": open_lines, "widest": f"{widest:.3f}"}
        )
    if twice:
        notes.append(
            _(
                "Layer %(layer)s: %(twice)s polygons are drawn twice, such as a "
                "hatch and its edge; each was read once."
            )
            % {"layer": layer, "twice": twice}
        )
    return alone, tuple(notes)


def _once(polygons: Shapes) -> tuple[Shapes, int]:
    first = {shapely.to_wkb(shapely.normalize(p)): n for n, p in reversed([*enumerate(polygons)])}
    alone: Shapes = polygons[sorted(first.values())]
    return alone, len(polygons) - len(alone)
