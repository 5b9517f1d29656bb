"""How a plan came about: its edits, what was said about it, and who follows whom.

A draft is changed by edits only. Each keeps what every grid it touched was before and after, so an
edit can be undone, a conflict can show both shapes, and a re-sent command gets its first answer.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.gis.db.models import MultiPolygonField
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from geogrid.territory.models.plans import Plan
from geogrid.territory.models.schemes import Scheme
from geogrid.territory.querysets import BoundaryEditQuerySet, GridChangeQuerySet
from layers.media.models import Attachment


class BoundaryEdit(models.Model):
    """One command that changed a draft; never changed itself."""

    class Verb(models.TextChoices):
        SPLIT = "split", _("split")
        MERGE = "merge", _("merge")
        CLAIM = "claim", _("claim")
        CUT_OUT = "cut_out", _("cut out as its own")
        REDRAW = "redraw", _("redraw")
        MOVE_BORDER = "move_border", _("move a border")
        MOVE_VERTEX = "move_vertex", _("move a vertex")
        INSERT_VERTEX = "insert_vertex", _("insert a vertex")
        DELETE_VERTEX = "delete_vertex", _("delete a vertex")
        STRAIGHTEN = "straighten", _("straighten a border")
        SNAP_TO_STREET = "snap_to_street", _("snap a border to a street")
        REBALANCE = "rebalance", _("balance")
        MOVE_TO_PARENT = "move_to_parent", _("move below another grid")
        DESCRIBE = "describe", _("rename or describe")
        RENUMBER = "renumber", _("renumber")
        UNDO = "undo", _("undo")
        RETURN_TO = "return_to", _("return to a moment")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="edits")
    revision = models.PositiveBigIntegerField(_("revision it made"))
    base_revision = models.PositiveBigIntegerField(_("revision its author saw"))
    command_id = models.UUIDField(_("command"), unique=True)
    verb = models.CharField(_("what"), max_length=16, choices=Verb)
    arguments = models.JSONField(_("arguments"), default=dict)
    # [{"start": [x, y], "finish": [x, y], "inserted": [[x, y], ...]}]: lattice vertices put into
    # the plan's outline where a border meets it.
    outline_refined = models.JSONField(_("vertices added to the outline"), default=list)
    reason = models.CharField(_("why a fixed outline moved"), max_length=200, blank=True)
    undoes = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="undone_by"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    objects = BoundaryEditQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["plan", "revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "revision"], name="edit_revision_once"),
            models.CheckConstraint(
                condition=Q(base_revision__lt=F("revision")), name="edit_after_its_base"
            ),
        ]
        verbose_name = _("boundary edit")
        verbose_name_plural = _("boundary edits")

    def __str__(self) -> str:
        return f"{self.plan_id} r{self.revision} {self.verb}"


class Moment(models.Model):
    """A name for what a draft was at a revision, so that people find it again in its history."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="moments")
    revision = models.PositiveBigIntegerField(_("revision"))
    name = models.CharField(_("name"), max_length=80)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering: ClassVar = ["plan", "-revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "revision"], name="moment_once_a_revision"),
            models.CheckConstraint(condition=~Q(name=""), name="moment_has_a_name"),
        ]
        verbose_name = _("named moment")
        verbose_name_plural = _("named moments")

    def __str__(self) -> str:
        return self.name


class GridChange(models.Model):
    """What an edit did to one grid; `before` is null for a new grid, `after` for an ended one.

    Both hold what `Grid` holds besides its boundary: code, label, name, kind, level, the parent's
    lineage, reasons, whether it is locked. Parents derived from their children are not kept: they
    follow.
    """

    edit = models.ForeignKey(BoundaryEdit, models.CASCADE, related_name="changes")
    lineage = models.UUIDField(_("lineage"))
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    before_boundary = MultiPolygonField(srid=4326, null=True)
    after_boundary = MultiPolygonField(srid=4326, null=True)

    objects = GridChangeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edit", "lineage"], name="change_once_an_edit"),
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(after__isnull=False),
                name="change_has_a_side",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["lineage"], name="change_lineage")]
        verbose_name = _("change of a grid")
        verbose_name_plural = _("changes of grids")

    def __str__(self) -> str:
        return f"{self.edit_id} {self.lineage}"


class GridCode(models.Model):
    """A code that a grid has been known by; within a scheme it is never given to another one.

    Written when a plan is proposed: until then a code is only pencilled in.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="codes")
    code = models.CharField(_("code"), max_length=24)
    lineage = models.UUIDField(_("lineage"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "code"], name="code_once_per_scheme"),
        ]
        verbose_name = _("code of a grid")
        verbose_name_plural = _("codes of grids")

    def __str__(self) -> str:
        return self.code


class Succession(models.Model):
    """Who follows a grid that this plan ends, and whom a new grid comes from.

    Shares say how much of `from_lineage` went to `to_lineage`, from 0 to 1.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="successions")
    from_lineage = models.UUIDField(_("from"))
    to_lineage = models.UUIDField(_("to"))
    share_of_households = models.FloatField(_("share of households"))
    share_of_area = models.FloatField(_("share of area"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "from_lineage", "to_lineage"], name="succession_once"
            ),
            models.CheckConstraint(
                condition=~Q(from_lineage=F("to_lineage")), name="succession_between_two"
            ),
            models.CheckConstraint(
                condition=Q(share_of_households__range=(0, 1), share_of_area__range=(0, 1)),
                name="succession_shares",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["from_lineage"], name="succession_from"),
            models.Index(fields=["to_lineage"], name="succession_to"),
        ]
        verbose_name = _("succession")
        verbose_name_plural = _("successions")

    def __str__(self) -> str:
        return f"{self.from_lineage} -> {self.to_lineage}"


class PlanEvent(models.Model):
    """One step in the life of a plan: started, proposed, sent back, approved ... Never changed."""

    class Kind(models.TextChoices):
        STARTED = "started", _("started")
        IMPORTED = "imported", _("imported")
        PROPOSED = "proposed", _("proposed")
        SENT_BACK = "sent_back", _("sent back")
        APPROVED = "approved", _("approved")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNLOCKED = "unlocked", _("fixed outline unlocked")
        UNSCHEDULED = "unscheduled", _("taken back before it began")
        CELLS = "cells", _("homes shared out")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="events")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))
    note = models.TextField(_("note"), blank=True)
    # An approval from outside: a document with number and date, and its scan.
    document_number = models.CharField(_("document number"), max_length=80, blank=True)
    document_date = models.DateField(_("document date"), null=True, blank=True)
    # A named relation: pictures that nothing visible refers to are removed after a day.
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="plan_events"
    )
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        ordering: ClassVar = ["plan", "pk"]
        verbose_name = _("event of a plan")
        verbose_name_plural = _("events of plans")

    def __str__(self) -> str:
        return f"{self.plan_id} {self.kind}"


class Remark(models.Model):
    """What a reviewer says about a plan or one of its grids; the planner settles it."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="remarks")
    lineage = models.UUIDField(_("grid"), null=True, blank=True)
    text = models.TextField(_("remark"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["plan", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="remark_says_something"),
        ]
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")

    def __str__(self) -> str:
        return self.text[:60]
