"""When a hazard point is due. Pure."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

AddWorkingDays = Callable[[date, int], date]


class Due(StrEnum):
    """How urgent the next visit is."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    NEVER = "never"


SOON_DAYS = 3


def due_on(
    last: date | None,
    every: int | None,
    unit: str | None,
    *,
    today: date,
    add_working_days: AddWorkingDays,
) -> date | None:
    """Return the day of the next visit; None when no rule asks for one.

    `unit` is "working" or "calendar". A place nobody has visited yet is due `today`: there is no
    day to count from, and waiting a whole interval would leave a new hazard point unseen.
    """
    if every is None:
        return None
    if last is None:
        return today
    if unit == "working":
        return add_working_days(last, every)
    return last + timedelta(days=every)


def urgency(due: date | None, today: date) -> Due:
    if due is None:
        return Due.NEVER
    days = (due - today).days
    if days < 0:
        return Due.OVERDUE
    if days == 0:
        return Due.TODAY
    return Due.SOON if days <= SOON_DAYS else Due.LATER
