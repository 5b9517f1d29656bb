"""Keep a file until its bringer has decided about it; forget those that nobody came back to."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction

from layers.intake.errors import TooLarge
from layers.intake.models import Upload
from layers.intake.sentences import gettext as _

__all__ = [
    "KEPT",
    "MOST_BYTES",
    "answer",
    "change_answers",
    "discard",
    "forget_left_behind",
    "keep_report",
    "stage",
    "used_up",
]

MOST_BYTES = 100 * 1024 * 1024
KEPT = timedelta(days=7)
MOST_NAME_BYTES = 200  # a file system holds 255 bytes, and a Chinese letter has three


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
    plain = _short(PurePath(name.replace("\\", "/").replace("\0", "")).name) or "upload"
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
    written = ["answers", "touched_at"] + ["report"] * (report is not None)
    upload.save(update_fields=written)


@transaction.atomic
def change_answers(
    *, upload: Upload, at: datetime, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> Upload:
    """Change the answers as they are now, which two windows may do at once; returns the row anew.

    Raises Upload.DoesNotExist where it was accepted or discarded meanwhile.
    """
    row = Upload.objects.select_for_update().get(pk=upload.pk)
    answer(upload=row, at=at, answers=change(dict(row.answers)))
    return row


def keep_report(*, upload: Upload, at: datetime, report: dict[str, Any]) -> None:
    """Keep what a reading found and nothing else: answers may have been given meanwhile.

    An upload that is gone stays gone.
    """
    Upload.objects.filter(pk=upload.pk).update(report=report, touched_at=at)
    upload.report = report


@contextmanager
def used_up(upload: Upload) -> Iterator[Upload]:
    """Hand out an upload as it is now, and remove it with the commit of what is made of it.

    It is locked, so that only one of two makes something of it. Where the block raises it stays.
    Raises Upload.DoesNotExist where somebody was quicker.
    """
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        yield row
        discard(upload=row)


def discard(*, upload: Upload) -> None:
    """Remove an upload; its file goes after the commit."""
    with transaction.atomic():
        storage, name = upload.file.storage, str(upload.file.name)
        upload.delete()
        transaction.on_commit(partial(storage.delete, name))


def forget_left_behind(*, at: datetime) -> int:
    """Remove what nobody has looked at for a week, and files of that age that have no row."""
    removed = _forget_files(before=at - KEPT)
    for row in Upload.objects.left_behind(at - KEPT):
        discard(upload=row)
        removed += 1
    return removed


def _forget_files(*, before: datetime) -> int:
    """A transaction that was undone, or a row that went while its file was written, leaves one."""
    storage, removed = Upload().file.storage, 0
    for name in _names_below(storage, "intake"):
        if (
            storage.get_modified_time(name) < before
            and not Upload.objects.filter(file=name).exists()
        ):
            storage.delete(name)
            removed += 1
    return removed


def _names_below(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever brought
        return
    yield from (f"{folder}/{name}" for name in names)
    for one in folders:
        yield from _names_below(storage, f"{folder}/{one}")


def _short(name: str) -> str:
    """At most `MOST_NAME_BYTES` of UTF-8, with the ending that readers go by."""
    if len(name.encode()) <= MOST_NAME_BYTES:
        return name
    ending = PurePath(name).suffix
    ending = ending if len(ending.encode()) <= 12 else ""
    room = MOST_NAME_BYTES - len(ending.encode())
    stem = name.removesuffix(ending).encode()[:room].decode(errors="ignore")
    return f"{stem.rstrip()}{ending}"
