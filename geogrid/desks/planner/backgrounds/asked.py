"""Who asks for what is drawn against: planners look and place, whoever publishes configures.

A background is for everybody in the area, and a service is asked in the office's name: that is
decided by the right to publish over the whole scheme. A picture is a planner's tool.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from geogrid.accounts.rules import ANYWHERE, Permission, may
from geogrid.desks.planner.asking import user_of
from geogrid.desks.planner.views import scheme_asked
from geogrid.territory.models import Scheme
from layers.backgrounds.models import Background, Underlay

__all__ = [
    "background_asked", "configures", "draws", "scheme_configured", "scheme_drawn",
    "underlay_asked",
]  # fmt: skip


def configures(request: HttpRequest, scheme: Scheme) -> bool:
    return may(user_of(request), Permission.PUBLISH, scheme=scheme)


def draws(request: HttpRequest, scheme: Scheme) -> bool:
    return may(user_of(request), Permission.DRAW, scheme=scheme, where=ANYWHERE)


def scheme_configured(request: HttpRequest, area: str) -> Scheme:
    """The area's scheme, for whoever may add backgrounds. Raises PermissionDenied, Http404."""
    scheme = scheme_asked(request, area)
    if not configures(request, scheme):
        raise PermissionDenied
    return scheme


def scheme_drawn(request: HttpRequest, area: str) -> Scheme:
    """The area's scheme, for whoever may place pictures. Raises PermissionDenied, Http404."""
    scheme = scheme_asked(request, area)
    if not draws(request, scheme):
        raise PermissionDenied
    return scheme


def background_asked(scheme: Scheme, number: int) -> Background:
    """A background of the scheme's area. Raises Http404."""
    return get_object_or_404(Background.objects.of(scheme.area.slug), pk=number)


def underlay_asked(scheme: Scheme, number: int) -> Underlay:
    """A picture of the scheme's area. Raises Http404."""
    return get_object_or_404(Underlay.objects.of(scheme.area.slug), pk=number)
