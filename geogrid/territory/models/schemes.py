"""Ways of dividing an area, their levels, and who may act where in them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.core.validators import MinValueValidator
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from geogrid.territory.models.areas import Area
from geogrid.territory.querysets import AuthorityQuerySet


class Scheme(models.Model):
    """One way of dividing an area (划分体系): general, safety, school ..."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="schemes")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    general = models.BooleanField(
        _("general"),
        default=True,
        help_text=_("Placement and look-ups use this scheme unless told otherwise."),
    )
    households_min = models.PositiveIntegerField(_("households from"), default=200)
    households_max = models.PositiveIntegerField(_("households to"), default=300)
    cell_households_max = models.PositiveIntegerField(
        _("households of a cell up to"), default=30, validators=[MinValueValidator(1)]
    )
    four_eyes = models.BooleanField(
        _("somebody else approves"),
        default=True,
        help_text=_("An office of one person may switch it off."),
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "code"], name="scheme_code_once_per_area"),
            models.UniqueConstraint(
                fields=["area"], condition=Q(general=True), name="scheme_one_general_per_area"
            ),
            models.CheckConstraint(
                condition=Q(households_min__lte=F("households_max")), name="scheme_range_ordered"
            ),
        ]
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """A level of a scheme; depth 1 lies directly below the area, the greatest depth is drawn."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="levels")
    depth = models.PositiveSmallIntegerField(_("depth"))
    name_zh = models.CharField(_("name in Chinese"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=40)
    code_width = models.PositiveSmallIntegerField(_("digits in the code"), default=3)
    fixed = models.BooleanField(
        _("fixed"), default=False, help_text=_("Outlines at this level are administrative.")
    )

    class Meta:
        ordering: ClassVar = ["scheme", "depth"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "depth"], name="level_depth_once"),
            models.CheckConstraint(condition=Q(depth__range=(1, 4)), name="level_depth_1_to_4"),
        ]
        verbose_name = _("level")
        verbose_name_plural = _("levels")

    def __str__(self) -> str:
        return self.name_en


class Authority(models.Model):
    """A role over a part of a scheme: all of it, or a lineage and everything below."""

    class Role(models.TextChoices):
        PLANNER = "planner", _("planner")
        APPROVER = "approver", _("approver")
        DISPATCHER = "dispatcher", _("dispatcher")
        CHIEF = "chief", _("grid chief")
        SUPERVISOR = "supervisor", _("supervisor")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authorities")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="authorities")
    lineage = models.UUIDField(_("over this grid and below"), null=True, blank=True)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "scheme", "lineage"],
                name="authority_once",
                nulls_distinct=False,
            ),
        ]
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"
