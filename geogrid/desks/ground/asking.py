"""Who asks for which kind of places of which area."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError
from geogrid.accounts.models import User
from geogrid.accounts.rules import ANYWHERE, Permission, may
from geogrid.territory.models import Area, Grid, Plan, Scheme
from geogrid.territory.scope import require_scope
from layers.places import kinds
from layers.places.kinds import Kind


class Outside(CodedError):
    code = "ground.outside"
    message = _("This spot lies outside of %(area)s.")


@dataclass(frozen=True, slots=True)
class Asked:
    """The desk as one person sees it. `plan` is the one in force, None before the first."""

    user: User
    scheme: Scheme
    plan: Plan | None

    @property
    def area(self) -> Area:
        return self.scheme.area

    def inside(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that lie in the area."""
        newest = self.area.boundaries.order_by("-valid_from").first()
        return rows.filter(anchor__coveredby=newest.boundary) if newest else rows.none()

    def leaf(self, spot: Point) -> Grid | None:
        if self.plan is None:
            return None
        return self.plan.grids.leaves().defer("boundary").covering(spot).first()

    def require_spot(self, spot: Point) -> None:
        """Raise unless the spot is in the area and in this person's part of it."""
        newest = self.area.boundaries.order_by("-valid_from").first()
        if newest is None or not newest.boundary.covers(spot):
            raise Outside(area=self.area.name)
        leaf = self.leaf(spot)
        if leaf is not None and self.plan is not None:
            require_scope(self.user, Permission.REGISTER, plan=self.plan, lineages=[leaf.lineage])

    @property
    def keeps_kinds(self) -> bool:
        """Kinds are everybody's: whoever answers for a part only does not change them."""
        return may(self.user, Permission.REGISTER, scheme=self.scheme)


def asked(request: HttpRequest, slug: str) -> Asked:
    """Raises PermissionDenied unless the person registers places somewhere in the area."""
    scheme = get_object_or_404(Scheme.objects.select_related("area"), area__slug=slug, general=True)
    user = request.user
    if not isinstance(user, User) or not may(
        user, Permission.REGISTER, scheme=scheme, where=ANYWHERE
    ):
        raise PermissionDenied
    plan = Plan.objects.in_force(timezone.now()).filter(scheme=scheme).defer("outline").first()
    if plan is not None:
        plan.scheme = scheme
    return Asked(user, scheme, plan)


def kind_asked(key: str) -> Kind:
    kind = kinds.find(key)
    if kind is None:
        raise Http404
    return kind
