"""What was done to the roster, in a sentence. Values of contacts are neither here nor there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geogrid.desks.templatetags.words import localname
from geogrid.duty.models import DutyEvent, PostRole

__all__ = ["Line", "lines_of"]

FIELDS = {
    "name": gettext_lazy("name"),
    "duty_phone": gettext_lazy("duty phone"),
    "duties": gettext_lazy("duties"),
    "hours": gettext_lazy("duty hours"),
    "face": gettext_lazy("drawn face"),
    "portrait": gettext_lazy("portrait"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`title` says what, `about` whom and where; `since` differs from `at` for what was planned."""

    event: DutyEvent
    title: str
    about: str
    by: str
    at: datetime
    since: datetime | None = None


def lines_of(
    events: list[DutyEvent], grids: Mapping[UUID, str], roles: Mapping[str, PostRole]
) -> list[Line]:
    return [_line(event, grids, roles) for event in events]


def _line(event: DutyEvent, grids: Mapping[UUID, str], roles: Mapping[str, PostRole]) -> Line:
    parts = []
    if event.worker is not None:
        parts.append(event.worker.name)
    if event.lineage is not None and event.lineage in grids:
        parts.append(grids[event.lineage])
    role = roles.get(event.data.get("role", ""))
    if role is not None:
        words = str(localname(role))
        if event.data.get("acting"):
            words = _("%(role)s, acting") % {"role": words}
        elif event.data.get("tier") == "B":
            words = _("%(role)s, stand-in") % {"role": words}
        parts.append(words)
    fields = [str(FIELDS.get(name, name)) for name in event.data.get("fields", [])]
    if fields:
        parts.append(", ".join(fields))
    if event.kind == DutyEvent.Kind.IMPORTED:
        parts.append(
            _("%(rows)s rows: %(new)s new workers, %(posts)s posts")
            % {
                "rows": event.data.get("rows", 0),
                "new": event.data.get("workers_new", 0),
                "posts": event.data.get("posts", 0),
            }
        )
    planned = event.since is not None and (event.since - event.at).total_seconds() > 120
    return Line(
        event,
        str(event.get_kind_display()),
        " · ".join(parts),
        str(event.by or ""),
        event.at,
        event.since if planned else None,
    )
