"""A number per layer that says which state of the data a map shows."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class LayerVersion(models.Model):
    """`number` grows with every write to the layer; none comes twice, not even after a reset."""

    layer = models.SlugField(_("layer"), unique=True)
    number = models.PositiveBigIntegerField(_("number"))

    class Meta:
        ordering: ClassVar = ["layer"]
        verbose_name = _("layer version")
        verbose_name_plural = _("layer versions")

    def __str__(self) -> str:
        return f"{self.layer} {self.number}"
