"""When something has to be done by."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from geogrid.timing.calendar import Calendar

__all__ = ["END_OF_DAY", "Allowance", "Deadline", "days_left", "deadline"]

END_OF_DAY = time(18, 0)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long something may take: whole working days, or minutes by the clock for emergencies."""

    working_days: int | None = None
    minutes: int | None = None

    def __post_init__(self) -> None:
        if (self.working_days is None) == (self.minutes is None):
            raise ValueError("an allowance is either working days or minutes")


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` is aware, in UTC. `provisional`: a calendar year on the way is not official yet."""

    at: datetime
    provisional: bool


def deadline(
    start: datetime,
    allowed: Allowance,
    calendar: Calendar,
    zone: ZoneInfo,
    day_ends: time = END_OF_DAY,
) -> Deadline:
    """Return when `allowed` has run out, counted from `start` (aware).

    The day of `start` does not count; working days end at `day_ends` on the wall clock of `zone`,
    summer time or not.
    """
    if allowed.minutes is not None:
        return Deadline(start.astimezone(UTC) + timedelta(minutes=allowed.minutes), False)
    assert allowed.working_days is not None  # noqa: S101 - one of the two, see Allowance
    first = start.astimezone(zone).date()
    last = calendar.add_working_days(first, allowed.working_days)
    at = datetime.combine(last, day_ends, tzinfo=zone).astimezone(UTC)
    return Deadline(at, not calendar.is_official(first, last))


def days_left(now: datetime, due: datetime, calendar: Calendar, zone: ZoneInfo) -> int:
    """Working days from today to the day of `due`: 0 today, negative once it has passed."""
    today, last = now.astimezone(zone).date(), due.astimezone(zone).date()
    return calendar.working_days_between(today, last)
