"""Writes of duty: who works here, and who answers for which grid. Each leaves a `DutyEvent`."""

from geogrid.duty.actions.changes import (
    TOLERANCE,
    end,
    give,
    give_all,
    set_subjects,
    swap_order,
    vacate,
)
from geogrid.duty.actions.posts import appoint, declare_all_vacant, declare_vacant
from geogrid.duty.actions.taking_back import cancel
from geogrid.duty.actions.workers import change, engage, erase, remove_portrait, set_portrait

__all__ = [
    "TOLERANCE", "appoint", "cancel", "change", "declare_all_vacant", "declare_vacant", "end",
    "engage", "erase", "give", "give_all", "remove_portrait", "set_portrait", "set_subjects",
    "swap_order", "vacate",
]  # fmt: skip
