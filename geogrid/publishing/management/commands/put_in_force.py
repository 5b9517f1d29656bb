"""`put_in_force --area SLUG`: approve the newest plan and let it count from now on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from geogrid.accounts.errors import CodedError
from geogrid.publishing.actions import declare_missing_vacant, put_in_force
from geogrid.territory.actions import approve, propose
from geogrid.territory.models import Plan, Term


class Command(BaseCommand):
    help = (
        "Put a plan in force, in the name of the installation's operator: a draft is submitted and "
        "approved first. Refused while a grid has nobody; --vacant gives the reason to show for "
        "those."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", required=True, metavar="SLUG")
        parser.add_argument("--plan", type=int, metavar="NUMBER", help="default: the newest")
        parser.add_argument(
            "--vacant",
            metavar="REASON",
            help="declare posts without anybody vacant, for this reason",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        plans = Plan.objects.filter(scheme__area__slug=options["area"], scheme__general=True)
        if options["plan"] is not None:
            plans = plans.filter(number=options["plan"])
        plan = plans.exclude(state=Plan.State.WITHDRAWN).order_by("-number").first()
        if plan is None:
            raise CommandError(f"There is no such plan in {options['area']!r}.")
        try:
            term = _begin(plan, options["vacant"])
        except CodedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Plan {plan.number} of {plan.scheme.area.name} is in force since"
            f" {term.during.lower:%Y-%m-%d %H:%M} UTC: {term.receipt['grids']} grids, digest"
            f" {term.receipt['sha256'][:16]}"
        )


@transaction.atomic
def _begin(plan: Plan, vacant: str | None) -> Term:
    now = timezone.now()
    if plan.state == Plan.State.DRAFT:
        propose(plan=plan, by=None, at=now)
    if plan.state == Plan.State.IN_REVIEW:
        approve(plan=plan, by=None, at=now)
    if vacant:
        declare_missing_vacant(plan=plan, reason=vacant, by=None, at=now)
    return put_in_force(plan=plan, by=None, at=now)
