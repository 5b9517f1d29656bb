"""A brought file as it stands with the answers given so far: unreadable, not a plan, or a proposal.

Reading, proving and mending a city takes a second or two, and each answer asks for it again: the
latest readings are kept in memory, a file's content apart from what is proposed with it.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geogrid.accounts.errors import CodedError
from geogrid.coverage.noding import KeptGround
from geogrid.desks.planner.from_file.answers import Answers
from geogrid.desks.planner.from_file.bringing import on_disk
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan, Scheme
from geogrid.territory.plan_files.beside_streets import judged_by_streets
from geogrid.territory.plan_files.proposal import Proposal, propose_import
from layers.datum.shapes import Shape
from layers.intake.errors import BROKEN, IntakeError, LayerAmbiguous, Unusable
from layers.intake.models import Upload
from layers.intake.vector_files import VectorFile, read_vector

__all__ = ["Reading", "forget", "read_again", "reading_of"]

KEPT = 6  # readings per process,
KEPT_BYTES = 120 * 1024 * 1024  # of files as they were brought; in memory they take a few times it
KEPT_SECONDS = 3600  # also those that another process knows to be discarded


@dataclass(frozen=True)
class Reading:
    """What came of reading a file.

    `problem` is what keeps it from being read (without `file`) or from being a plan (with it);
    without one there is a `proposal`.
    """

    upload: Upload
    answers: Answers
    problem: IntakeError | CodedError | None = None
    file: VectorFile | None = None
    proposal: Proposal | None = None
    gone: bool = False

    @property
    def sentence(self) -> str:
        """The problem, with the file called by its own name."""
        if isinstance(self.problem, IntakeError):
            return self.problem.about(self.upload.name)
        return str(self.problem or "")

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.problem.data) if self.problem is not None else {}

    @property
    def hopeless(self) -> bool:
        """No plan file at all: nothing that could be said about it makes it one."""
        asked = self.answers.crs or self.answers.layer or self.answers.encoding
        unknown = isinstance(self.problem, IntakeError) and set(self.data) <= {"path"}
        return self.file is None and unknown and not asked


@dataclass
class _Latest:
    """The latest few things somebody asked for, by upload and what was asked of it."""

    kept: OrderedDict[tuple[str, str], tuple[Any, int, float]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, upload: Upload, asked: str) -> Any:
        key = (str(upload.pk), asked)
        with self.lock:
            self._tidy()
            if key not in self.kept:
                return None
            self.kept.move_to_end(key)
            return self.kept[key][0]

    def put(self, upload: Upload, asked: str, value: Any) -> None:
        key = (str(upload.pk), asked)
        with self.lock:
            self.kept[key] = (value, upload.bytes, monotonic())
            self.kept.move_to_end(key)
            self._tidy()

    def drop(self, upload: str) -> None:
        with self.lock:
            for key in [key for key in self.kept if key[0] == upload]:
                del self.kept[key]

    def _tidy(self) -> None:
        """Without what is old, and without more than memory is for; the latest one stays."""
        long_ago = monotonic() - KEPT_SECONDS
        for key in [key for key, held in self.kept.items() if held[2] < long_ago]:
            del self.kept[key]
        while len(self.kept) > KEPT or (
            len(self.kept) > 1 and sum(held[1] for held in self.kept.values()) > KEPT_BYTES
        ):
            self.kept.popitem(last=False)


_files, _grounds, _readings = _Latest(), _Latest(), _Latest()


def forget(upload: UUID) -> None:
    """Drop what this process holds of a file that was accepted or discarded."""
    _files.drop(str(upload))
    _grounds.drop(str(upload))
    _readings.drop(str(upload))


def reading_of(upload: Upload, scheme: Scheme, at: datetime) -> Reading:
    """The file with the answers that were kept with it."""
    answers = Answers.read(upload.answers)
    running = Plan.objects.in_force(at).filter(scheme=scheme).values_list("pk", flat=True).first()
    boundary = scheme.area.boundaries.order_by("-valid_from").values_list("pk", flat=True).first()
    language = get_language()
    key = json.dumps([upload.sha256, answers.kept(), running, boundary, language])
    found = _readings.get(upload, key)
    if isinstance(found, Reading):
        return replace(found, upload=upload)
    made = read_again(upload, scheme, at)
    if not made.gone:  # a disk that was away comes back
        _readings.put(upload, key, made)
    return made


def read_again(upload: Upload, scheme: Scheme, at: datetime, *, pieces_reason: str = "") -> Reading:
    """As `reading_of`, against the plans as they are this moment."""
    answers = Answers.read(upload.answers)
    file = None
    if not Path(upload.file.path).is_file():
        gone = Unusable(_("The file is no longer there. Bring it again."))
        return Reading(upload, answers, gone, gone=True)
    try:
        with on_disk(upload) as path:
            file = _file(upload, path, answers, _territory(scheme))
            proposal = propose_import(
                path,
                scheme=scheme,
                at=at,
                fields=answers.known_fields(),
                mending=answers.mending(pieces_reason),
                owners=answers.owners,
                file=file,
                kept=_ground(upload),
            )
    except LayerAmbiguous as problem:
        layers = tuple(str(layer) for layer in problem.data.get("layers", ()))
        return Reading(upload, replace(answers, layers=layers), problem, file)
    except (IntakeError, CodedError) as problem:
        return Reading(upload, answers, problem, file)
    except BROKEN as problem:
        broken = Unusable(
            _("%(name)s cannot be read: %(problem)s")
            % {"name": upload.name, "problem": type(problem).__name__}
        )
        return Reading(upload, answers, broken, file)
    return Reading(upload, answers, None, file, proposal)


def _file(upload: Upload, path: Any, answers: Answers, territory: Shape) -> VectorFile:
    told = answers.told()
    key = json.dumps([upload.sha256, repr(told), get_language(), territory.wkt])
    found = _files.get(upload, key)
    if not isinstance(found, VectorFile):
        found = judged_by_streets(read_vector(path, told, reference=territory), territory)
        _files.put(upload, key, found)
    return replace(found, path=path)


def _ground(upload: Upload) -> KeptGround:
    """What choices do not change, between one choice and the next."""
    found = _grounds.get(upload, "ground")
    if not isinstance(found, KeptGround):
        found = KeptGround()
        _grounds.put(upload, "ground", found)
    return found


def _territory(scheme: Scheme) -> Shape:
    boundary = scheme.area.boundaries.order_by("-valid_from").first()
    if boundary is None:
        raise Unusable(_("%(area)s has no outline yet.") % {"area": scheme.area.name})
    return to_shapely(boundary.boundary)
