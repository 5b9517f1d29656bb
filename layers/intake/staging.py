"""Keep a file until its bringer has decided about it; forget those that nobody came back to."""

import hashlib
import uuid
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from layers.intake.errors import TooLarge
from layers.intake.models import Upload
from layers.intake.sentences import gettext as _

__all__ = ["KEPT", "MOST_BYTES", "answer", "discard", "forget_left_behind", "stage"]

MOST_BYTES = 100 * 1024 * 1024
KEPT = timedelta(days=7)


@transaction.atomic
def stage(*, content: bytes, name: str, purpose: str, place: str, by: Any, at: datetime) -> Upload:
    """Keep `content` under a random name with its own ending.

    Raises TooLarge above 100 MB.
    """
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise TooLarge(
            _("The file is larger than %(most)s MB. Leave out what is not needed.") % {"most": most}
        )
    plain = PurePath(name.replace("\\", "/")).name[-200:] or "upload"
    row = Upload(
        purpose=purpose,
        place=place,
        name=plain,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
        created_at=at,
        touched_at=at,
    )
    ending = PurePath(plain).suffix.lower()[:12]
    row.file.save(f"{uuid.uuid4().hex}{ending}", ContentFile(content), save=False)
    row.save(force_insert=True)
    return row


def answer(
    *, upload: Upload, at: datetime, answers: dict[str, Any], report: dict[str, Any] | None = None
) -> None:
    """Keep what the person chose, and what the file says to it."""
    upload.answers = answers
    upload.touched_at = at
    if report is not None:
        upload.report = report
    upload.save(update_fields=["answers", "touched_at", "report"])


def discard(*, upload: Upload) -> None:
    """Remove an upload; its file goes after the commit."""
    with transaction.atomic():
        storage, name = upload.file.storage, str(upload.file.name)
        upload.delete()
        transaction.on_commit(partial(storage.delete, name))


def forget_left_behind(*, at: datetime) -> int:
    """Remove what nobody has looked at for a week."""
    removed = 0
    for row in Upload.objects.left_behind(at - KEPT):
        discard(upload=row)
        removed += 1
    return removed
