"""Pictures that people send: drawn anew, without anything but the pixels, and private."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from layers.media.querysets import AttachmentQuerySet


class Attachment(models.Model):
    """A picture on disk under a random name.

    Whoever refers to one decides who may see it; nothing links to the file itself. One that nobody
    refers to is removed after a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(_("file"), upload_to="pictures/%Y/%m/")
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    bytes = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("digest"), max_length=64)
    created_at = models.DateTimeField(_("created at"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(width__gte=1) & Q(height__gte=1), name="attachment_has_pixels"
            ),
        ]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return str(self.pk)
