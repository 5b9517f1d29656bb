"""What is said about a list: a code with data, that becomes a sentence in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

__all__ = ["FINDINGS", "NOTHING", "Remark"]

SENTENCES = {
    # of an entry that cannot be looked for
    "border": _("it describes a border; list what lies inside it"),
    "nameless": _("it is a number without the name of a street or compound"),
    "whose_numbers": _("which of %(names)s the numbers %(numbers)s belong to is not said"),
    # of an entry on the ground
    "several_names": _("it could be %(names)s"),
    "several_places": _("it could be any of %(count)s places of this name"),
    "no_number": _("%(name)s is there, but not this number"),
    "nothing_like": _("nothing on the ground has a name like it"),
    "nearest": _("the nearest name on the ground is %(name)s"),
    "there_twice": _("%(address)s is there twice, far apart"),
    # of the drawing
    "listed_twice": _("%(count)s places; given to the grid that names them more exactly, or first"),
    "outside": _("beyond the outline"),
    "other_community": _("it lies in another community than the grid"),
    "one_building": _("a building is not cut: the grid with most doors has it"),
    "two_parts": _("nothing free joins it to the rest; a neighbour has it now"),
    "no_ground": _("nothing it lists was found"),
    "unassigned": _("no grid reaches it"),
    "unlisted": _("no grid lists it; it went to the grid around it"),
}
# The kinds of findings, as headings.
FINDINGS = {
    "listed_twice": _("In two grids"),
    "not_found": _("Not found"),
    "ambiguous": _("Could be several"),
    "two_parts": _("Apart from the rest of its grid"),
    "one_building": _("Two grids in one building"),
    "other_community": _("In another community"),
    "outside": _("Beyond the outline"),
    "no_ground": _("A grid without ground"),
    "unassigned": _("Land no grid reaches"),
    "unlisted": _("Addresses nobody lists"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence to be: `code` names it, `data` fills it. Without a code it is empty, and false."""

    code: str = ""
    data: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(SENTENCES[self.code]) % self.data if self.code else ""

    def __bool__(self) -> bool:
        return bool(self.code)


NOTHING = Remark()
