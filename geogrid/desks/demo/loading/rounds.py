"""When hazard points were last visited: most in time, some due today, a few overdue."""

import uuid
from datetime import datetime, timedelta
from hashlib import blake2b

from django.contrib.gis.geos import Point
from django.db import transaction

from geogrid.desks.demo.loading.towns import DemoTown
from geogrid.duty.models import Post, Worker
from geogrid.patrols.actions import record_visit
from geogrid.patrols.models import InspectionRule, Visit
from geogrid.territory.models import Grid, Plan
from layers.places.models import HazardPoint

# Up to which share of all points: how much of the interval has passed, least and most. The rest
# was never visited.
PASSED = ((0.62, 0.1, 0.8), (0.80, 0.85, 1.0), (0.94, 1.05, 1.6))
PROBLEM_EVERY = 11
ELSEWHERE_EVERY = 3
WORKING_DAY = 1.4  # calendar days, weekends included


@transaction.atomic
def visit_hazards(town: DemoTown, plan: Plan, now: datetime) -> int:
    """Record a last visit for most hazard points of the home quarter, and of some grids elsewhere.

    Returns how many. In the other grids nobody has begun: everything is due.
    """
    holders = {
        post.lineage: post.worker
        for post in Post.objects.at(now)
        .filter(scheme=plan.scheme, tier=Post.Tier.A, worker__isnull=False, role__code="worker")
        .select_related("worker")
    }
    rules = {
        (rule.hazard_class_id, rule.level): _days(rule)
        for rule in reversed(InspectionRule.objects.of(plan.scheme.area))
    }
    count = 0
    for position, grid in enumerate(plan.grids.leaves().select_related("parent").order_by("code")):
        worker = holders.get(grid.lineage)
        home = grid.parent is not None and grid.parent.name == town.home_quarter
        if worker is None or not (home or position % ELSEWHERE_EVERY == 0):
            continue
        for hazard in _hazards_of(grid, plan):
            days = rules.get((hazard.hazard_class_id, hazard.level))
            passed = _passed(hazard)
            if days is not None and passed is not None:
                at = _by_day(now - timedelta(days=days * passed), hazard)
                _visit(town, hazard, worker, min(at, now - timedelta(minutes=20)), count)
                count += 1
    return count


def _days(rule: InspectionRule) -> float:
    return rule.every * (WORKING_DAY if rule.unit == InspectionRule.Unit.WORKING else 1.0)


def _hazards_of(grid: Grid, plan: Plan) -> list[HazardPoint]:
    points = HazardPoint.objects.within(grid.boundary).filter(active=True).order_by("ref")
    on_border = plan.grids.leaves().filter(code__lt=grid.code, boundary__touches=grid.boundary)
    return [
        point for point in points if not on_border.filter(boundary__covers=point.anchor).exists()
    ]


def _share(hazard: HazardPoint, salt: str) -> float:
    """A number from 0 to 1 that is always the same for the same hazard point."""
    digest = blake2b(f"{hazard.source_id} {hazard.ref} {salt}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def _passed(hazard: HazardPoint) -> float | None:
    draw = _share(hazard, "group")
    for until, least, most in PASSED:
        if draw < until:
            return least + (most - least) * _share(hazard, "within")
    return None


def _by_day(moment: datetime, hazard: HazardPoint) -> datetime:
    """Some minute of the working day, UTC hours that are daytime in both towns."""
    hour, minute = divmod(int(_share(hazard, "hour") * 4 * 60), 60)
    return moment.replace(hour=3 + hour, minute=minute, second=0, microsecond=0)


def _visit(town: DemoTown, hazard: HazardPoint, worker: Worker, at: datetime, number: int) -> None:
    problem = number % PROBLEM_EVERY == PROBLEM_EVERY - 1
    notes = town.problem_notes if problem else town.visit_notes
    # A phone some metres off, as phones are.
    where = Point(hazard.anchor.x + 8e-5 * _share(hazard, "off"), hazard.anchor.y, srid=4326)
    record_visit(
        hazard=hazard,
        worker=worker,
        outcome=Visit.Outcome.PROBLEM if problem else Visit.Outcome.OK,
        client_id=uuid.uuid5(uuid.NAMESPACE_OID, f"{town.slug} {hazard.ref} {at:%Y-%m-%d}"),
        by=None,
        at=at,
        note=notes[number % len(notes)],
        where=where,
        accuracy_m=9.0,
    )
