"""Which days are worked on, per country and year, and never an exception.

A year is *official* when the government's notice (or the law) is known, *provisional* when it is
guessed from earlier habits. China announces holidays and swapped workdays (调休) each November for
the next year: until then a deadline that reaches into that year may still move.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar
import holidays

__all__ = ["Calendar", "Year", "known_year"]

WEEKEND = frozenset({5, 6})
# Rows that make every day a rest day are refused when saved; here they must not loop for ever.
LONGEST_REST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Year:
    """The days of one year that differ from the plain week.

    `rest` are days off that may fall on weekdays, `work` weekend days that are worked on.
    """

    number: int
    official: bool
    rest: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()


@lru_cache(maxsize=256)
def known_year(country: str, number: int) -> Year:
    """Return what the installed tables know of a year.

    `country` is an ISO code, with a part of the country after a dash where holidays differ:
    "CN", "DE", "DE-MV". An unknown country has plain weekends, and its years are provisional.
    """
    if country.upper() == "CN":
        return _chinese_notice(number) or _usual_holidays(country, number, official=False)
    return _usual_holidays(country, number, official=True)


def _chinese_notice(number: int) -> Year | None:
    days = list(_days_of(number))
    try:
        worked = [chinese_calendar.is_workday(day) for day in days]
    except NotImplementedError:  # how chinese-calendar says that it does not know the year
        return None
    return Year(
        number=number,
        official=True,
        rest=frozenset(d for d, w in zip(days, worked, strict=True) if not w and _weekday(d)),
        work=frozenset(d for d, w in zip(days, worked, strict=True) if w and not _weekday(d)),
    )


def _usual_holidays(country: str, number: int, *, official: bool) -> Year:
    nation, _, part = country.upper().partition("-")
    try:
        table = holidays.country_holidays(nation, subdiv=part or None, years=number)
    except (NotImplementedError, KeyError, ValueError):
        return Year(number=number, official=False)
    swapped: set[date] = getattr(table, "weekend_workdays", set())
    return Year(
        number=number,
        official=official,
        rest=frozenset(day for day in table if day.year == number),
        work=frozenset(day for day in swapped if day.year == number),
    )


def _days_of(number: int) -> Iterator[date]:
    day = date(number, 1, 1)
    while day.year == number:
        yield day
        day += timedelta(days=1)


def _weekday(day: date) -> bool:
    return day.weekday() not in WEEKEND


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a country; `years` (an office's own rows) go before the tables."""

    country: str
    years: Mapping[int, Year] = field(default_factory=dict)

    def year(self, number: int) -> Year:
        return self.years.get(number) or known_year(self.country, number)

    def is_workday(self, day: date) -> bool:
        year = self.year(day.year)
        if day in year.work:
            return True
        return _weekday(day) and day not in year.rest

    def add_working_days(self, start: date, days: int) -> date:
        """Return the day that lies `days` working days after `start`, which does not count itself.

        0 days is `start` when it is worked on, else the next working day.
        """
        day, left = start, days
        while left > 0 or not self.is_workday(day):
            day = self._next_workday(day)
            left -= 1
        return day

    def _next_workday(self, day: date) -> date:
        for ahead in range(1, LONGEST_REST_DAYS + 1):
            later = day + timedelta(days=ahead)
            if self.is_workday(later):
                return later
        raise ValueError(f"{self.country} rests for more than {LONGEST_REST_DAYS} days")

    def working_days_between(self, start: date, end: date) -> int:
        """Count working days after `start` up to and with `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        span = (end - start).days
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, span + 1))

    def is_official(self, start: date, end: date) -> bool:
        """Whether every year between two days is known officially."""
        return all(self.year(number).official for number in range(start.year, end.year + 1))
