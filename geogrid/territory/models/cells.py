"""Cells by address (单元格, 微网格): homes of a leaf shared out by entrance and floor, not drawn.

Half of a dense town's households live in buildings that no polygon could divide. The proof of a
tiling is a partition here: every floor of every entrance lies in exactly one cell.

A cell outlives the rows of the ground: an import replaces buildings and entrances, so a home keeps
the building's number and address and the entrance's number in words, and `unit` is only the link
to today's row. It is empty while the ground has no such entrance, and found again after an import
(`geogrid.territory.actions.relink_homes`), in plans of any state.
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
    # Empty only between an edit that ends the leaf and the cell's move to the one that follows;
    # the database proposes no plan with such a cell.
    grid = models.ForeignKey(Grid, models.SET_NULL, null=True, related_name="cells")
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
    """An entrance in a cell: all of its floors, or those from `floors.lower` to below the upper.

    Ranges without a limit reach through cellars and storeys added later.
    """

    cell = models.ForeignKey(Cell, models.CASCADE, related_name="homes")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="+")
    # "source:number in the source"; of a building without a number its longitude and latitude.
    building = models.CharField(_("number of the building"), max_length=200)
    address = models.CharField(_("address of the building"), max_length=200, blank=True)
    entrance = models.CharField(_("entrance"), max_length=20)
    floors = IntegerRangeField(_("floors"))
    # The whole address as `layers.geocoding.normalise` folds what people type.
    search = models.CharField(max_length=240, editable=False)

    class Meta:
        constraints: ClassVar = [
            # Told apart by today's row and in words, because the row comes and goes.
            ExclusionConstraint(
                name="cell_unit_once_per_plan",
                expressions=[
                    ("plan", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("floors", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="cell_home_once_per_plan",
                expressions=[
                    ("plan", RangeOperators.EQUAL),
                    ("building", RangeOperators.EQUAL),
                    ("entrance", RangeOperators.EQUAL),
                    ("floors", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(floors__isempty=False), name="cell_unit_has_floors"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan", "search"], name="cell_unit_by_address"),
            models.Index(fields=["building", "entrance"], name="cell_unit_by_door"),
        ]
        verbose_name = _("entrance in a cell")
        verbose_name_plural = _("entrances in cells")

    def __str__(self) -> str:
        return f"{self.address or self.building} {self.entrance} {self.floors}"
