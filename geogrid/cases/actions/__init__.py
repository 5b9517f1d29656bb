"""Writes to cases. Each takes one transaction, locks the case, and leaves one CaseEvent a step.

`by` is the user (None: the system, or a resident without an account), `at` an aware datetime.
"""

from geogrid.cases.actions.calendars import load_year
from geogrid.cases.actions.escalation import Escalated, escalate_overdue, send_up
from geogrid.cases.actions.handling import accept, add_step, finish, return_to_office
from geogrid.cases.actions.office import (
    archive,
    close,
    merge,
    pause,
    reassign,
    reject,
    resume,
    reveal_reporter,
    send_back,
    urge,
    verify,
)
from geogrid.cases.actions.replacing import re_place
from geogrid.cases.actions.reporting import (
    Reported,
    ReporterDetails,
    give_feedback,
    handle_on_the_spot,
    report,
)

__all__ = [
    "Escalated", "Reported", "ReporterDetails", "accept", "add_step", "archive", "close",
    "escalate_overdue", "finish", "give_feedback", "handle_on_the_spot", "load_year", "merge",
    "pause", "re_place", "reassign", "reject", "report", "resume", "return_to_office",
    "reveal_reporter", "send_back", "send_up", "urge", "verify",
]  # fmt: skip
