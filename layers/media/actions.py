"""Keep a picture, or remove those that nothing refers to."""

import hashlib
import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction

from layers.media.models import Attachment
from layers.media.redraw import redraw

UNUSED_KEPT = timedelta(days=1)


def keep_picture(*, upload: IO[bytes], at: datetime) -> Attachment:
    """Draw `upload` anew and keep it under a random name.

    Raises `layers.media.errors.PictureRefused` with a sentence for the sender.
    """
    drawn = redraw(upload)
    number = uuid.uuid4()
    row = Attachment(
        id=number,
        width=drawn.width,
        height=drawn.height,
        bytes=len(drawn.content),
        sha256=hashlib.sha256(drawn.content).hexdigest(),
        created_at=at,
    )
    # The name that the sender gave goes nowhere: it can hold a person's name or a path.
    row.file.save(f"{uuid.uuid4().hex}.jpg", ContentFile(drawn.content), save=False)
    row.save(force_insert=True)
    return row


def remove_unused(*, at: datetime) -> int:
    """Remove pictures that no row has referred to for a day; files go after the commit."""
    removed = 0
    for row in Attachment.objects.unused(before=at - UNUSED_KEPT):
        with transaction.atomic():
            storage, name = row.file.storage, str(row.file.name)
            row.delete()
            transaction.on_commit(partial(storage.delete, name))
        removed += 1
    return removed
