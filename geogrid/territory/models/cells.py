"""Cells by address (单元格, 微网格): homes of a leaf shared out by entrance and floor, not drawn.

Half of a dense town's households live in buildings that no polygon could divide. The proof of a
tiling is a partition here: every floor of every entrance lies in exactly one cell.
"""

import uuid
from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geogrid.territory.models.plans import Grid, Plan
from layers.places.models import Unit


class Cell(models.Model):
    """A set of entrances, or of floors of one, inside one leaf."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="cells")
    grid = models.ForeignKey(Grid, models.CASCADE, related_name="cells")
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=120, blank=True)
    lineage = models.UUIDField(_("lineage"), default=uuid.uuid4)

    class Meta:
        ordering: ClassVar = ["plan", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "code"], name="cell_code_once_per_plan"),
            models.UniqueConstraint(fields=["plan", "lineage"], name="cell_lineage_once_per_plan"),
        ]
        verbose_name = _("cell")
        verbose_name_plural = _("cells")

    def __str__(self) -> str:
        return self.name or self.code


class CellUnit(models.Model):
    """An entrance in a cell: all of it (no limits), or the floors from `floors.lower` on."""

    cell = models.ForeignKey(Cell, models.CASCADE, related_name="homes")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    floors = IntegerRangeField(_("floors"))

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="cell_unit_once_per_plan",
                expressions=[
                    ("plan", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("floors", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(floors__isempty=False), name="cell_unit_has_floors"),
        ]
        verbose_name = _("entrance in a cell")
        verbose_name_plural = _("entrances in cells")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.floors}"
