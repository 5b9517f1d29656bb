from datetime import datetime
from typing import Self

from django.db import models


class AttachmentQuerySet(models.QuerySet):
    def unused(self, before: datetime) -> Self:
        """Pictures older than `before` that no row refers to."""
        rows = self.filter(created_at__lt=before)
        for relation in self.model._meta.related_objects:
            rows = rows.exclude(
                pk__in=relation.related_model._base_manager.exclude(
                    **{relation.field.name: None}
                ).values(relation.field.name)
            )
        return rows
