"""What the database refused, in words: its constraint names become coded errors.

Actions check first and say more; this is for what slipped past them or came from a race.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError

OFF_LATTICE = _("A shape has a vertex between the points of the 1e-7 degree lattice.")
OUT_OF_WINDOW = _("A shape lies outside the installation's window.")
INVALID = _("A shape crosses itself.")
UNUSABLE = _("A shape is empty or has too many vertices.")
RULES: dict[str, Promise] = {
    "grid_plan_is_draft": _("The plan is not a draft any more: its grids cannot change."),
    "plan_is_draft": _("The plan is not a draft any more: its outline cannot change."),
    "plan_transition": _("A plan cannot move between these states."),
    "plan_only_drafts_deleted": _("Only a draft can be deleted."),
    "plan_boundary_of_its_area": _("The outline belongs to another area."),
    "area_boundary_never_changed": _("An outline is never changed; the next version follows it."),
    "scheme_stays_in_its_area": _("A scheme divides one area and stays there."),
    "level_scheme_has_only_drafts": _("The scheme has plans beyond draft; its levels stay."),
    "term_plan_approved": _("Only an approved plan can come into force."),
    "term_plan_of_its_scheme": _("The plan belongs to another scheme."),
    "term_plan_levels": _("A grid hangs below no grid of the level above it."),
    "term_plan_assigned": _("Unassigned land keeps the plan from coming into force."),
    "term_plan_pieces": _("A grid lies in several pieces, and no reason is given."),
    "term_plan_outline": _("The plan's outline has left the boundary it is drawn on."),
    "term_plan_fixed": _("An administrative outline has moved."),
    "term_plan_exact": _("The grids leave a gap or an overlap."),
    "term_read_committed": _("A plan comes into force at isolation level read committed only."),
    "term_only_ended_earlier": _("Of a term only the end can change, to an earlier moment."),
    "term_not_in_the_past": _("A term begins and ends now or later, not in the past."),
    "term_never_deleted": _("Which plan counted when is never forgotten."),
    "term_one_plan_in_force": _("Another plan is in force at that time."),
    "territory_term_during_has_a_start": _("A term needs a beginning."),
    "territory_history_never_changed": _("What was done to a plan is written once."),
    "territory_history_never_deleted": _("What was done to a plan is kept with it."),
    "edit_revision_once": _("Somebody else's change to this plan came first; load it again."),
    "grid_code_once_per_plan": _("Two grids of a plan would have the same code."),
    "code_once_per_scheme": _("A code belonged to another grid before; codes are never reused."),
    "cell_unit_once_per_plan": _("An entrance or a floor would be in two cells."),
    "cell_home_once_per_plan": _("An entrance or a floor would be in two cells."),
    "cell_plan_is_draft": _("The plan is not a draft any more: its cells cannot change."),
    "cell_in_a_leaf_of_its_plan": _("A cell belongs to a lowest grid of its own plan."),
    "cell_unit_of_its_plan": _("A home belongs to a cell of its own plan."),
    "cell_has_a_leaf": _("A cell is left over from a grid that is gone; move or delete it first."),
    "territory_never_truncated": _("Plans are never deleted wholesale."),
}
COLUMNS = (
    "territory_areaboundary_boundary",
    "territory_plan_outline",
    "territory_grid_boundary",
    "territory_grid_fixed_boundary",
    "territory_grid_label_point",
)
for column in COLUMNS:
    RULES |= {
        f"{column}_on_lattice": OFF_LATTICE,
        f"{column}_in_window": OUT_OF_WINDOW,
        f"{column}_valid": INVALID,
        f"{column}_usable": UNUSABLE,
    }


class Refused(CodedError):
    """The database refused a write; `rule` is the name of the constraint."""

    code = "territory.refused"
    status = 409

    def __str__(self) -> str:
        return str(RULES[self.data["rule"]])


@contextmanager
def guards_told() -> Iterator[None]:
    """Raise `Refused` for what a guard of the territory refuses; other errors pass.

    Outside of `transaction.atomic`: after a refusal the transaction is of no more use.
    """
    try:
        yield
    except IntegrityError as problem:
        diagnosis = getattr(problem.__cause__, "diag", None)
        rule = getattr(diagnosis, "constraint_name", None)
        if rule not in RULES:
            raise
        raise Refused(rule=rule) from problem
