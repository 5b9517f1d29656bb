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
    """The leaves do not tile the outline, or a parent is not the union of its children."""

    code = "territory.not_exact"
    message = _(
        "Plan %(number)s leaves a gap or an overlap: %(residual)s border segments do not match."
    )
    status = 409


class LandUnassigned(CodedError):
    code = "territory.land_unassigned"
    message = _("Plan %(number)s still has %(count)s pieces of unassigned land.")
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
