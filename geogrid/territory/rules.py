"""What may stand in a field of the territory."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def known_zone(value: str) -> None:
    """Refuse a time zone that nobody knows: every deadline of the area is reckoned in it."""
    if value not in available_timezones():
        raise ValidationError(_("There is no time zone with this name, e.g. Asia/Shanghai."))
