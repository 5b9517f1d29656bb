from datetime import datetime
from typing import Any, Self

from django.db import models


class UploadQuerySet(models.QuerySet):
    def of(self, user: Any, *, purpose: str, place: str) -> Self:
        """What this user brought in for this purpose: others' files are nobody's business."""
        return self.filter(by=user, purpose=purpose, place=place)

    def left_behind(self, before: datetime) -> Self:
        """Uploads that nobody has looked at since `before`."""
        return self.filter(touched_at__lt=before)
