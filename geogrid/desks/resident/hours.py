"""Is somebody on duty now? Read from the duty hours as an office types them.

Hours are free text until duty slots exist; only plain ones are understood ("8:00–18:00",
"周一至周五 8:30-17:30", "Mon–Fri 8–18"). Everything else is shown as typed and never interpreted.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time

__all__ = ["Duty", "on_duty"]

DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
DAYS |= {day: number for number, day in enumerate("一二三四五六日")} | {"天": 6}
SPAN = r"(?P<{0}>\d{{1,2}})(?:[:：](?P<{0}m>\d\d))?"
HOURS = re.compile(
    r"^(?:(?:周|星期)?(?P<first>[一二三四五六日天]|[a-z]{3})\s*(?:[-–—~至到])\s*"
    r"(?:周|星期)?(?P<last>[一二三四五六日天]|[a-z]{3})[\s,，:]*|每天\s*|daily\s*)?"
    + SPAN.format("begin")
    + r"\s*(?:[-–—~至到])\s*"
    + SPAN.format("end")
    + r"$"
)


@dataclass(frozen=True, slots=True)
class Duty:
    """`now` says whether the hours contain the moment asked about; `until` is when they end."""

    now: bool
    until: time


def on_duty(hours: str, local: datetime) -> Duty | None:
    """Return whether `hours` contain `local` (in the area's own time), None if not understood."""
    found = HOURS.match(hours.strip().lower())
    if found is None:
        return None
    begin = _clock(found["begin"], found["beginm"])
    end = _clock(found["end"], found["endm"])
    if begin is None or end is None or begin >= end:
        return None
    first, last = 0, 6
    if found["first"]:
        if found["first"] not in DAYS or found["last"] not in DAYS:
            return None
        first, last = DAYS[found["first"]], DAYS[found["last"]]
    today = first <= local.weekday() <= last
    return Duty(now=today and begin <= local.time() < end, until=end)


def _clock(hour: str, minute: str | None) -> time | None:
    hours, minutes = int(hour), int(minute or 0)
    if hours == 24 and minutes == 0:
        return time(23, 59, 59)
    return time(hours, minutes) if hours < 24 and minutes < 60 else None
