from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class NotADraft(CodedError):
    code = "territory.not_a_draft"
    message = _("Plan %(number)s is not a draft any more; start a new draft from it.")
    status = 409


class NotApproved(CodedError):
    code = "territory.not_approved"
    message = _("Plan %(number)s has not been approved yet.")
    status = 409


class NotExact(CodedError):
    """The leaves do not tile the outline, or a parent is not the union of its children.

    `data`: the first segment as `where` (GeoJSON) and `place` (latitude, longitude), codes of the
    leaves that meet it as `grids`.
    """

    code = "territory.not_exact"
    message = _(
        "Plan %(number)s leaves a gap or an overlap: %(residual)s border segments do not match, "
        "the first at %(place)s beside %(names)s."
    )
    status = 409


class LandUnassigned(CodedError):
    """Grids of unassigned land; `grids` are their codes."""

    code = "territory.land_unassigned"
    message = _("Plan %(number)s still has %(count)s unassigned grids: %(first)s.")
    status = 409


class StartsInThePast(CodedError):
    code = "territory.starts_in_the_past"
    message = _("A plan can only come into force now or later, after the one before it.")
    status = 409


class GroundMissing(CodedError):
    """Nothing to draw grids from: no outline, or no streets inside it."""

    code = "territory.ground_missing"
    message = _("There are no streets in %(area)s yet; import them first.")
    status = 409


class NoQuarters(CodedError):
    """No named places, so nothing says where quarters are."""

    code = "territory.no_quarters"
    message = _("No named quarter or village lies in %(area)s; import or add at least one.")
    status = 409


class BoundaryInUse(CodedError):
    code = "territory.boundary_in_use"
    message = _(
        "The outline of %(area)s already changed today, and a plan uses it; a different one can "
        "follow tomorrow."
    )
    status = 409


class CommandUnreadable(CodedError):
    code = "territory.command_unreadable"
    message = _("The command cannot be read: %(part)s %(value)s.")


class TextTooLong(CodedError):
    code = "territory.text_too_long"
    message = _("“%(text)s” is too long; %(most)s characters at most.")


class TextMissing(CodedError):
    """A grid always has a name and a label; `part` is the one that was emptied."""

    code = "territory.text_missing"
    message = _("A grid always has a %(part)s.")


class OnlyLeaves(CodedError):
    code = "territory.only_leaves"
    message = _(
        "%(name)s consists of other grids. Only the lowest grids have a kind, reasons of their "
        "own, and a lock."
    )


class CommandReused(CodedError):
    code = "territory.command_reused"
    message = _("This command number was used for something else; reload the page.")
    status = 409


class NoSuchGrid(CodedError):
    """A command names a grid that this draft never had."""

    code = "territory.no_such_grid"
    message = _("Plan %(number)s has no such grid; load it again.")
    status = 404


class Conflict(CodedError):
    """The grids an edit meets were changed since its author loaded them.

    `data["grids"]`: each with lineage, code, name, `seen` (the shape the author saw), `yours` (what
    the command makes of that), `now`, and who changed it when (`by`, `at`, `revision`). Shapes are
    GeoJSON, null for a grid that is not there.
    """

    code = "territory.conflict"
    message = _("%(names)s was changed by %(who)s meanwhile. Look at both shapes and draw again.")
    status = 409


class NothingToUndo(CodedError):
    code = "territory.nothing_to_undo"
    message = _("There is nothing of yours to undo in plan %(number)s.")
    status = 409


class CannotUndo(CodedError):
    """Somebody changed the grids again; `data["grids"]` says which, who and when."""

    code = "territory.cannot_undo"
    message = _("%(names)s was changed again by %(who)s; undo that first, or draw it anew.")
    status = 409


class NothingChanges(CodedError):
    code = "territory.nothing_changes"
    message = _("Everything is like that already.")
    status = 409


class CodesExhausted(CodedError):
    code = "territory.codes_exhausted"
    message = _("All codes of %(width)s digits below %(parent)s have been used.")
    status = 409


class WrongParent(CodedError):
    code = "territory.wrong_parent"
    message = _("%(names)s can only hang below a grid of the level above it.")
    status = 409


class EditRefused(CodedError):
    """The kernel refused an edit. `data`: `where` (GeoJSON), `grids` (lineage, code, name)."""

    code = "territory.edit_refused"
    message = _("This cannot be drawn.")
    status = 422


class Vanishes(EditRefused):
    code = "territory.vanishes"
    message = _("Nothing would be left of %(names)s. To give all of it away, merge it.")


class InPieces(EditRefused):
    code = "territory.in_pieces"
    message = _(
        "%(names)s would lie in several pieces. Draw differently, or first say why it may "
        "(enclave)."
    )


class TooClose(EditRefused):
    """A vertex would lie less than half a lattice step from a border that is not its own."""

    code = "territory.too_close"
    message = _(
        "Around %(names)s two borders come closer than 1 cm, at %(place)s. Draw farther off, or "
        "join them."
    )


class Folds(EditRefused):
    code = "territory.folds"
    message = _("The border of %(names)s would cross itself there.")


class FixedOutline(EditRefused):
    code = "territory.fixed_outline"
    message = _(
        "The outline of %(names)s is administrative and stays. Somebody who approves plans can "
        "unlock it with a reason."
    )


class GridLocked(EditRefused):
    code = "territory.grid_locked"
    message = _("%(names)s is locked, so its border stays. Unlock it first, or draw around it.")


class OffOutline(EditRefused):
    code = "territory.off_outline"
    message = _("This leaves the territory of the plan. Draw inside its outline.")


class NoCut(EditRefused):
    code = "territory.no_cut"
    message = _("The line does not cut %(names)s in two. Draw it from border to border.")


class NothingThere(EditRefused):
    code = "territory.nothing_there"
    message = _(
        "There is nothing to change: no border, no vertex, no land that would change hands."
    )


class TooManyBuildings(CodedError):
    code = "territory.too_many_buildings"
    message = _("%(count)s buildings are too many at once; %(most)s at most. Take fewer.")
    status = 422


class NotNeighbours(EditRefused):
    code = "territory.not_neighbours"
    message = _("%(names)s have no border in common.")


class NoSuchMoment(CodedError):
    code = "territory.no_such_moment"
    message = _("Plan %(number)s has no such named moment any more.")
    status = 404


class NoSuchCell(CodedError):
    code = "territory.no_such_cell"
    message = _("The plan has no such cell any more; load it again.")
    status = 404


class NoSuchHome(CodedError):
    code = "territory.no_such_home"
    message = _("There is no such entrance on the ground of this plan.")
    status = 404


class CellElsewhere(CodedError):
    """A home lies in one leaf, the cell it should go to in another."""

    code = "territory.cell_elsewhere"
    message = _("%(address)s lies in another grid than the cell; its grid decides.")
    status = 409


class CellsThere(CodedError):
    code = "territory.cells_there"
    message = _("%(count)s of these grids have cells already; delete them or make them anew.")
    status = 409


class NoHomesRegistered(CodedError):
    code = "territory.no_homes_registered"
    message = _("No entrances are registered in these grids, so there is nothing to share out.")
    status = 409


class CellsNotAPartition(CodedError):
    """Homes of a grid with cells that are in none, or in a cell of another grid."""

    code = "territory.cells_not_a_partition"
    message = _("%(count)s homes are in no cell or in a cell of another grid, first %(first)s.")
    status = 409


class NeedsNeighbour(CodedError):
    """Some of the grids lie in somebody else's part; `data["grids"]` holds their codes."""

    code = "territory.needs_neighbour"
    message = _(
        "%(count)s of these grids lie outside of your part: %(first)s. Ask who draws there."
    )
    status = 403


class NotInReview(CodedError):
    code = "territory.not_in_review"
    message = _("Plan %(number)s is not in review.")
    status = 409


class PlanDefective(CodedError):
    """What the proof found besides gaps and overlaps; `defect` is one of plan_defects."""

    code = "territory.plan_defective"
    message = _("Plan %(number)s is not sound yet. %(reason)s")
    status = 409


class CodesTaken(CodedError):
    """Codes that belonged to other grids of the scheme before; `codes` lists them."""

    code = "territory.codes_taken"
    message = _(
        "%(count)s codes of plan %(number)s belonged to other grids before and are never reused: "
        "%(first)s. Renumber them."
    )
    status = 409


class FourEyes(CodedError):
    code = "territory.four_eyes"
    message = _("Whoever proposes plan %(number)s does not approve it; somebody else has to.")
    status = 403


class DocumentIncomplete(CodedError):
    code = "territory.document_incomplete"
    message = _("An approval from outside needs the document's number, its date and its scan.")


class CannotWithdraw(CodedError):
    code = "territory.cannot_withdraw"
    message = _("Plan %(number)s was put in force or is withdrawn already; it stays as it is.")
    status = 409


class NothingToStartFrom(CodedError):
    code = "territory.nothing_to_start_from"
    message = _("No plan of %(scheme)s is in force; start its first draft or name a plan.")
    status = 409


class OtherScheme(CodedError):
    code = "territory.other_scheme"
    message = _("Plan %(number)s belongs to another scheme or area.")
    status = 409


class BoundaryUnusable(CodedError):
    """A new outline that the grids cannot be fitted to; `where` is GeoJSON, EPSG:4326, or null."""

    code = "territory.boundary_unusable"
    message = _("The grids cannot be fitted to the new outline: %(reason)s")
    status = 422


class NothingScheduled(CodedError):
    code = "territory.nothing_scheduled"
    message = _("No plan waits to come into force.")
    status = 409
