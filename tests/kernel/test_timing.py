"""Working days and deadlines against calendars that people can look up."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.timing.calendar import Calendar, Year, known_year
from geogrid.timing.deadlines import Allowance, days_left, deadline
from geogrid.timing.ladder import Ladder

CHINA, BEIJING = Calendar("CN"), ZoneInfo("Asia/Shanghai")
COAST, BERLIN = Calendar("DE-MV"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("calendar", "start", "days", "end"),
    [
        # Monday, nothing special.
        (CHINA, "2026-11-23", 3, "2026-11-26"),
        # Over a plain weekend.
        (CHINA, "2026-11-26", 3, "2026-12-01"),
        # Spring Festival: Sat 14 and Sat 28 February are worked on, 15 to 23 are off.
        (CHINA, "2026-02-13", 1, "2026-02-14"),
        (CHINA, "2026-02-13", 3, "2026-02-25"),
        (CHINA, "2026-02-27", 1, "2026-02-28"),
        # National Day: 1 to 7 October off, Sun 20 September and Sat 10 October worked on.
        (CHINA, "2026-09-18", 1, "2026-09-20"),
        (CHINA, "2026-09-30", 3, "2026-10-10"),
        # Over the end of the last year that is announced: New Year's Day, then a weekend.
        (CHINA, "2026-12-31", 1, "2027-01-04"),
        (CHINA, "2026-12-31", 5, "2027-01-08"),
        # Reported on a Sunday: Monday is day one.
        (CHINA, "2026-11-22", 1, "2026-11-23"),
        # Reformation Day is a Saturday; Christmas 2026 falls on Friday and Saturday.
        (COAST, "2026-12-24", 1, "2026-12-28"),
        (COAST, "2026-12-31", 1, "2027-01-04"),
        # A country nobody knows has weekends.
        (Calendar("XX"), "2026-11-27", 1, "2026-11-30"),
    ],
)
def test_working_days(calendar: Calendar, start: str, days: int, end: str) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    assert calendar.add_working_days(first, days) == last
    assert calendar.working_days_between(first, last) == days


def test_what_is_official() -> None:
    assert known_year("CN", 2026).official
    assert not known_year("CN", 2027).official, "announced in November of the year before"
    assert known_year("DE", 2035).official, "by law"
    assert not known_year("XX", 2026).official


@pytest.mark.parametrize("country", ["CN", "DE", "DE-MV", "DE-??", "XX", "", "cn"])
@pytest.mark.parametrize("year", [1999, 2003, 2026, 2027, 2031, 2100])
def test_never_an_exception(country: str, year: int) -> None:
    assert isinstance(Calendar(country).is_workday(date(year, 1, 1)), bool)


def test_own_rows_go_first() -> None:
    announced = Year(
        2027, official=True, rest=frozenset({date(2027, 1, 4)}), work=frozenset({date(2027, 1, 3)})
    )
    calendar = Calendar("CN", {2027: announced})
    assert calendar.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert calendar.is_workday(date(2027, 1, 3)) and not calendar.is_workday(date(2027, 1, 4))
    assert calendar.is_official(date(2026, 12, 31), date(2027, 1, 8))


@given(start=st.dates(date(2020, 1, 1), date(2026, 6, 30)), days=st.integers(1, 40))
def test_adding_and_counting_agree(start: date, days: int) -> None:
    end = CHINA.add_working_days(start, days)
    assert CHINA.is_workday(end)
    assert CHINA.working_days_between(start, end) == days


@pytest.mark.parametrize(
    ("start", "allowed", "zone", "calendar", "end", "provisional"),
    [
        # 09:12 on Monday in Beijing; three working days end on Thursday at six.
        ("2026-11-23T01:12", Allowance(3), BEIJING, CHINA, "2026-11-26T10:00", False),
        # 23:30 UTC is the next morning in Beijing: the day of report is the local one.
        ("2026-11-22T23:30", Allowance(1), BEIJING, CHINA, "2026-11-24T10:00", False),
        ("2026-12-30T01:00", Allowance(3), BEIJING, CHINA, "2027-01-05T10:00", True),
        # Six o'clock stays six o'clock when the clocks change (25 October 2026).
        ("2026-10-23T08:00", Allowance(1), BERLIN, COAST, "2026-10-26T17:00", False),
        ("2026-10-22T08:00", Allowance(1), BERLIN, COAST, "2026-10-23T16:00", False),
        ("2026-12-31T15:50", Allowance(None, 30), BEIJING, CHINA, "2026-12-31T16:20", False),
    ],
)
def test_deadline(
    start: str, allowed: Allowance, zone: ZoneInfo, calendar: Calendar, end: str, provisional: bool
) -> None:
    begun = datetime.fromisoformat(start).replace(tzinfo=UTC)
    limit = deadline(begun, allowed, calendar, zone, time(18))
    assert limit.at == datetime.fromisoformat(end).replace(tzinfo=UTC)
    assert limit.provisional is provisional


def test_days_left_count_working_days() -> None:
    due = datetime(2026, 11, 30, 10, tzinfo=UTC)
    friday = datetime(2026, 11, 27, 2, tzinfo=UTC)
    assert days_left(friday, due, CHINA, BEIJING) == 1
    assert days_left(due - timedelta(hours=1), due, CHINA, BEIJING) == 0
    assert days_left(due + timedelta(days=2), due, CHINA, BEIJING) == -2


def test_ladder() -> None:
    ladder = Ladder({0: Allowance(3), 1: Allowance(1), 2: Allowance(5)})
    assert [ladder.allowance(rung).working_days for rung in range(5)] == [3, 1, 5, 5, 5]
    assert [Ladder.next_rung(rung, 1) for rung in range(3)] == [1, 2, None]
    with pytest.raises(ValueError, match="rung 0"):
        Ladder({1: Allowance(1)})
    with pytest.raises(ValueError, match="either"):
        Allowance(1, 1)
