"""The area, scheme and plan that a command line asks for."""

from argparse import ArgumentParser

from django.utils import timezone

from geogrid.territory.models import Area, Plan

__all__ = ["Missing", "add_plan_arguments", "add_scheme_arguments", "area_asked", "plan_asked"]


class Missing(Exception):
    """Something asked for is not there, or cannot be meant; the sentence says what there is."""


def add_scheme_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--area", required=True, metavar="SLUG")
    parser.add_argument("--scheme", metavar="CODE", help="default: the area's general scheme")


def add_plan_arguments(parser: ArgumentParser) -> None:
    add_scheme_arguments(parser)
    parser.add_argument(
        "--plan",
        type=int,
        metavar="NUMBER",
        help="default: the plan in force, without one the newest",
    )


def area_asked(slug: str) -> Area:
    """Raises Missing."""
    area = Area.objects.filter(slug=slug).first()
    if area is None:
        there = ", ".join(Area.objects.values_list("slug", flat=True)) or "none yet"
        raise Missing(f"There is no area {slug}; there are: {there}.")
    return area


def plan_asked(slug: str, scheme: str | None, number: int | None) -> Plan:
    """A plan that was not withdrawn; without a number the one in force, or else the newest.

    Raises Missing.
    """
    area = area_asked(slug)
    plans = Plan.objects.filter(scheme__area=area)
    plans = plans.filter(scheme__code=scheme) if scheme else plans.filter(scheme__general=True)
    plans = plans.select_related("scheme__area", "boundary").exclude(state=Plan.State.WITHDRAWN)
    if number is not None:
        found = plans.filter(number=number).first()
    else:
        found = plans.in_force(timezone.now()).first() or plans.order_by("-number").first()
    if found is None:
        there = ", ".join(str(one) for one in plans.values_list("number", flat=True)) or "none yet"
        raise Missing(f"{area.name} has no such plan; there are: {there}.")
    return found
