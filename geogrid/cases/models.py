"""What was reported, who looks after it, and each step that was taken.

A case keeps where it was placed and why, so that the answer can be checked after the next redraw.
What identifies its reporter lies in a table of its own and can be erased without touching the rest.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from geogrid.cases.querysets import AssignmentQuerySet, CaseEventQuerySet, CaseQuerySet
from geogrid.cases.rules import Reason, State, Step, Why
from geogrid.cases.timetable import (
    CalendarYear,
    CaseDesk,
    Category,
    DeadlinePreset,
    DeadlineRule,
)
from geogrid.duty.models import Post, Worker
from geogrid.territory.models import Area, Grid, Plan, Scheme
from layers.media.models import Attachment

__all__ = [
    "Assignment", "Attempt", "CalendarYear", "Case", "CaseDesk", "CaseEvent", "CaseNumber",
    "CasePhoto", "Category", "DeadlinePreset", "DeadlineRule", "Feedback", "Reporter",
]  # fmt: skip


class Case(models.Model):
    """A matter somebody reported (residents read 事项, offices 事件)."""

    class Channel(models.TextChoices):
        RESIDENT = "resident", _("reported by a resident")
        WORKER = "worker", _("found by a worker")
        ON_BEHALF = "on_behalf", _("reported by a worker for a resident")
        ON_THE_SPOT = "on_the_spot", _("found and handled by a worker")
        PHONE = "phone", _("taken by phone")

    class LocatedBy(models.TextChoices):
        MAP = "map", _("point on the map")
        ADDRESS = "address", _("address")
        DEVICE = "device", _("position of the device")

    area = models.ForeignKey(Area, models.PROTECT, related_name="cases")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="cases")
    number = models.CharField(_("number"), max_length=20)
    form_digest = models.CharField(
        max_length=64,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        help_text=_("A form sent twice makes one case."),
    )
    key_digest = models.CharField(max_length=64, editable=False)
    category = models.ForeignKey(Category, models.PROTECT, related_name="cases")
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), max_length=2000, blank=True)
    emergency = models.BooleanField(_("emergency"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RECEIVED)

    where = models.PointField(_("place"), srid=4326)
    address = models.CharField(_("place in words"), max_length=200, blank=True)
    located_by = models.CharField(_("located by"), max_length=8, choices=LocatedBy)
    accuracy_m = models.FloatField(_("accuracy"), null=True, blank=True)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="cases")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="cases")
    placement = models.CharField(_("why this grid"), max_length=10, choices=Reason)
    grid_m = models.FloatField(_("metres to the grid"), default=0)
    runner_up = models.ForeignKey(
        Grid,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("nearest other grid"),
    )
    runner_up_m = models.FloatField(_("metres to the nearest other grid"), null=True, blank=True)

    rung = models.PositiveSmallIntegerField(_("level of escalation"), default=0)
    worker = models.ForeignKey(Worker, models.PROTECT, null=True, blank=True, related_name="cases")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_provisional = models.BooleanField(_("deadline may still move"), default=False)
    received_at = models.DateTimeField(_("received"))
    changed_at = models.DateTimeField(_("last step"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    result = models.TextField(_("result"), max_length=1000, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-received_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "number"], name="case_number_once_per_area"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(placement__in=Reason.values), name="case_placement_known"
            ),
            models.CheckConstraint(
                condition=Q(grid=None, placement="office")
                | (Q(grid__isnull=False) & ~Q(placement="office")),
                name="case_without_grid_is_the_offices",
            ),
            models.CheckConstraint(
                condition=Q(accuracy_m=None) | Q(accuracy_m__gte=0), name="case_accuracy_positive"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("received_at")),
                name="case_closed_after_received",
            ),
            models.CheckConstraint(
                condition=~Q(state="merged") | Q(merged_into__isnull=False),
                name="case_merged_into_one",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["area", "state", "due_at"], name="case_by_state"),
            models.Index(fields=["worker", "state"], name="case_by_worker"),
            GinIndex(
                OpClass(F("title"), name="gin_trgm_ops"),
                OpClass(F("address"), name="gin_trgm_ops"),
                name="case_words_trigram",
            ),
        ]
        verbose_name = _("case")
        verbose_name_plural = _("cases")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class CaseEvent(models.Model):
    """One step, written in the transaction that took it and never changed."""

    class Actor(models.TextChoices):
        RESIDENT = "resident", _("resident")
        WORKER = "worker", _("worker")
        OFFICE = "office", _("office")
        SYSTEM = "system", _("GeoGrid")

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    step = models.CharField(_("step"), max_length=12, choices=Step)
    state_before = models.CharField(max_length=12, choices=State, blank=True)
    state_after = models.CharField(max_length=12, choices=State)
    actor = models.CharField(_("who"), max_length=10, choices=Actor)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    worker = models.ForeignKey(
        Worker,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who the case was with after the step."),
    )
    at = models.DateTimeField(_("at"))
    note = models.TextField(_("note"), max_length=1000, blank=True)
    due_before = models.DateTimeField(null=True, blank=True)
    due_after = models.DateTimeField(null=True, blank=True)
    rung = models.PositiveSmallIntegerField(_("level of escalation"), default=0)
    data = models.JSONField(default=dict, blank=True)

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            # What makes an escalation happen once, however many machines look for late cases.
            models.UniqueConstraint(
                fields=["case", "rung"],
                condition=Q(step="escalate"),
                name="case_escalated_once_per_rung",
            ),
            models.CheckConstraint(condition=Q(step__in=Step.values), name="case_event_step_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="case_event_by_time")]
        verbose_name = _("step of a case")
        verbose_name_plural = _("steps of cases")

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class Assignment(models.Model):
    """Who had a case from when to when, and why it was them."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="assignments")
    event = models.OneToOneField(CaseEvent, models.CASCADE, related_name="assignment")
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    rung = models.PositiveSmallIntegerField(_("level of escalation"))
    why = models.CharField(_("why"), max_length=12, choices=Why)
    note = models.CharField(_("reason given"), max_length=300, blank=True)
    at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="assignment_one_at_a_time"
            ),
        ]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.worker or self.why}"


class CasePhoto(models.Model):
    class Kind(models.TextChoices):
        REPORT = "report", _("sent with the report")
        BEFORE = "before", _("before")
        AFTER = "after", _("after")
        STEP = "step", _("on the way")

    case = models.ForeignKey(Case, models.CASCADE, related_name="photos")
    event = models.ForeignKey(CaseEvent, models.CASCADE, related_name="photos")
    picture = models.ForeignKey(Attachment, models.PROTECT, related_name="case_photos")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "picture"], name="case_photo_once"),
        ]
        verbose_name = _("photo of a case")
        verbose_name_plural = _("photos of cases")

    def __str__(self) -> str:
        return self.get_kind_display()


class Reporter(models.Model):
    """How the person who reported may be reached; the office sees it on demand."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="reporter")
    name = models.CharField(_("name"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("reporter")
        verbose_name_plural = _("reporters")

    def __str__(self) -> str:
        return str(self.case_id)


class Feedback(models.Model):
    """What the reporter thought of the result."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="feedback")
    satisfied = models.BooleanField(_("satisfied"))
    text = models.TextField(_("text"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.satisfied}"


class CaseNumber(models.Model):
    """The last number given on a day; its row lock is what keeps numbers without gaps."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="+")
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "day"], name="case_number_one_counter_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.last}"


class Attempt(models.Model):
    """How often something was tried from one address within an hour. Holds a digest, no address."""

    what = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    slot = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["what", "digest", "slot"], name="attempt_one_counter"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.slot} {self.count}"
