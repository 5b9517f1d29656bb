"""Load a demo town step by step. What is done already is recognised by what it left behind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction

from geogrid.accounts.models import User
from geogrid.cases.models import Case
from geogrid.desks.demo.loading.people import engage_everybody, let_found, open_accounts
from geogrid.desks.demo.loading.rounds import visit_hazards
from geogrid.desks.demo.loading.stories import tell_stories
from geogrid.desks.demo.loading.towns import DemoTown
from geogrid.duty.models import Worker
from geogrid.patrols.models import Visit
from geogrid.publishing.actions import put_in_force
from geogrid.territory.actions import approve, propose
from geogrid.territory.generating import draw_first_plan
from geogrid.territory.importing import import_town
from geogrid.territory.models import Area, Plan, Term
from layers.basemap.models import Source

Say = Callable[[str], None]
MONTHS_IN_FORCE = 8
LOCK = 20_260_301  # any number, the same for every load_demo


def founding_day(now: datetime) -> datetime:
    """Midnight UTC of the first of the month, eight months before `now`: when the plan began."""
    day = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(MONTHS_IN_FORCE):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


@contextmanager
def alone() -> Iterator[None]:
    """Let a second load wait for the first one; a killed one lets go by itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def load_town(town: DemoTown, *, now: datetime, say: Say) -> None:
    """Bring one town up to date; each step is one transaction and is skipped when done."""
    began = founding_day(now)
    if not Source.objects.filter(code=town.slug).exists():
        imported = import_town(
            extract=town.file(town.extract),
            boundary=town.file(town.boundary),
            note=town.note,
            at=began,
        )
        kept = imported.report.kept
        say(f"{kept['streets']:,} streets, {kept['buildings']:,} buildings")
    plan = Plan.objects.filter(scheme__area__slug=town.slug).order_by("number").first()
    if plan is None:
        plan = _first_plan(town, began)
        say(f"{plan.grids.leaves().count()} grids")
    if not Worker.objects.filter(area__slug=town.slug).exists():
        say(f"{engage_everybody(town, plan, began)} workers")
    if not User.objects.filter(username=f"patrol.{town.slug}").exists():
        open_accounts(town, plan)
        say("accounts for the doors")
    if let_found(town):
        say("the planner may found areas")
    if not Term.objects.filter(scheme=plan.scheme).exists():
        term = put_in_force(plan=plan, by=None, at=began, backdated=True)
        say(f"plan {plan.number} in force since {term.during.lower:%Y-%m-%d}")
    if not Visit.objects.filter(worker__area__slug=town.slug).exists():
        say(f"{visit_hazards(town, plan, now)} inspections")
    if not Case.objects.filter(area__slug=town.slug).exists():
        say(f"{tell_stories(town, plan, now)} cases")


@transaction.atomic
def _first_plan(town: DemoTown, at: datetime) -> Plan:
    area = Area.objects.get(slug=town.slug)
    plan, _ = draw_first_plan(area=area, by=None, at=at, name=town.plan_name)
    propose(plan=plan, by=None, at=at)
    approve(plan=plan, by=None, at=at)
    plan.refresh_from_db()
    return plan
