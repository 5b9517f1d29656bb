"""What speaks against a file, and the buttons that answer it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from geogrid.desks.planner.from_file.reading import Reading
from geogrid.territory.plan_files.findings import Sort
from layers.intake.coordinates import Candidate
from layers.intake.errors import CrsUnknown, NotDegrees

__all__ = ["Doubt", "Way", "doubts_of", "ways_of"]

POINTS = ("Point", "MultiPoint")


@dataclass(frozen=True, slots=True)
class Way:
    """Something to do about it: a button that sends `name`=`value`, or a sentence alone."""

    word: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a person has to look at before the file becomes a draft."""

    sentence: str
    ways: list[Way] = field(default_factory=list)
    advice: str = ""


def doubts_of(reading: Reading) -> list[Doubt]:
    """Everything to look at first, with what can be done about it."""
    told = []
    if reading.file is not None:
        for one in reading.file.suspicions:
            ways = [_as(candidate) for candidate in one.readings]
            if one.unshift:
                word = _("Undo the shift of %(system)s") % {"system": one.unshift}
                ways.append(Way(word, "shift", one.unshift))
            advice = ""
            if one.code.endswith("_undone"):
                advice = _("Bring the file as it was before that conversion.")
            elif not ways:
                advice = _(
                    "Is it the file of this area? Local coordinates need control points: see how "
                    "to bring a plan from a file."
                )
            told.append(Doubt(one.sentence, ways, advice))
        encoding = reading.file.encoding
        if encoding is not None and encoding.doubt:
            advice = _("If names below look garbled, choose another writing.")
            told.append(Doubt(_("Writing: %(doubt)s") % {"doubt": encoding.doubt}, [], advice))
    if reading.proposal is not None:
        lost = [one for one in reading.proposal.findings if one.sort in (Sort.EMPTY, Sort.VANISHED)]
        told += [Doubt(one.sentence) for one in lost[:20]]
    return told


def ways_of(reading: Reading) -> list[Way]:
    """What to do about a file that cannot be read, or is no plan."""
    problem, data = reading.problem, reading.data
    if data.get("layers"):
        return [Way(str(layer), "one_layer", str(layer)) for layer in data["layers"]]
    if isinstance(problem, CrsUnknown | NotDegrees):
        return _places(reading)
    if data.get("geom_type") in POINTS:
        return [
            Way(
                _(
                    "Grids are areas. Bring the layer that holds their outlines; points alone "
                    "divide nothing."
                )
            )
        ]
    if data.get("geom_type"):
        return [Way(_("Close the lines into areas in the program the file comes from."))]
    if data.get("empty"):
        return [Way(_("Look whether the right layer was exported, and bring the file again."))]
    return _columns(str(data.get("field", "")))


def _places(reading: Reading) -> list[Way]:
    readings = [_as(one) for one in reading.data.get("readings", ())]
    if reading.data.get("swapped"):
        readings.append(Way(_("Exchange x and y"), "reading", f"{reading.answers.crs}|1|1"))
    if readings:
        return readings
    return [
        Way(
            _(
                "None of the usual systems puts these numbers into the area. Ask whoever made the "
                "file for its coordinate system and write it below."
            )
        )
    ]


def _columns(meaning: str) -> list[Way]:
    if meaning in ("code", "lineage"):
        word = _("Number all grids anew") if meaning == "code" else _("Find grids by code instead")
        return [Way(word, "without_codes", meaning)]
    if meaning == "parent":
        return [
            Way(
                _(
                    "Say below which column names the community of a grid, or bring a file that "
                    "holds the communities as well."
                )
            )
        ]
    if meaning:
        return [Way(_("Say below which column holds it, or put it right in the file."))]
    return []


def _as(reading: Candidate) -> Way:
    word = _("Read it as %(crs)s, %(name)s") % {"crs": reading.crs, "name": reading.name}
    if reading.swap:
        word = _("%(reading)s, x and y exchanged") % {"reading": word}
    if reading.scale != 1.0:
        word = _("%(reading)s, in feet") % {"reading": word}
    swap = "1" if reading.swap else ""
    return Way(word, "reading", f"{reading.crs}|{swap}|{reading.scale}")
