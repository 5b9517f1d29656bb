"""A file that may hold an outline: read as told, or what has to be asked before it can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from geogrid.accounts.errors import CodedError
from geogrid.territory.typed_outlines import usable_outline
from layers.datum.metric import area_m2
from layers.intake.errors import BROKEN, CrsUnknown, IntakeError, LayerAmbiguous, NotDegrees
from layers.intake.models import Upload
from layers.intake.vector_files import Told, VectorFile, read_vector
from layers.intake.vector_formats import opened, read_raw

__all__ = ["Found", "Reading", "likely_systems", "read_outline_upload"]

MOST_FEATURES = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A polygon of the file; `number` from 1."""

    number: int
    name: str
    hectares: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of it: an outline, or a sentence that says why not, and what to choose.

    `systems` (value, title) and `layers` are choices, empty where nothing has to be chosen.
    """

    file: VectorFile | None = None
    outline: shapely.MultiPolygon | None = None
    features: list[Found] = field(default_factory=list)
    systems: list[tuple[str, str]] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)
    refusal: str = ""

    @property
    def hectares(self) -> float:
        return area_m2(self.outline) / 10_000 if self.outline is not None else 0.0


def read_outline_upload(upload: Upload, told: Mapping[str, Any]) -> Reading:
    """Read an upload's polygons as one outline.

    `told` holds crs, layer, swap (bool) and features (numbers; none: all of them).
    """
    with TemporaryDirectory() as folder, upload.file.open("rb") as content:
        path = Path(folder) / upload.name
        path.write_bytes(content.read())
        return _read(path, told)


def _read(path: Path, told: Mapping[str, Any]) -> Reading:
    asked = Told(
        layer=told.get("layer") or None,
        crs=told.get("crs") or None,
        swap_axes=bool(told.get("swap")),
    )
    try:
        file = read_vector(path, asked)
    except LayerAmbiguous as problem:
        layers = [str(one) for one in problem.data.get("layers", ())]
        return Reading(layers=layers, refusal=_("The file has several layers. Choose one."))
    except (CrsUnknown, NotDegrees) as problem:
        said = (
            _("The file does not say its coordinate system. Choose it; the map then shows it.")
            if isinstance(problem, CrsUnknown) and not told.get("crs")
            else _plain(problem, path)
        )
        return Reading(systems=likely_systems(_bounds(path, asked)), refusal=said)
    except IntakeError as problem:
        return Reading(refusal=_plain(problem, path))
    except BROKEN as problem:
        told_so = {"name": path.name, "problem": type(problem).__name__}
        return Reading(refusal=_("%(name)s cannot be read: %(problem)s") % told_so)
    wanted = {int(one) for one in told.get("features", ())}
    features = [
        Found(number, name, area_m2(shape) / 10_000, not wanted or number in wanted)
        for number, (name, shape) in enumerate(zip(file.names, file.shapes, strict=True), start=1)
        if shape is not None and not shape.is_empty
    ]
    if len(features) > MOST_FEATURES:
        most = {"count": len(features), "most": MOST_FEATURES}
        refusal = _("The file holds %(count)s shapes; an outline is at most %(most)s.") % most
        return Reading(file=file, refusal=refusal)
    chosen = [file.shapes[one.number - 1] for one in features if one.chosen]
    if not chosen:
        return Reading(file=file, features=features, refusal=_("Choose at least one shape."))
    try:
        outline = usable_outline(chosen)
    except CodedError as problem:
        return Reading(file=file, features=features, refusal=str(problem))
    return Reading(file=file, outline=outline, features=features)


def likely_systems(bounds: Sequence[float]) -> list[tuple[str, str]]:
    """Coordinate systems that numbers (west, south, east, north) can be in, likely ones first."""
    x, y = bounds[0], bounds[1]
    if np.abs(bounds).max() <= 180:
        return [
            ("EPSG:4326", _("Longitude and latitude (WGS 84, CGCS2000)")),
            ("GCJ-02", _("Longitude and latitude of Chinese web maps (GCJ-02)")),
            ("BD-09", _("Longitude and latitude of Baidu maps (BD-09)")),
        ]
    systems: list[tuple[str, str]] = []
    for number in (x, y):
        zone = int(number // 1_000_000)
        if 25 <= zone <= 45:
            systems.append((f"EPSG:{4513 + zone - 25}", _("CGCS2000, 3-degree zone %s") % zone))
        if 13 <= zone <= 23:
            systems.append((f"EPSG:{4491 + zone - 13}", _("CGCS2000, 6-degree zone %s") % zone))
    if systems:
        return systems
    if max(abs(x), abs(y)) > 10_000_000 or abs(x) > 1_000_000:
        systems.append(("EPSG:3857", _("Web Mercator")))
    systems += [
        (f"EPSG:{4534 + step}", _("CGCS2000, central meridian %s°") % (75 + 3 * step))
        for step in range(21)
    ]
    for zone in (*range(29, 36), *range(43, 54)):
        systems.append((f"EPSG:{32600 + zone}", _("UTM zone %s north") % zone))
    return systems


def _bounds(path: Path, told: Told) -> list[float]:
    """Extent of the numbers as they stand in the file."""
    try:
        with opened(path, told.layer) as inner:
            raw = read_raw(path, inner, layer=told.layer, encoding=told.encoding)
        bounds = [float(one) for one in shapely.total_bounds(raw.shapes)]
    except (IntakeError, *BROKEN):
        return [0.0, 0.0, 0.0, 0.0]
    return bounds if np.isfinite(bounds).all() else [0.0, 0.0, 0.0, 0.0]


def _plain(problem: IntakeError, path: Path) -> str:
    """The sentence, with the file called as its bringer calls it."""
    return str(problem).replace(str(path), path.name)
