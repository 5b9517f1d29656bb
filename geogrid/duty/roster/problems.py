"""What can be wrong with a row of a roster, and what to do about it: one table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

__all__ = ["Problem", "Weight"]


class Weight(StrEnum):
    """`STOPS`: the row is left out. `ASKS`: until somebody answers. `NOTE`: it is taken over."""

    STOPS = "stops"
    ASKS = "asks"
    NOTE = "note"


# code: (weight, what is wrong, what to do)
SENTENCES: dict[str, tuple[Weight, Any, Any]] = {
    "name_missing": (
        Weight.STOPS,
        _("The row names nobody."),
        _("Write the name, or 暂缺 (vacant) with a reason in the notes."),
    ),
    "name_odd": (
        Weight.STOPS,
        _("“%(text)s” is not a person's name."),
        _("Write the name alone in this cell."),
    ),
    "several_names": (
        Weight.STOPS,
        _("The cell names several people: %(text)s."),
        _("Give each person a row."),
    ),
    "formula": (
        Weight.STOPS,
        _("Cell %(cell)s holds a formula; it is not computed here."),
        _("Copy the cell and paste it as a value."),
    ),
    "merged": (
        Weight.NOTE,
        _("Cell %(cell)s is merged with the one above; its value counts for this row, too."),
        _("Take the merging apart if that is wrong."),
    ),
    "id_number": (
        Weight.STOPS,
        _("Cell %(cell)s holds what looks like an ID number. It was not read."),
        _("Delete ID numbers from the table; nobody needs them here."),
    ),
    "phone_odd": (
        Weight.STOPS,
        _("The phone number does not look right (%(digits)s digits)."),
        _("A mobile number has 11 digits; write area codes as 010-65521234."),
    ),
    "phone_odd_elsewhere": (
        Weight.STOPS,
        _("The phone number does not look right (%(digits)s digits)."),
        _("Write it with its area code, or from + and the country code on: digits and spaces."),
    ),
    "phone_shortened": (
        Weight.STOPS,
        _("Excel has shortened the phone number in %(cell)s."),
        _("Format the column as text and type the number again."),
    ),
    "phone_several": (
        Weight.STOPS,
        _("The cell holds several phone numbers."),
        _("Leave the one that residents may call."),
    ),
    "phone_shared": (
        Weight.NOTE,
        _("%(names)s have the same phone number."),
        _("Fine for an office's telephone; otherwise correct it."),
    ),
    "role_unknown": (
        Weight.STOPS,
        _("“%(text)s” is not a role here."),
        _("Roles are: %(roles)s."),
    ),
    "role_guessed": (
        Weight.NOTE,
        _("The row says no role; %(role)s is taken."),
        _("Write the role if it is another one."),
    ),
    "tier_unknown": (
        Weight.STOPS,
        _("“%(text)s” is neither A nor B."),
        _("A answers first, B stands in; 代管 (acting) fills a vacancy."),
    ),
    "grid_missing": (
        Weight.NOTE,
        _("The row names no grid: the worker is registered without a post."),
        _("Write the grid, or give the post later."),
    ),
    "grid_unknown": (
        Weight.ASKS,
        _("There is no grid “%(text)s”."),
        _("Choose what was meant, or correct the table."),
    ),
    "grid_several": (
        Weight.ASKS,
        _("Several grids are called “%(text)s”."),
        _("Choose the one that was meant, or add a column for the community."),
    ),
    "grid_not_in_force": (
        Weight.ASKS,
        _("Grid “%(text)s” is not in the plan %(number)s that counts here."),
        _("Choose the grid that has its place now."),
    ),
    "grid_not_mine": (
        Weight.STOPS,
        _("%(grid)s lies outside of your part."),
        _("Ask who publishes there to bring this row."),
    ),
    "two_first": (
        Weight.STOPS,
        _("Rows %(rows)s each make somebody %(tier)s of %(grid)s (%(role)s)."),
        _("Leave one of them; make the other one B, or delete it."),
    ),
    "both_tiers": (
        Weight.STOPS,
        _("Rows %(rows)s make the same person A and B of %(grid)s."),
        _("The stand-in has to be somebody else."),
    ),
    "twice": (
        Weight.NOTE,
        _("Row %(row)s says the same."),
        _("One of the two can go."),
    ),
    "two_people": (
        Weight.ASKS,
        _("%(name)s stands in rows %(rows)s with different phone numbers."),
        _("Say whether that is one person or two."),
    ),
    "which_person": (
        Weight.STOPS,
        _("There are two people called %(name)s, and this row has no phone number."),
        _("Write the phone number in every row of theirs."),
    ),
    "which_worker": (
        Weight.ASKS,
        _("Several workers here are called %(name)s."),
        _("Choose who is meant, or that it is a new one."),
    ),
    "phone_changes": (
        Weight.NOTE,
        _("The duty phone changes from …%(before)s to …%(after)s."),
        _("If this is another person of that name, say so."),
    ),
    "date_odd": (
        Weight.STOPS,
        _("“%(text)s” is not a date."),
        _("Write it as 2026-12-01."),
    ),
    "date_past": (
        Weight.NOTE,
        _("%(day)s has passed: the post begins now."),
        _("What people were told in the past stays as it was."),
    ),
    "takes_over": (
        Weight.NOTE,
        _("Takes over %(grid)s from %(names)s."),
        _("Leave the row out if that is not meant."),
    ),
    "ahead": (
        Weight.STOPS,
        _("For %(grid)s a later change is waiting already."),
        _("Take that change back on the page of the grid first."),
    ),
    "no_reason": (
        Weight.NOTE,
        _("The vacancy has no reason; residents will read “%(reason)s”."),
        _("Write a reason in the notes."),
    ),
    "too_long": (
        Weight.STOPS,
        _("The text in %(cell)s is longer than %(most)s characters."),
        _("Shorten it."),
    ),
    "left_out": (Weight.STOPS, _("You left this row out."), _("Take the mark away to bring it.")),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about one row; `choices` are what a person may answer: (value, words)."""

    code: str
    data: Mapping[str, Any] = field(default_factory=dict)
    answer: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    chosen: str = ""

    @property
    def weight(self) -> Weight:
        weight = SENTENCES[self.code][0]
        return Weight.NOTE if weight is Weight.ASKS and self.chosen else weight

    @property
    def message(self) -> str:
        return str(SENTENCES[self.code][1]) % self.data

    @property
    def advice(self) -> str:
        return str(SENTENCES[self.code][2]) % self.data
