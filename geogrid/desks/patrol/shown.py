"""Stops in words: what a row of the list and a badge on the map say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from geogrid.patrols.models import Visit
from geogrid.patrols.rules import Due
from geogrid.patrols.stops import CaseStop, HazardStop, Stop
from geogrid.territory.models import Area
from layers.datum.shifted import wgs84_to_gcj02

__all__ = ["Coordinates", "ShownStop", "coordinates", "due_words", "for_map", "shown"]


@dataclass(frozen=True, slots=True)
class ShownStop:
    """One row. `metres`, `azimuth` and `arrow` (to the nearest 45 degrees) need a position."""

    key: str
    name: str
    badge: str
    urgency: str
    due_words: str
    what: str
    warning: str
    url: str
    visit_url: str
    is_case: bool
    lon: float | None
    lat: float | None
    metres: float | None
    azimuth: float | None
    arrow: int


def shown(stops: Iterable[Stop], today: date) -> list[ShownStop]:
    return [
        _hazard(stop, today) if isinstance(stop, HazardStop) else _case(stop, today)
        for stop in stops
    ]


def for_map(stops: Iterable[ShownStop]) -> list[dict[str, Any]]:
    """What the script draws; the order is the list's."""
    return [
        {
            "key": stop.key,
            "name": stop.name,
            "badge": stop.badge,
            "lon": stop.lon,
            "lat": stop.lat,
            "url": stop.url,
        }
        for stop in stops
        if stop.lon is not None
    ]


def due_words(due: date | None, urgency: Due, today: date) -> str:
    """已超期 1 天 / 今天到期 / 还有 2 天 / the date, when it is more than two weeks away."""
    if due is None:
        return _("no fixed interval")
    days = (due - today).days
    if urgency == Due.OVERDUE and days >= 0:
        return _("overdue today")
    if days < 0:
        return ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}
    if days == 0:
        return _("due today")
    if days <= 14:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return _("due %(day)s") % {"day": date_format(due, "MONTH_DAY_FORMAT")}


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A point as text and as a link that a phone opens in its own map app.

    `shifted` is the same place in GCJ-02, which map apps in China expect; "" elsewhere.
    """

    text: str
    link: str
    shifted: str = ""
    shifted_link: str = ""


def coordinates(anchor: Point, area: Area) -> Coordinates:
    text, link = _written(anchor.y, anchor.x)
    if area.calendar != "CN":
        return Coordinates(text, link)
    lon, lat = wgs84_to_gcj02([anchor.coords])[0]
    return Coordinates(text, link, *_written(lat, lon))


def _written(lat: float, lon: float) -> tuple[str, str]:
    return f"{lat:.6f}, {lon:.6f}", f"geo:{lat:.6f},{lon:.6f}"


def _hazard(stop: HazardStop, today: date) -> ShownStop:
    hazard = stop.hazard
    chinese = (get_language() or "").startswith("zh")
    late = stop.urgency == Due.OVERDUE
    return ShownStop(
        key=f"hazard-{hazard.pk}",
        name=str(hazard),
        badge="hazard-overdue" if late else "hazard",
        urgency=stop.urgency,
        due_words=due_words(stop.due, stop.urgency, today),
        what=(stop.check_zh if chinese else stop.check_en),
        warning=_("problem last time") if stop.last_outcome == Visit.Outcome.PROBLEM else "",
        url=reverse("patrol:hazard", args=[hazard.pk]),
        visit_url=reverse("patrol:visit", args=[hazard.pk]),
        is_case=False,
        **_place(hazard.anchor, stop),
    )


def _case(stop: CaseStop, today: date) -> ShownStop:
    url = reverse("patrol:case", args=[stop.case.pk])
    return ShownStop(
        key=f"case-{stop.case.pk}",
        name=stop.case.title,
        badge="case",
        urgency=stop.urgency,
        due_words=due_words(stop.due, stop.urgency, today) if stop.due else _("no deadline"),
        what=_("Case %(number)s") % {"number": stop.case.number},
        warning="",
        url=url,
        visit_url=url,
        is_case=True,
        **_place(stop.case.where, stop),
    )


def _place(point: Point | None, stop: Stop) -> dict[str, Any]:
    way = stop.way
    return {
        "lon": point.x if point else None,
        "lat": point.y if point else None,
        "metres": way.metres if way else None,
        "azimuth": way.azimuth if way else None,
        "arrow": round(way.azimuth / 45) % 8 * 45 if way else 0,
    }
