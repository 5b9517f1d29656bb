"""Who answers for which grid, and when.

A worker is not a user (one may have a log-in) and a post is not a worker: a post can be vacant, and
somebody can act in it for a while. Posts hang on a lineage, so they survive a redraw.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geogrid.duty.querysets import DutyEventQuerySet, PostQuerySet, WorkerQuerySet
from geogrid.territory.models import Area, Scheme
from layers.media.models import Attachment


class PostRole(models.Model):
    """Vocabulary: chief 网格长, worker 网格员, information officer 信息员; lowest `rank` leads."""

    code = models.SlugField(_("code"), unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=40)
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta:
        ordering: ClassVar = ["rank"]
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return self.name_en


class Worker(models.Model):
    """Somebody who can hold a post. What of this residents may see, publishing decides."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="workers")
    name = models.CharField(_("name"), max_length=80)
    duties = models.CharField(_("duties"), max_length=300, blank=True)
    hours = models.CharField(_("duty hours"), max_length=120, blank=True)
    face = models.PositiveSmallIntegerField(
        _("drawn placeholder"),
        default=0,
        help_text=_("Which drawn face stands in until there is a portrait."),
    )
    portrait = models.ForeignKey(
        Attachment, models.SET_NULL, null=True, blank=True, related_name="workers"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="worker",
    )
    active = models.BooleanField(_("active"), default=True)
    # Left, and everything personal is gone; the name is a word that stands for whoever it was.
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """How a worker is reached; its own table, so that erasing it leaves the history whole."""

    class Kind(models.TextChoices):
        DUTY_PHONE = "duty_phone", _("duty phone")
        MOBILE = "mobile", _("own phone")

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="contacts")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    value = models.CharField(_("number"), max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["worker", "kind"], name="contact_kind_once"),
        ]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.get_kind_display()


class Post(models.Model):
    """A worker (or nobody yet) answering for a lineage in a role, for a time.

    `tier` A answers first, B when A does not. `subjects` empty means all case categories. A vacant
    post has no worker and a reason; `acting` marks the one who fills in meanwhile.
    """

    class Tier(models.TextChoices):
        A = "A", _("first")
        B = "B", _("stand-in")

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="posts")
    lineage = models.UUIDField(_("grid"))
    role = models.ForeignKey(PostRole, models.PROTECT, related_name="posts")
    worker = models.ForeignKey(Worker, models.PROTECT, null=True, blank=True, related_name="posts")
    tier = models.CharField(_("tier"), max_length=1, choices=Tier, default=Tier.A)
    acting = models.BooleanField(_("acting"), default=False)
    vacancy_reason = models.CharField(_("why vacant"), max_length=200, blank=True)
    subjects = ArrayField(models.SlugField(), default=list, blank=True)
    during = DateTimeRangeField(_("from, until"))

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(worker__isnull=False) | ~Q(vacancy_reason=""),
                name="post_vacant_with_reason",
            ),
            ExclusionConstraint(
                name="post_one_holder",
                expressions=[
                    ("scheme", RangeOperators.EQUAL),
                    ("lineage", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("tier", RangeOperators.EQUAL),
                    ("worker", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(worker__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["scheme", "lineage"], name="post_by_grid")]
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        return f"{self.role} {self.worker or self.vacancy_reason}"


class DutyEvent(models.Model):
    """One thing that was done to the roster: by whom, when, from when it holds. Written once.

    `data` names rows and fields, never what a contact or a name is, so that erasing a worker leaves
    the history whole. A change of posts keeps `{"begun": [post], "ended": [{"post", "until"}]}`: a
    change that has not begun can be taken back by it.
    """

    class Kind(models.TextChoices):
        ENGAGED = "engaged", _("registered")
        CHANGED = "changed", _("data changed")
        PORTRAIT = "portrait", _("portrait given")
        NO_PORTRAIT = "no_portrait", _("portrait removed")
        APPOINTED = "appointed", _("appointed")
        ENDED = "ended", _("post ended")
        VACANT = "vacant", _("declared vacant")
        ORDER = "order", _("A and B changed places")
        SUBJECTS = "subjects", _("subjects changed")
        CANCELLED = "cancelled", _("taken back before it began")
        DISCLOSED = "disclosed", _("shown to residents")
        WITHDRAWN = "withdrawn", _("no longer shown to residents")
        ERASED = "erased", _("personal data erased")
        IMPORTED = "imported", _("list brought in")

    # Events stay, and so does what they are about: the database would refuse, this says why.
    area = models.ForeignKey(Area, models.PROTECT, related_name="duty_events")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    scheme = models.ForeignKey(
        Scheme, models.PROTECT, null=True, blank=True, related_name="duty_events"
    )
    lineage = models.UUIDField(_("grid"), null=True, blank=True)
    worker = models.ForeignKey(
        Worker, models.SET_NULL, null=True, blank=True, related_name="events"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))
    since = models.DateTimeField(_("holds from"), null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)

    objects = DutyEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "engaged", "changed", "portrait", "no_portrait", "appointed", "ended",
                        "vacant", "order", "subjects", "cancelled", "disclosed", "withdrawn",
                        "erased", "imported",
                    ]
                ),
                name="duty_event_kind_known",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["area", "-at"], name="duty_event_by_time"),
            models.Index(fields=["scheme", "lineage", "at"], name="duty_event_by_grid"),
            models.Index(fields=["worker", "at"], name="duty_event_by_worker"),
        ]
        verbose_name = _("event of the roster")
        verbose_name_plural = _("events of the roster")

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
