"""Ask for a dossier, and make it: safe to run twice, and true to one moment of the plan."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation

from geogrid.accounts.models import User
from geogrid.outbox.actions import LEASE, enqueue, hold
from geogrid.publishing.dossier.alternatives import SideBySide, side_by_side
from geogrid.publishing.dossier.errors import PrintingMissing
from geogrid.publishing.dossier.gathering import Told, gather
from geogrid.publishing.dossier.paper import Paper, pdf_of
from geogrid.publishing.dossier.steps import stage_of
from geogrid.publishing.dossier.workbook import workbook_of
from geogrid.publishing.models import Dossier
from geogrid.territory.models import Plan

__all__ = ["KIND", "Files", "ask_for_dossier", "current", "files_of", "forget_discarded", "make"]

KIND = "publishing.make_dossier"
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
LOOKS = 3  # a draft that is edited all the time is read that often, then as it is
A_GRID = timedelta(seconds=1)
"""How long a grid may take at most: that much longer nobody else begins the same dossier."""
FRESH = timedelta(minutes=5)
"""Asked for again within that, it is the same one; later, posts and homes may have changed."""
DISCARDED_KEPT = timedelta(days=30)
State = Dossier.State


@dataclass(frozen=True, slots=True)
class Files:
    """`pdf` is None where this machine cannot print; `problem` says so."""

    told: Told
    pdf: Paper | None
    xlsx: bytes
    problem: str = ""


@transaction.atomic
def ask_for_dossier(
    *,
    plan: Plan,
    language: str,
    by: User | None,
    at: datetime,
    alternatives: Sequence[int] = (),
) -> Dossier:
    """Queue the dossier of a plan as it is now, unless it is being made or was made just now.

    Whoever may see the plan may ask for it. `alternatives` are numbers of plans of the same scheme.
    """
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}")
    plan.refresh_from_db(fields=["revision", "state"])
    stage, _since = stage_of(plan, at)
    row, made = Dossier.objects.select_for_update(of=("self",)).get_or_create(
        plan=plan,
        revision=plan.revision,
        stage=stage,
        language=language,
        defaults={"by": by, "at": at, "alternatives": list(alternatives)},
    )
    asked = list(alternatives)
    if not made and row.alternatives == asked and (row.state == State.WAITING or _fresh(row, at)):
        return row
    row.by, row.at, row.alternatives = by, at, asked
    row.state, row.problem = State.WAITING, ""
    row.save(update_fields=["by", "at", "alternatives", "state", "problem"])
    enqueue(kind=KIND, key=f"{KIND}:{row.pk}:{at.isoformat()}", payload={"dossier": row.pk}, at=at)
    return row


def make(*, dossier: int, at: datetime) -> bool:
    """Make the files of a dossier; False when it is gone or done already.

    That it went wrong is written to it; why goes to the queue, which tries once more.
    """
    row = (
        Dossier.objects.select_related("plan__scheme__area", "plan__boundary", "by")
        .filter(pk=dossier)
        .first()
    )
    if row is None or row.state == State.DONE:
        return False
    grids = row.plan.grids.count()
    hold(kind=KIND, payload={"dossier": row.pk}, until=at + LEASE + grids * A_GRID)
    files = None
    try:
        with translation.override(row.language):
            files = files_of(
                row.plan, at=at, maker=str(row.by or ""), alternatives=row.alternatives
            )
    finally:
        if files is None:
            Dossier.objects.filter(pk=row.pk).update(state=State.FAILED)
    _keep(row, files, at)
    return True


def files_of(
    plan: Plan, *, at: datetime, maker: str = "", alternatives: Sequence[int] = ()
) -> Files:
    """PDF and XLSX of a plan with its scheme and area at hand, in the language that is active."""
    told = _settled(plan, at)
    beside = _beside(plan, alternatives, at)
    xlsx = workbook_of(told, maker=maker, alternatives=beside)
    try:
        pdf = pdf_of(told, maker=maker, alternatives=beside)
    except PrintingMissing as missing:
        return Files(told, None, xlsx, str(missing))
    return Files(told, pdf, xlsx)


def current(plan: Plan, row: Dossier, at: datetime) -> bool:
    """Whether a dossier still says what the plan is."""
    return row.revision == plan.revision and row.stage == stage_of(plan, at)[0]


def _settled(plan: Plan, at: datetime) -> Told:
    """Gather until no edit came in between: readers do not lock out whoever draws."""
    told = gather(plan, at=at)
    for _again in range(LOOKS - 1):
        seen = plan.revision
        plan.refresh_from_db(fields=["revision", "state"])
        if plan.revision == seen:
            break
        told = gather(plan, at=at)
    return told


def _beside(plan: Plan, numbers: Sequence[int], at: datetime) -> SideBySide | None:
    found = {one.number: one for one in plan.scheme.plans.filter(number__in=numbers)}
    plans = [found[number] for number in numbers if number in found]
    for one in plans:
        one.scheme = plan.scheme
    return side_by_side(plans, at=at) if len(plans) > 1 else None


@transaction.atomic
def _keep(row: Dossier, files: Files, at: datetime) -> None:
    plan = files.told.plan
    held = Dossier.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if held is None:
        return
    same = Dossier.objects.filter(
        plan=plan, revision=plan.revision, stage=files.told.steps.stage, language=row.language
    ).exclude(pk=row.pk)
    for other in same:  # the draft went on meanwhile to what was asked for too
        _forget(other)
    old = _files(held)
    held.revision, held.stage = plan.revision, files.told.steps.stage
    held.digest = files.told.certificate.digest
    held.xlsx.save(f"{uuid.uuid4().hex}.xlsx", ContentFile(files.xlsx), save=False)
    if files.pdf is not None:
        held.pdf.save(f"{uuid.uuid4().hex}.pdf", ContentFile(files.pdf.content), save=False)
        held.pages = files.pdf.pages
    else:
        held.pdf, held.pages = "", 0
    held.state = State.DONE if files.pdf is not None else State.FAILED
    held.problem, held.made_at = files.problem, at
    held.save()
    for storage, name in old:
        transaction.on_commit(partial(storage.delete, name))
    if held.state == State.DONE and held.stage == Plan.State.DRAFT:
        earlier = Dossier.objects.filter(
            plan=plan, stage=held.stage, language=held.language, revision__lt=held.revision
        )
        for other in earlier.exclude(state=State.WAITING):
            _forget(other)


@transaction.atomic
def forget_discarded(*, at: datetime) -> int:
    """Remove dossiers of plans that were discarded, with their files, some time after."""
    rows = Dossier.objects.filter(
        plan__state=Plan.State.WITHDRAWN, at__lt=at - DISCARDED_KEPT
    ).exclude(state=State.WAITING)
    for row in (gone := list(rows)):
        _forget(row)
    return len(gone)


def _fresh(row: Dossier, at: datetime) -> bool:
    if row.state != State.DONE or row.made_at is None or at - row.made_at >= FRESH:
        return False
    return all(storage.exists(name) for storage, name in _files(row))


def _forget(row: Dossier) -> None:
    files = _files(row)
    row.delete()
    for storage, name in files:
        transaction.on_commit(partial(storage.delete, name))


def _files(row: Dossier) -> list[tuple[Any, str]]:
    return [(one.storage, str(one.name)) for one in (row.pdf, row.xlsx) if one]
