"""What was done with a case, why it is where it is, and how long is left: in words.

The words for the office name people; those for residents (`resident_line`) name nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from geogrid.cases.models import Case, CaseEvent
from geogrid.cases.rules import CLOCK_RUNS, TO_VERIFY, Reason, State, Step, Why
from geogrid.timing.calendar import Calendar
from geogrid.timing.deadlines import days_left

__all__ = [
    "DueWords", "day_words", "due_words", "event_line", "resident_line", "why_this_grid",
]  # fmt: skip

NEAR_DAYS = 5


@dataclass(frozen=True, slots=True)
class DueWords:
    """`tone` is "late", "soon" or ""; `icon` goes with it, so that colour is never alone."""

    text: str
    tone: str = ""

    @property
    def icon(self) -> str:
        return {"late": "warn", "soon": "clock"}.get(self.tone, "")


def due_words(case: Case, *, now: datetime, zone: ZoneInfo, calendar: Calendar) -> DueWords:
    """How long is left, or what the case waits for when its clock stands still."""
    if case.state == State.RETURNED and (case.due_at is None or case.due_at >= now):
        return DueWords(_("to be assigned again"))
    if case.state in TO_VERIFY:
        return DueWords(_("waits for verification"))
    if case.state == State.PAUSED:
        return DueWords(_("clock stopped"))
    if case.due_at is None or case.state not in CLOCK_RUNS:
        return DueWords("")
    if case.due_at < now:
        return DueWords(_("%(time)s overdue") % {"time": span_words(now - case.due_at)}, "late")
    local = case.due_at.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return DueWords(_("today %(time)s") % {"time": f"{local:%H:%M}"}, "soon")
    left = days_left(now, case.due_at, calendar, zone)
    if left <= NEAR_DAYS:
        words = ngettext("%(days)d working day left", "%(days)d working days left", max(left, 1))
        return DueWords(words % {"days": max(left, 1)})
    return DueWords(day_words(local))


def day_words(local: datetime) -> str:
    """A day of the year; Django's own month-day format has "03月1日" for the first of March."""
    return formats.date_format(local, pgettext("a day of the year, as a date format", "F j"))


def span_words(span: timedelta) -> str:
    """The two largest units of a time span."""
    minutes = max(1, int(span.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours and days < 3:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if not parts:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest})
    return pgettext("between days and hours", " ").join(parts)


def why_this_grid(case: Case, *, zone: ZoneInfo, since: datetime | None) -> str:
    """What stands under "why this grid": the rule, the runner-up, the plan."""
    told = [_placement_sentence(case)]
    other = case.runner_up.name if case.runner_up else ""
    if other and case.grid_id and case.runner_up_m is not None:
        told.append(
            _("The nearest other grid is %(grid)s, its border %(metres)s m away.")
            % {"grid": other, "metres": round(case.runner_up_m)}
        )
        if case.accuracy_m and case.placement == Reason.CONTAINED:
            told.append(
                _("The circle of uncertainty meets it.")
                if case.accuracy_m > case.runner_up_m
                else _("The circle of uncertainty does not meet it.")
            )
    if since is not None:
        day = day_words(since.astimezone(zone))
        told.append(_("By the plan in force since %(day)s.") % {"day": day})
    return reduce(_two_sentences, told)


def _two_sentences(first: str, second: str) -> str:
    # Chinese sets no space after a full stop.
    return pgettext("two sentences", "%(first)s %(second)s") % {"first": first, "second": second}


def _placement_sentence(case: Case) -> str:
    grid = case.grid.name if case.grid else ""
    if case.placement == Reason.OFFICE:
        return _("The point lies in no grid; the office decides who handles it.")
    if case.placement == Reason.BORDER:
        return _("The point lies exactly on a border; %(grid)s has the lowest code.") % {
            "grid": grid
        }
    if case.placement == Reason.CHOSEN:
        return _("The position was vague (±%(metres)s m); the reporter chose %(grid)s.") % {
            "grid": grid,
            "metres": round(case.accuracy_m or 0),
        }
    if case.placement == Reason.NEAREST:
        return _("The point lies %(metres)s m outside; %(grid)s is nearest.") % {
            "grid": grid,
            "metres": max(1, round(case.grid_m)),
        }
    if case.accuracy_m:
        return _("The point lies inside %(grid)s (accuracy ±%(metres)s m).") % {
            "grid": grid,
            "metres": round(case.accuracy_m),
        }
    return _("The point lies inside %(grid)s.") % {"grid": grid}


SATISFIED = gettext_lazy("The reporter is satisfied.")
NOT_SATISFIED = gettext_lazy("The reporter is not satisfied.")


def event_line(event: CaseEvent) -> str:
    """One step for the people who work on the case; the note of a person goes before our words."""
    said = event.note
    name = event.worker.name if event.worker else _("the office")
    data = event.data
    if event.step == Step.RECEIVE:
        return str(Case.Channel(data["channel"]).label) if data.get("channel") else ""
    if event.step == Step.FILE and event.due_after is not None:
        local = event.due_after.astimezone(ZoneInfo(event.case.area.timezone))
        return _("to be settled by %(time)s") % {"time": f"{day_words(local)} {local:%H:%M}"}
    if event.step == Step.DISPATCH and data.get("why") != Why.BY_HAND:
        return _("sent to who is on duty: %(name)s, %(why)s") % {
            "name": name,
            "why": str(Why(data["why"]).label) if data.get("why") else "",
        }
    if event.step in {Step.DISPATCH, Step.REASSIGN}:
        return _join(_("to %(name)s") % {"name": name}, said)
    if event.step == Step.ESCALATE:
        words = _("sent up to %(name)s") if said else _("time ran out: sent up to %(name)s")
        return _join(words % {"name": name}, said)
    if event.step == Step.RE_PLACE:
        return _("new plan: from %(old)s to %(new)s") % {
            "old": data.get("from") or "–",
            "new": data.get("to") or "–",
        }
    if event.step == Step.MERGE:
        return _("goes on as %(number)s") % {"number": data.get("into", "")}
    if event.step == Step.REVEAL:
        return _("%(name)s looked up how to reach the reporter") % {"name": event.by or ""}
    if event.step == Step.FEEDBACK:
        return str(SATISFIED if data.get("satisfied") else NOT_SATISFIED)
    if event.step == Step.ACCEPT and not said:
        return _("%(name)s is on it") % {"name": name}
    return said


def _join(first: str, second: str) -> str:
    return first + pgettext("between two parts of a sentence", ": ") + second if second else first


# What a resident is told of each step; the rest happens inside the office.
_RESIDENT = {
    Step.RECEIVE: lambda: _("Your report has arrived."),
    Step.DISPATCH: lambda: _("It is with the worker of this grid."),
    Step.REASSIGN: lambda: _("It is with somebody else who can handle it."),
    Step.ACCEPT: lambda: _("The worker is on it."),
    Step.RETURN: lambda: _("It is assigned anew."),
    Step.ESCALATE: lambda: _("It has gone one level up."),
    Step.PAUSE: lambda: _("It has to wait for now."),
    Step.RESUME: lambda: _("It goes on."),
    Step.FINISH: lambda: _("It is done and is being checked."),
    Step.REWORK: lambda: _("The check found something left to do."),
    Step.CLOSE: lambda: _("It is done."),
    Step.REJECT: lambda: _("It could not be taken on."),
    Step.MERGE: lambda: _("It was reported before and goes on together with that report."),
}


def resident_line(event: CaseEvent) -> str:
    """One step for its reporter: plain, without names; "" for what concerns only the office."""
    words = _RESIDENT.get(Step(event.step))
    return words() if words else ""
