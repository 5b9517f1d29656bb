"""Filters that put figures and rows into words of the reader's language.

{% load words %}
{{ category|localname }}       name_zh or name_en of a vocabulary row
{{ 1234.5|metres }}            1.2 公里 / 1.2 km
{{ grid.area_m2|hectares }}    9.1 公顷 / 9.1 ha
{{ area_m2|square_km }}        48.3 平方公里 / 48.3 km²
{{ case.created|ago:now }}     3 小时前 / 3 hours ago
{{ case.due|due:now }}         超期 1 天 2 小时 / 1 day 2 hours overdue
{{ case.due|due_class:now }}   late, soon or ""
{{ 45.0|bearing }}             东北 / north-east
{{ 300|thousands }}            digits in groups
{{ moment|clock:"Asia/Shanghai" }}   今天 18:00 in that zone, the date if it is another day
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

register = template.Library()

SOON = timedelta(hours=24)
NO_VALUE = "–"
POINTS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@register.filter
def localname(row: Any) -> str:
    """The row's name in the reader's language; the other one where that is missing."""
    if row is None:
        return ""
    chinese = (get_language() or "zh").startswith("zh")
    first, second = ("name_zh", "name_en") if chinese else ("name_en", "name_zh")
    return str(getattr(row, first, "") or getattr(row, second, "") or row)


@register.filter
def metres(length: float | None) -> str:
    """Metres below 1 km (to 10 m from 100 m on, nobody walks by single metres), else km."""
    if length is None:
        return NO_VALUE
    if length < 995:
        rounded = round(length) if length < 100 else round(length / 10) * 10
        return _("%(number)s m") % {"number": rounded}
    kilometres = length / 1000
    shown = _rounded(kilometres, 1 if kilometres < 20 else 0)
    return _("%(number)s km") % {"number": shown}


@register.filter
def hectares(square_metres: float | None) -> str:
    if square_metres is None:
        return NO_VALUE
    area = square_metres / 10_000
    return _("%(number)s ha") % {"number": _rounded(area, 1 if area < 100 else 0)}


@register.filter
def square_km(square_metres: float | None) -> str:
    """For a whole territory; small ones in hectares."""
    if square_metres is None or square_metres < 1_000_000:
        return hectares(square_metres)
    area = square_metres / 1_000_000
    return _("%(number)s km²") % {"number": _rounded(area, 1 if area < 100 else 0)}


@register.filter
def thousands(number: float | None) -> str:
    if number is None:
        return NO_VALUE
    return formats.number_format(round(number), 0, use_l10n=True, force_grouping=True)


@register.filter
def bearing(degrees: float | None) -> str:
    """Eight points of the compass, clockwise from north."""
    if degrees is None:
        return ""
    words = {
        "N": pgettext("direction", "north"),
        "NE": pgettext("direction", "north-east"),
        "E": pgettext("direction", "east"),
        "SE": pgettext("direction", "south-east"),
        "S": pgettext("direction", "south"),
        "SW": pgettext("direction", "south-west"),
        "W": pgettext("direction", "west"),
        "NW": pgettext("direction", "north-west"),
    }
    return words[POINTS[round(degrees / 45) % 8]]


@register.filter
def duration(span: timedelta | None) -> str:
    """The two largest units: 1 day 2 hours, 3 hours, 12 minutes."""
    if span is None:
        return NO_VALUE
    minutes = max(0, int(span.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours and days < 3:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if not days and not hours:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", left) % {"count": left})
    return pgettext("between days and hours", " ").join(parts)


@register.filter
def ago(moment: datetime | None, now: datetime | None = None) -> str:
    if moment is None:
        return NO_VALUE
    span = (now or timezone.now()) - moment
    if span < timedelta(minutes=1):
        return _("just now")
    return _("%(duration)s ago") % {"duration": duration(_coarse(span))}


@register.filter
def due(moment: datetime | None, now: datetime | None = None) -> str:
    """How long is left until `moment`, or how long it is over."""
    if moment is None:
        return ""
    left = moment - (now or timezone.now())
    if left < timedelta(0):
        return _("%(duration)s overdue") % {"duration": duration(-left)}
    return _("%(duration)s left") % {"duration": duration(left)}


@register.filter
def due_class(moment: datetime | None, now: datetime | None = None) -> str:
    """The css class of a deadline: late, soon (24 hours) or none."""
    if moment is None:
        return ""
    left = moment - (now or timezone.now())
    return "late" if left < timedelta(0) else "soon" if left < SOON else ""


@register.filter
def clock(moment: datetime | None, zone: str = "UTC") -> str:
    """Day and time of day in the area's time zone; today and tomorrow by name."""
    if moment is None:
        return NO_VALUE
    place = ZoneInfo(zone)
    local = moment.astimezone(place)
    days = (local.date() - timezone.now().astimezone(place).date()).days
    named = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    day = named.get(days) or formats.date_format(local.date(), "MONTH_DAY_FORMAT")
    return f"{day} {local:%H:%M}"


def _rounded(number: float, digits: int) -> str:
    """Digits as this language writes them; Django's own number_format cuts instead of rounding."""
    return formats.number_format(round(number, digits), digits)


def _coarse(span: timedelta) -> timedelta:
    """Past a day only days, past an hour only hours: nobody wants "3 hours 12 minutes ago"."""
    unit = timedelta(days=1) if span >= timedelta(days=1) else timedelta(hours=1)
    return span if span < unit else unit * (span // unit)
