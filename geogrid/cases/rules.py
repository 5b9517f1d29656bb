"""The one table of states, and the other decisions that need no database."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    RECEIVED = "received", pgettext_lazy("case state", "received")
    FILED = "filed", pgettext_lazy("case state", "filed")
    DISPATCHED = "dispatched", pgettext_lazy("case state", "dispatched")
    HANDLING = "handling", pgettext_lazy("case state", "handling")
    HANDLED = "handled", pgettext_lazy("case state", "handled")
    VERIFYING = "verifying", pgettext_lazy("case state", "verifying")
    CLOSED = "closed", pgettext_lazy("case state", "closed")
    ARCHIVED = "archived", pgettext_lazy("case state", "archived")
    REJECTED = "rejected", pgettext_lazy("case state", "rejected")
    RETURNED = "returned", pgettext_lazy("case state", "returned")
    PAUSED = "paused", pgettext_lazy("case state", "paused")
    ESCALATED = "escalated", pgettext_lazy("case state", "escalated")
    MERGED = "merged", pgettext_lazy("case state", "merged")


class Step(TextChoices):
    """What can be done with a case; each becomes one CaseEvent."""

    RECEIVE = "receive", pgettext_lazy("case step", "received")
    FILE = "file", pgettext_lazy("case step", "filed")
    DISPATCH = "dispatch", pgettext_lazy("case step", "dispatched")
    REASSIGN = "reassign", pgettext_lazy("case step", "reassigned")
    ACCEPT = "accept", pgettext_lazy("case step", "accepted")
    NOTE = "note", pgettext_lazy("case step", "step")
    RETURN = "return", pgettext_lazy("case step", "returned to the office")
    FINISH = "finish", pgettext_lazy("case step", "handled")
    VERIFY = "verify", pgettext_lazy("case step", "being verified")
    REWORK = "rework", pgettext_lazy("case step", "sent back for more work")
    CLOSE = "close", pgettext_lazy("case step", "closed")
    ARCHIVE = "archive", pgettext_lazy("case step", "archived")
    REJECT = "reject", pgettext_lazy("case step", "rejected")
    PAUSE = "pause", pgettext_lazy("case step", "paused")
    RESUME = "resume", pgettext_lazy("case step", "resumed")
    ESCALATE = "escalate", pgettext_lazy("case step", "sent up")
    URGE = "urge", pgettext_lazy("case step", "urged")
    MERGE = "merge", pgettext_lazy("case step", "merged into another case")
    RE_PLACE = "re_place", pgettext_lazy("case step", "moved to another grid")
    RESCHEDULE = "reschedule", pgettext_lazy("case step", "deadline recomputed")
    REVEAL = "reveal", pgettext_lazy("case step", "reporter looked up")
    FEEDBACK = "feedback", pgettext_lazy("case step", "feedback given")


S, T = State, Step
# Steps that an open case may always take, and that leave its state alone.
_ALWAYS = {T.NOTE: None, T.URGE: None, T.RE_PLACE: None, T.RESCHEDULE: None, T.REVEAL: None}
_OFFICE = {T.REASSIGN: S.DISPATCHED, T.REJECT: S.REJECTED, T.MERGE: S.MERGED, T.CLOSE: S.CLOSED}
_WORK = {T.PAUSE: S.PAUSED, T.ESCALATE: S.ESCALATED, T.RETURN: S.RETURNED, T.FINISH: S.HANDLED}

# From each state: the steps that are possible, and the state they lead to (None: the same).
TABLE: dict[State, dict[Step, State | None]] = {
    S.RECEIVED: {T.FILE: S.FILED, T.REJECT: S.REJECTED, **_ALWAYS},
    S.FILED: {T.DISPATCH: S.DISPATCHED, T.ESCALATE: S.ESCALATED, T.PAUSE: S.PAUSED,
              T.FINISH: S.HANDLED, **_OFFICE, **_ALWAYS},
    S.DISPATCHED: {T.ACCEPT: S.HANDLING, **_OFFICE, **_WORK, **_ALWAYS},
    S.HANDLING: {**_OFFICE, **_WORK, **_ALWAYS},
    S.RETURNED: {T.DISPATCH: S.DISPATCHED, T.ESCALATE: S.ESCALATED, T.PAUSE: S.PAUSED,
                 **_OFFICE, **_ALWAYS},
    S.ESCALATED: {T.ACCEPT: S.HANDLING, **_OFFICE, **_WORK, **_ALWAYS},
    S.PAUSED: {T.RESUME: S.HANDLING, **_OFFICE, **_ALWAYS},
    S.HANDLED: {T.VERIFY: S.VERIFYING, T.REWORK: S.HANDLING, **_OFFICE, **_ALWAYS},
    S.VERIFYING: {T.REWORK: S.HANDLING, **_OFFICE, **_ALWAYS},
    S.CLOSED: {T.ARCHIVE: S.ARCHIVED, T.REVEAL: None, T.FEEDBACK: None},
    S.ARCHIVED: {},
    S.REJECTED: {T.ARCHIVE: S.ARCHIVED, T.REVEAL: None, T.FEEDBACK: None},
    S.MERGED: {T.ARCHIVE: S.ARCHIVED, T.REVEAL: None},
}  # fmt: skip

OPEN = frozenset(
    {S.RECEIVED, S.FILED, S.DISPATCHED, S.HANDLING, S.RETURNED, S.ESCALATED, S.PAUSED,
     S.HANDLED, S.VERIFYING}
)  # fmt: skip
# The clock of these runs: somebody still has to do something about them.
CLOCK_RUNS = frozenset({S.FILED, S.DISPATCHED, S.HANDLING, S.RETURNED, S.ESCALATED})
TO_VERIFY = frozenset({S.HANDLED, S.VERIFYING})
NEW = frozenset({S.RECEIVED, S.FILED, S.DISPATCHED, S.RETURNED})
AT_WORK = frozenset({S.HANDLING, S.ESCALATED, S.PAUSED})


class Stage(TextChoices):
    """What residents read instead of a state."""

    RECEIVED = "received", _("Received")
    IN_PROGRESS = "in_progress", _("Being handled")
    DONE = "done", _("Done")


def stage_of(state: str) -> Stage:
    if state in {S.RECEIVED, S.FILED}:
        return Stage.RECEIVED
    return Stage.IN_PROGRESS if state in OPEN else Stage.DONE


def leads_to(state: str, step: Step) -> State | None:
    """Return the state after `step`; None when it is not possible from `state`."""
    steps = TABLE[State(state)]
    if step not in steps:
        return None
    return steps[step] or State(state)


def steps_from(state: str) -> frozenset[Step]:
    return frozenset(TABLE[State(state)])


class Reason(TextChoices):
    """Why a case lies in its grid."""

    CONTAINED = "contained", _("The grid contains the point.")
    BORDER = "border", _("The point lies exactly on a border; the lowest code counts.")
    CHOSEN = "chosen", _("The position was too vague; the reporter chose.")
    NEAREST = "nearest", _("The point lies just outside; this is the nearest grid.")
    OFFICE = "office", _("The point lies in no grid; the office decides.")


class Why(TextChoices):
    """Why a case went to its handler."""

    HOLDER = "holder", _("holds the post of this grid")
    ACTING = "acting", _("acts in the vacant post of this grid")
    STAND_IN = "stand_in", _("stands in for this grid")
    PARENT = "parent", _("answers for the grid above, where this one has nobody")
    ESCALATED = "escalated", _("is the next one up")
    OFFICE = "office", _("nobody answers for this place yet; the office assigns it")
    BY_HAND = "by_hand", _("assigned by the office")
    ON_THE_SPOT = "on_the_spot", _("handled it on the spot")


# A point this far outside still belongs to the nearest grid; farther ones the office places.
NEAREST_WITHIN_M = 50.0
RUNNER_UP_WITHIN_M = 500.0
# What people may call at once, by country of the area's calendar: (number, whom it reaches).
EMERGENCY_NUMBERS: dict[str, tuple[tuple[str, object], ...]] = {
    "CN": (("119", _("fire")), ("120", _("ambulance")), ("110", _("police"))),
    "DE": (("112", _("fire and ambulance")), ("110", _("police"))),
}
EMERGENCY_ANYWHERE = (("112", _("emergency call")),)


def emergency_numbers(calendar: str) -> tuple[tuple[str, object], ...]:
    return EMERGENCY_NUMBERS.get(calendar.split("-")[0].upper(), EMERGENCY_ANYWHERE)
