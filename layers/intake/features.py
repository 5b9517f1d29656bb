"""Lines, points and polygons of a file with their fields: streets, footprints, doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from layers.datum.lattice import snap
from layers.datum.shapes import Shapes, listed
from layers.intake.coordinates import named_crs, to_degrees
from layers.intake.errors import Unusable
from layers.intake.sentences import gettext as _
from layers.intake.vector_formats import opened, read_raw

__all__ = ["LINES", "POLYGONS", "Features", "read_features"]

LINES = ("LineString", "MultiLineString")
POLYGONS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Features:
    """What a file holds.

    Attributes
    ----------
    path : Path
    shapes : ndarray of shapes, shape (n,)
        EPSG:4326, on the lattice.
    columns : mapping of str to sequence
        Values by field, n each.
    """

    path: Path
    shapes: Shapes
    columns: Mapping[str, Sequence[Any]]

    def numbers(self, name: str) -> list[float]:
        """The values of a field as numbers; nothing counts as 0.

        Raises
        ------
        Unusable
            When there is no such field, or a value is no number or below zero.
        """
        if name not in self.columns:
            known = ", ".join(self.columns) or "none"
            raise Unusable(
                _("%(path)s has no field %(name)s; fields: %(known)s.")
                % {"path": self.path, "name": name, "known": known},
                path=str(self.path),
            )
        return [self._number(name, row, value) for row, value in enumerate(self.columns[name])]

    def _number(self, name: str, row: int, value: Any) -> float:
        try:
            number = 0.0 if value in (None, "") else float(value)
        except (TypeError, ValueError):
            number = -1.0
        number = 0.0 if np.isnan(number) else number  # how some formats store nothing
        if not 0 <= number < np.inf:
            raise Unusable(
                _("%(path)s: %(name)s of feature %(row)s is %(value)s, not a number from 0 on.")
                % {"path": self.path, "name": name, "row": row + 1, "value": f"{value!r}"},
                path=str(self.path),
            )
        return number


def read_features(path: Path, kinds: Sequence[str], *, crs: str | None = None) -> Features:
    """Read one layer; features without a shape are left out.

    Parameters
    ----------
    path : Path
    kinds : sequence of str
        Geometry types that are wanted, such as `LINES`.
    crs : str, optional
        For files that do not say theirs.

    Raises
    ------
    Unusable
        When the file cannot be read, is empty, holds another kind of shape, or numbers that are
        no degrees without saying in which system they are.
    """
    with opened(path, None) as inner:
        raw = read_raw(path, inner, layer=None, encoding=None)
    there = np.array([shape is not None and not shape.is_empty for shape in raw.shapes], dtype=bool)
    found = raw.shapes[there]
    if not len(found):
        raise Unusable(_("%(path)s holds no features.") % {"path": path}, path=str(path))
    wrong = next((shape.geom_type for shape in found if shape.geom_type not in kinds), None)
    if wrong is not None:
        raise Unusable(
            _("%(path)s holds a %(wrong)s; wanted: %(wanted)s.")
            % {"path": path, "wrong": wrong, "wanted": ", ".join(kinds)},
            path=str(path),
        )
    said = crs or raw.crs
    if said is None:
        raise Unusable(
            _("%(path)s does not say its coordinate system.") % {"path": path},
            _("Name it with --crs."),
            path=str(path),
        )
    shapes = to_degrees(shapely.force_2d(found), named_crs(said))
    if np.abs(shapely.get_coordinates(shapes)).max() > 180:
        raise Unusable(
            _("%(path)s has coordinates that are no degrees.") % {"path": path},
            _("Name their system with --crs."),
            path=str(path),
        )
    columns = {
        name: [value for value, kept in zip(values, there, strict=True) if kept]
        for name, values in raw.columns.items()
    }
    return Features(path, listed([snap(shape) for shape in shapes]), columns)
