"""Whether a plan lies beside the streets its borders follow, as plans drawn over web maps do.

Judging by the area's outline needs a plan that fills the area; streets tell of a part of one too.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from geogrid.territory.geometry import from_shapely, to_shapely
from layers.basemap.models import Street
from layers.datum.shapes import Shape, Shapes, listed
from layers.datum.shifted import BOX
from layers.intake.datum_detection import Verdict, detect
from layers.intake.known_ground import Ground
from layers.intake.readings import UNDO, Reading
from layers.intake.sentences import gettext as _
from layers.intake.suspicions import Suspicion
from layers.intake.vector_files import VectorFile

__all__ = ["beside_streets", "judged_by_streets"]

LEAST = 20  # vertices
MOST_STREETS = 20_000


def judged_by_streets(file: VectorFile, territory: Shape) -> VectorFile:
    """The file, with what its streets say of it where the outline says nothing."""
    found = None if file.suspicions else beside_streets(file.shapes, territory)
    return file if found is None else replace(file, suspicions=(found,))


def beside_streets(shapes: Shapes, territory: Shape) -> Suspicion | None:
    """A shift of Chinese web maps, when undoing it brings the borders onto streets.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon (or None)
        As read, EPSG:4326.
    territory : Polygon or MultiPolygon
        EPSG:4326. Abroad nothing is shifted, and nothing asked.
    """
    if not shapely.box(*BOX).contains(territory):
        return None
    vertices = np.unique(shapely.get_coordinates(shapes), axis=0)
    vertices = vertices[np.isfinite(vertices).all(axis=1)]
    if len(vertices) < LEAST:
        return None
    near = Street.objects.filter(path__bboverlaps=from_shapely(territory))
    paths = near.order_by("pk").values_list("path", flat=True)[:MOST_STREETS]
    ground = Ground(listed([]), listed([to_shapely(path) for path in paths]), outline=territory)
    found = detect(vertices, ground, readings=[Reading(shift=shift) for shift in UNDO])
    if found.verdict is not Verdict.OTHER:
        return None
    shift = found.best.reading.shift
    system, undone = shift.removesuffix(" undone"), shift.endswith(" undone")
    code = system.lower().replace("-", "") + ("_undone" if undone else "")
    remedy = (
        _("Use the file as it was before that conversion.")
        if undone
        else _("Read it again with --unshift %(system)s.") % {"system": system}
    )
    return Suspicion(code, found.sentence, remedy, unshift="" if undone else system)
