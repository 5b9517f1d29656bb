from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class BasisMissing(CodedError):
    code = "publishing.basis_missing"
    message = _("Say on what basis this may be shown.")


class NotReady(CodedError):
    """Grids without anybody who answers for them; `grids` holds their codes."""

    code = "publishing.not_ready"
    message = _(
        "%(count)s grids of plan %(number)s have no post, no acting post and no vacancy "
        "with a reason: %(first)s"
    )
    status = 409


class NothingBefore(CodedError):
    code = "publishing.nothing_before"
    message = _("There is no earlier plan to return to, or it was never in force.")
    status = 409


class AlreadyInForce(CodedError):
    code = "publishing.already_in_force"
    message = _("Plan %(number)s is in force already.")
    status = 409


class RemarksOpen(CodedError):
    """What reviewers said and nobody has seen to; `first` quotes some of it."""

    code = "publishing.remarks_open"
    message = _("%(count)s remarks on plan %(number)s are not settled yet: %(first)s")
    status = 409


class AnotherScheduled(CodedError):
    code = "publishing.another_scheduled"
    message = _("Plan %(number)s is scheduled for %(since)s; take that back first.")
    status = 409


class ApprovalOutdated(CodedError):
    """Another plan came into force after the approval; `grids` are codes that would be set back."""

    code = "publishing.approval_outdated"
    message = _(
        "Plan %(number)s was approved before plan %(running)s came into force and would take back "
        "%(count)s changes nobody spoke about: %(first)s. Withdraw it and draw them anew from the "
        "plan in force."
    )
    status = 409
