"""Reads of visits and of what is due. Time is an argument."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from layers.places.querysets import PlaceQuerySet

if TYPE_CHECKING:
    from geogrid.duty.models import Worker
    from geogrid.territory.models import Area


class InspectionRuleQuerySet(models.QuerySet):
    def of(self, area: "Area") -> Self:
        """Rules that hold in `area`: its own before those that hold everywhere."""
        return self.filter(Q(area=area) | Q(area=None)).order_by(F("area").asc(nulls_last=True))


class VisitQuerySet(models.QuerySet):
    def until(self, moment: datetime) -> Self:
        return self.filter(at__lte=moment)

    def made_by(self, worker: "Worker") -> Self:
        return self.filter(worker=worker)

    def newest_first(self) -> Self:
        return self.select_related("worker", "hazard", "photo").order_by("-at", "-pk")


def with_inspection(hazards: PlaceQuerySet, area: "Area", at: datetime) -> PlaceQuerySet:
    """Annotate hazard points with what decides when they are due.

    Adds `last_visit_at`, `last_outcome` (None when nobody was there up to `at`) and `rule_every`,
    `rule_unit`, `rule_name_zh`, `rule_name_en` (None when no rule speaks of them). The day itself
    is `rules.due_on`: working days need the calendar.
    """
    from geogrid.patrols.models import InspectionRule, Visit

    last = Visit.objects.until(at).filter(hazard=OuterRef("pk")).order_by("-at", "-pk")
    rule = InspectionRule.objects.of(area).filter(
        hazard_class=OuterRef("hazard_class"), level=OuterRef("level")
    )
    return hazards.annotate(
        last_visit_at=Subquery(last.values("at")[:1]),
        last_outcome=Subquery(last.values("outcome")[:1]),
        rule_every=Subquery(rule.values("every")[:1]),
        rule_unit=Subquery(rule.values("unit")[:1]),
        rule_name_zh=Subquery(rule.values("name_zh")[:1]),
        rule_name_en=Subquery(rule.values("name_en")[:1]),
    )
