"""A generated proposal between the wish and the draft: computed at once or by the worker, kept.

It waits as an upload does: whoever asked for it looks at it, accepts or discards it, and what
nobody came back to is forgotten after a week.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from geogrid.accounts.errors import CodedError
from geogrid.accounts.models import User
from geogrid.accounts.rules import Permission, require
from geogrid.outbox.actions import enqueue
from geogrid.territory.generated import Generated, Wish
from geogrid.territory.generating import generate, grids_of
from geogrid.territory.ground import homes_in
from geogrid.territory.models import Grid, Plan, PlanLoad, Scheme
from geogrid.territory.starting_errors import NotGenerated
from layers.intake.models import Upload
from layers.intake.staging import answer, keep_report, stage

__all__ = ["JOB", "PURPOSE", "ask", "compute", "proposal_of", "rows_of"]

PURPOSE = "generated"
JOB = "territory.generate"
LOG = logging.getLogger(__name__)
BROKEN = (ValueError, ArithmeticError, RuntimeError, LookupError, shapely.errors.ShapelyError)
AT_ONCE = 800  # homes; measured at well below ten seconds on two cores


def ask(*, scheme: Scheme, wish: Wish, by: User | None, at: datetime) -> Upload:
    """Compute what is wished where that is quick, else queue it; the report says how far it is.

    Raises NotAllowed, and what `generate` raises where it is computed at once.
    """
    require(by, Permission.DRAW, scheme=scheme)
    small = _homes(scheme, wish) <= AT_ONCE
    found = generate(scheme=scheme, wish=wish) if small else None
    upload = stage(
        content=json.dumps(wish.as_dict()).encode(),
        name="generated.json",
        purpose=PURPOSE,
        place=scheme.area.slug,
        by=by,
        at=at,
    )
    answers = {"wish": wish.as_dict(), "scheme": scheme.pk}
    if found is not None:
        _keep(upload, found, answers, scheme, at)
    else:
        answer(upload=upload, at=at, answers=answers, report={"state": "waiting"})
        enqueue(kind=JOB, key=f"{JOB}:{upload.pk}", at=at, payload={"upload": str(upload.pk)})
    return upload


def compute(upload: UUID) -> None:
    """Do what was queued; a refusal is kept as the answer. Safe to run twice."""
    row = Upload.objects.filter(pk=upload, purpose=PURPOSE).first()
    if row is None or row.report.get("state") == "done":
        return
    scheme = Scheme.objects.select_related("area").get(pk=row.answers["scheme"])
    keep_report(upload=row, at=timezone.now(), report={"state": "running"})
    try:
        found = generate(scheme=scheme, wish=Wish.of(row.answers["wish"]))
    except CodedError as refusal:
        report = {"state": "refused", **refusal.as_dict()}
        keep_report(upload=row, at=timezone.now(), report=report)
        return
    except BROKEN as problem:  # once more would be the same: say so instead of "running" for ever
        LOG.exception("generating for upload %s broke off", upload)
        broken = NotGenerated(problem=type(problem).__name__)
        report = {"state": "refused", **broken.as_dict()}
        keep_report(upload=row, at=timezone.now(), report=report)
        return
    with transaction.atomic():
        kept = Upload.objects.select_for_update().filter(pk=upload).first()
        if kept is not None:  # else discarded meanwhile
            _keep(kept, found, kept.answers, scheme, timezone.now())


def proposal_of(upload: Upload) -> Generated:
    """The proposal that an upload holds once its report says done."""
    with upload.file.open("rb") as content:
        return Generated.of(json.loads(content.read()))


def rows_of(scheme: Scheme, found: Generated) -> list[dict[str, Any]]:
    """A row for each leaf: code, name, homes now and before, why out of range, kept or new."""
    base = Plan.objects.filter(scheme=scheme, number=found.wish.base).first()
    grids = grids_of(scheme, found, base if found.wish.base else None)
    depth = max(grid.level for grid in grids)
    leaves = [grid for grid in grids if grid.level == depth]
    above = {grid.code: grid.name for grid in grids}
    before: Mapping[UUID, int] = dict(
        PlanLoad.objects.filter(grid__plan=base).values_list("grid__lineage", "dwellings")
        if base is not None
        else ()
    )
    # First plans number their leaves quarter by quarter: found again by their shapes.
    piece_of = {id(one.shape): one for one in found.pieces}
    rows = []
    for leaf in leaves:
        piece = piece_of[id(leaf.shape)]
        rows.append(
            {
                "code": leaf.code,
                "label": leaf.label,
                "name": leaf.name,
                "parent": above.get(leaf.parent or "", ""),
                "dwellings": piece.dwellings,
                "before": before.get(leaf.lineage),
                "reason": piece.reason,
                "kept": piece.kept,
                "new": piece.origin is None,
                "shape": leaf.shape,
                "dedicated": leaf.kind == Grid.Kind.DEDICATED,
            }
        )
    return sorted(rows, key=lambda row: str(row["code"]))


def _homes(scheme: Scheme, wish: Wish) -> int:
    """How many homes the territory has that is to be divided."""
    if wish.base:
        plan = Plan.objects.filter(scheme=scheme, number=wish.base).select_related("boundary").get()
        return homes_in(plan.boundary.boundary)
    newest = scheme.area.boundaries.order_by("-valid_from").first()
    return homes_in(newest.boundary) if newest else 0


def _keep(
    upload: Upload, found: Generated, answers: dict[str, Any], scheme: Scheme, at: datetime
) -> None:
    """Put the proposal in the place of the wish, and its figures into the report."""
    storage, old = upload.file.storage, str(upload.file.name)
    body = json.dumps(found.as_dict()).encode()
    upload.file.save(old.rsplit("/", 1)[-1], ContentFile(body), save=False)
    upload.bytes = len(body)
    upload.save(update_fields=["file", "bytes"])
    if str(upload.file.name) != old:
        storage.delete(old)
    loads = [one.dwellings for one in found.pieces]
    least, most = found.wish.least, found.wish.most
    report = {
        "state": "done",
        "grids": len(loads),
        "in_range": sum(least <= load <= most for load in loads),
        "outside": sum(bool(one.reason) for one in found.pieces),
        "kept": sum(one.kept for one in found.pieces),
        "new": sum(one.origin is None for one in found.pieces),
        "moved": found.moved,
        "dwellings": sum(loads),
        "seconds": found.seconds,
    }
    answer(upload=upload, at=at, answers=answers, report=report)
