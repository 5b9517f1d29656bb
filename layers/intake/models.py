"""Files that somebody brought in and has not decided about yet.

An import is a conversation: the file is read and judged, the person answers, it is judged again.
Between the answers the file and what was said wait here. Nothing else refers to an upload, and one
that nobody came back to is removed, so that no foreign data stays by accident.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from layers.intake.querysets import UploadQuerySet


class Upload(models.Model):
    """One file, or one pasted text, on its way in.

    `purpose` says what is to be made of it, `place` for which territory (whoever stages it knows
    what the slug means). `answers` are the person's choices so far, `report` what the latest
    reading found; both belong to the purpose.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.SlugField(_("purpose"))
    place = models.SlugField(_("territory"), max_length=80)
    file = models.FileField(_("file"), upload_to="intake/%Y/%m/")
    name = models.CharField(_("name of the file"), max_length=200)
    bytes = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("digest"), max_length=64)
    answers = models.JSONField(_("answers"), default=dict)
    report = models.JSONField(_("report"), default=dict)
    # Without its bringer nobody sees it any more, and its week ends it together with its file.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    touched_at = models.DateTimeField(_("last looked at"))

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-touched_at"]
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return self.name
