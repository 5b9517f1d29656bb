"""What every template may know about the installation."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, bool]:
    """`demo`: whether this is the demo with its fictional people."""
    return {"demo": settings.DEMO}
